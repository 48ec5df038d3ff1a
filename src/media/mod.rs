//! Video facts, pure: NAL units, H.264 parameter sets, access units, the map between the two clocks.
//!
//! Must not do: any I/O, decode a picture, know a container.

pub mod access_unit;
pub mod clock_map;
pub mod frame_number;
pub mod nal;
pub mod sps;

pub use access_unit::{AccessUnit, StreamParameters};
pub use clock_map::ClockMap;
