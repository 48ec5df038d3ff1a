//! The one decision whether a stream is recorded now and, if not, why.
//!
//! Must not do: anything but decide; no clock, no I/O.

use std::time::Duration;

use super::signals::Manual;
use crate::analysis::Motion;
use crate::model::{CoverageKind, GapReason, Mode, RecordingState};

/// From a motion to the news of it: a picture on its way, the rounds of those who look, and a confirmation
/// by the next pictures. Recording goes on for so long in any case, else it would never begin.
pub const NEWS_DELAY: Duration = Duration::from_secs(3);

/// Everything that the decision depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation<'a> {
    /// This moment on the monotonic clock.
    pub now: Duration,
    /// The stream's mode.
    pub mode: Mode,
    /// Its schedule; in the mode Scheduled, none means that it was taken away.
    pub schedule: Option<ScheduleNow<'a>>,
    /// What is known of motion.
    pub motion: &'a Motion,
    /// How long recording goes on after the last motion; [`NEWS_DELAY`] at least.
    pub post: Duration,
    /// What an operator asked for.
    pub manual: Option<Manual>,
    /// Whether its stream arrives.
    pub link: Link<'a>,
    /// What is wrong with the volume, if anything.
    pub storage: Option<&'a GapReason>,
}

/// A schedule at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleNow<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it says to record.
    pub active: bool,
}

/// Whether a stream arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link<'a> {
    /// Access units arrive and decoding can begin.
    Up,
    /// Connected, and a random access point has not come yet.
    Waiting,
    /// Nothing arrives; why, in a sentence.
    Down(&'a str),
}

/// Decides. What an operator has set comes first: a disabled camera is "disabled" also when it is offline.
/// "No motion" comes last, since nobody knows of motion in a picture that does not arrive.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> RecordingState {
    let kind = match rule(situation) {
        Ok(kind) => kind,
        Err(set @ (GapReason::Disabled | GapReason::OutsideSchedule(_))) => {
            return RecordingState::Idle(set);
        }
        Err(still) => return RecordingState::Idle(obstacle(situation).unwrap_or(still)),
    };
    match obstacle(situation) {
        Some(reason) => RecordingState::Idle(reason),
        None => RecordingState::Recording(kind),
    }
}

/// What operator and settings want.
fn rule(situation: &Situation<'_>) -> Result<CoverageKind, GapReason> {
    if situation.manual.is_some_and(|manual| situation.now < manual.until) {
        return Ok(CoverageKind::Manual);
    }
    let outside = situation.schedule.filter(|schedule| !schedule.active);
    match (situation.mode, outside) {
        (Mode::Disabled, _) => Err(GapReason::Disabled),
        (Mode::Scheduled | Mode::Motion, Some(outside)) => {
            Err(GapReason::OutsideSchedule(outside.name.to_owned()))
        }
        (Mode::Scheduled, None) => Ok(CoverageKind::Scheduled),
        (Mode::Continuous, _) => Ok(CoverageKind::Continuous),
        (Mode::Motion, None) if is_moving(situation) => Ok(CoverageKind::Motion),
        (Mode::Motion, None) => Err(GapReason::NoMotion),
    }
}

fn is_moving(situation: &Situation<'_>) -> bool {
    match situation.motion {
        Motion::Still => false,
        Motion::Moving { last, .. } => {
            situation.now < last.monotonic.saturating_add(situation.post.max(NEWS_DELAY))
        }
        Motion::Blind(_) => true,
    }
}

/// What stands in the way.
fn obstacle(situation: &Situation<'_>) -> Option<GapReason> {
    if let Some(reason) = situation.storage {
        return Some(reason.clone());
    }
    match situation.link {
        Link::Down(why) => Some(GapReason::CameraOffline(why.to_owned())),
        Link::Waiting => Some(GapReason::WaitingForPicture),
        Link::Up => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use crate::runtime::Now;

    const NOW: Duration = Duration::from_secs(100);

    fn situation(mode: Mode) -> Situation<'static> {
        Situation {
            now: NOW,
            mode,
            schedule: None,
            motion: &Motion::Still,
            post: Duration::from_secs(10),
            manual: None,
            link: Link::Up,
            storage: None,
        }
    }

    fn moved(seconds_ago: u64) -> Motion {
        let monotonic = NOW.saturating_sub(Duration::from_secs(seconds_ago));
        let at = Now { wall: WallTime::default(), monotonic };
        Motion::Moving { since: at, last: at }
    }

    fn manual(until: u64) -> Option<Manual> {
        Some(Manual { since: Duration::ZERO, until: Duration::from_secs(until) })
    }

    fn idle(reason: GapReason) -> RecordingState {
        RecordingState::Idle(reason)
    }

    const NIGHT: ScheduleNow<'static> = ScheduleNow { name: "Night", active: false };
    const DAY: ScheduleNow<'static> = ScheduleNow { name: "Day", active: true };

    #[test]
    fn each_mode_records_by_its_own_rule() {
        use CoverageKind::{Continuous, Motion as ByMotion, Scheduled};
        let (still, lately, long_ago) = (Motion::Still, moved(9), moved(10));
        let blind = Motion::Blind("overloaded".into());
        let night = || Err(GapReason::OutsideSchedule("Night".into()));
        let cases = [
            (Mode::Disabled, None, &lately, Err(GapReason::Disabled)),
            (Mode::Continuous, Some(NIGHT), &still, Ok(Continuous)),
            (Mode::Scheduled, Some(DAY), &still, Ok(Scheduled)),
            (Mode::Scheduled, Some(NIGHT), &lately, night()),
            (Mode::Motion, None, &lately, Ok(ByMotion)),
            (Mode::Motion, None, &long_ago, Err(GapReason::NoMotion)),
            (Mode::Motion, None, &still, Err(GapReason::NoMotion)),
            (Mode::Motion, None, &blind, Ok(ByMotion)),
            (Mode::Motion, Some(DAY), &lately, Ok(ByMotion)),
            (Mode::Motion, Some(NIGHT), &lately, night()),
        ];
        for (mode, schedule, motion, expected) in cases {
            let state = decide(&Situation { schedule, motion, ..situation(mode) });
            let expected = expected.map_or_else(idle, RecordingState::Recording);
            assert_eq!(state, expected, "{mode:?} {schedule:?} {motion:?}");
        }
    }

    #[test]
    fn without_time_behind_it_a_motion_is_recorded_until_no_news_can_come() {
        let moved = |seconds_ago| {
            let motion = moved(seconds_ago);
            let post = Duration::ZERO;
            decide(&Situation { motion: &motion, post, ..situation(Mode::Motion) })
        };
        assert_eq!(moved(0), RecordingState::Recording(CoverageKind::Motion));
        assert_eq!(moved(2), RecordingState::Recording(CoverageKind::Motion));
        assert_eq!(moved(3), idle(GapReason::NoMotion));
    }

    #[test]
    fn a_manual_recording_wins_over_every_rule_but_a_full_disk() {
        for mode in Mode::ALL {
            for schedule in [None, Some(NIGHT)] {
                let running = Situation { manual: manual(101), schedule, ..situation(mode) };
                assert_eq!(decide(&running), RecordingState::Recording(CoverageKind::Manual));
                let over = Situation { manual: manual(100), ..running.clone() };
                assert_eq!(decide(&over), decide(&Situation { manual: None, ..running.clone() }));
                let full = Situation { storage: Some(&GapReason::DiskFull), ..running };
                assert_eq!(decide(&full), idle(GapReason::DiskFull));
            }
        }
    }

    #[test]
    fn records_only_when_nothing_stands_in_the_way() {
        for link in [Link::Up, Link::Waiting, Link::Down("no answer")] {
            for storage in [None, Some(&GapReason::SizeLimit)] {
                let case = Situation { link: link.clone(), storage, ..situation(Mode::Continuous) };
                let records = matches!(decide(&case), RecordingState::Recording(_));
                assert_eq!(records, link == Link::Up && storage.is_none(), "{case:?}");
            }
        }
    }

    #[test]
    fn the_reason_is_the_first_that_an_operator_can_mend() {
        let offline = || GapReason::CameraOffline("x".into());
        let full = GapReason::DiskFull;
        let bad = |mode, storage| Situation { link: Link::Down("x"), storage, ..situation(mode) };
        assert_eq!(decide(&bad(Mode::Disabled, Some(&full))), idle(GapReason::Disabled));
        assert_eq!(decide(&bad(Mode::Continuous, Some(&full))), idle(GapReason::DiskFull));
        assert_eq!(decide(&bad(Mode::Continuous, None)), idle(offline()));
        assert_eq!(decide(&bad(Mode::Motion, None)), idle(offline()), "nobody knows of motion");
        let night = Situation { schedule: Some(NIGHT), ..bad(Mode::Scheduled, Some(&full)) };
        assert_eq!(decide(&night), idle(GapReason::OutsideSchedule("Night".into())));
    }
}
