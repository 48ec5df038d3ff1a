//! What operators are told of by itself: cameras that are away, recording that has stopped, space that runs
//! out.
//!
//! Must not do: change anything but notices.

use super::service::Service;
use crate::capture::{Link, StreamStatus};
use crate::model::Settings;
use crate::model::{GapReason, RecordingState, StreamId, StreamKind, WallTime};
use crate::protocol::{CameraStatus, LinkState, Severity};

/// A camera that is away for this long is worth a notice; shorter is a reboot of a switch.
const OFFLINE_NOTICE_MICROS: i64 = 15_000_000;

/// Motion detection that is blind for this long is worth a notice; shorter is a scene that is being learnt.
const BLIND_NOTICE_MICROS: i64 = 60_000_000;

/// Time without dropped pictures after which an overload counts as over, in microseconds.
const QUIET_MICROS: i64 = 60_000_000;

impl Service {
    /// Raises and clears notices by what there is to be seen.
    pub fn notice(&mut self, cameras: &[CameraStatus], now: WallTime) {
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
            self.notice_motion(camera, now);
        }
        self.notice_storage(now);
        if self.recorder.has_ended()
            || self.capture.has_ended()
            || self.detection.has_ended()
            || self.cleaner.has_ended()
        {
            let text = "Recording has stopped because of an error in Watchkeeper. Close it and start \
                        it again.";
            self.notices.raise("ended".into(), now, Severity::Alarm, None, text.into());
        }
        if self.thumbnails.has_ended() || self.previews.has_ended() {
            let text = "Small pictures are missing from now on because of an error in Watchkeeper. Recording \
                        goes on; close it and start it again when that suits.";
            let key = "thumbnails ended".into();
            self.notices.raise(key, now, Severity::Warning, None, text.into());
        }
    }

    fn notice_recording(&mut self, camera: &CameraStatus, now: WallTime) {
        let key = format!("storage {}", camera.id);
        match &camera.recording {
            RecordingState::Idle(
                reason @ (GapReason::DiskFull
                | GapReason::SizeLimit
                | GapReason::StorageUnavailable(_)),
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

    /// Motion that cannot be told, and a pre-roll that is too short.
    fn notice_motion(&mut self, camera: &CameraStatus, now: WallTime) {
        let id = Some(camera.id.clone());
        let key = format!("motion {}", camera.id);
        match &camera.motion_trouble {
            Some(why) => {
                let since = *self.meter.blind_since.entry(camera.id.clone()).or_insert(now);
                if now.micros_since(since) > BLIND_NOTICE_MICROS {
                    let text = format!("{} records all the time. {why}.", camera.name);
                    self.notices.raise(key, since, Severity::Warning, id.clone(), text);
                }
            }
            None => {
                self.meter.blind_since.remove(&camera.id);
                self.notices.clear(&key);
            }
        }
        let key = format!("pre-roll {}", camera.id);
        match camera.short_preroll {
            Some(held) => {
                let text = format!(
                    "{}: only {} s before an event can be kept in memory. Its full pictures are too far \
                     apart, or its bit rate is too high.",
                    camera.name,
                    held / 1_000_000
                );
                self.notices.raise(key, now, Severity::Warning, id, text);
            }
            None => self.notices.clear(&key),
        }
    }

    fn notice_storage(&mut self, now: WallTime) {
        let report = self.cleaner.report().get().unwrap_or_default();
        let auto_delete = report.terms.rules.auto_delete;
        if report.is_low {
            let severity = if auto_delete { Severity::Warning } else { Severity::Alarm };
            let remedy = match auto_delete {
                true => "The oldest recordings make room for new ones.",
                false => "Recording will stop when it is full: auto delete is off.",
            };
            let space = report.usage.space;
            let percent =
                (u128::from(space.free) * 100).checked_div(space.total.into()).unwrap_or(0);
            let text = format!("Only {percent} % of the recordings disk are free. {remedy}");
            self.notices.raise("low space".into(), now, severity, None, text);
        } else {
            self.notices.clear("low space");
        }
        match &report.trouble {
            Some(trouble) => {
                self.notices.raise("storage".into(), now, Severity::Alarm, None, trouble.clone());
            }
            None => self.notices.clear("storage"),
        }
    }

    /// A main stream that is recorded on motion, on top of its sub stream, and does not arrive.
    pub fn notice_main_streams(
        &mut self,
        settings: &Settings,
        statuses: &[StreamStatus],
        now: WallTime,
    ) {
        for camera in settings.cameras.iter().filter(|camera| settings.main_on_motion(camera)) {
            let key = format!("main stream {}", camera.id);
            let main = StreamId::new(camera.id.clone(), StreamKind::Main);
            match statuses.iter().find(|status| status.id == main).map(|status| &status.link) {
                Some(Link::Offline { since, why, .. }) => {
                    if now.micros_since(*since) > OFFLINE_NOTICE_MICROS {
                        let text = format!(
                            "{}: the main stream does not arrive, only the sub stream is recorded. {why}",
                            camera.name
                        );
                        let id = Some(camera.id.clone());
                        self.notices.raise(key, *since, Severity::Warning, id, text);
                    }
                }
                Some(Link::Online { .. }) | None => self.notices.clear(&key),
                Some(Link::Connecting) => {}
            }
        }
    }
}
