//! What a camera's recording does, in one sentence for everybody: console, command line and log.
//!
//! Must not do: decide.

use std::time::Duration;

use chrono_tz::Tz;

use crate::model::{CoverageKind, GapReason, RecordingState, WallSpan, WallTime};

/// What the sentence is made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What recording does.
    pub state: &'a RecordingState,
    /// Since when.
    pub since: WallTime,
    /// The schedule and its stretch that is in force.
    pub schedule: Option<(&'a str, WallSpan)>,
    /// How long a manual recording still goes on.
    pub manual_left: Option<Duration>,
    /// Why motion cannot be told.
    pub blind: Option<&'a str>,
    /// This moment.
    pub now: WallTime,
    /// For times of day.
    pub zone: Tz,
}

/// "Recording: Business Hours, until 18:00", "Not recording: no motion since 14:02", and the like.
#[must_use]
pub fn sentence(facts: &Facts<'_>) -> String {
    let until = facts.schedule.map(|(_, span)| span.end).filter(|end| *end != WallTime::MAX);
    let time = |at: WallTime| clock_time(at, facts);
    match facts.state {
        RecordingState::Recording(CoverageKind::Scheduled) => {
            let name = facts.schedule.map_or("scheduled", |(name, _)| name);
            match until {
                Some(until) => format!("Recording: {name}, until {}", time(until)),
                None => format!("Recording: {name}"),
            }
        }
        RecordingState::Recording(CoverageKind::Motion) => match facts.blind {
            Some(why) => format!("Recording: as if something moved. {why}"),
            None => "Recording: motion".into(),
        },
        RecordingState::Recording(CoverageKind::Manual) => match facts.manual_left {
            Some(left) => format!("Recording: by hand, until {}", time(facts.now + left)),
            None => "Recording: by hand".into(),
        },
        RecordingState::Recording(CoverageKind::Continuous) => "Recording: continuous".into(),
        RecordingState::Idle(GapReason::NoMotion) => {
            format!("Not recording: no motion since {}", time(facts.since))
        }
        RecordingState::Idle(reason @ GapReason::OutsideSchedule(_)) => match until {
            Some(next) => format!("Not recording: {}, until {}", lower(reason), time(next)),
            None => format!("Not recording: {}", lower(reason)),
        },
        RecordingState::Idle(reason) => format!("Not recording: {}", lower(reason)),
    }
}

/// The reason as a part of a sentence.
fn lower(reason: &GapReason) -> String {
    let text = reason.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The time of day; with the date when it is another day.
fn clock_time(at: WallTime, facts: &Facts<'_>) -> String {
    let local = at.to_utc().with_timezone(&facts.zone);
    let today = facts.now.to_utc().with_timezone(&facts.zone).date_naive();
    let format = if local.date_naive() == today { "%H:%M" } else { "%a %Y-%m-%d %H:%M" };
    local.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_sentence() {
        let at = |text: &str| WallTime::parse_rfc3339(text).expect(text);
        let now = at("2026-03-03T14:05:00Z");
        let day = WallSpan::new(at("2026-03-03T07:00:00Z"), at("2026-03-03T17:00:00Z"));
        let night = WallSpan::new(day.end, at("2026-03-04T07:00:00Z"));
        let say = |state: RecordingState, schedule, blind| {
            sentence(&Facts {
                state: &state,
                since: at("2026-03-03T13:02:00Z"),
                schedule,
                manual_left: Some(Duration::from_secs(600)),
                blind,
                now,
                zone: chrono_tz::Europe::Berlin,
            })
        };
        let on = RecordingState::Recording;
        let off = RecordingState::Idle;
        let name = "Business Hours";
        let cases = [
            (
                say(on(CoverageKind::Scheduled), Some((name, day)), None),
                "Recording: Business Hours, until 18:00",
            ),
            (say(on(CoverageKind::Manual), None, None), "Recording: by hand, until 15:15"),
            (
                say(on(CoverageKind::Motion), None, Some("Blind.")),
                "Recording: as if something moved. Blind.",
            ),
            (say(off(GapReason::NoMotion), None, None), "Not recording: no motion since 14:02"),
            (
                say(off(GapReason::OutsideSchedule(name.into())), Some((name, night)), None),
                "Not recording: outside of the schedule \"Business Hours\", until Wed 2026-03-04 08:00",
            ),
            (say(off(GapReason::DiskFull), None, None), "Not recording: the disk is full"),
        ];
        for (said, expected) in cases {
            assert_eq!(said, expected);
        }
    }
}
