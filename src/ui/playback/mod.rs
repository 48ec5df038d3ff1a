//! Playback: cameras, calendar, pictures and timeline of the past.
//!
//! Must not do: decode or look anything up. The engine answers; until then the old answer stays.

pub mod calendar;
pub mod month;

mod act;
mod aside;
mod devices;
mod dock;
mod go_to;
mod note;
mod page;
mod pictures;
mod press;
mod range;
mod tiles;
mod transport;
mod wishes;
mod zoom;

pub use page::PlaybackPage;
