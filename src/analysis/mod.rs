//! What the pictures show: motion.
//!
//! Must not do: slow capture or recording down, write a file, or touch the index.
