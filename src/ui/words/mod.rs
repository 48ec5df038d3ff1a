//! All that the console says, page by page, so that another language is one folder.
//!
//! Must not do: paint, or decide when something is said.

pub mod defaults;
pub mod notices;
pub mod storage;
pub mod system;
