//! Starts, supervises and shuts down everything, and speaks with the console.
//!
//! Must not do: paint, or decide what `recorder::gate` and `storage` decide.

pub mod protocol;
