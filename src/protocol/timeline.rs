//! Questions for coverage, and their answers.
//!
//! Must not do: know pixels.

use crate::model::{Bookmark, CameraId, CoverageSpan, GapReason, WallSpan, WallTime};

/// A question for coverage. Answers to older questions are ignored by their generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineQuery {
    /// Grows with each question.
    pub generation: u64,
    /// One lane for each.
    pub cameras: Vec<CameraId>,
    /// What to cover.
    pub span: WallSpan,
    /// Spans closer than this may be merged, in microseconds: one pixel's worth.
    pub resolution: i64,
}

/// Coverage of some cameras over a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineAnswer {
    /// Of the question.
    pub generation: u64,
    /// What it covers; empty when nothing was ever asked.
    pub span: Option<WallSpan>,
    /// One for each camera asked, in that order.
    pub lanes: Vec<Lane>,
    /// Footage of at least one of the cameras, merged.
    pub union: Vec<WallSpan>,
    /// From the oldest to the newest footage of all cameras.
    pub archive: Option<WallSpan>,
    /// Merged coverage of the whole archive, coarse, for the minimap.
    pub overview: Vec<WallSpan>,
}

/// One camera's lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose.
    pub camera: CameraId,
    /// Footage, ordered by start.
    pub coverage: Vec<CoverageSpan>,
    /// Time without footage and why, ordered by start; never later than now.
    pub gaps: Vec<Gap>,
    /// Motion, ordered by start; merged where it is closer than the resolution.
    pub motion: Vec<MotionBar>,
    /// Ranges that no rule deletes, ordered by start.
    pub locked: Vec<WallSpan>,
    /// Notes, ordered by their moment.
    pub bookmarks: Vec<Bookmark>,
    /// Footage before this moment goes within 24 hours, as far as it is not locked.
    pub goes_before: Option<WallTime>,
}

impl Lane {
    /// A lane of which only footage and gaps are known.
    #[must_use]
    pub const fn new(camera: CameraId, coverage: Vec<CoverageSpan>, gaps: Vec<Gap>) -> Self {
        Self {
            camera,
            coverage,
            gaps,
            motion: Vec::new(),
            locked: Vec::new(),
            bookmarks: Vec::new(),
            goes_before: None,
        }
    }
}

/// Motion in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MotionBar {
    /// When.
    pub span: WallSpan,
    /// The largest moving part, in thousandths of the picture's area.
    pub level: u16,
}

/// Time without footage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When.
    pub span: WallSpan,
    /// Why.
    pub reason: GapReason,
}

/// A question for the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthQuery {
    /// Grows with each question.
    pub generation: u64,
    /// Footage of any of these counts.
    pub cameras: Vec<CameraId>,
    /// The days asked for, as spans of local days, first to last.
    pub days: Vec<WallSpan>,
}

/// What the calendar shades.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthAnswer {
    /// Of the question.
    pub generation: u64,
    /// For each day asked.
    pub days: Vec<MonthDay>,
}

/// What the calendar shows of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthDay {
    /// Microseconds with footage of at least one camera.
    pub covered: i64,
    /// Whether anything moved.
    pub motion: bool,
    /// Whether footage is missing that was wanted: a gap through a fault, not one that a rule wants.
    pub incomplete: bool,
}
