//! MP4 bytes: init, fragments, finishing, recovery, reading. Pure.
//!
//! A segment's file is playable at every instant and an ordinary MP4 at the end:
//!
//! ```text
//! recording: ftyp | free (16 bytes)     | moov + mvex | moof mdat | moof mdat | ...
//! finished:  ftyp | mdat (64-bit size)  ................................... | moov
//! ```
//!
//! [`init`] gives the beginning, [`fragment()`] what goes in front of each fragment's samples, [`finish()`] the
//! final `moov`, [`swallow_header`] the 16 bytes that turn the first state into the second. [`read()`] opens a
//! file in any state; [`recover()`] says what is to be done with one after a crash.
//!
//! An exported film is an ordinary MP4 with its `moov` in front, see [`film_head`].
//!
//! Must not do: any I/O of its own, know an index or a path, look inside a sample. Leaf boxes are the mp4
//! crate's where they are sound; its fragment boxes are not, and its readers trust counts.

mod bytes;
pub mod error;
pub mod film;
pub mod finish;
pub mod fragment;
mod identity;
mod moof;
pub mod movie;
pub mod packed;
pub mod read;
pub mod recover;
mod source;
pub mod table;
mod tables;
mod track;

pub use error::{BoxName, ContainerError};
pub use film::{Film, film_head};
pub use finish::{finish, swallow_header};
pub use fragment::{Fragment, FragmentCursor, PendingSample, fragment};
pub use movie::{TrackHeader, init};
pub use packed::PackedFragment;
pub use read::{OpenedSegment, read};
pub use recover::{RecoverState, Recovered, recover};
pub use table::{ReadAt, SampleInfo, SampleTable};
