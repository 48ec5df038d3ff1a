//! The one decision whether a camera is recorded now and, if not, why.
//!
//! Must not do: anything but decide; no clock, no I/O.

use crate::model::{CoverageKind, GapReason, Mode, RecordingState};

/// Everything that the decision depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation<'a> {
    /// The camera's mode.
    pub mode: Mode,
    /// Whether its stream arrives.
    pub link: Link<'a>,
    /// What is wrong with the volume, if anything.
    pub storage: Option<&'a GapReason>,
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

/// Decides. Reasons that an operator can mend come before those that he cannot: a disabled camera is
/// "disabled" also when it is offline.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> RecordingState {
    if situation.mode == Mode::Disabled {
        return RecordingState::Idle(GapReason::Disabled);
    }
    if let Some(reason) = situation.storage {
        return RecordingState::Idle(reason.clone());
    }
    match situation.link {
        Link::Down(why) => RecordingState::Idle(GapReason::CameraOffline(why.to_owned())),
        Link::Waiting => RecordingState::Idle(GapReason::WaitingForPicture),
        Link::Up => RecordingState::Recording(CoverageKind::Continuous),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_only_when_nothing_speaks_against_it() {
        let full = GapReason::DiskFull;
        for mode in [Mode::Disabled, Mode::Continuous] {
            for link in [Link::Up, Link::Waiting, Link::Down("no answer")] {
                for storage in [None, Some(&full)] {
                    let situation = Situation { mode, link: link.clone(), storage };
                    let records = matches!(decide(&situation), RecordingState::Recording(_));
                    let clear = mode != Mode::Disabled && link == Link::Up && storage.is_none();
                    assert_eq!(records, clear, "{situation:?}");
                }
            }
        }
    }

    #[test]
    fn the_reason_is_the_first_that_an_operator_can_mend() {
        let full = GapReason::DiskFull;
        let situation = |mode| Situation { mode, link: Link::Down("x"), storage: Some(&full) };
        let idle = RecordingState::Idle;
        assert_eq!(decide(&situation(Mode::Disabled)), idle(GapReason::Disabled));
        assert_eq!(decide(&situation(Mode::Continuous)), idle(GapReason::DiskFull));
    }
}
