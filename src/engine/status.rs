//! What the console sees: the snapshot, and the rates in it.
//!
//! Must not do: change anything.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeZone;

use super::query;
use super::service::Service;
use crate::analysis::Motion;
use crate::capture::{Link, StreamStatus};
use crate::model::CameraSettings;
use crate::model::{CameraId, GapReason, RecordingState, StreamId, StreamKind, WallSpan, WallTime};
use crate::protocol::{CameraStatus, LinkState, Snapshot, VolumeStatus};
use crate::recorder::StreamReport;
use crate::recorder::words::{Facts, sentence};
use crate::runtime::Now;

/// Time between two looks at the hours recorded today.
const SLOW_LOOK: Duration = Duration::from_secs(10);

/// Numbers that need a memory: rates, and what is looked up only now and then.
#[derive(Debug, Default)]
pub(super) struct Meter {
    slow_at: Option<Duration>,
    today: BTreeMap<CameraId, i64>,
    /// When the local day began that is counted, and whether it is the first one since the start.
    day: Option<WallTime>,
    is_first_day: bool,
    /// Runs of each stream that do not count today.
    runs: BTreeMap<StreamId, u64>,
    /// Since when motion cannot be detected.
    pub blind_since: BTreeMap<CameraId, WallTime>,
    /// Dropped access units that were told, and when.
    pub dropped: BTreeMap<CameraId, (u64, WallTime)>,
    /// Bits a second of the sub streams, when they were last seen.
    sub_rates: BTreeMap<CameraId, u64>,
    /// The clock at the last look.
    pub clock: Option<(Now, Duration)>,
    last_shape: u64,
}

impl Meter {
    fn see_sub(&mut self, camera: &CameraId, statuses: &[StreamStatus]) {
        let sub = StreamId::new(camera.clone(), StreamKind::Sub);
        let seen = statuses.iter().find(|status| status.id == sub && status.bit_rate > 0);
        if let Some(status) = seen {
            self.sub_rates.insert(camera.clone(), status.bit_rate);
        }
    }

    /// Runs since local midnight, less the first one after a start.
    fn reconnects(&mut self, status: &StreamStatus, midnight: WallTime) -> u64 {
        if self.day.is_none_or(|day| day != midnight) {
            self.is_first_day = self.day.is_none();
            self.day = Some(midnight);
            self.runs.clear();
        }
        let first = if self.is_first_day { 1 } else { status.runs };
        let first = *self.runs.entry(status.id.clone()).or_insert(first);
        status.runs.saturating_sub(first)
    }
}

impl Service {
    /// Makes a snapshot, raises and clears notices, and wakes the console when something that it shows
    /// has changed besides numbers that tick anyway.
    pub fn show(&mut self) {
        let recorded = self.recorder.status();
        let now = self.clock.now();
        if self.meter.slow_at.is_none_or(|at| now.monotonic >= at) {
            self.meter.slow_at = Some(now.monotonic + SLOW_LOOK);
            self.look_slowly(now.wall);
        }
        let statuses = self.capture.status();
        let settings = self.store.shared();
        let cameras: Vec<CameraStatus> = settings
            .cameras
            .iter()
            .map(|camera| {
                self.meter.see_sub(&camera.id, &statuses);
                let stream = StreamId::new(camera.id.clone(), settings.recorded_stream(camera));
                let link = statuses.iter().find(|status| status.id == stream);
                self.camera(camera, link, recorded.streams.get(&stream), now.wall)
            })
            .collect();
        self.notices.pass(now.wall);
        self.notices.clear_others(|id| settings.cameras.iter().any(|camera| camera.id == *id));
        self.notice_clock(now);
        self.notice(&cameras, now.wall);
        self.notice_main_streams(&settings, &statuses, now.wall);
        self.hand_on_notices(now);
        let snapshot = Snapshot {
            cameras,
            volume: self.volume(),
            notices: self.notices.list(),
            data_dir: self.folder.root().to_string_lossy().into_owned(),
            zone: self.zone.name().to_owned(),
            demo: self.demo,
            started: self.started,
            halted: self.is_halted(),
            live: self.shown.live_show.status(),
            portable: self.folder.is_portable(),
            pin_is_set: self.errands.pin_is_set(),
            passwords: self.passwords_status(),
            settings: self.store.shared(),
        };
        let shape = shape_of(&snapshot);
        self.shown.snapshot.set(snapshot);
        if shape != self.meter.last_shape {
            self.meter.last_shape = shape;
            self.shown.wake();
        }
    }

    fn camera(
        &mut self,
        camera: &CameraSettings,
        status: Option<&StreamStatus>,
        report: Option<&StreamReport>,
        now: WallTime,
    ) -> CameraStatus {
        let recording = match report {
            Some(_) if self.recorder.has_ended() => RecordingState::Idle(GapReason::Unknown),
            Some(report) => report.state.clone(),
            None => RecordingState::Idle(GapReason::WaitingForPicture),
        };
        let since = report.map_or(now, |report| report.since);
        let manual_left = self.manual.left(&camera.id);
        let watched = camera.recording.needs_motion().then(|| self.motion.get(&camera.id));
        let motion_trouble = watched.as_ref().and_then(|watched| match &watched.motion {
            Motion::Blind(why) => Some(why.clone()),
            Motion::Still | Motion::Moving { .. } => None,
        });
        let schedule = report.and_then(|report| report.schedule.as_ref());
        let sentence = sentence(&Facts {
            state: &recording,
            since,
            schedule: schedule.map(|(name, span)| (name.as_str(), *span)),
            manual_left,
            blind: motion_trouble.as_deref(),
            now,
            zone: self.zone,
        });
        let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        let midnight = midnight(now, self.zone);
        let totals = report.map(|report| report.totals).unwrap_or_default();
        let video = status.and_then(|status| status.parameters.as_ref());
        CameraStatus {
            id: camera.id.clone(),
            name: camera.name.clone(),
            group: camera.group.clone(),
            address: camera.main.host_and_port(),
            has_sub: camera.sub.is_some(),
            stream: self.store.settings().recorded_stream(camera),
            mode: camera.recording.mode,
            link: self.link(camera, status),
            recording,
            since,
            sentence,
            manual_left: manual_left.map(micros),
            motion_level: watched.map(|watched| watched.level),
            motion_trouble,
            short_preroll: report.and_then(|report| report.short_preroll).map(micros),
            size: video.map(|parameters| (parameters.video.width, parameters.video.height)),
            frame_rate_milli: status.map_or(0, |status| status.frame_rate_milli),
            bit_rate: status.map_or(0, |status| status.bit_rate),
            sub_bit_rate: self.meter.sub_rates.get(&camera.id).copied(),
            recorded_today: self.meter.today.get(&camera.id).copied().unwrap_or(0),
            dropped: totals.dropped,
            failed_writes: totals.failed,
            gop_length: status.and_then(|status| status.gop_length),
            lost_packets: status.map_or(0, |status| status.lost_packets),
            reconnects_today: status.map_or(0, |status| self.meter.reconnects(status, midnight)),
            clock_offset: status.and_then(|status| status.clock_offset),
            last_error: status.and_then(|status| status.last_error.clone()),
            last_picture: status.and_then(|status| status.last_picture),
        }
    }

    fn link(&self, camera: &CameraSettings, status: Option<&StreamStatus>) -> LinkState {
        let locked = self.secrets.locked_words().filter(|_| self.secrets.has(&camera.id));
        match (locked, status) {
            (Some(why), _) => {
                LinkState::Offline { since: self.locked_since, why: why.into(), retry_at: None }
            }
            (None, Some(status)) => link_state(&status.link),
            (None, None) => LinkState::Connecting,
        }
    }

    fn volume(&self) -> VolumeStatus {
        let report = self.cleaner.report().get().unwrap_or_default();
        let path = self.folder.storage(&self.store.settings().storage.path);
        let failing = self.indexer.is_failing();
        let index = failing.then(|| "The index cannot be written; recording goes on.".to_owned());
        VolumeStatus {
            path: path.to_string_lossy().into_owned(),
            free: report.usage.space.free,
            total: report.usage.space.total,
            used: report.usage.used,
            write_rate: report.rate,
            is_low: report.is_low,
            left_micros: report.left_micros,
            trouble: report.trouble.clone().or(index),
        }
    }

    fn look_slowly(&mut self, now: WallTime) {
        self.look_at_erased();
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
        (&camera.recording, camera.size, camera.dropped, &camera.sentence).hash(&mut hasher);
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
    (snapshot.pin_is_set, &snapshot.passwords.locked).hash(&mut hasher);
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
