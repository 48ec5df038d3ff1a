//! Settings and secrets: parsed, validated, saved atomically.
//!
//! Must not do: decide anything about recording, or hold a password in a form that can be printed.

pub mod atomic;
pub mod bookmarks;
pub mod error;
pub mod folder;
pub mod locks;
pub mod password;
pub mod recording;
pub mod secrets;
pub mod settings;
pub mod store;
pub mod stream_url;
pub mod volumes;

pub use bookmarks::BookmarkStore;
pub use error::ConfigError;
pub use folder::{DataFolder, FolderLock, TemporaryFolder};
pub use locks::LockStore;
pub use password::Password;
pub use recording::{CameraRecording, Chosen, InForce, RecordingDefaults, Retention};
pub use secrets::Secrets;
pub use settings::{CameraSettings, Settings, StorageSettings};
pub use store::SettingsStore;
pub use stream_url::{InvalidUrl, StreamUrl};
pub use volumes::{KnownVolume, VolumeStore};
