//! Questions for coverage, and their answers.
//!
//! Must not do: know pixels.

use crate::model::{CameraId, CoverageSpan, GapReason, WallSpan};

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
    /// For each day asked: microseconds with footage of at least one camera.
    pub covered: Vec<i64>,
}
