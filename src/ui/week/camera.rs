//! The week of a camera: what records it when, by which rule.
//!
//! Must not do: paint, or look at exceptions on single dates; this is an ordinary week. Pure.

use super::band::{Band, Bands, DAY};
use crate::model::settings::CameraSettings;
use crate::model::{CoverageKind, Mode, Settings};

/// When a camera is recorded by one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraLane {
    /// The rule.
    pub kind: CoverageKind,
    /// The schedule within which it holds, by its place in the settings.
    pub schedule: Option<usize>,
    /// When.
    pub bands: Bands,
}

/// The rules of a camera; none when only an operator records it.
#[must_use]
pub fn camera_lanes(settings: &Settings, camera: &CameraSettings) -> Vec<CameraLane> {
    let used =
        settings.in_force(camera).schedule.value.filter(|_| camera.recording.needs_schedule());
    let schedule = used.and_then(|name| settings.schedules.iter().position(|s| s.name == name));
    let bands = match schedule.and_then(|place| settings.schedules.get(place)) {
        Some(schedule) => Bands::of(&schedule.ranges),
        None => whole_week(),
    };
    let lane = |kind| CameraLane { kind, schedule, bands: bands.clone() };
    let first = match camera.recording.mode {
        Mode::Disabled => return Vec::new(),
        Mode::Continuous => CoverageKind::Continuous,
        Mode::Scheduled => CoverageKind::Scheduled,
        Mode::Motion => CoverageKind::Motion,
    };
    let mut lanes = vec![lane(first)];
    if settings.main_on_motion(camera) {
        lanes.push(lane(CoverageKind::Motion));
    }
    lanes
}

fn whole_week() -> Bands {
    (0..7).filter_map(|day| Band::new(day * i32::from(DAY), i32::from(DAY))).collect()
}

/// How many bytes `settings` let the cameras write in an ordinary week that record within the schedule of this name,
/// given the bits a second of each; and whether some of them may write less, because they wait for motion.
#[must_use]
pub fn bytes_a_week(
    settings: &Settings,
    schedule: &str,
    bit_rate: impl Fn(&CameraSettings) -> u64,
) -> (u64, bool) {
    let users = users(settings, schedule);
    let waits = users.iter().any(|camera| camera.recording.mode == Mode::Motion);
    let ranges = settings.schedules.iter().find(|s| s.name == schedule).map(|s| &s.ranges[..]);
    let seconds = u64::from(Bands::of(ranges.unwrap_or_default()).minutes()) * 60;
    let bits: u64 = users.into_iter().map(bit_rate).sum();
    (bits.saturating_mul(seconds) / 8, waits)
}

/// The cameras that are recorded within the schedule of this name.
#[must_use]
pub fn users<'a>(settings: &'a Settings, schedule: &str) -> Vec<&'a CameraSettings> {
    let is_user = |camera: &&CameraSettings| {
        camera.recording.needs_schedule()
            && settings.in_force(camera).schedule.value.as_deref() == Some(schedule)
    };
    settings.cameras.iter().filter(is_user).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schedule::Schedule;
    use crate::model::settings::CameraRecording;
    use crate::model::{CameraId, Transport};

    fn camera(mode: Mode) -> CameraSettings {
        CameraSettings {
            id: CameraId::from_name("gate"),
            name: "Gate".into(),
            group: String::new(),
            main: "rtsp://10.0.0.1/main".parse().expect("an address"),
            sub: "rtsp://10.0.0.1/sub".parse().ok(),
            user: None,
            transport: Transport::Tcp,
            recording: CameraRecording { mode, ..CameraRecording::default() },
        }
    }

    fn settings(camera: CameraSettings) -> Settings {
        let ranges = vec!["mon-fri 08:00-18:00".parse().expect("a range")];
        let hours = Schedule { name: "Business hours".into(), ranges, exceptions: Vec::new() };
        let mut settings =
            Settings { schedules: vec![hours], cameras: vec![camera], ..Settings::default() };
        settings.recording.schedule = Some("Business hours".into());
        settings
    }

    fn told(camera: CameraSettings) -> Vec<(CoverageKind, Option<usize>, u32)> {
        let settings = settings(camera);
        let lanes = camera_lanes(&settings, &settings.cameras[0]);
        lanes.iter().map(|lane| (lane.kind, lane.schedule, lane.bands.minutes() / 60)).collect()
    }

    #[test]
    fn each_mode_has_its_hours() {
        assert_eq!(told(camera(Mode::Disabled)), []);
        assert_eq!(told(camera(Mode::Continuous)), [(CoverageKind::Continuous, None, 168)]);
        assert_eq!(told(camera(Mode::Scheduled)), [(CoverageKind::Scheduled, Some(0), 50)]);
        assert_eq!(told(camera(Mode::Motion)), [(CoverageKind::Motion, None, 168)]);
        let mut both = camera(Mode::Scheduled);
        both.recording.main_on_motion = true;
        let motion = (CoverageKind::Motion, Some(0), 50);
        assert_eq!(told(both), [(CoverageKind::Scheduled, Some(0), 50), motion]);
        let mut within = camera(Mode::Motion);
        within.recording.motion_in_schedule = true;
        assert_eq!(told(within), [motion]);
    }

    #[test]
    fn a_week_costs_what_its_hours_cost() {
        let scheduled = settings(camera(Mode::Scheduled));
        let cost = bytes_a_week(&scheduled, "Business hours", |_| 4_000_000);
        assert_eq!(cost, (90_000_000_000, false));
        let always = settings(camera(Mode::Continuous));
        assert_eq!(bytes_a_week(&always, "Business hours", |_| 4_000_000), (0, false));
    }
}
