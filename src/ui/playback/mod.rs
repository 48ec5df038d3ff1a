//! Playback: cameras, calendar, pictures and timeline of the past.
//!
//! Must not do: decode or look anything up. The engine answers; until then the old answer stays.

pub mod calendar;
pub mod month;

mod devices;
mod page;
mod pictures;
mod transport;

pub use page::PlaybackPage;
