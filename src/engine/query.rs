//! The query thread: coverage for the timeline and the calendar, off the UI thread.
//!
//! Must not do: answer an old question once a newer one has come.

use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded, select};

use super::recordings::Recordings;
use super::{EngineError, explain};
use crate::model::coverage::{self, SEAM_MICROS};
use crate::model::{CameraId, CoverageKind, CoverageSpan, WallSpan, WallTime};
use crate::protocol::{
    Gap, Lane, MonthAnswer, MonthDay, MonthQuery, Shown, TimelineAnswer, TimelineQuery,
};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};

/// The overview is drawn in a minimap of a few hundred pixels; this many stretches are more than that.
const OVERVIEW_PARTS: i64 = 2_000;

/// A question that waits is replaced by a newer one, so one place is enough.
const QUEUE: usize = 1;

/// The query thread.
pub struct Queries {
    timeline: Newest<TimelineQuery>,
    month: Newest<MonthQuery>,
    worker: Worker,
}

/// A channel in which the newest value replaces the one that waits.
pub(super) struct Newest<T> {
    sender: Sender<T>,
    pub(super) receiver: Receiver<T>,
}

impl<T> Newest<T> {
    pub(super) fn new() -> Self {
        let (sender, receiver) = bounded(QUEUE);
        Self { sender, receiver }
    }

    pub(super) fn send(&self, mut value: T) {
        while let Err(TrySendError::Full(back)) = self.sender.try_send(value) {
            value = back;
            // Taken by the thread in between: then there is room as well.
            let _older = self.receiver.try_recv();
        }
    }
}

impl Queries {
    /// Starts the thread; answers go to `shown`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        recordings: Arc<Recordings>,
        shown: Arc<Shown>,
        clock: Arc<dyn Clock>,
        stop: Receiver<()>,
    ) -> std::io::Result<Self> {
        let (timeline, month) = (Newest::new(), Newest::new());
        let (timelines, months) = (timeline.receiver.clone(), month.receiver.clone());
        let worker = Worker::spawn("query", move || {
            loop {
                select! {
                    recv(timelines) -> query => match query {
                        Ok(query) => show_timeline(&recordings, &shown, &*clock, &query),
                        Err(_) => break,
                    },
                    recv(months) -> query => match query {
                        Ok(query) => show_month(&recordings, &shown, &query),
                        Err(_) => break,
                    },
                    recv(stop) -> _ => break,
                }
            }
        })?;
        Ok(Self { timeline, month, worker })
    }

    /// Asks for coverage.
    pub fn timeline(&self, query: TimelineQuery) {
        self.timeline.send(query);
    }

    /// Asks for a month.
    pub fn month(&self, query: MonthQuery) {
        self.month.send(query);
    }

    /// Waits for the thread, whose stop channel has been dropped.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn join(self, limit: Duration) -> Result<(), JoinError> {
        self.worker.join(limit)
    }
}

fn show_timeline(recordings: &Recordings, shown: &Shown, clock: &dyn Clock, query: &TimelineQuery) {
    match timeline(recordings, query, clock.wall()) {
        Ok(answer) => {
            shown.timeline.set(answer);
            shown.wake();
        }
        Err(error) => tracing::error!("the timeline cannot be read: {error}"),
    }
}

fn show_month(recordings: &Recordings, shown: &Shown, query: &MonthQuery) {
    match month(recordings, query) {
        Ok(answer) => {
            shown.month.set(answer);
            shown.wake();
        }
        Err(error) => tracing::error!("the calendar cannot be read: {error}"),
    }
}

/// Answers a question for coverage; gaps end at `now`.
///
/// # Errors
/// When the index cannot be read.
pub fn timeline(
    recordings: &Recordings,
    query: &TimelineQuery,
    now: WallTime,
) -> Result<TimelineAnswer, EngineError> {
    let lanes = query
        .cameras
        .iter()
        .map(|camera| lane(recordings, camera, query.span, query.resolution, now))
        .collect::<Result<_, _>>()?;
    let archive = archive(recordings)?;
    let overview = match archive {
        Some(archive) => overview(recordings, &query.cameras, archive)?,
        None => Vec::new(),
    };
    let span = Some(query.span);
    Ok(TimelineAnswer {
        generation: query.generation,
        span,
        lanes,
        union: Vec::new(),
        archive,
        overview,
    })
}

fn lane(
    recordings: &Recordings,
    camera: &CameraId,
    span: WallSpan,
    resolution: i64,
    now: WallTime,
) -> Result<Lane, EngineError> {
    let covered = footage(recordings, camera, span)?;
    let until = WallSpan::new(span.start, span.end.min(now).max(span.start));
    let gaps = explain::merge_deleted(recordings.reader.gaps(camera, until, &covered)?)
        .into_iter()
        .filter(|(hole, _)| hole.micros() > resolution.max(SEAM_MICROS))
        .map(|(span, reason)| Gap { span, reason })
        .collect();
    let coverage = coverage::merge(covered, resolution.max(SEAM_MICROS));
    Ok(Lane::new(camera.clone(), coverage, gaps))
}

/// Footage of a camera within `span`, ordered by start: what segments cover, less the holes inside of
/// them that the journal knows, each stretch with the rule by which it was recorded.
///
/// # Errors
/// When the index cannot be read.
pub fn footage(
    recordings: &Recordings,
    camera: &CameraId,
    span: WallSpan,
) -> Result<Vec<CoverageSpan>, EngineError> {
    let rows = recordings.segments_of_camera(camera, span)?;
    let journal = recordings.reader.journal(camera, span)?;
    let spans = rows.iter().map(|row| row.span().intersect(span));
    let mut covered = explain::kinds(spans, &journal);
    // Both streams may have been recorded at once.
    covered.sort_by_key(|item| item.span.start);
    Ok(coverage::merge(covered, SEAM_MICROS))
}

fn archive(recordings: &Recordings) -> Result<Option<WallSpan>, EngineError> {
    let known = recordings.reader.archive()?;
    let open = recordings.open.rows().into_iter().map(|row| row.span());
    Ok(known
        .into_iter()
        .chain(open)
        .reduce(|all, span| WallSpan::new(all.start.min(span.start), all.end.max(span.end))))
}

fn overview(
    recordings: &Recordings,
    cameras: &[CameraId],
    archive: WallSpan,
) -> Result<Vec<WallSpan>, EngineError> {
    let resolution = (archive.micros() / OVERVIEW_PARTS).max(SEAM_MICROS);
    let mut spans = Vec::new();
    for camera in cameras {
        spans.extend(recordings.reader.coverage(camera, archive, resolution)?);
        spans.extend(open_spans(recordings, camera));
    }
    Ok(union(spans, resolution))
}

fn open_spans(recordings: &Recordings, camera: &CameraId) -> impl Iterator<Item = CoverageSpan> {
    let rows = recordings.open.rows().into_iter().filter(move |row| row.stream.camera == *camera);
    rows.map(|row| CoverageSpan { span: row.span(), kind: CoverageKind::Continuous })
}

/// The stretches that any of `spans` covers, whatever their kind.
fn union(mut spans: Vec<CoverageSpan>, seam: i64) -> Vec<WallSpan> {
    spans.sort_by_key(|item| item.span.start);
    let kind = CoverageKind::Continuous;
    let plain = spans.into_iter().map(|item| CoverageSpan { kind, ..item });
    coverage::merge(plain, seam).into_iter().map(|item| item.span).collect()
}

/// Answers a question for the calendar.
///
/// # Errors
/// When the index cannot be read.
pub fn month(recordings: &Recordings, query: &MonthQuery) -> Result<MonthAnswer, EngineError> {
    let (Some(first), Some(last)) = (query.days.first(), query.days.last()) else {
        return Ok(MonthAnswer { generation: query.generation, days: Vec::new() });
    };
    let whole = WallSpan::new(first.start, last.end);
    let mut spans = Vec::new();
    for camera in &query.cameras {
        spans.extend(footage(recordings, camera, whole)?);
    }
    let spans = union(spans, 0);
    let day = |day: &WallSpan| MonthDay {
        covered: spans.iter().map(|span| span.intersect(*day).micros()).sum(),
        ..MonthDay::default()
    };
    Ok(MonthAnswer { generation: query.generation, days: query.days.iter().map(day).collect() })
}
