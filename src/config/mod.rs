//! Settings and secrets: parsed, validated, saved atomically.
//!
//! Must not do: decide anything about recording, or hold a password in a form that can be printed.

pub mod atomic;
pub mod autostart;
pub mod bookmarks;
pub mod bundle;
pub mod camera_list;
pub mod data_key;
pub mod error;
pub mod folder;
pub mod identity;
pub mod key_store;
pub mod locks;
pub mod notices;
pub mod passphrase;
pub mod pin;
pub mod secrets;
pub mod store;
pub mod system;
pub mod volumes;
pub mod window;

pub use bookmarks::BookmarkStore;
pub use error::ConfigError;
pub use folder::{DataFolder, FolderLock, TemporaryFolder};
pub use locks::LockStore;
pub use notices::KeptNotice;
pub use pin::PinStore;
pub use secrets::Secrets;
pub use store::{Restored, SettingsStore};
pub use volumes::{KnownVolume, VolumeStore};
