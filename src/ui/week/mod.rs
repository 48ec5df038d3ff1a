//! The weekly grid: seven rows of 24 hours on which schedules are painted, moved and resized.
//!
//! `band` is what is covered, `edit` what changes it, `hand` which edit a drag means, `history` what takes changes
//! back, `clipboard` and `camera` a day as text and a camera's week; all of these are pure. `grid` is the widget and
//! `paint` how it looks.
//!
//! Must not do: know a page or send commands; the grid says which edit is wanted.

mod band;
mod camera;
mod clipboard;
mod edit;
mod grid;
mod hand;
mod history;
mod keyboard;
mod paint;

pub use band::{Band, Bands, DAY, Part, WEEK, WEEKDAYS, of_range};
pub use camera::{CameraLane, bytes_a_week, camera_lanes, users};
pub use edit::{Edge, Edit, FINE, Refusal, SNAP, reached, snapped};
pub use grid::{Grid, Sheet, Wish};
pub use hand::{Hold, Spot, hold, inside};
pub use history::{History, STEPS};
pub use paint::{HEAD, Lane, NAMES, ROW};
