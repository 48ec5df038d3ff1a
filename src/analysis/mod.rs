//! What the pictures show: motion.
//!
//! A picture's luma becomes a small grid of cells (`grid`); each cell is compared with what it usually shows
//! (`background`) once the light of the whole picture is accounted for (`light`); cells that differ join to
//! parts (`cells`), of which those inside the zones (`zones`) and large enough are motion (`detector`);
//! motion becomes events (`event`).
//!
//! Must not do: slow capture or recording down, write a file, or touch the index.

mod background;
mod cells;
mod detector;
mod event;
mod grid;
mod light;
mod zones;

pub use detector::{Detector, Look, Moving};
pub use event::{Change, EventBuilder, HOLD};
pub use grid::Luma;
