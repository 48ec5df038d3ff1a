//! Undo and redo: earlier states, bounded.
//!
//! Must not do: know what a state is. Pure.

use std::collections::VecDeque;

/// Steps that can be taken back; more than a person remembers.
pub const STEPS: usize = 100;

/// What was before, and what was taken back.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: VecDeque<T>,
    future: Vec<T>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { past: VecDeque::new(), future: Vec::new() }
    }
}

impl<T> History<T> {
    /// A change was made; `before` is what it was made to. What had been taken back is forgotten, and so is the
    /// oldest of more than [`STEPS`] changes.
    pub fn record(&mut self, before: T) {
        self.future.clear();
        if self.past.len() == STEPS {
            self.past.pop_front();
        }
        self.past.push_back(before);
    }

    /// Takes the last change back: `now` becomes what it was before. False when there is none.
    pub fn undo(&mut self, now: &mut T) -> bool {
        let Some(before) = self.past.pop_back() else { return false };
        self.future.push(std::mem::replace(now, before));
        true
    }

    /// Makes the change again that was taken back last. False when there is none.
    pub fn redo(&mut self, now: &mut T) -> bool {
        let Some(after) = self.future.pop() else { return false };
        self.past.push_back(std::mem::replace(now, after));
        true
    }

    /// Whether a change can be taken back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether a change can be made again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::default();
        let mut now = 0;
        for next in 1..=STEPS + 20 {
            history.record(std::mem::replace(&mut now, next));
        }
        while history.undo(&mut now) {}
        assert_eq!(now, 20);
        while history.redo(&mut now) {}
        assert_eq!(now, STEPS + 20);
    }

    #[test]
    fn a_new_change_ends_what_was_taken_back() {
        let mut history = History::default();
        let mut now = 'a';
        history.record(std::mem::replace(&mut now, 'b'));
        assert!(history.undo(&mut now) && history.can_redo() && !history.can_undo());
        history.record(std::mem::replace(&mut now, 'c'));
        assert!(!history.redo(&mut now));
        assert_eq!(now, 'c');
    }
}
