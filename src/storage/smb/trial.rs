//! placeholder. Must not do.
