//! Settings and secrets.

pub mod password;

pub use password::Password;
