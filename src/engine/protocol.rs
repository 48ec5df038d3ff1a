//! What the console and the engine say to one another: commands down, snapshots and pictures up.
//!
//! Must not do: block, or carry a password upwards.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

use crate::model::{
    CameraId, CoverageKind, CoverageSpan, GapReason, Mode, Picture, RecordingState, StreamKind,
    WallSpan, WallTime,
};
use crate::runtime::Latest;

/// Commands that wait for the engine at most; one more is refused with a notice.
pub const COMMAND_QUEUE: usize = 64;

/// What an operator wants.
#[derive(Clone, Debug)]
pub enum Command {
    /// Adds a camera.
    AddCamera(CameraDraft),
    /// Removes a camera; its footage stays.
    RemoveCamera(CameraId),
    /// Changes when a camera is recorded.
    SetMode(CameraId, Mode),
    /// Adds simulated cameras to the running program.
    UseSimulatedCameras,
    /// Shows these streams live, and no others; the size is that of the tile in pixels.
    WatchLive(Vec<LiveTile>),
    /// Drives playback.
    Playback(PlaybackCommand),
    /// Asks for coverage; the answer arrives in [`Console::timeline`].
    QueryTimeline(TimelineQuery),
    /// Asks for a month of the calendar; the answer arrives in [`Console::month`].
    QueryMonth(MonthQuery),
    /// Saves the live picture of a camera into the data folder.
    SaveSnapshot(CameraId),
    /// The operator has seen this notice.
    Acknowledge(u64),
}

/// A camera to be added.
#[derive(Clone, PartialEq, Eq)]
pub struct CameraDraft {
    /// What operators call it.
    pub name: String,
    /// RTSP address of the main stream, without user and password.
    pub main: String,
    /// RTSP address of the sub stream.
    pub sub: Option<String>,
    /// User name, when the camera asks for one.
    pub user: Option<String>,
    /// Password; goes to the secrets at once.
    pub password: Option<String>,
    /// TCP or UDP.
    pub transport: crate::model::Transport,
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
    /// Moves by this many frames of the first camera shown, and pauses.
    Step(i32),
    /// Goes to the newest footage and stays there.
    GoLive,
}

/// A question for coverage. Answers to older questions are ignored by their generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineQuery {
    /// Grows with each question.
    pub generation: u64,
    /// One lane for each.
    pub cameras: Vec<CameraId>,
    /// What to cover.
    pub span: WallSpan,
    /// Spans closer than this may be merged, in microseconds: one pixel's worth.
    pub resolution: i64,
}

/// Coverage of some cameras over a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineAnswer {
    /// Of the question.
    pub generation: u64,
    /// What it covers; empty when nothing was ever asked.
    pub span: Option<WallSpan>,
    /// One for each camera asked, in that order.
    pub lanes: Vec<Lane>,
    /// From the oldest to the newest footage of all cameras.
    pub archive: Option<WallSpan>,
    /// Merged coverage of the whole archive, coarse, for the minimap.
    pub overview: Vec<WallSpan>,
}

/// One camera's lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub camera: CameraId,
    /// Footage, ordered by start.
    pub coverage: Vec<CoverageSpan>,
    /// Time without footage and why, ordered by start; never later than now.
    pub gaps: Vec<Gap>,
}

/// Time without footage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When.
    pub span: WallSpan,
    /// Why.
    pub reason: GapReason,
}

/// A question for the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthQuery {
    /// Grows with each question.
    pub generation: u64,
    /// Footage of any of these counts.
    pub cameras: Vec<CameraId>,
    /// The days asked for, as spans of local days, first to last.
    pub days: Vec<WallSpan>,
}

/// What the calendar shades.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthAnswer {
    /// Of the question.
    pub generation: u64,
    /// For each day asked: microseconds with footage of at least one camera.
    pub covered: Vec<i64>,
}

/// All that the console shows, made once a second and at every change.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// All cameras, in the order of the settings.
    pub cameras: Vec<CameraStatus>,
    /// Where recordings go.
    pub volume: VolumeStatus,
    /// Not yet acknowledged, oldest first.
    pub notices: Vec<Notice>,
    /// Where the program's data is.
    pub data_dir: String,
    /// IANA name of the zone in which times are shown.
    pub zone: String,
    /// Whether this is the demonstration in a temporary folder.
    pub demo: bool,
}

/// One camera as the console shows it.
#[derive(Clone, Debug)]
pub struct CameraStatus {
    /// Identity.
    pub id: CameraId,
    /// What operators call it.
    pub name: String,
    /// Host and port of the main stream; never user or password.
    pub address: String,
    /// Whether it has a sub stream.
    pub has_sub: bool,
    /// The stream that is recorded.
    pub stream: StreamKind,
    /// When it is recorded.
    pub mode: Mode,
    /// Whether pictures arrive.
    pub link: LinkState,
    /// What recording does, and since when.
    pub recording: RecordingState,
    /// Since when `recording` holds.
    pub since: WallTime,
    /// Width and height, when known.
    pub size: Option<(u32, u32)>,
    /// Pictures a second, in thousandths, over the last seconds.
    pub frame_rate_milli: u32,
    /// Bits a second over the last seconds.
    pub bit_rate: u64,
    /// Microseconds recorded since local midnight.
    pub recorded_today: i64,
    /// Access units that were dropped because this computer could not keep up, since start.
    pub dropped: u64,
}

/// Whether pictures arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// First attempt under way.
    Connecting,
    /// Pictures arrive.
    Online,
    /// They do not.
    Offline {
        /// Since when.
        since: WallTime,
        /// In one sentence.
        why: String,
        /// When the next attempt is made; none when only a change of settings can help.
        retry_at: Option<WallTime>,
    },
}

/// Where recordings go.
#[derive(Clone, Debug, Default)]
pub struct VolumeStatus {
    /// The folder.
    pub path: String,
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that it holds in all.
    pub total: u64,
    /// Bytes of our segments.
    pub used: u64,
    /// Bytes a second written over the last seconds.
    pub write_rate: u64,
    /// What is wrong with it, in a sentence.
    pub trouble: Option<String>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something needs attention.
    Warning,
    /// Footage is or will be missing.
    Alarm,
}

/// Something that the operator must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// For [`Command::Acknowledge`].
    pub id: u64,
    /// When it came up.
    pub at: WallTime,
    /// How bad it is.
    pub severity: Severity,
    /// The camera concerned.
    pub camera: Option<CameraId>,
    /// What happened and what to do, in sentences.
    pub text: String,
}

/// Playback as the console shows it; made at every change.
#[derive(Clone, Debug)]
pub struct PlaybackSnapshot {
    /// The moment shown.
    pub playhead: WallTime,
    /// Whether time passes.
    pub playing: bool,
    /// At which speed.
    pub speed: Speed,
    /// Whether the playhead stays at the newest footage.
    pub live: bool,
    /// Only random access points are shown because decoding all pictures is too slow.
    pub key_frames_only: bool,
    /// Pictures a second reached over the last second, over all cameras shown.
    pub pictures_per_second: f32,
    /// What each camera shows.
    pub views: Vec<CameraView>,
}

/// One camera in playback.
#[derive(Clone, Debug)]
pub struct CameraView {
    /// Whose.
    pub camera: CameraId,
    /// What it shows.
    pub state: ViewState,
}

/// What one camera shows in playback.
#[derive(Clone, Debug)]
pub enum ViewState {
    /// Nothing yet.
    Loading,
    /// A picture; `exact` false while the exact one is still being decoded.
    Showing {
        /// The picture.
        picture: Arc<Picture>,
        /// Whether it is the one asked for.
        exact: bool,
        /// Whether it stands for one that could not be decoded.
        damaged: bool,
    },
    /// No footage at the playhead.
    NoFootage {
        /// Why.
        reason: GapReason,
        /// The last moment with footage before it.
        before: Option<WallTime>,
        /// The first moment with footage after it.
        after: Option<WallTime>,
    },
    /// It cannot be shown; the text is a sentence.
    Failed(String),
}

/// Live pictures, by camera.
#[derive(Debug, Default)]
pub struct LivePictures {
    by_camera: Mutex<BTreeMap<CameraId, Arc<Picture>>>,
}

impl LivePictures {
    /// Overwrites the picture of `camera`.
    pub fn set(&self, camera: CameraId, picture: Arc<Picture>) {
        self.by_camera.lock().unwrap_or_else(PoisonError::into_inner).insert(camera, picture);
    }

    /// The newest picture of `camera`.
    #[must_use]
    pub fn get(&self, camera: &CameraId) -> Option<Arc<Picture>> {
        self.by_camera.lock().unwrap_or_else(PoisonError::into_inner).get(camera).cloned()
    }

    /// Forgets the pictures of all cameras but these.
    pub fn retain(&self, keep: &[CameraId]) {
        let mut pictures = self.by_camera.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.retain(|camera, _| keep.contains(camera));
    }
}

/// Called by any thread when there is something new to paint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Everything through which the engine shows itself; shared by both ends.
#[derive(Default)]
pub struct Shown {
    /// The newest snapshot.
    pub snapshot: Latest<Snapshot>,
    /// Newest live pictures.
    pub live: Arc<LivePictures>,
    /// The newest playback state.
    pub playback: Latest<PlaybackSnapshot>,
    /// The newest coverage.
    pub timeline: Latest<TimelineAnswer>,
    /// The newest month.
    pub month: Latest<MonthAnswer>,
    wake: Mutex<Option<Wake>>,
}

impl Shown {
    /// Sets what is called when something changed.
    pub fn on_change(&self, wake: Wake) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// Tells the console that something changed.
    pub fn wake(&self) {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(wake) = wake {
            wake();
        }
    }
}

/// The console's end.
pub struct Console {
    commands: Sender<Command>,
    shown: Arc<Shown>,
}

/// The engine has too much to do; the command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Watchkeeper is busy; please try again")]
pub struct Refused;

impl Console {
    /// Says what the operator wants; never waits.
    ///
    /// # Errors
    /// [`Refused`] when the queue is full or the engine has stopped.
    pub fn send(&self, command: Command) -> Result<(), Refused> {
        match self.commands.try_send(command) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Refused),
        }
    }

    /// What the engine shows.
    #[must_use]
    pub fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }
}

/// A connected pair: the console's end, and what the engine reads and writes.
#[must_use]
pub fn connect() -> (Console, Receiver<Command>, Arc<Shown>) {
    let (commands, receiver) = bounded(COMMAND_QUEUE);
    let shown = Arc::new(Shown::default());
    (Console { commands, shown: Arc::clone(&shown) }, receiver, shown)
}

impl CoverageKind {
    /// As operators call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::Scheduled => "scheduled",
            Self::Motion => "motion",
            Self::Manual => "manual",
        }
    }
}
