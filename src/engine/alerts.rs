//! What operators are told of by itself: cameras that are away, recording that has stopped, space that runs
//! out.
//!
//! Must not do: change anything but notices.

use std::time::Duration;

use super::notices::Cause;
use super::service::Service;
use crate::capture::{Link, StreamStatus};
use crate::model::{CameraId, GapReason, RecordingState, Settings, StreamId, StreamKind, WallTime};
use crate::protocol::{CameraStatus, LinkState, Severity, Topic};
use crate::runtime::Now;

/// The clock was set when it moves against the monotonic one by more than this between two looks; what
/// disciplines it slews by less.
const CLOCK_STEP_MICROS: i64 = 1_000_000;

/// Motion detection that is blind for this long is worth a notice; shorter is a scene that is being learnt.
const BLIND_NOTICE_MICROS: i64 = 60_000_000;

/// Time without dropped pictures after which an overload counts as over, in microseconds.
const QUIET_MICROS: i64 = 60_000_000;

impl Service {
    /// Raises and clears notices by what there is to be seen.
    pub fn notice(&mut self, cameras: &[CameraStatus], now: WallTime) {
        let patience = offline_micros(self.store.settings());
        for camera in cameras {
            let key = format!("offline {}", camera.id);
            match &camera.link {
                LinkState::Offline { since, why, .. } => {
                    if now.micros_since(*since) > patience {
                        let text = format!("{} is offline. {why}", camera.name);
                        let id = Some(camera.id.clone());
                        self.notices.raise(key, *since, Severity::Warning, id, text);
                    }
                }
                LinkState::Online => self.notices.clear(&key),
                LinkState::Connecting => {}
            }
            self.notice_recording(camera, now);
            self.notice_silence(camera, now, patience);
            self.notice_motion(camera, now);
        }
        self.notice_storage(now);
        if self.is_halted() {
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

    /// Whether a thread that recording needs is gone although nobody stopped it.
    pub fn is_halted(&self) -> bool {
        self.recorder.has_ended()
            || self.capture.has_ended()
            || self.detection.has_ended()
            || self.cleaner.has_ended()
    }

    /// Pictures arrive and should be recorded, and are not.
    fn notice_silence(&mut self, camera: &CameraStatus, now: WallTime, patience: i64) {
        let key = format!("silent {}", camera.id);
        match &camera.recording {
            RecordingState::Idle(
                reason @ (GapReason::WaitingForPicture
                | GapReason::StreamLoss(_)
                | GapReason::TimestampJump
                | GapReason::Overload(_)
                | GapReason::Unknown),
            ) if camera.link == LinkState::Online => {
                if now.micros_since(camera.since) > patience {
                    let text = format!("{} is online and not recorded. {reason}.", camera.name);
                    let id = Some(camera.id.clone());
                    self.notices.raise(key, camera.since, Severity::Alarm, id, text);
                }
            }
            _ => self.notices.clear(&key),
        }
    }

    /// The computer's clock was set, which leaves a gap in the footage, or times that come twice.
    pub fn notice_clock(&mut self, now: Now) {
        let asleep = self.clock.asleep();
        let Some((before, slept)) = self.meter.clock.replace((now, asleep)) else { return };
        let passed = now.monotonic.saturating_sub(before.monotonic);
        let expected = before.wall + passed + asleep.saturating_sub(slept);
        let step = now.wall.micros_since(expected);
        if step.abs() > CLOCK_STEP_MICROS {
            let (text, severity) = (clock_words(step), Severity::Warning);
            let (topic, at) = (Topic::Clock, now.wall);
            self.notices.tell_about(Cause { topic, at, severity, camera: None, text });
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
                let camera = Some(camera.id.clone());
                self.notices.raise_about(key, about_storage(now, Severity::Alarm, camera, text));
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
            let key = "low space".into();
            self.notices.raise_about(key, about_storage(now, severity, None, text));
        } else {
            self.notices.clear("low space");
        }
        match &report.trouble {
            Some(trouble) => {
                let (key, text) = ("storage".into(), trouble.clone());
                self.notices.raise_about(key, about_storage(now, Severity::Alarm, None, text));
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
                    if now.micros_since(*since) > offline_micros(settings) {
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

/// A camera that is away for longer is told; shorter may be the reboot of a switch.
fn offline_micros(settings: &Settings) -> i64 {
    i64::from(settings.console.offline_seconds.0) * 1_000_000
}

/// `step` are the microseconds by which the clock went on too far, or too little.
fn clock_words(step: i64) -> String {
    let by = Duration::from_micros(step.unsigned_abs()).as_secs_f64();
    let (way, what) = match step > 0 {
        true => ("forward", "The time that was left out counts as a gap"),
        false => ("back", "Times may come twice on the timeline"),
    };
    format!(
        "This computer's clock was set {way} by {by:.0} s. {what}; check that it is set by a time server."
    )
}

fn about_storage(
    at: WallTime,
    severity: Severity,
    camera: Option<CameraId>,
    text: String,
) -> Cause {
    Cause { topic: Topic::Storage, at, severity, camera, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_told_with_the_way_it_went() {
        assert!(
            clock_words(3_600_000_000)
                .starts_with("This computer's clock was set forward by 3600 s.")
        );
        assert!(clock_words(-90_400_000).contains("set back by 90 s. Times may come twice"));
    }
}
