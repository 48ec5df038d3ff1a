//! What the console and the engine say to one another: commands down, snapshots and pictures up.
//!
//! Must not do: block, or carry a password upwards.

mod command;
mod devices;
mod diagnosis;
mod export;
mod finding;
mod live;
mod marks;
mod modes;
mod notice;
mod playback;
mod settings;
mod status;
mod storage;
mod storage_test;
mod timeline;

pub use command::{CameraDraft, Command, LiveTile, PictureFormat, PlaybackCommand, Speed};
pub use devices::{
    CameraListAnswer, CameraListOutcome, ImportQuery, ImportSummary, KnownCameras, MotionTrial,
    MotionWatch,
};
pub use diagnosis::{Check, ConsoleFacts, DiagnoseQuery, Diagnosis, Remedy, Subject, Verdict};
pub use export::{ExportGaps, ExportPlan, ExportQuery, ExportRequest, ExportState, ExportStatus};
pub use finding::{
    DeviceAnswer, DeviceOutcome, DeviceProfile, DeviceQuery, DeviceStreams, FoundDevice,
    FoundStream, ProbeAnswer, ProbeOutcome, ProbeQuery, SearchAnswer,
};
pub use live::{LivePictures, LiveRate, LiveShow, LiveStatus, Reduced, Strain, WindowTimes};
pub use marks::{
    EventsAnswer, EventsQuery, MarkChange, Marks, Thumbnail, ThumbnailWish, Thumbnails,
};
pub use modes::{
    Autostart, AutostartStatus, PasswordsStatus, PinAnswer, PinOutcome, Protection, UnlockAnswer,
    WindowPlace,
};
pub use notice::{Acknowledged, Notice, Severity, Topic};
pub use playback::{CameraView, PlaybackSnapshot, ViewState};
pub use settings::{ArchivePassword, ChangeAnswer, Changed, SettingsChange};
pub use status::{CameraStatus, LinkState, Snapshot, VolumeStatus};
pub use storage::{
    Adoption, ArchiveOverview, Going, NotAdded, StorageAnswer, StorageOverview, StorageQuery,
};
pub use storage_test::{
    StorageOutcome, StoragePassed, StorageProtection, StorageStep, StorageTest, StorageTestAnswer,
};
pub use timeline::{
    Gap, Lane, MonthAnswer, MonthDay, MonthQuery, MotionBar, TimelineAnswer, TimelineQuery,
};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

use crate::runtime::Latest;

/// Commands that wait for the engine at most; one more is refused with a notice.
pub const COMMAND_QUEUE: usize = 64;

/// Called by any thread when there is something new to paint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Everything through which the engine shows itself; shared by both ends.
#[derive(Default)]
pub struct Shown {
    /// The newest snapshot.
    pub snapshot: Latest<Snapshot>,
    /// Newest live pictures.
    pub live: Arc<LivePictures>,
    /// How live pictures are shown.
    pub live_show: LiveShow,
    /// The newest playback state.
    pub playback: Latest<PlaybackSnapshot>,
    /// The newest coverage.
    pub timeline: Latest<TimelineAnswer>,
    /// The newest month.
    pub month: Latest<MonthAnswer>,
    /// The newest list of motion events.
    pub events: Latest<EventsAnswer>,
    /// Bookmarks and locks.
    pub marks: Latest<Marks>,
    /// Small pictures.
    pub thumbnails: Thumbnails,
    /// What the export asked about would hold.
    pub export_plan: Latest<ExportPlan>,
    /// What became of the last changes of settings.
    pub changed: Changed,
    /// How storage stands.
    pub storage: Latest<StorageAnswer>,
    /// How the test of a place elsewhere goes.
    pub storage_test: Latest<StorageTestAnswer>,
    /// What was found about what does not work.
    pub diagnosis: Latest<Diagnosis>,
    /// All notices that are kept, also acknowledged ones and those whose cause is gone, oldest first.
    pub history: Latest<Vec<Notice>>,
    /// How the test of an address goes.
    pub probe: Latest<ProbeAnswer>,
    /// How the search for cameras goes.
    pub search: Latest<SearchAnswer>,
    /// What a device tells of its streams.
    pub device: Latest<DeviceAnswer>,
    /// What became of the last list of cameras.
    pub camera_list: Latest<CameraListAnswer>,
    /// The camera that is watched for motion on trial.
    pub trial: Latest<MotionTrial>,
    /// Exports under way and those that have ended, oldest first.
    pub exports: Latest<Vec<ExportStatus>>,
    /// What became of a PIN.
    pub pin: Latest<PinAnswer>,
    /// What became of a passphrase, or of a change of how passwords are protected.
    pub unlocked: Latest<UnlockAnswer>,
    /// What is started at sign-in.
    pub autostart: Latest<AutostartStatus>,
    wake: Mutex<Option<Wake>>,
    quit: AtomicBool,
    kiosk: AtomicBool,
    raise: AtomicBool,
    has_console: AtomicBool,
    last_id: AtomicU64,
}

impl Shown {
    /// Sets what is called when something changed.
    pub fn on_change(&self, wake: Wake) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// Asks the console to close its window, as the system does before it shuts down.
    pub fn ask_to_quit(&self) {
        self.quit.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether the window is to be closed.
    #[must_use]
    pub fn is_quitting(&self) -> bool {
        self.quit.load(Ordering::Acquire)
    }

    /// Says whether the console is a kiosk.
    pub fn set_kiosk(&self, is_kiosk: bool) {
        self.kiosk.store(is_kiosk, Ordering::Release);
    }

    /// Whether the console is a kiosk.
    #[must_use]
    pub fn is_kiosk(&self) -> bool {
        self.kiosk.load(Ordering::Acquire)
    }

    /// Asks the console to show its window in front of the others. False when this program has no console.
    pub fn ask_to_raise(&self) -> bool {
        if !self.has_console.load(Ordering::Acquire) {
            return false;
        }
        self.raise.store(true, Ordering::Release);
        self.wake();
        true
    }

    /// Whether the window is to be shown in front of the others; asked once.
    #[must_use]
    pub fn take_raise(&self) -> bool {
        self.raise.swap(false, Ordering::AcqRel)
    }

    /// Says whether there is a console that [`Shown::ask_to_raise`] reaches.
    pub fn set_console(&self, is_there: bool) {
        self.has_console.store(is_there, Ordering::Release);
    }

    /// A number for a question, which no other has.
    pub fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Tells the console that something changed.
    pub fn wake(&self) {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(wake) = wake {
            wake();
        }
    }
}

/// The console's end. Copies are the same end: a window that comes back takes one.
#[derive(Clone)]
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
