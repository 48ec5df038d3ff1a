//! Cameras and their streams: identity, mode, transport.
//!
//! Must not do: hold a password or an address; those live in `config`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest camera identity, so that every file system takes it as a folder name.
const MAX_ID_LENGTH: usize = 48;

/// Names that Windows keeps for devices; a folder cannot be called so.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A camera's identity for ever: a short lower-case word that is also its folder's name. The name that
/// operators see may change, the identity never does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CameraId(Arc<str>);

/// Why a text is not a camera identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a camera identity: 1 to 48 of a-z, 0-9, - and _, starting with a letter or digit"
)]
pub struct InvalidCameraId(String);

impl CameraId {
    /// The identity for a camera that an operator calls `name`: lower case, every other character a
    /// single `-`. The caller makes it unique among the cameras that exist.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let mut id = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                id.push(c);
            } else if !id.is_empty() && !id.ends_with('-') {
                id.push('-');
            }
        }
        id.truncate(MAX_ID_LENGTH);
        let id = id.trim_end_matches('-');
        if id.is_empty() || RESERVED.contains(&id) || is_numbered_device(id) {
            return Self(format!("camera-{id}").trim_end_matches('-').into());
        }
        Self(id.into())
    }

    /// This identity with a number behind it, for a second camera of the same name.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let keep = self.0.len().min(MAX_ID_LENGTH - suffix.len());
        Self(format!("{}{suffix}", &self.0[..keep]).into())
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `com1` to `com9` and `lpt1` to `lpt9` are devices on Windows.
fn is_numbered_device(id: &str) -> bool {
    (id.starts_with("com") || id.starts_with("lpt"))
        && id.len() == 4
        && id.ends_with(|c: char| c.is_ascii_digit())
}

impl FromStr for CameraId {
    type Err = InvalidCameraId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        let reserved = RESERVED.contains(&text) || is_numbered_device(text);
        if starts_well && text.len() <= MAX_ID_LENGTH && text.chars().all(valid) && !reserved {
            Ok(Self(text.into()))
        } else {
            Err(InvalidCameraId(text.into()))
        }
    }
}

impl TryFrom<String> for CameraId {
    type Error = InvalidCameraId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CameraId> for String {
    fn from(id: CameraId) -> Self {
        id.0.as_ref().into()
    }
}

impl fmt::Debug for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a camera's two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamKind {
    /// Full resolution.
    Main,
    /// The small one, for walls and motion detection.
    Sub,
}

impl StreamKind {
    /// `main` or `sub`, as in paths, settings and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Sub => "sub",
        }
    }
}

impl fmt::Display for StreamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One stream of one camera.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    /// The camera.
    pub camera: CameraId,
    /// Its main or sub stream.
    pub kind: StreamKind,
}

impl StreamId {
    /// The `kind` stream of `camera`.
    #[must_use]
    pub fn new(camera: CameraId, kind: StreamKind) -> Self {
        Self { camera, kind }
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.camera, self.kind)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.camera, self.kind)
    }
}

/// When a camera is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only when an operator triggers it.
    Disabled,
    /// Around the clock.
    Continuous,
    /// Within a schedule.
    Scheduled,
    /// While something moves.
    Motion,
}

impl Mode {
    /// All, as operators choose among them.
    pub const ALL: [Self; 4] = [Self::Continuous, Self::Scheduled, Self::Motion, Self::Disabled];

    /// As operators call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Disabled => "Disabled (manual only)",
            Self::Continuous => "Continuous (24/7)",
            Self::Scheduled => "Scheduled",
            Self::Motion => "Motion detection",
        }
    }

    /// As in settings and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Continuous => "continuous",
            Self::Scheduled => "scheduled",
            Self::Motion => "motion",
        }
    }
}

/// How RTP reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Interleaved in the RTSP connection: nothing is lost on the way.
    Tcp,
    /// Datagrams; for cameras that do nothing else.
    Udp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_come_from_names() {
        assert_eq!(CameraId::from_name("Front door").as_str(), "front-door");
        assert_eq!(CameraId::from_name("  Tür 2 / Nord ").as_str(), "t-r-2-nord");
        assert_eq!(CameraId::from_name("???").as_str(), "camera");
        assert_eq!(CameraId::from_name("COM1").as_str(), "camera-com1");
        assert_eq!(CameraId::from_name("Front door").numbered(2).as_str(), "front-door-2");
    }

    #[test]
    fn every_made_identity_parses() {
        for name in ["", "a", "Aux", "x".repeat(200).as_str(), "日本", "-- 7"] {
            let id = CameraId::from_name(name);
            assert_eq!(id.as_str().parse(), Ok(id.clone()), "{name}");
            assert_eq!(id.numbered(999).as_str().parse(), Ok(id.numbered(999)));
        }
    }

    #[test]
    fn paths_do_not_pass_as_identities() {
        for text in ["", "..", "a/b", "A", "a b", "nul", ".hidden"] {
            assert!(text.parse::<CameraId>().is_err(), "{text}");
        }
    }
}
