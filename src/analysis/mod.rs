//! What the pictures show: motion.
//!
//! Must not do: slow capture or recording down, write a file, or touch the index.

pub mod board;

pub use board::{Motion, MotionBoard, Watched};
