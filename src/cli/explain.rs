//! `explain`: what was recorded when, and why the rest was not.
//!
//! Must not do: find reasons of its own; the journal has them.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;

use super::args::ExplainOptions;
use super::{Args, print, session};
use crate::config::SettingsStore;
use crate::engine::recordings::{Answer, Question};
use crate::model::RecordingState;
use crate::runtime::{Clock, SystemClock};

/// What is told when no beginning is given.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Runs the verb.
///
/// # Errors
/// When the index cannot be read or the camera does not exist.
pub fn run(args: &Args, options: &ExplainOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = session::camera_id(&store, &options.camera)?;
    let now = SystemClock::new().wall();
    let to = options.to.map_or(now, |to| to.min(now));
    let from = options.from.unwrap_or(to - DAY);
    let Answer::Explain(stretches) =
        session::ask(&folder, &Question::Explain { camera, from, to })?
    else {
        bail!("the running Watchkeeper is of another version");
    };
    let words = |state: &RecordingState| match state {
        RecordingState::Recording(kind) => format!("Recorded, {}", kind.label()),
        RecordingState::Idle(reason) => reason.to_string(),
    };
    if options.json {
        let list: Vec<_> = stretches
            .iter()
            .map(|(span, state)| {
                json!({
                    "start": span.start.to_rfc3339(),
                    "end": span.end.to_rfc3339(),
                    "recorded": matches!(state, RecordingState::Recording(_)),
                    "state": state,
                    "text": words(state),
                })
            })
            .collect();
        return print::json(&list);
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
