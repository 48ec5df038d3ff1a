//! Why something does not work: the rules that turn what is known into a list of checks. Pure.
//!
//! Must not do: look anything up; all facts are given. Change anything.

mod camera;
mod moment;
mod place;
#[cfg(test)]
mod tests;
mod words;

use chrono_tz::Tz;

pub use self::words::bytes;

use self::words::Words;
use crate::model::{CameraId, CameraSettings, RecordingState, Settings, WallSpan, WallTime};
use crate::protocol::{
    CameraStatus, Check, Remedy, Snapshot, StorageOverview, Subject, Topic, Verdict,
};
use crate::storage::Place;

/// A step of the clock is worth a word for so long, in microseconds: a week.
const STEP_MICROS: i64 = 7 * 86_400_000_000;

/// All that the rules go by.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// What the console shows.
    pub snapshot: &'a Snapshot,
    /// Whether an engine runs; else the snapshot has what the settings say.
    pub is_running: bool,
    /// How storage stands.
    pub storage: &'a StorageOverview,
    /// What was found at the recordings folder just now.
    pub place: Option<&'a Place>,
    /// When the clock was last seen to be set.
    pub stepped: Option<WallTime>,
    /// The moment asked about.
    pub moment: Option<&'a Moment>,
    /// This moment.
    pub now: WallTime,
    /// For times of day.
    pub zone: Tz,
}

/// What is known of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: WallTime,
    /// What each camera's recording did then, and from when until when.
    pub states: Vec<(CameraId, WallSpan, RecordingState)>,
}

impl Facts<'_> {
    fn settings(&self) -> &Settings {
        &self.snapshot.settings
    }

    fn words(&self) -> Words {
        Words { zone: self.zone, dates: self.settings().console.dates, now: self.now }
    }

    /// What operators call a camera, also one that was removed.
    fn name_of(&self, id: &CameraId) -> String {
        let known = self.snapshot.cameras.iter().find(|camera| camera.id == *id);
        known.map_or_else(|| id.to_string(), |camera| camera.name.clone())
    }
}

/// A camera as it is and as it is set up.
#[derive(Clone, Copy)]
struct Seen<'a> {
    status: &'a CameraStatus,
    settings: &'a CameraSettings,
}

impl Seen<'_> {
    fn check(
        &self,
        subject: Subject,
        verdict: Verdict,
        text: String,
        remedies: Vec<Remedy>,
    ) -> Check {
        Check { subject, camera: Some(self.status.id.clone()), verdict, text, remedies }
    }

    fn good(&self, subject: Subject, text: String) -> Check {
        self.check(subject, Verdict::Good, text, Vec::new())
    }
}

/// A check that belongs to no camera.
fn general(subject: Subject, verdict: Verdict, text: String, remedies: Vec<Remedy>) -> Check {
    Check { subject, camera: None, verdict, text, remedies }
}

/// A rule about one camera.
type Rule = fn(&Facts<'_>, &Seen<'_>) -> Check;

/// Everything that an operator looks at, about one camera or about all, in that order.
#[must_use]
pub fn diagnose(facts: &Facts<'_>, camera: Option<&CameraId>) -> Vec<Check> {
    let settings = facts.settings();
    let cameras: Vec<Seen<'_>> = facts
        .snapshot
        .cameras
        .iter()
        .filter(|status| camera.is_none_or(|camera| status.id == *camera))
        .filter_map(|status| {
            let settings = settings.cameras.iter().find(|known| known.id == status.id)?;
            Some(Seen { status, settings })
        })
        .collect();
    let each = |rule: Rule, well: &str| match camera {
        Some(_) => cameras.iter().map(|seen| rule(facts, seen)).collect(),
        None => summed_up(facts, &cameras, rule, well),
    };
    let mut checks = vec![program(facts)];
    checks.extend(each(camera::online, "All cameras are online."));
    checks.extend(each(camera::kind, "No camera is of the type Disabled."));
    checks.extend(each(camera::schedule, "No schedule keeps a camera from being recorded now."));
    checks.extend(each(camera::recording, "All cameras do what they are set up for."));
    checks.extend([place::path(facts), place::writable(facts), place::space(facts)]);
    checks.extend(each(camera::retention, "No camera's retention time is less than a day."));
    checks.extend([place::size_limit(facts), place::room(facts)]);
    if let Some(moment) = facts.moment {
        checks.extend(moment::checks(facts, moment, camera));
    }
    checks.extend(each(camera::clock, "No camera's clock is wrong."));
    checks.push(zone(facts));
    checks
}

/// For all cameras: those of which there is something to tell, else one answer for all.
fn summed_up(facts: &Facts<'_>, cameras: &[Seen<'_>], rule: Rule, well: &str) -> Vec<Check> {
    let (good, other): (Vec<Check>, Vec<Check>) = cameras
        .iter()
        .map(|seen| rule(facts, seen))
        .partition(|check| check.verdict == Verdict::Good);
    match (good.first(), other.is_empty()) {
        (Some(first), true) => vec![general(first.subject, Verdict::Good, well.into(), Vec::new())],
        _ => other,
    }
}

/// Whether Watchkeeper runs, and since when.
fn program(facts: &Facts<'_>) -> Check {
    if !facts.is_running {
        let text = "Watchkeeper does not run with this folder: nothing is recorded. Start it.";
        return general(Subject::Program, Verdict::Wrong, text.into(), Vec::new());
    }
    if facts.snapshot.halted {
        let text = "Recording has stopped because of an error in Watchkeeper. Close it and start it again.";
        return general(Subject::Program, Verdict::Wrong, text.into(), Vec::new());
    }
    let since = facts.words().when(facts.snapshot.started);
    let recorded = facts.snapshot.cameras.iter();
    let recorded = recorded.filter(|c| matches!(c.recording, RecordingState::Recording(_))).count();
    let cameras = facts.snapshot.cameras.len();
    let text = format!(
        "Watchkeeper has been running since {since}; {recorded} of {cameras} cameras are being recorded."
    );
    general(Subject::Program, Verdict::Good, text, Vec::new())
}

/// The computer's clock and zone.
fn zone(facts: &Facts<'_>) -> Check {
    let words = facts.words();
    let zone = format!("All times are shown in {} ({}).", facts.zone.name(), words.offset());
    let recent = facts.stepped.filter(|at| facts.now.micros_since(*at) < STEP_MICROS);
    match recent {
        Some(at) => {
            let text = format!(
                "This computer's clock was set at {}: footage around that time may be missing, or seem to \
                 be there twice. {zone}",
                words.when(at)
            );
            general(Subject::Clock, Verdict::Attention, text, Vec::new())
        }
        None => {
            let text =
                format!("This computer's clock was not seen to be set within a week. {zone}");
            general(Subject::Clock, Verdict::Good, text, Vec::new())
        }
    }
}

/// When the clock was last set, as the history of notices has it.
#[must_use]
pub fn last_step(history: &[crate::protocol::Notice]) -> Option<WallTime> {
    history.iter().filter(|notice| notice.topic == Topic::Clock).map(|notice| notice.at).max()
}
