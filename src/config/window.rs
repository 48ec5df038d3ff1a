//! Where the window was when it was last moved.
//!
//! Must not do: keep anybody from opening a window: what cannot be read counts as nothing.

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::protocol::WindowPlace;

/// What is remembered in `folder`, if it can be read.
#[must_use]
pub fn read(folder: &DataFolder) -> Option<WindowPlace> {
    let text = match read_if_there(&folder.window()) {
        Ok(text) => text?,
        Err(error) => {
            tracing::warn!("{error}");
            return None;
        }
    };
    match serde_json::from_str(&text) {
        Ok(place) => Some(place),
        Err(error) => {
            tracing::warn!("{} is damaged: {error}", folder.window().display());
            None
        }
    }
}

/// Remembers it in `folder`.
///
/// # Errors
/// [`ConfigError::Io`].
pub fn write(folder: &DataFolder, place: &WindowPlace) -> Result<(), ConfigError> {
    let text = serde_json::to_string_pretty(place)
        .map_err(|error| ConfigError::Refused(error.to_string()))?;
    atomic::replace(&folder.window(), text.as_bytes(), Readers::Default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back_and_rubbish_is_nothing() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        assert_eq!(read(&folder), None);
        let place = WindowPlace {
            position: Some((-12.0, 30.5)),
            size: (1280.0, 800.0),
            is_maximised: true,
            page: "Playback".into(),
        };
        write(&folder, &place).expect("written");
        assert_eq!(read(&folder), Some(place));
        std::fs::write(folder.window(), "{").expect("written");
        assert_eq!(read(&folder), None);
    }
}
