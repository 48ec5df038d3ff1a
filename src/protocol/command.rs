//! What an operator wants.
//!
//! Must not do: act.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    Autostart, ConsoleFacts, DeviceQuery, DiagnoseQuery, EventsQuery, ExportQuery, ExportRequest,
    ImportQuery, MarkChange, MonthQuery, MotionWatch, ProbeQuery, Protection, SettingsChange,
    StorageQuery, StorageTest, ThumbnailWish, TimelineQuery, WindowPlace,
};
use crate::model::{CameraId, Mode, Password, StreamKind, Transport, WallTime};

/// What an operator wants.
#[derive(Clone, Debug)]
pub enum Command {
    /// Adds a camera.
    AddCamera(CameraDraft),
    /// Removes a camera.
    RemoveCamera {
        /// Which.
        id: CameraId,
        /// Whether its footage goes too, all that is not locked.
        footage: bool,
    },
    /// Writes the list of cameras, without passwords, into a file; the answer arrives in
    /// [`super::Shown::camera_list`].
    ExportCameras {
        /// For the answer.
        id: u64,
        /// The file, a whole path.
        path: PathBuf,
    },
    /// Reads a list of cameras; the answer arrives in [`super::Shown::camera_list`].
    ImportCameras(ImportQuery),
    /// Watches a camera for motion as long as its settings are edited; what is seen arrives in
    /// [`super::Shown::trial`]. None ends it.
    WatchMotion(Option<MotionWatch>),
    /// Changes settings; what became of it arrives in [`super::Shown::changed`].
    ChangeSettings(SettingsChange),
    /// Changes when a camera is recorded.
    SetMode(CameraId, Mode),
    /// Records a camera now, whatever its rule says, for as long as the settings allow.
    StartManual(CameraId),
    /// Ends a manual recording; the camera goes on by its rule.
    StopManual(CameraId),
    /// Connects to a camera that is away without waiting for the next attempt.
    RetryCamera(CameraId),
    /// Tries now to bring recordings to the archive, whatever was in the way.
    RetryArchive,
    /// Adds the recordings that are on the archive and not in the index to it; how it goes is in
    /// [`super::ArchiveOverview::adoption`].
    AdoptStrangers,
    /// Makes the archive ours although another Watchkeeper brings its recordings there.
    TakeOverArchive,
    /// Tests an address; the answer arrives in [`super::Shown::probe`].
    Probe(ProbeQuery),
    /// Looks for cameras in the network; they arrive in [`super::Shown::search`].
    SearchCameras {
        /// For the answer.
        generation: u64,
    },
    /// Ends the search; what was found stays.
    StopSearch,
    /// Asks a device for its streams; the answer arrives in [`super::Shown::device`].
    AskDevice(DeviceQuery),
    /// Adds simulated cameras to the running program.
    UseSimulatedCameras,
    /// Shows these streams live, and no others; the size is that of the tile in pixels.
    WatchLive(Vec<LiveTile>),
    /// Drives playback.
    Playback(PlaybackCommand),
    /// Tests a place elsewhere; how it goes arrives in [`super::Shown::storage_test`].
    TestStorage(StorageTest),
    /// Asks how storage stands; the answer arrives in [`super::Shown::storage`].
    QueryStorage(StorageQuery),
    /// Asks for coverage; the answer arrives in [`super::Shown::timeline`].
    QueryTimeline(TimelineQuery),
    /// Asks for a month of the calendar; the answer arrives in [`super::Shown::month`].
    QueryMonth(MonthQuery),
    /// Asks for motion events; the answer arrives in [`super::Shown::events`].
    QueryEvents(EventsQuery),
    /// Asks what an export would hold; the answer arrives in [`super::Shown::export_plan`].
    QueryExport(ExportQuery),
    /// Wants these small pictures, and no others any more; they arrive in [`super::Shown::thumbnails`].
    WantThumbnails(Vec<ThumbnailWish>),
    /// Saves a picture of a camera into the data folder.
    SaveSnapshot {
        /// Whose.
        camera: CameraId,
        /// The recorded picture that is shown at this moment, in full size; none for the live one.
        at: Option<WallTime>,
        /// How it is written.
        format: PictureFormat,
        /// Whether camera and time are written into the picture.
        caption: bool,
    },
    /// Writes footage into files that any player opens; how it goes is in [`super::Shown::exports`].
    Export(ExportRequest),
    /// Ends an export, of which nothing stays.
    CancelExport(u64),
    /// Takes an export that has ended off the list.
    ForgetExport(u64),
    /// Opens a folder of ours in the system's file manager.
    OpenFolder(PathBuf),
    /// Changes what is marked.
    Mark(MarkChange),
    /// Asks why something does not work; the answer arrives in [`super::Shown::diagnosis`].
    Diagnose(DiagnoseQuery),
    /// Saves what helps to find a fault, without secrets, into the data folder; a notice says where.
    SaveDiagnostics(ConsoleFacts),
    /// The operator has seen this notice.
    Acknowledge(u64),
    /// The operator has seen all notices.
    AcknowledgeAll,
    /// Sets, changes or (with no new one) removes the PIN; what became of it arrives in [`super::Shown::pin`].
    SetPin {
        /// For the answer.
        id: u64,
        /// The one in force.
        old: Option<Password>,
        /// The one that is to be.
        new: Option<Password>,
    },
    /// Asks whether this is the PIN; the answer arrives in [`super::Shown::pin`].
    EnterPin {
        /// For the answer.
        id: u64,
        /// As it was typed.
        pin: Password,
    },
    /// Opens the stored passwords with their passphrase; the answer arrives in [`super::Shown::unlocked`].
    Unlock {
        /// For the answer.
        id: u64,
        /// As it was typed.
        passphrase: Password,
    },
    /// Protects the stored passwords in another way; the answer arrives in [`super::Shown::unlocked`].
    ProtectPasswords {
        /// For the answer.
        id: u64,
        /// How.
        protection: Protection,
    },
    /// Starts this when the user signs in; how it stands then arrives in [`super::Shown::autostart`].
    SetAutostart(Autostart),
    /// Keeps the screen from going dark, or no longer.
    KeepAwake(bool),
    /// Remembers where the window is.
    RememberWindow(WindowPlace),
}

/// How a picture is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureFormat {
    /// Without loss.
    #[default]
    Png,
    /// Small.
    Jpeg,
}

/// A camera to be added.
#[derive(Clone, PartialEq, Eq)]
pub struct CameraDraft {
    /// What operators call it.
    pub name: String,
    /// The group that it stands in; empty without one.
    pub group: String,
    /// RTSP address of the main stream, without user and password.
    pub main: String,
    /// RTSP address of the sub stream.
    pub sub: Option<String>,
    /// User name, when the camera asks for one.
    pub user: Option<String>,
    /// Password; goes to the secrets at once.
    pub password: Option<String>,
    /// TCP or UDP.
    pub transport: Transport,
    /// Which stream is recorded.
    pub stream: StreamKind,
    /// When it is recorded.
    pub mode: Mode,
}

impl std::fmt::Debug for CameraDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CameraDraft({:?})", self.name)
    }
}

/// One tile of the live wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTile {
    /// Whose picture.
    pub camera: CameraId,
    /// Which stream; the engine takes the main one where there is no sub.
    pub kind: StreamKind,
    /// Width and height of the tile in pixels: larger pictures are scaled down to it.
    pub size: (usize, usize),
}

/// How fast time passes in playback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speed {
    /// 0.25x
    Quarter,
    /// 0.5x
    Half,
    /// 1x
    Normal,
    /// 2x
    Double,
    /// 4x
    Four,
    /// 8x
    Eight,
}

impl Speed {
    /// All, slowest first.
    pub const ALL: [Self; 6] =
        [Self::Quarter, Self::Half, Self::Normal, Self::Double, Self::Four, Self::Eight];

    /// Seconds of footage in four seconds of wall time: exact, where a float would not be.
    #[must_use]
    pub const fn quarters(self) -> i64 {
        match self {
            Self::Quarter => 1,
            Self::Half => 2,
            Self::Normal => 4,
            Self::Double => 8,
            Self::Four => 16,
            Self::Eight => 32,
        }
    }

    /// As on the button.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "0.25x",
            Self::Half => "0.5x",
            Self::Normal => "1x",
            Self::Double => "2x",
            Self::Four => "4x",
            Self::Eight => "8x",
        }
    }
}

/// Drives playback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaybackCommand {
    /// Shows these cameras, and no others, with the size of their tiles in pixels. An empty list ends
    /// playback and frees its decoders.
    Show(Vec<(CameraId, (usize, usize))>),
    /// Goes to a moment; the newest seek wins. `exact` false shows the nearest random access point only.
    Seek {
        /// Where to.
        at: WallTime,
        /// Whether the exact picture is wanted (a click) or the nearest does (a drag under way).
        exact: bool,
    },
    /// Lets time pass.
    Play,
    /// Stops time.
    Pause,
    /// Changes the speed; playing or paused stays as it is.
    SetSpeed(Speed),
    /// Lets time pass backward, or forward again; playing or paused stays as it is.
    SetReverse(bool),
    /// Where no camera that is shown has footage, goes to where the next begins.
    SkipGaps(bool),
    /// While playing, goes from motion event to motion event.
    SkipToEvents(bool),
    /// Moves by this many frames of a camera, and pauses.
    Step {
        /// Whose frames.
        camera: CameraId,
        /// How many, negative for back.
        frames: i32,
    },
    /// Goes to the start of the next motion event of the cameras shown, or of the one before.
    Event {
        /// The next one.
        forward: bool,
    },
    /// Goes to the newest footage and stays there.
    GoLive,
}
