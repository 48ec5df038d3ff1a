//! The pages, and what one of them wants of the others.
//!
//! Must not do: show one.

use crate::model::{CameraId, WallTime};
use crate::ui::words::shell as words;

/// The pages of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The camera wall.
    Live,
    /// Timeline and recorded pictures.
    Playback,
    /// Cameras.
    Devices,
    /// Where recordings go, and which cameras are recorded.
    Recording,
    /// The program itself.
    System,
}

impl Page {
    /// All, in the order of the rail.
    pub const ALL: [Self; 5] =
        [Self::Live, Self::Playback, Self::Devices, Self::Recording, Self::System];

    /// As on the rail.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Live => words::LIVE,
            Self::Playback => words::PLAYBACK,
            Self::Devices => words::DEVICES,
            Self::Recording => words::RECORDING,
            Self::System => words::SYSTEM,
        }
    }
}

/// What a page wants of the others.
pub enum Go {
    /// Another page.
    To(Page),
    /// Playback of a camera at a moment.
    Watch(CameraId, WallTime),
    /// The sheet that adds a camera.
    AddCamera,
    /// The search for cameras.
    SearchCameras,
    /// The settings of a camera.
    EditCamera(CameraId),
    /// Save what helps to find a fault.
    SaveDiagnostics,
    /// The sheet of the first start.
    Welcome,
    /// Full screen, or back.
    ToggleFullscreen,
}
