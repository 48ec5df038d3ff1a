//! The weekly grid: seven rows of 24 hours on which schedules are painted, moved and resized.
//!
//! `band` is what is covered, `edit` what changes it, `history` what takes changes back; all three are pure.
//!
//! Must not do: know a page or send commands; the grid says which edit is wanted.

mod band;
mod edit;
mod history;

pub use band::{Band, Bands, DAY, Part, WEEK, WEEKDAYS, of_range};
pub use edit::{Edge, Edit, FINE, Refusal, SNAP, reached, snapped};
pub use history::{History, STEPS};
