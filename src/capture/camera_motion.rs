//! What a camera's own motion rules say together, in one session: the rules as they were last told, and
//! what follows from them, pure.
//!
//! Must not do: read a clock, or outlive a session: a camera tells all its rules again at the next start.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::metadata::CameraMotion;
use crate::model::WallTime;

/// Most rules of one camera that are kept apart. Cameras have one to some ten; one that numbers its rules
/// anew with each message must not fill the memory.
const MAX_RULES: usize = 64;

/// Whether the camera itself sees motion, as of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraMotionState {
    /// Whether any of its rules sees motion.
    pub active: bool,
    /// When the word of that change arrived; the session's start before the first.
    pub since: WallTime,
    /// When its last message of any kind arrived; the session's start before the first.
    pub at: WallTime,
    /// The latest moment at which motion was known: the arrival of a message that told of it or of its
    /// end. So motion that came and went between two looks is seen. None before the first in this session.
    pub last_active: Option<WallTime>,
    /// Whether it offers metadata in this session. That alone does not promise a word on motion.
    pub offered: bool,
    /// Whether it has told of any motion rule in this session, be it active or not.
    pub told: bool,
    /// Why its metadata is not received although it is offered and wanted, in a sentence.
    pub refused: Option<Arc<str>>,
}

impl CameraMotionState {
    /// A session that begins at `now`.
    pub(super) fn new(offered: bool, refused: Option<Arc<str>>, now: WallTime) -> Self {
        Self {
            active: false,
            since: now,
            at: now,
            last_active: None,
            offered,
            told: false,
            refused,
        }
    }
}

/// The rules of one session's camera.
#[derive(Clone, Debug, Default)]
pub struct MotionStates {
    rules: BTreeMap<String, bool>,
}

impl MotionStates {
    /// Takes one rule's word.
    pub fn note(&mut self, motion: CameraMotion) {
        let CameraMotion { active, rule } = motion;
        if self.rules.len() >= MAX_RULES && !self.rules.contains_key(&rule) {
            self.rules.retain(|_, active| *active);
        }
        if self.rules.len() < MAX_RULES || self.rules.contains_key(&rule) {
            self.rules.insert(rule, active);
        }
    }

    /// Whether any rule sees motion.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.rules.values().any(|active| *active)
    }
}

/// One session's rules and what they say together.
#[derive(Debug)]
pub(super) struct MotionWatch {
    rules: MotionStates,
    state: CameraMotionState,
}

impl MotionWatch {
    pub fn new(state: CameraMotionState) -> Self {
        Self { rules: MotionStates::default(), state }
    }

    /// A document arrived, with these words on motion in their order.
    pub fn arrived(&mut self, motions: Vec<CameraMotion>, now: WallTime) {
        let state = &mut self.state;
        state.at = now;
        for motion in motions {
            state.told = true;
            self.rules.note(motion);
            let active = self.rules.is_active();
            if active || state.active {
                state.last_active = Some(now);
            }
            if active != state.active {
                (state.active, state.since) = (active, now);
            }
        }
    }

    pub fn state(&self) -> &CameraMotionState {
        &self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> WallTime {
        WallTime::from_micros(seconds * 1_000_000)
    }

    fn word(rule: &str, active: bool) -> CameraMotion {
        CameraMotion { active, rule: rule.to_owned() }
    }

    fn watch() -> MotionWatch {
        MotionWatch::new(CameraMotionState::new(true, None, at(0)))
    }

    #[test]
    fn any_active_rule_is_motion() {
        let mut watch = watch();
        assert_eq!((watch.state().active, watch.state().told), (false, false));
        for (second, rule, active, together, since) in [
            (1, "a", false, false, 0),
            (2, "a", true, true, 2),
            (3, "b", true, true, 2),
            (4, "a", false, true, 2),
            (5, "b", false, false, 5),
        ] {
            watch.arrived(vec![word(rule, active)], at(second));
            let state = watch.state();
            assert_eq!((state.active, state.since), (together, at(since)), "second {second}");
            assert!(state.told && state.at == at(second));
        }
        assert_eq!(watch.state().last_active, Some(at(5)));
        watch.arrived(Vec::new(), at(9));
        let state = watch.state();
        assert_eq!((state.at, state.since, state.last_active), (at(9), at(5), Some(at(5))));
    }

    #[test]
    fn motion_that_comes_and_goes_at_once_is_not_lost() {
        let mut watch = watch();
        watch.arrived(vec![word("a", true), word("a", false)], at(3));
        let state = watch.state();
        assert_eq!((state.active, state.last_active), (false, Some(at(3))));
    }

    #[test]
    fn rules_without_end_do_not_fill_the_memory() {
        let mut states = MotionStates::default();
        states.note(word("real", true));
        for number in 0..1_000 {
            states.note(word(&number.to_string(), false));
        }
        assert!(states.is_active() && states.rules.len() <= MAX_RULES);
        for number in 0..1_000 {
            states.note(word(&number.to_string(), true));
        }
        assert_eq!(states.rules.len(), MAX_RULES);
        states.note(word("real", false));
        assert!(!states.rules["real"]);
    }
}
