//! The notices that are kept, in a file of their own.
//!
//! Must not do: decide how long one is kept.

use serde::{Deserialize, Serialize};

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::protocol::Notice;

/// A notice, and the key of its cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptNotice {
    /// By which the cause is known again.
    pub key: String,
    /// What was told.
    #[serde(flatten)]
    pub notice: Notice,
}

/// Reads what was kept in `folder`; a damaged file is put aside, since nothing depends on it.
///
/// # Errors
/// [`ConfigError::Io`] when the file is there and cannot be read or put aside.
pub fn read(folder: &DataFolder) -> Result<Vec<KeptNotice>, ConfigError> {
    let path = folder.notices();
    let Some(text) = read_if_there(&path)? else { return Ok(Vec::new()) };
    match serde_json::from_str(&text) {
        Ok(kept) => Ok(kept),
        Err(error) => {
            let aside = atomic::put_aside(&path).map_err(ConfigError::io("rename", &path))?;
            tracing::warn!("the notices are damaged ({error}) and kept as {}", aside.display());
            Ok(Vec::new())
        }
    }
}

/// Replaces what is kept in `folder`.
///
/// # Errors
/// [`ConfigError::Io`]; what was kept before is still there then.
pub fn write(folder: &DataFolder, kept: &[KeptNotice]) -> Result<(), ConfigError> {
    let text = serde_json::to_string_pretty(kept)
        .map_err(|error| ConfigError::Refused(error.to_string()))?;
    atomic::replace(&folder.notices(), text.as_bytes(), Readers::Default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use crate::protocol::{Acknowledged, Severity, Topic};

    #[test]
    fn notices_last_and_a_damaged_file_is_put_aside() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        assert_eq!(read(&folder).expect("none yet"), []);
        let at = WallTime::from_micros(5);
        let notice = Notice {
            id: 7,
            at,
            severity: Severity::Alarm,
            camera: None,
            topic: Topic::Storage,
            text: "Only 3 % are free.".into(),
            gone: Some(at),
            acknowledged: Some(Acknowledged { at, by: "ann".into() }),
        };
        let kept = [KeptNotice { key: "low space".into(), notice }];
        write(&folder, &kept).expect("written");
        assert_eq!(read(&folder).expect("read"), kept);
        std::fs::write(folder.notices(), "[{]").expect("written");
        assert_eq!(read(&folder).expect("put aside"), []);
        assert!(root.path().join("notices.damaged-1.json").exists());
    }
}
