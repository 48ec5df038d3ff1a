//! All that the console says, page by page, so that another language is one folder.
//!
//! Must not do: paint, or decide when something is said.

pub mod common;
pub mod defaults;
pub mod format;
pub mod keys;
pub mod life;
pub mod notices;
pub mod playback;
pub mod shell;
pub mod storage;
pub mod system;
pub mod timeline;
