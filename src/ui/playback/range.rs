//! The range between "in" and "out": what is exported or locked.
//!
//! Must not do: know footage or the engine. Pure.

use crate::model::{WallSpan, WallTime};

/// Where the range begins and ends, as far as that has been said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    start: Option<WallTime>,
    end: Option<WallTime>,
}

impl Range {
    /// It begins at `at`; an end before that is forgotten.
    pub fn set_in(&mut self, at: WallTime) {
        self.start = Some(at);
        self.end = self.end.filter(|end| *end > at);
    }

    /// It ends at `at`; a begin after that is forgotten.
    pub fn set_out(&mut self, at: WallTime) {
        self.end = Some(at);
        self.start = self.start.filter(|start| *start < at);
    }

    /// Both ends at once, or none.
    pub fn set(&mut self, span: Option<WallSpan>) {
        self.start = span.map(|span| span.start);
        self.end = span.map(|span| span.end);
    }

    /// Forgets it; false when there was none.
    pub fn clear(&mut self) -> bool {
        std::mem::take(self) != Self::default()
    }

    /// The range; with one end alone it reaches to the playhead, where that makes a range.
    #[must_use]
    pub fn span(&self, playhead: WallTime) -> Option<WallSpan> {
        let span = WallSpan::new(self.start.unwrap_or(playhead), self.end.unwrap_or(playhead));
        let begun = self.start.is_some() || self.end.is_some();
        (begun && span.start < span.end).then_some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> WallTime {
        WallTime::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn one_end_alone_reaches_to_the_playhead() {
        let mut range = Range::default();
        assert_eq!(range.span(at(5)), None);
        range.set_in(at(10));
        assert_eq!(range.span(at(5)), None, "the playhead is before it");
        assert_eq!(range.span(at(15)), Some(WallSpan::new(at(10), at(15))));
        range.set_out(at(20));
        assert_eq!(range.span(at(5)), Some(WallSpan::new(at(10), at(20))));
        range.set_in(at(30));
        assert_eq!(range.span(at(5)), None, "the end before it is forgotten");
        assert_eq!(range.span(at(35)), Some(WallSpan::new(at(30), at(35))));
        assert!(range.clear() && !range.clear());
    }
}
