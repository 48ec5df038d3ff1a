//! The index: which segment is where, and why there is none.
//!
//! A cache in redb, the only user of redb: what it knows of footage can be rebuilt from the files, so a
//! damaged one is put aside and never repaired by guessing. [`Index`] writes, [`IndexReader`] reads, from
//! any thread and without waiting for the writer. [`ThumbnailWriter`] and [`ThumbnailReader`] do the same for
//! small pictures, in a database of their own. Must not do: open a segment's file itself (`storage`
//! does), or decide what is recorded or deleted.

pub mod adopter;
pub mod check;
mod coverage;
pub mod deleted;
pub mod error;
pub mod events;
pub mod gaps;
pub mod open;
pub mod places;
pub mod query;
pub mod rebuilt;
pub mod schema;
pub mod thumbnails;
pub mod touched;
pub mod write;

pub use adopter::Adopter;
pub use check::{CheckReport, Finding, Outcome, Problem, check, repair};
pub use deleted::DeletedSpan;
pub use error::IndexError;
pub use open::{Damaged, Index, Opened};
pub use places::Occupied;
pub use query::IndexReader;
pub use thumbnails::{KeptThumbnail, NewThumbnail, ThumbnailReader, ThumbnailWriter};
pub use touched::TouchedSince;
pub use write::{Change, hand_over, newest};
