//! By which rule a stream is recorded, and where its schedule stands.
//!
//! Must not do: decide; the gate does.

use std::time::Duration;

use super::gate::ScheduleNow;
use crate::model::schedule::{Calendar, Stretch};
use crate::model::{Mode, WallSpan, WallTime};

/// By which rule a stream is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// When.
    pub mode: Mode,
    /// Its schedule, where the rule depends on one.
    pub calendar: Option<Calendar>,
    /// How much in front of the first motion, or of an operator's wish, is recorded too.
    pub pre: Duration,
    /// How much behind the last motion is recorded too.
    pub post: Duration,
    /// Whether the states of this stream are those of its camera. Those of a main stream that is recorded
    /// on motion, on top of its sub stream, are not.
    pub journals: bool,
}

impl Rule {
    /// A rule of this mode without a schedule and without margins.
    #[must_use]
    pub fn of(mode: Mode) -> Self {
        Self { mode, calendar: None, pre: Duration::ZERO, post: Duration::ZERO, journals: true }
    }
}

/// A calendar, and the stretch of it that was looked up last: it is asked for every picture.
#[derive(Debug, Default)]
pub(super) struct ScheduleCursor {
    stretch: Option<Stretch>,
}

impl ScheduleCursor {
    /// Forgets what was looked up: the calendar is another one.
    pub fn reset(&mut self) {
        self.stretch = None;
    }

    /// The stretch around `at`.
    pub fn look_up(&mut self, calendar: Option<&Calendar>, at: WallTime) -> Option<Stretch> {
        let calendar = calendar?;
        if self.stretch.is_none_or(|stretch| !stretch.span.contains(at)) {
            self.stretch = Some(calendar.stretch(at));
        }
        self.stretch
    }

    /// What was looked up last.
    pub fn span(&self) -> Option<WallSpan> {
        self.stretch.map(|stretch| stretch.span)
    }
}

/// A calendar's stretch as the gate wants it.
pub(super) fn schedule_now(calendar: &Calendar, stretch: Stretch) -> ScheduleNow<'_> {
    ScheduleNow { name: calendar.name(), active: stretch.active }
}
