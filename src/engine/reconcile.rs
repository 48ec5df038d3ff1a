//! Makes capture, recorder, motion detection and live wall as settings and console want them.
//!
//! Must not do: change settings, or decide what is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::service::{Service, Way};
use super::source;
use crate::capture::{StreamSource, UnitQueue};
use crate::config::{CameraSettings, Settings};
use crate::model::{Mode, StreamId, StreamKind, WallTime};
use crate::protocol::{LiveTile, Severity};
use crate::recorder::{RecordedStream, Rule};

/// Units that wait for the recorder at most: a disk may stall for 20 s at 60 pictures a second.
const MAX_UNITS: usize = 1_200;

/// Bytes that wait for the recorder at most, for each stream: 20 s at 25 Mbit/s.
const MAX_BYTES: usize = 64 << 20;

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
                let recorded = rules(&settings, camera, self.zone).into_iter().map(|(kind, _)| kind);
                recorded.map(|kind| StreamId::new(camera.id.clone(), kind))
            })
            .collect();
        wanted.extend(self.views.streams(sub_of));
        wanted.sort();
        wanted.dedup();
        let sources = wanted.iter().filter_map(|stream| self.source_of(cameras, stream)).collect();
        self.capture.set_streams(sources);
        self.views.reconcile(&self.capture, &self.shown, sub_of);
    }

    fn source_of(&mut self, cameras: &[CameraSettings], stream: &StreamId) -> Option<StreamSource> {
        let camera = cameras.iter().find(|camera| camera.id == stream.camera)?;
        let password = match self.secrets.get(&camera.id) {
            Ok(password) => password,
            // It has none to lose, most likely.
            Err(_) if camera.user.is_none() => None,
            Err(error) => {
                let text = error.to_string();
                self.notices.raise(text.clone(), self.clock.wall(), Severity::Alarm, None, text);
                None
            }
        };
        source(camera, stream.kind, password)
    }

    /// Tells the recorder which streams to record, and from which queues.
    pub fn record(&mut self) {
        let settings = self.store.settings();
        let mut ways = BTreeMap::new();
        let mut streams = Vec::new();
        for camera in &settings.cameras {
            for (kind, rule) in rules(settings, camera, self.zone) {
                let id = StreamId::new(camera.id.clone(), kind);
                let way = self.queues.remove(&id).unwrap_or_else(|| {
                    let queue = UnitQueue::new(MAX_UNITS, MAX_BYTES);
                    let subscription = self.capture.subscribe(&id, &queue, false);
                    Way { queue, _subscription: subscription }
                });
                let last_end = self.last_end(&id);
                let queue = Arc::clone(&way.queue);
                streams.push(RecordedStream { id: id.clone(), queue, rule, last_end });
                ways.insert(id, way);
            }
        }
        self.queues = ways;
        self.pending_streams = self.recorder.set_streams(streams).is_err();
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
