//! What is looked at for each camera.
//!
//! Must not do: look anything up.

use super::words::{bit_rate, length};
use super::{Facts, Seen};
use crate::model::{GapReason, Mode, RecordingState, WallTime};
use crate::protocol::{Check, LinkState, Remedy, Subject, Verdict};

/// Footage that goes sooner than this is seldom meant to, in microseconds: a day.
const SHORT_MICROS: i64 = 86_400_000_000;

/// A camera's clock that is further off than this misleads whoever reads the time in its picture, in
/// microseconds.
const CLOCK_MICROS: i64 = 2_000_000;

/// Zones differ by quarters of an hour; a clock that is off by about one of these is right in another zone.
const ZONE_MICROS: i64 = 900_000_000;

/// How near "about" is.
const NEAR_MICROS: i64 = 30_000_000;

/// Whether pictures arrive.
pub(super) fn online(facts: &Facts<'_>, seen: &Seen<'_>) -> Check {
    let (status, id) = (seen.status, &seen.status.id);
    let name = &status.name;
    match &status.link {
        _ if !facts.is_running => {
            let text =
                format!("It cannot be told whether {name} is online: Watchkeeper does not run.");
            seen.check(Subject::Online, Verdict::Unknown, text, Vec::new())
        }
        LinkState::Online => {
            let text = format!(
                "{name} is online: {:.1} pictures a second, {}.",
                f64::from(status.frame_rate_milli) / 1_000.0,
                bit_rate(status.bit_rate)
            );
            seen.good(Subject::Online, text)
        }
        LinkState::Connecting => {
            let text = format!("{name} is being connected to; no picture has arrived yet.");
            let remedies = vec![Remedy::ConnectNow(id.clone()), Remedy::ShowCamera(id.clone())];
            seen.check(Subject::Online, Verdict::Unknown, text, remedies)
        }
        LinkState::Offline { since, why, retry_at } => {
            let next = match retry_at {
                Some(_) => "Watchkeeper goes on trying.",
                None => "It is not tried again until its settings are changed.",
            };
            let since = facts.words().when(*since);
            let text = format!("{name} has been offline since {since}. {why} {next}");
            let remedies = vec![Remedy::ConnectNow(id.clone()), Remedy::ShowCamera(id.clone())];
            seen.check(Subject::Online, Verdict::Wrong, text, remedies)
        }
    }
}

/// Whether it is of a type that is recorded by itself.
pub(super) fn kind(_: &Facts<'_>, seen: &Seen<'_>) -> Check {
    let (name, mode) = (&seen.status.name, seen.settings.recording.mode);
    if mode != Mode::Disabled {
        return seen.good(Subject::Type, format!("{name} is of the type {}.", mode.label()));
    }
    let text = format!(
        "{name} is of the type {}: it is recorded only while somebody records it by hand.",
        mode.label()
    );
    let id = &seen.status.id;
    let remedies = vec![Remedy::EnableRecording(id.clone()), Remedy::ShowCamera(id.clone())];
    seen.check(Subject::Type, Verdict::Attention, text, remedies)
}

/// Whether its schedule is active now.
pub(super) fn schedule(facts: &Facts<'_>, seen: &Seen<'_>) -> Check {
    let name = &seen.status.name;
    if !seen.settings.recording.needs_schedule() {
        let text = format!("{name} does not depend on a schedule.");
        return seen.good(Subject::Schedule, text);
    }
    let Some(calendar) = facts.settings().calendar(seen.settings, facts.zone) else {
        let text = format!("{name} needs a schedule, and none is chosen that exists.");
        let remedies = vec![Remedy::ShowCamera(seen.status.id.clone()), Remedy::OpenSchedules];
        return seen.check(Subject::Schedule, Verdict::Wrong, text, remedies);
    };
    let (stretch, words) = (calendar.stretch(facts.now), facts.words());
    let ends = (stretch.span.end != WallTime::MAX).then(|| words.when(stretch.span.end));
    let schedule = calendar.name();
    match (stretch.active, ends) {
        (true, Some(until)) => {
            let text = format!("\"{schedule}\" of {name} is active until {until}.");
            seen.good(Subject::Schedule, text)
        }
        (true, None) => {
            seen.good(Subject::Schedule, format!("\"{schedule}\" of {name} is always active."))
        }
        (false, next) => {
            let next = next.map_or_else(
                || "it never will be again".to_owned(),
                |next| format!("it will be from {next}"),
            );
            let text = format!("\"{schedule}\" of {name} is not active now; {next}.");
            let remedies =
                vec![Remedy::OpenSchedules, Remedy::EnableRecording(seen.status.id.clone())];
            seen.check(Subject::Schedule, Verdict::Attention, text, remedies)
        }
    }
}

/// Whether it is recorded now, and if not, why.
pub(super) fn recording(facts: &Facts<'_>, seen: &Seen<'_>) -> Check {
    let (status, id) = (seen.status, &seen.status.id);
    let since = facts.words().when(status.since);
    if !facts.is_running {
        let text = format!("{} is not recorded: Watchkeeper does not run.", status.name);
        return seen.check(Subject::Recording, Verdict::Wrong, text, Vec::new());
    }
    let reason = match &status.recording {
        RecordingState::Recording(_) => {
            let text = format!("{}: {}, since {since}.", status.name, lower(&status.sentence));
            return seen.good(Subject::Recording, text);
        }
        RecordingState::Idle(reason) => reason,
    };
    let text = format!("{}: {}, since {since}.", status.name, lower(&status.sentence));
    let (verdict, remedies) = match reason {
        GapReason::NoMotion => (Verdict::Good, Vec::new()),
        GapReason::Disabled => (Verdict::Attention, vec![Remedy::EnableRecording(id.clone())]),
        GapReason::OutsideSchedule(_) => (Verdict::Attention, vec![Remedy::OpenSchedules]),
        GapReason::CameraOffline(_) => (Verdict::Wrong, vec![Remedy::ConnectNow(id.clone())]),
        GapReason::DiskFull
        | GapReason::SizeLimit
        | GapReason::SpoolFull
        | GapReason::StorageUnavailable(_) => (Verdict::Wrong, vec![Remedy::OpenStorage]),
        GapReason::WaitingForPicture => (Verdict::Unknown, vec![Remedy::ConnectNow(id.clone())]),
        _ => (Verdict::Wrong, vec![Remedy::ShowCamera(id.clone())]),
    };
    seen.check(Subject::Recording, verdict, text, remedies)
}

/// Whether its footage is kept long enough, also for the moment asked about.
pub(super) fn retention(facts: &Facts<'_>, seen: &Seen<'_>) -> Check {
    let name = &seen.status.name;
    let chosen = facts.settings().in_force(seen.settings).retention;
    let Some(kept) = chosen.value.micros() else {
        let text = format!("Footage of {name} is kept until space runs out.");
        return seen.good(Subject::Retention, text);
    };
    let remedy = match chosen.own {
        true => Remedy::ShowCamera(seen.status.id.clone()),
        false => Remedy::OpenStorage,
    };
    let text = format!("Footage of {name} is kept for {}.", length(kept));
    let asked = facts.moment.map(|moment| facts.now.micros_since(moment.at));
    if asked.is_some_and(|age| age > kept) {
        let text = format!("{text} The time asked about is longer ago.");
        return seen.check(Subject::Retention, Verdict::Attention, text, vec![remedy]);
    }
    if kept < SHORT_MICROS {
        let text = format!("{text} That is less than a day.");
        return seen.check(Subject::Retention, Verdict::Attention, text, vec![remedy]);
    }
    seen.good(Subject::Retention, text)
}

/// Whether its clock agrees with ours.
pub(super) fn clock(_: &Facts<'_>, seen: &Seen<'_>) -> Check {
    let name = &seen.status.name;
    let Some(offset) = seen.status.clock_offset else {
        let text =
            format!("{name} does not tell its time. Watchkeeper goes by this computer's clock.");
        return seen.good(Subject::Clock, text);
    };
    let off = offset.abs();
    if off <= CLOCK_MICROS {
        return seen.good(Subject::Clock, format!("The clock of {name} is right."));
    }
    let way = if offset > 0 { "ahead" } else { "behind" };
    let by = match off < 120_000_000 {
        true => format!("{} seconds", off / 1_000_000),
        false => length(off),
    };
    let whole = (off + ZONE_MICROS / 2) / ZONE_MICROS * ZONE_MICROS;
    let zone = match whole > 0 && (off - whole).abs() <= NEAR_MICROS {
        true => " It is most likely set to another time zone.",
        false => "",
    };
    let text = format!(
        "The clock of {name} is {by} {way}.{zone} Footage is filed by this computer's clock all the same; only \
         a time that the camera writes into its picture differs. Set a time server in the camera."
    );
    let remedies = vec![Remedy::ShowCamera(seen.status.id.clone())];
    seen.check(Subject::Clock, Verdict::Attention, text, remedies)
}

/// As a part of a sentence.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
