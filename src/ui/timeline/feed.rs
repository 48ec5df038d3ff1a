//! When the timeline asks for coverage again, and which answer is painted meanwhile.
//!
//! Must not do: send, or know egui. Pure.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::{TimelineAnswer, TimelineQuery};

/// Where the live edge is visible, coverage grows: it is asked for again after this, in microseconds.
const REFRESH: i64 = 5_000_000;

/// Answers that are kept: those of neighbouring scales and places, so that zooming back and forth shows at once
/// what was there before.
const KEPT: usize = 8;

/// A question covers as much as this many views, so that panning seldom waits.
const VIEWS: i64 = 3;

/// The last question asked, and the last answers.
#[derive(Debug, Default)]
pub struct Feed {
    asked: Option<(TimelineQuery, WallTime)>,
    generation: u64,
    /// Newest first.
    answers: VecDeque<Arc<TimelineAnswer>>,
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
        let margin = view.micros() * (VIEWS - 1) / 2;
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

    /// Keeps an answer; the same one may be given again and again.
    pub fn learn(&mut self, answer: Arc<TimelineAnswer>) {
        if self.answers.front().is_some_and(|newest| Arc::ptr_eq(newest, &answer)) {
            return;
        }
        self.answers.retain(|old| old.span != answer.span || !has_all(&answer, cameras_of(old)));
        self.answers.push_front(answer);
        self.answers.truncate(KEPT);
    }

    /// Learns the newest answer, and gives the one to paint; an empty one while there is none.
    pub fn current(
        &mut self,
        newest: Option<Arc<TimelineAnswer>>,
        cameras: &[CameraId],
        view: WallSpan,
    ) -> Arc<TimelineAnswer> {
        if let Some(newest) = newest {
            self.learn(newest);
        }
        self.best(cameras, view).cloned().unwrap_or_default()
    }

    /// The answer to paint for this view: one that covers it and was made for about its scale, the newest of
    /// those; else the one that comes nearest to that.
    #[must_use]
    pub fn best(&self, cameras: &[CameraId], view: WallSpan) -> Option<&Arc<TimelineAnswer>> {
        let newest_first = self.answers.iter();
        newest_first.min_by(|a, b| misfit(a, cameras, view).total_cmp(&misfit(b, cameras, view)))
    }
}

fn cameras_of(answer: &TimelineAnswer) -> impl Iterator<Item = &CameraId> {
    answer.lanes.iter().map(|lane| &lane.camera)
}

fn has_all<'a>(answer: &TimelineAnswer, mut cameras: impl Iterator<Item = &'a CameraId>) -> bool {
    cameras.all(|camera| cameras_of(answer).any(|known| known == camera))
}

/// How badly an answer suits a view; none of them is better than 0. What is missing counts most, then lanes, then
/// doublings of the scale beyond the one that is asked for anew.
#[expect(clippy::cast_precision_loss, reason = "a measure")]
fn misfit(answer: &TimelineAnswer, cameras: &[CameraId], view: WallSpan) -> f64 {
    let Some(span) = answer.span else { return f64::MAX };
    let length = view.micros().max(1) as f64;
    let missing = 1.0 - span.intersect(view).micros() as f64 / length;
    let lanes = if has_all(answer, cameras.iter()) { 0.0 } else { 1.0 };
    let scale = (span.micros().max(1) as f64 / (VIEWS as f64 * length)).log2().abs();
    1_000.0 * missing + 100.0 * lanes + (scale - 1.0).max(0.0)
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

    fn answer(generation: u64, start: i64, end: i64) -> Arc<TimelineAnswer> {
        let lane = crate::protocol::Lane::new(CameraId::from_name("a"), Vec::new(), Vec::new());
        Arc::new(TimelineAnswer {
            generation,
            span: Some(view(start, end)),
            lanes: vec![lane],
            ..TimelineAnswer::default()
        })
    }

    #[test]
    fn the_old_picture_stays_until_a_better_one_is_there() {
        let cameras = [CameraId::from_name("a")];
        let mut feed = Feed::default();
        let best = |feed: &Feed, start, end| {
            feed.best(&cameras, view(start, end)).map(|answer| answer.generation)
        };
        assert_eq!(best(&feed, 0, 10), None);
        feed.learn(answer(1, 0, 3_000));
        feed.learn(answer(2, 900, 1_200));
        assert_eq!(best(&feed, 1_000, 2_000), Some(1), "the one that covers it");
        assert_eq!(best(&feed, 1_000, 1_100), Some(2), "the one of its scale");
        assert_eq!(best(&feed, 5_000, 6_000), Some(1), "none covers it: the one of its scale");
        feed.learn(answer(3, 0, 3_000));
        assert_eq!(best(&feed, 1_000, 2_000), Some(3), "the newest");
    }
}
