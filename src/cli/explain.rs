//! `explain`: what was recorded when, and why the rest was not.
//!
//! Must not do: find reasons of its own; the journal has them.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::footage_args::ExplainOptions;
use super::{Args, print, session};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::recordings::{Answer, Question};
use crate::model::{CameraId, RecordingState, WallSpan, WallTime};
use crate::runtime::{Clock, SystemClock};

/// What is told when no beginning is given.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// How far around a moment is looked for the borders of its stretch, in turn; years are seldom needed.
const REACHES: [Duration; 4] = [
    Duration::from_secs(3_600),
    DAY,
    Duration::from_secs(60 * 24 * 3_600),
    Duration::from_secs(20 * 366 * 24 * 3_600),
];

type Stretch = (WallSpan, RecordingState);

/// Runs the verb.
///
/// # Errors
/// When the index cannot be read, the camera does not exist, or the moment has not come yet.
pub fn run(args: &Args, options: &ExplainOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = session::camera_id(&store, &options.camera)?;
    let now = SystemClock::new().wall();
    if let Some(at) = options.at {
        return moment(&folder, &store, &camera, at, options.json);
    }
    let to = options.to.map_or(now, |to| to.min(now));
    let span = WallSpan { start: options.from.unwrap_or(to - DAY), end: to };
    if span.end < span.start {
        bail!("the range ends before it begins");
    }
    let stretches = ask(&folder, &camera, span)?;
    if options.json {
        return print::json(&stretches.iter().map(as_json).collect::<Vec<_>>());
    }
    let zone = session::zone(&store);
    let lines: Vec<[String; 3]> = stretches
        .iter()
        .map(|(span, state)| {
            [print::local(span.start, zone), print::local(span.end, zone), words(state)]
        })
        .collect();
    print::table(["FROM", "TO", "WHAT"], &lines)
}

fn ask(folder: &DataFolder, camera: &CameraId, span: WallSpan) -> Result<Vec<Stretch>> {
    let (from, to) = (span.start, span.end);
    let question = Question::Explain { camera: camera.clone(), from, to };
    match session::ask(folder, &question)? {
        Answer::Explain(stretches) => Ok(stretches),
        _ => bail!(session::OTHER_VERSION),
    }
}

/// One answer for one moment.
fn moment(
    folder: &DataFolder,
    store: &SettingsStore,
    camera: &CameraId,
    at: WallTime,
    json: bool,
) -> Result<()> {
    let (span, state) = find(folder, camera, at)?;
    if json {
        let mut answer = as_json(&(span, state));
        answer["at"] = at.to_rfc3339().into();
        return print::json(&answer);
    }
    let zone = session::zone(store);
    let (from, to) = (print::local(span.start, zone), print::local(span.end, zone));
    print::line(&format!("{}, from {from} to {to}", words(&state)))
}

/// The stretch in which `at` lies, as long as it is.
fn find(folder: &DataFolder, camera: &CameraId, at: WallTime) -> Result<Stretch> {
    let mut found = None;
    for reach in REACHES {
        let now = SystemClock::new().wall();
        if at >= now {
            bail!("{} has not come yet", at.to_rfc3339());
        }
        let asked = WallSpan::new(at - reach, (at + reach).min(now));
        let Some(stretch) = lying_in(&ask(folder, camera, asked)?, at) else { break };
        let whole = is_whole(stretch.0, asked, now);
        found = Some(stretch);
        if whole {
            break;
        }
    }
    found.ok_or_else(|| anyhow::anyhow!("nothing is known of {}", at.to_rfc3339()))
}

fn lying_in(stretches: &[Stretch], at: WallTime) -> Option<Stretch> {
    stretches.iter().find(|(span, _)| span.contains(at)).cloned()
}

/// Whether a stretch ends by itself and not where the question ended. Now is an end.
fn is_whole(span: WallSpan, asked: WallSpan, now: WallTime) -> bool {
    span.start > asked.start && (span.end < asked.end || asked.end == now)
}

fn words(state: &RecordingState) -> String {
    match state {
        RecordingState::Recording(kind) => format!("Recorded, {}", kind.label()),
        RecordingState::Idle(reason) => reason.to_string(),
    }
}

fn as_json((span, state): &Stretch) -> Value {
    json!({
        "start": span.start.to_rfc3339(),
        "end": span.end.to_rfc3339(),
        "recorded": matches!(state, RecordingState::Recording(_)),
        "state": state,
        "text": words(state),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GapReason;

    fn at(micros: i64) -> WallTime {
        WallTime::from_micros(micros)
    }

    #[test]
    fn a_moment_has_one_stretch() {
        let idle = RecordingState::Idle(GapReason::NoMotion);
        let parts = [WallSpan::new(at(0), at(10)), WallSpan::new(at(10), at(20))];
        let stretches = parts.map(|span| (span, idle.clone()));
        assert_eq!(lying_in(&stretches, at(10)), Some(stretches[1].clone()));
        assert_eq!(lying_in(&stretches, at(20)), None);
    }

    #[test]
    fn a_stretch_that_the_question_cut_is_not_whole() {
        let asked = WallSpan::new(at(0), at(100));
        let whole = |start, end, now| is_whole(WallSpan::new(at(start), at(end)), asked, at(now));
        assert!(whole(1, 99, 500) && whole(1, 100, 100));
        assert!(!whole(0, 99, 500) && !whole(1, 100, 500));
    }
}
