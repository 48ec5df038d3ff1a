//! What the pictures show: motion, and small pictures to look for a moment by.
//!
//! A picture's luma becomes a small grid of cells (`grid`); each cell is compared with what it usually shows
//! (`background`) once the light of the whole picture is accounted for (`light`); cells that differ join to
//! parts (`cells`), of which those inside the zones (`zones`) and large enough are motion (`detector`);
//! motion becomes events (`event`). Threads ([`worker`]) decode what is watched and tell the recorder through a
//! [`board`]. Small pictures are made of single random access points ([`thumbnail`]), as many as their
//! [`budget`] allows.
//!
//! Must not do: slow capture or recording down, write a file, or read the index.

mod background;
pub mod board;
pub mod budget;
mod cells;
mod detector;
mod event;
mod grid;
mod light;
pub mod thumbnail;
mod told;
pub mod trial;
mod watcher;
pub mod worker;
mod zones;

pub use board::{Motion, MotionBoard, Watched};
pub use budget::Budget;
pub use detector::{Detector, Look, Moving};
pub use event::{EventBuilder, EventChange};
pub use grid::Luma;
pub use thumbnail::{THUMBNAIL_SIZE, ThumbnailMaker};
pub use worker::{Detection, DetectionOptions, Eyes, Watch};
