//! Decides, cuts and writes segments.

pub mod open;

pub use open::{OpenSegment, OpenSegments};
