//! MP4 bytes: init, fragments, finishing, recovery, reading. Pure.

pub mod table;

pub use table::{ReadAt, SampleInfo, SampleTable};
