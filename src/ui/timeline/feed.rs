//! When the timeline asks for coverage again.
//!
//! Must not do: send, or know egui. Pure.

use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::TimelineQuery;

/// Where the live edge is visible, coverage grows: it is asked for again after this, in microseconds.
const REFRESH: i64 = 5_000_000;

/// The last question asked.
#[derive(Debug, Default)]
pub struct Feed {
    asked: Option<(TimelineQuery, WallTime)>,
    generation: u64,
}

impl Feed {
    /// The question to be asked now, if any: when cameras changed, when the view leaves what was asked for, when
    /// it is looked at much closer or wider, or when footage has been added. Asked with a margin of one view on
    /// each side, so that panning seldom waits.
    #[must_use]
    pub fn question(
        &self,
        cameras: &[CameraId],
        view: WallSpan,
        micros_per_point: i64,
        now: WallTime,
    ) -> Option<TimelineQuery> {
        let fresh = self.asked.as_ref().is_some_and(|(last, at)| {
            let same = last.cameras == cameras;
            let covers = last.span.start <= view.start && view.end <= last.span.end;
            let fine =
                last.resolution / 2 <= micros_per_point && micros_per_point <= last.resolution * 2;
            let grows = last.span.end > *at && now.micros_since(*at).abs() >= REFRESH;
            same && covers && fine && !grows
        });
        let margin = view.micros();
        let span = WallSpan::new(view.start.plus_micros(-margin), view.end.plus_micros(margin));
        (!fresh).then(|| TimelineQuery {
            generation: self.generation + 1,
            cameras: cameras.to_vec(),
            span,
            resolution: micros_per_point,
        })
    }

    /// The question was sent.
    pub fn asked(&mut self, question: TimelineQuery, now: WallTime) {
        self.generation = question.generation;
        self.asked = Some((question, now));
    }

    /// Asks again at the next opportunity.
    pub fn forget(&mut self) {
        self.asked = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> WallTime {
        WallTime::from_micros(seconds * 1_000_000)
    }

    fn view(start: i64, end: i64) -> WallSpan {
        WallSpan::new(at(start), at(end))
    }

    #[test]
    fn questions_come_only_when_something_changed() {
        let cameras = [CameraId::from_name("a")];
        let mut feed = Feed::default();
        let now = at(10_000);
        let first = feed.question(&cameras, view(1000, 2000), 1_000_000, now).expect("the first");
        assert_eq!((first.generation, first.span), (1, view(0, 3000)));
        feed.asked(first, now);
        assert_eq!(
            feed.question(&cameras, view(1500, 2500), 1_000_000, now),
            None,
            "in the margin"
        );
        assert_eq!(feed.question(&cameras, view(1500, 2500), 1_000_000, at(99_999)), None, "past");
        let left = feed.question(&cameras, view(2500, 3500), 1_000_000, now);
        assert_eq!(left.map(|q| q.generation), Some(2), "left what was asked");
        assert!(feed.question(&cameras, view(1400, 1600), 200_000, now).is_some(), "closer");
        assert!(feed.question(&[], view(1000, 2000), 1_000_000, now).is_some(), "other cameras");
    }

    #[test]
    fn the_live_edge_is_asked_for_again() {
        let mut feed = Feed::default();
        let first = feed.question(&[], view(0, 100), 1, at(50)).expect("the first");
        feed.asked(first, at(50));
        assert_eq!(feed.question(&[], view(0, 100), 1, at(54)), None);
        assert!(feed.question(&[], view(0, 100), 1, at(55)).is_some());
    }
}
