//! Makes capture, recorder, motion detection and live wall as settings and console want them.
//!
//! Must not do: change settings, or decide what is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::service::{Pending, Service, Way};
use super::terms::{limits, terms};
use super::thumbnails::{QUEUED_BYTES, QUEUED_UNITS, Sight};
use super::{source, zone_of};
use crate::analysis::{Eyes, Watch};
use crate::capture::{StreamSource, UnitQueue};
use crate::config::ConfigError;
use crate::model::{CameraId, Mode, MotionSource, StreamId, StreamKind, WallTime};
use crate::model::{CameraSettings, Settings};
use crate::protocol::{LiveTile, Severity};
use crate::recorder::{RecordedStream, Rule, WriteContext};

/// Units that wait for the recorder at most: a disk may stall for 20 s at 60 pictures a second.
const MAX_UNITS: usize = 1_200;

/// Bytes that wait for the recorder at most, for each stream: 20 s at 25 Mbit/s.
const MAX_BYTES: usize = 64 << 20;

/// Units that wait for motion detection at most: some 5 s, after which it counts as too slow.
pub(super) const WATCHED_UNITS: usize = 150;

/// Bytes that wait for it at most.
pub(super) const WATCHED_BYTES: usize = 16 << 20;

/// Time between two looks at the system's time zone.
const ZONE_LOOK: Duration = Duration::from_secs(30);

/// Which streams of `camera` are recorded, and by which rule: one, or the sub stream always and the main
/// stream on motion.
#[must_use]
pub fn rules(
    settings: &Settings,
    camera: &CameraSettings,
    zone: chrono_tz::Tz,
) -> Vec<(StreamKind, Rule)> {
    let force = settings.in_force(camera);
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let rule = Rule {
        mode: camera.recording.mode,
        calendar: settings.calendar(camera, zone),
        pre: seconds(force.pre_seconds.value),
        post: seconds(force.post_seconds.value),
        journals: true,
    };
    let first = settings.recorded_stream(camera);
    if !settings.main_on_motion(camera) {
        return vec![(first, rule)];
    }
    let on_motion = Rule { mode: Mode::Motion, journals: false, ..rule.clone() };
    vec![(first, rule), (StreamKind::Main, on_motion)]
}

impl Service {
    /// Makes all as the settings want it.
    pub fn reconcile(&mut self) {
        self.connect();
        self.record();
        self.rewrite();
        self.keep();
        self.bring();
    }

    /// Makes capture and live wall so; what is recorded stays as it is.
    pub fn connect(&mut self) {
        let settings = self.store.settings().clone();
        let cameras = &settings.cameras;
        let sub_of = |tile: &LiveTile| {
            cameras.iter().any(|camera| camera.id == tile.camera && camera.sub.is_some())
        };
        let mut wanted: Vec<StreamId> = cameras
            .iter()
            .flat_map(|camera| {
                let recorded =
                    rules(&settings, camera, self.zone).into_iter().map(|(kind, _)| kind);
                recorded.map(|kind| StreamId::new(camera.id.clone(), kind))
            })
            .collect();
        wanted.extend(self.watch(&settings));
        wanted.extend(self.tried_stream());
        wanted.extend(self.views.streams(sub_of));
        wanted.sort();
        wanted.dedup();
        self.see(&wanted);
        let sources = wanted.iter().filter_map(|stream| self.source_of(cameras, stream)).collect();
        self.capture.set_streams(sources);
        self.views.reconcile(&self.capture, &self.shown, sub_of);
    }

    /// Shares out the processor among the live tiles; recording comes first.
    pub fn balance(&mut self) {
        let snapshot = self.shown.snapshot.get().unwrap_or_default();
        let dropped = snapshot.cameras.iter().map(|camera| camera.dropped).sum();
        if self.views.balance(&self.shown, dropped) {
            self.shown.wake();
        }
    }

    fn source_of(&mut self, cameras: &[CameraSettings], stream: &StreamId) -> Option<StreamSource> {
        let camera = cameras.iter().find(|camera| camera.id == stream.camera)?;
        let password = match self.secrets.get(&camera.id) {
            Ok(password) => password,
            // Without its password it would only count attempts against the user.
            Err(ConfigError::PasswordsLocked(_)) => return None,
            // It has none to lose, most likely.
            Err(_) if camera.user.is_none() => None,
            Err(error) => {
                let text = error.to_string();
                self.notices.raise(text.clone(), self.clock.wall(), Severity::Alarm, None, text);
                None
            }
        };
        let told = camera.recording.needs_motion()
            && camera.recording.motion_source == MotionSource::Camera
            && stream.kind == self.store.settings().recorded_stream(camera);
        source(camera, stream.kind, password)
            .map(|source| StreamSource { metadata: told, ..source })
    }

    /// Tells the recorder which streams to record, and from which queues.
    pub fn record(&mut self) {
        let settings = self.store.settings();
        let mut ways = BTreeMap::new();
        let mut streams = Vec::new();
        for camera in &settings.cameras {
            for (kind, rule) in rules(settings, camera, self.zone) {
                let id = StreamId::new(camera.id.clone(), kind);
                let known = self.ways.remove(&id);
                let way = known.unwrap_or_else(|| self.way(&id, MAX_UNITS, MAX_BYTES));
                let last_end = self.last_end(&id);
                let queue = Arc::clone(&way.queue);
                streams.push(RecordedStream { id: id.clone(), queue, rule, last_end });
                ways.insert(id, way);
            }
        }
        self.ways = ways;
        self.pending.streams = self.recorder.set_streams(streams).is_err();
    }

    pub(super) fn way(&self, id: &StreamId, max_units: usize, max_bytes: usize) -> Way {
        let queue = UnitQueue::new(max_units, max_bytes);
        let subscription = self.capture.subscribe(id, &queue, false);
        Way { queue, _subscription: subscription }
    }

    /// Tells who watches for motion where to look; gives the streams that are needed for it.
    fn watch(&mut self, settings: &Settings) -> Vec<StreamId> {
        let (mut ways, mut watches) = (BTreeMap::new(), Vec::new());
        for camera in settings.cameras.iter().filter(|camera| camera.recording.needs_motion()) {
            let kind = if camera.sub.is_some() { StreamKind::Sub } else { StreamKind::Main };
            let id = StreamId::new(camera.id.clone(), kind);
            let eyes = match camera.recording.motion_source {
                MotionSource::Camera => {
                    Eyes::Camera(StreamId::new(camera.id.clone(), settings.recorded_stream(camera)))
                }
                MotionSource::Picture => {
                    let known = self.watched.remove(&id);
                    let way = known.unwrap_or_else(|| self.way(&id, WATCHED_UNITS, WATCHED_BYTES));
                    let queue = Arc::clone(&way.queue);
                    ways.insert(id, way);
                    let random_access_only = kind == StreamKind::Main;
                    Eyes::Pictures { queue, random_access_only, settings: settings.motion(camera) }
                }
            };
            watches.push(Watch { camera: camera.id.clone(), eyes });
        }
        self.watched = ways;
        self.pending.watches = self.detection.set_watches(&watches).is_err();
        self.watched.keys().cloned().collect()
    }

    /// Tells who keeps small pictures where to take them from: of each camera the smallest stream of those that
    /// are connected anyway.
    fn see(&mut self, connected: &[StreamId]) {
        let (mut ways, mut sights) = (BTreeMap::new(), Vec::new());
        for id in smallest(connected) {
            let known = self.seen.remove(&id);
            let way = known.unwrap_or_else(|| self.way(&id, QUEUED_UNITS, QUEUED_BYTES));
            let (camera, queue) = (id.camera.clone(), Arc::clone(&way.queue));
            sights.push(Sight { camera, queue });
            ways.insert(id, way);
        }
        self.seen = ways;
        self.pending.sights = self.thumbnails.set_sights(sights).is_err();
    }

    /// Sends what a thread was too busy to take.
    pub fn send_again(&mut self) {
        let Pending { streams, watches, sights, context, terms, archive, archives } = self.pending;
        if streams {
            self.record();
        }
        if watches || sights {
            self.connect();
        }
        if context {
            self.rewrite();
        }
        if terms {
            self.keep();
        }
        if archives {
            self.reopen_archives();
        }
        if archive || archives {
            self.bring();
        }
    }

    /// Tells the recorder where and how to write.
    fn rewrite(&mut self) {
        let Some(volume) = self.recordings.volumes.get(self.volume_id) else { return };
        let total = self.cleaner.report().get().map_or(0, |report| report.usage.space.total);
        let context = WriteContext {
            limits: limits(self.store.settings(), total, volume.file_size_limit()),
            volume,
            volume_id: self.volume_id,
            zone: self.zone,
            open: self.recordings.open.clone(),
        };
        self.pending.context = self.recorder.set_context(context).is_err();
    }

    /// Tells the retention what the settings say.
    fn keep(&mut self) {
        let terms = terms(self.store.settings(), self.volume_id);
        self.pending.terms = self.cleaner.set_terms(terms).is_err();
    }

    /// The system's zone may change while we run: schedules and paths follow, footage is in UTC anyway.
    pub fn look_at_zone(&mut self) {
        let now = self.clock.monotonic();
        if now < self.zone_due {
            return;
        }
        self.zone_due = now + ZONE_LOOK;
        let zone = zone_of(self.store.settings());
        if zone == self.zone {
            return;
        }
        let text = format!("The time zone is now {}; it was {}.", zone.name(), self.zone.name());
        tracing::warn!("{text}");
        self.tell(Severity::Warning, None, text);
        self.zone = zone;
        self.reconcile();
    }

    fn last_end(&self, stream: &StreamId) -> WallTime {
        let row = self.recordings.reader.last_before(stream, WallTime::MAX);
        match row {
            Ok(row) => row.map_or(WallTime::MIN, |row| row.end),
            Err(error) => {
                tracing::error!("{stream}: the index cannot be read: {error}");
                WallTime::MIN
            }
        }
    }
}

/// Of each camera its sub stream where that is among these, else its main stream.
fn smallest(streams: &[StreamId]) -> Vec<StreamId> {
    let has_sub = |camera: &CameraId| {
        streams.iter().any(|stream| stream.camera == *camera && stream.kind == StreamKind::Sub)
    };
    let is_smallest =
        |stream: &&StreamId| stream.kind == StreamKind::Sub || !has_sub(&stream.camera);
    streams.iter().filter(is_smallest).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sub_stream_is_taken_where_one_is_connected() {
        let stream = |name, kind| StreamId::new(CameraId::from_name(name), kind);
        let connected = [
            stream("gate", StreamKind::Main),
            stream("gate", StreamKind::Sub),
            stream("hall", StreamKind::Sub),
            stream("yard", StreamKind::Main),
        ];
        assert_eq!(smallest(&connected), connected[1..]);
        assert_eq!(smallest(&[]), []);
    }
}
