//! What is looked at for a moment of the past.
//!
//! Must not do: read the index; what it says is given.

use super::{Facts, Moment, general};
use crate::model::{CameraId, DeletionCause, GapReason, RecordingState, WallSpan};
use crate::protocol::{Check, Remedy, Subject, Verdict};

/// Cameras that are offered by a button; the others are named.
const MOST_BUTTONS: usize = 4;

/// All checks about `moment`, of one camera or of all.
pub(super) fn checks(facts: &Facts<'_>, moment: &Moment, camera: Option<&CameraId>) -> Vec<Check> {
    if moment.at >= facts.now {
        let text = format!("{} has not come yet.", facts.words().exact(moment.at));
        return vec![general(Subject::Moment, Verdict::Unknown, text, Vec::new())];
    }
    let asked = moment.states.iter().filter(|(id, ..)| camera.is_none_or(|camera| camera == id));
    let mut checks: Vec<Check> =
        asked.flat_map(|(id, span, state)| of_camera(facts, moment, id, *span, state)).collect();
    if camera.is_none() {
        // Of many cameras only those are told whose footage went.
        checks.retain(|c| c.subject != Subject::Deleted || c.verdict != Verdict::Good);
    }
    checks.push(right_camera(facts, moment, camera));
    checks
}

/// Whether it was recorded, and whether that is deleted.
fn of_camera(
    facts: &Facts<'_>,
    moment: &Moment,
    id: &CameraId,
    span: WallSpan,
    state: &RecordingState,
) -> Vec<Check> {
    let (name, words) = (facts.name_of(id), facts.words());
    let (at, from) = (words.exact(moment.at), words.span(span));
    let check = |subject, verdict, text, remedies| Check {
        subject,
        camera: Some(id.clone()),
        verdict,
        text,
        remedies,
    };
    let kept = |text| check(Subject::Deleted, Verdict::Good, text, Vec::new());
    match state {
        RecordingState::Recording(kind) => {
            let text = format!("{name} was recorded at {at} ({}), {from}.", kind.label());
            let watch = vec![Remedy::Watch(id.clone(), moment.at)];
            let still = format!("The footage of {name} from then is still there.");
            vec![check(Subject::Moment, Verdict::Good, text, watch), kept(still)]
        }
        RecordingState::Idle(GapReason::Deleted { cause, at: deleted }) => {
            let text = format!("{name} was recorded at {at}.");
            let gone = format!(
                "The footage of {name} {from} was deleted {} on {}.",
                cause.label(),
                words.exact(*deleted)
            );
            let remedies = remedies_of(facts, id, *cause);
            vec![
                check(Subject::Moment, Verdict::Good, text, Vec::new()),
                check(Subject::Deleted, Verdict::Attention, gone, remedies),
            ]
        }
        RecordingState::Idle(reason) => {
            let verdict = match reason {
                GapReason::Unknown => Verdict::Unknown,
                reason if reason.is_fault() => Verdict::Wrong,
                _ => Verdict::Attention,
            };
            let why = reason.to_string();
            let text =
                format!("{name} was not recorded at {at}. {}, {from}.", why.trim_end_matches('.'));
            let never =
                format!("There was no footage of {name} then that could have been deleted.");
            vec![check(Subject::Moment, verdict, text, against(id, reason)), kept(never)]
        }
    }
}

/// What keeps footage from going by this rule.
fn remedies_of(facts: &Facts<'_>, id: &CameraId, cause: DeletionCause) -> Vec<Remedy> {
    let own = facts.settings().cameras.iter().find(|camera| camera.id == *id);
    let own = own.is_some_and(|camera| camera.recording.retention.is_some());
    match cause {
        DeletionCause::Retention if own => vec![Remedy::ShowCamera(id.clone())],
        DeletionCause::Retention
        | DeletionCause::SizeLimit
        | DeletionCause::LowSpace
        | DeletionCause::NotBrought => {
            vec![Remedy::OpenStorage]
        }
        DeletionCause::Operator => Vec::new(),
    }
}

/// What keeps a gap from coming again.
fn against(id: &CameraId, reason: &GapReason) -> Vec<Remedy> {
    match reason {
        GapReason::Disabled => vec![Remedy::EnableRecording(id.clone())],
        GapReason::OutsideSchedule(_) => vec![Remedy::OpenSchedules],
        GapReason::DiskFull
        | GapReason::SizeLimit
        | GapReason::SpoolFull
        | GapReason::StorageUnavailable(_) => {
            vec![Remedy::OpenStorage]
        }
        GapReason::NoMotion
        | GapReason::CameraOffline(_)
        | GapReason::StreamLoss(_)
        | GapReason::TimestampJump => vec![Remedy::ShowCamera(id.clone())],
        _ => Vec::new(),
    }
}

/// Which cameras have footage of the moment.
fn right_camera(facts: &Facts<'_>, moment: &Moment, camera: Option<&CameraId>) -> Check {
    let has = |(id, _, state): &&(CameraId, WallSpan, RecordingState)| {
        matches!(state, RecordingState::Recording(_)) && camera != Some(id)
    };
    let with: Vec<&CameraId> = moment.states.iter().filter(has).map(|(id, ..)| id).collect();
    let own = moment.states.iter().find(|(id, ..)| Some(id) == camera);
    let own = own.is_some_and(|(.., state)| matches!(state, RecordingState::Recording(_)));
    let names: Vec<String> = with.iter().map(|id| facts.name_of(id)).collect();
    let others = if camera.is_some() { "Other cameras" } else { "Cameras" };
    let (verdict, text) = match (own, names.is_empty()) {
        (true, true) => (Verdict::Good, "No other camera has footage of that time.".to_owned()),
        (true, false) => {
            (Verdict::Good, format!("Also with footage of that time: {}.", names.join(", ")))
        }
        (false, true) => (Verdict::Attention, "No camera has footage of that time.".to_owned()),
        (false, false) => {
            let verdict = if camera.is_some() { Verdict::Attention } else { Verdict::Good };
            (verdict, format!("{others} with footage of that time: {}.", names.join(", ")))
        }
    };
    let watch = with.into_iter().take(MOST_BUTTONS).map(|id| Remedy::Watch(id.clone(), moment.at));
    general(Subject::RightCamera, verdict, text, watch.collect())
}
