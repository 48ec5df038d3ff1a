//! What the console sees: the snapshot, and the rates in it.
//!
//! Must not do: change anything.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeZone;

use super::service::Service;
use super::{offline, query};
use crate::capture::{Link, StreamStatus};
use crate::config::CameraSettings;
use crate::model::{CameraId, GapReason, RecordingState, StreamId, WallSpan, WallTime};
use crate::protocol::{CameraStatus, LinkState, Severity, Snapshot, VolumeStatus};
use crate::recorder::StreamReport;
use crate::storage::{Space, StorageError};

/// Time over which the write rate is averaged.
const RATE_WINDOW: Duration = Duration::from_secs(5);

/// Time between two looks at free space and at the hours recorded today.
const SLOW_LOOK: Duration = Duration::from_secs(10);

/// A camera that is away for this long is worth a notice; shorter is a reboot of a switch.
const OFFLINE_NOTICE_MICROS: i64 = 15_000_000;

/// Time without dropped pictures after which an overload counts as over, in microseconds.
const QUIET_MICROS: i64 = 60_000_000;

/// Numbers that need a memory: rates, and what is looked up only now and then.
#[derive(Debug)]
pub(super) struct Meter {
    /// Bytes of segments when the engine started.
    used_before: u64,
    rate_since: Option<(Duration, u64)>,
    rate: u64,
    slow_at: Option<Duration>,
    space: Option<Space>,
    trouble: Option<String>,
    today: BTreeMap<CameraId, i64>,
    /// Dropped access units that were told, and when.
    dropped: BTreeMap<CameraId, (u64, WallTime)>,
    last_shape: u64,
}

impl Meter {
    /// A meter that has not measured yet.
    pub fn new(used_before: u64) -> Self {
        Self {
            used_before,
            rate_since: None,
            rate: 0,
            slow_at: None,
            space: None,
            trouble: None,
            today: BTreeMap::new(),
            dropped: BTreeMap::new(),
            last_shape: 0,
        }
    }

    fn measure_rate(&mut self, now: Duration, written: u64) {
        match self.rate_since {
            Some((since, before)) if now >= since + RATE_WINDOW => {
                let elapsed = now.saturating_sub(since).as_secs_f64();
                self.rate = (written.saturating_sub(before) as f64 / elapsed) as u64;
                self.rate_since = Some((now, written));
            }
            None => self.rate_since = Some((now, written)),
            Some(_) => {}
        }
    }
}

impl Service {
    /// Makes a snapshot, raises and clears notices, and wakes the console when something that it shows
    /// has changed besides numbers that tick anyway.
    pub fn show(&mut self) {
        let recorded = self.recorder.status();
        let written = recorded.streams.values().map(|report| report.totals.bytes).sum();
        let now = self.clock.now();
        self.meter.measure_rate(now.monotonic, written);
        if self.meter.slow_at.is_none_or(|at| now.monotonic >= at) {
            self.meter.slow_at = Some(now.monotonic + SLOW_LOOK);
            self.look_slowly(now.wall);
        }
        let statuses = self.capture.status();
        let settings = self.store.settings().clone();
        let cameras: Vec<CameraStatus> = settings
            .cameras
            .iter()
            .map(|camera| {
                let stream = StreamId::new(camera.id.clone(), settings.recorded_stream(camera));
                let link = statuses.iter().find(|status| status.id == stream);
                self.camera(camera, link, recorded.streams.get(&stream), now.wall)
            })
            .collect();
        self.notice(&cameras, now.wall);
        let snapshot = Snapshot {
            cameras,
            volume: self.volume(written),
            notices: self.notices.list(),
            data_dir: self.folder.root().to_string_lossy().into_owned(),
            zone: self.zone.name().to_owned(),
            demo: self.demo,
        };
        let shape = shape_of(&snapshot);
        self.shown.snapshot.set(snapshot);
        if shape != self.meter.last_shape {
            self.meter.last_shape = shape;
            self.shown.wake();
        }
    }

    fn camera(
        &self,
        camera: &CameraSettings,
        status: Option<&StreamStatus>,
        report: Option<&StreamReport>,
        now: WallTime,
    ) -> CameraStatus {
        let waiting = RecordingState::Idle(GapReason::WaitingForPicture);
        let recording = match report {
            Some(_) if self.recorder.has_ended() => RecordingState::Idle(GapReason::Unknown),
            Some(report) => report.state.clone(),
            None => waiting,
        };
        CameraStatus {
            id: camera.id.clone(),
            name: camera.name.clone(),
            address: camera.main.host_and_port(),
            has_sub: camera.sub.is_some(),
            stream: self.store.settings().recorded_stream(camera),
            mode: camera.recording.mode,
            link: status.map_or(LinkState::Connecting, |status| link_state(&status.link)),
            recording,
            since: report.map_or(now, |report| report.since),
            size: status
                .and_then(|status| status.parameters.as_ref())
                .map(|parameters| (parameters.video.width, parameters.video.height)),
            frame_rate_milli: status.map_or(0, |status| status.frame_rate_milli),
            bit_rate: status.map_or(0, |status| status.bit_rate),
            recorded_today: self.meter.today.get(&camera.id).copied().unwrap_or(0),
            dropped: report.map_or(0, |report| report.totals.dropped),
        }
    }

    fn volume(&self, written: u64) -> VolumeStatus {
        let path = self.folder.storage(&self.store.settings().storage.path);
        let failing = self.indexer.is_failing();
        let index = failing.then(|| "The index cannot be written; recording goes on.".to_owned());
        VolumeStatus {
            path: path.to_string_lossy().into_owned(),
            free: self.meter.space.map_or(0, |space| space.free),
            total: self.meter.space.map_or(0, |space| space.total),
            used: self.meter.used_before + written,
            write_rate: self.meter.rate,
            trouble: self.meter.trouble.clone().or(index),
        }
    }

    fn volume_space(&self) -> Result<Space, StorageError> {
        let local = self.recordings.volumes.get(&offline::LOCAL);
        local.map_or(Ok(Space::default()), |volume| volume.space())
    }

    fn look_slowly(&mut self, now: WallTime) {
        match self.volume_space() {
            Ok(space) => {
                self.meter.space = Some(space);
                self.meter.trouble = None;
            }
            Err(error) => self.meter.trouble = Some(error.to_string()),
        }
        let today = WallSpan::new(midnight(now, self.zone), WallTime::MAX);
        for camera in &self.store.settings().cameras {
            match query::footage(&self.recordings, &camera.id, today) {
                Ok(spans) => {
                    let covered = spans.iter().map(|item| item.span.micros()).sum();
                    self.meter.today.insert(camera.id.clone(), covered);
                }
                Err(error) => tracing::error!("{}: {error}", camera.id),
            }
        }
    }

    fn notice(&mut self, cameras: &[CameraStatus], now: WallTime) {
        for camera in cameras {
            let key = format!("offline {}", camera.id);
            match &camera.link {
                LinkState::Offline { since, why, .. } => {
                    if now.micros_since(*since) > OFFLINE_NOTICE_MICROS {
                        let text = format!("{} is offline. {why}", camera.name);
                        let id = Some(camera.id.clone());
                        self.notices.raise(key, *since, Severity::Warning, id, text);
                    }
                }
                LinkState::Online => self.notices.clear(&key),
                LinkState::Connecting => {}
            }
            self.notice_recording(camera, now);
        }
        if self.recorder.has_ended() || self.capture.has_ended() {
            let text = "Recording has stopped because of an error in Watchkeeper. Close it and start \
                        it again.";
            self.notices.raise("ended".into(), now, Severity::Alarm, None, text.into());
        }
    }

    fn notice_recording(&mut self, camera: &CameraStatus, now: WallTime) {
        let key = format!("storage {}", camera.id);
        match &camera.recording {
            RecordingState::Idle(
                reason @ (GapReason::DiskFull | GapReason::StorageUnavailable(_)),
            ) => {
                let text = format!("{} is not recorded. {reason}.", camera.name);
                self.notices.raise(key, now, Severity::Alarm, Some(camera.id.clone()), text);
            }
            RecordingState::Recording(_) => self.notices.clear(&key),
            RecordingState::Idle(_) => {}
        }
        self.notice_dropped(camera, now);
    }

    /// An overload is told each time that it comes back after a quiet minute.
    fn notice_dropped(&mut self, camera: &CameraStatus, now: WallTime) {
        let key = format!("dropped {}", camera.id);
        let told = self.meter.dropped.entry(camera.id.clone()).or_insert((0, now));
        if camera.dropped > told.0 {
            *told = (camera.dropped, now);
            let text = format!(
                "{}: this computer could not keep up and dropped pictures. Record the sub stream \
                 or fewer cameras.",
                camera.name
            );
            self.notices.raise(key, now, Severity::Alarm, Some(camera.id.clone()), text);
        } else if now.micros_since(told.1) > QUIET_MICROS {
            self.notices.clear(&key);
        }
    }
}

fn link_state(link: &Link) -> LinkState {
    match link.clone() {
        Link::Connecting => LinkState::Connecting,
        Link::Online { .. } => LinkState::Online,
        Link::Offline { since, why, retry_at } => LinkState::Offline { since, why, retry_at },
    }
}

/// A number that changes when something changes that an operator must see at once.
fn shape_of(snapshot: &Snapshot) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for camera in &snapshot.cameras {
        (&camera.id, &camera.name, camera.mode, camera.stream).hash(&mut hasher);
        (&camera.recording, camera.size, camera.dropped).hash(&mut hasher);
        match &camera.link {
            LinkState::Connecting => 0.hash(&mut hasher),
            LinkState::Online => 1.hash(&mut hasher),
            LinkState::Offline { since, why, .. } => (since, why).hash(&mut hasher),
        }
    }
    for notice in &snapshot.notices {
        notice.id.hash(&mut hasher);
    }
    snapshot.volume.trouble.hash(&mut hasher);
    hasher.finish()
}

/// The beginning of the local day of `now`.
fn midnight(now: WallTime, zone: chrono_tz::Tz) -> WallTime {
    let day = now.to_utc().with_timezone(&zone).date_naive();
    // Where midnight does not exist because of a clock change, the day begins an hour later.
    let hours = (0..3).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
    let first = hours.filter_map(|time| zone.from_local_datetime(&time).earliest()).next();
    first.map_or(now, WallTime::from)
}
