//! What a stream's recording does, and since when: the states that the journal is told.
//!
//! Must not do: decide, or know of a camera.

use super::files::MAX_OVERLAP_MICROS;
use crate::model::{RecordingState, WallTime};

/// The present state, and how far the journal reaches.
#[derive(Debug)]
pub(super) struct Diary {
    state: Option<RecordingState>,
    since: WallTime,
    /// The latest moment that an entry was made for; later than `since` after the clock was set back.
    known_to: WallTime,
}

impl Diary {
    /// One that knows nothing yet; footage ends at `last_end`.
    pub fn new(last_end: WallTime) -> Self {
        Self { state: None, since: last_end, known_to: last_end }
    }

    /// What recording does, and since when; none before anything is known.
    pub fn state(&self) -> Option<(&RecordingState, WallTime)> {
        self.state.as_ref().map(|state| (state, self.since))
    }

    /// Whether footage is being recorded.
    pub fn is_recording(&self) -> bool {
        matches!(self.state, Some(RecordingState::Recording(_)))
    }

    /// Nobody has been told the state: it is told again, whatever it is.
    pub fn forget(&mut self) {
        self.state = None;
    }

    /// From `at` on recording does this; gives the entries that say so, none when it is nothing new. They
    /// never go back in time, unless the clock did; of two at the same moment the later one counts.
    pub fn note(&mut self, at: WallTime, state: RecordingState) -> Vec<(WallTime, RecordingState)> {
        if self.state.as_ref() == Some(&state) {
            return Vec::new();
        }
        let back = self.since.micros_since(at);
        let at =
            if (1..MAX_OVERLAP_MICROS).contains(&back) { self.since.plus_micros(1) } else { at };
        self.state = Some(state.clone());
        self.since = at;
        self.known_to = self.known_to.max(at);
        // What was known of later moments ends there: this state is the one that goes on.
        let again = (self.known_to > at).then_some(self.known_to);
        std::iter::once(at).chain(again).map(|at| (at, state.clone())).collect()
    }
}
