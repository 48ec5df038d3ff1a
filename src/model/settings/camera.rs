//! The settings of one camera.
//!
//! Must not do: hold its password; that is in the secrets.

use serde::{Deserialize, Serialize};

use super::recording::CameraRecording;
use super::stream_url::StreamUrl;
use crate::model::{CameraId, StreamKind, Transport};

/// One camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraSettings {
    /// Identity, also the name of its folder; never changes.
    pub id: CameraId,
    /// What operators call it.
    pub name: String,
    /// The group that it stands in; empty without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Address of the main stream.
    pub main: StreamUrl,
    /// Address of the sub stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<StreamUrl>,
    /// User name; the password is in the secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// TCP or UDP.
    #[serde(default = "tcp")]
    pub transport: Transport,
    /// When and how it is recorded.
    #[serde(flatten)]
    pub recording: CameraRecording,
}

const fn tcp() -> Transport {
    Transport::Tcp
}

impl CameraSettings {
    /// The address of a stream, if it has one.
    #[must_use]
    pub fn url(&self, kind: StreamKind) -> Option<&StreamUrl> {
        match kind {
            StreamKind::Main => Some(&self.main),
            StreamKind::Sub => self.sub.as_ref(),
        }
    }
}
