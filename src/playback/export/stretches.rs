//! Which segment shows which stretch of a span: the main stream where it has footage, else the sub stream. Pure.
//!
//! Must not do: open a file.

use crate::model::coverage::holes;
use crate::model::{SegmentRow, SegmentState, StreamKind, WallSpan};

/// Cuts `span` into the stretches that `rows` have footage of, each with the number of its row, ordered by time.
/// The main stream goes first, as in playback.
#[must_use]
pub fn stretches(rows: &[SegmentRow], span: WallSpan) -> Vec<(usize, WallSpan)> {
    let mut found: Vec<(usize, WallSpan)> = Vec::new();
    for kind in [StreamKind::Main, StreamKind::Sub] {
        let mut of_kind: Vec<usize> = (0..rows.len())
            .filter(|&n| {
                let row = &rows[n];
                let gone = matches!(row.state, SegmentState::Deleting(_));
                row.stream.kind == kind && row.frames > 0 && !gone
            })
            .collect();
        of_kind.sort_by_key(|&n| rows[n].start);
        for n in of_kind {
            let parts = free_parts(&found, rows[n].span().intersect(span));
            found.extend(parts.into_iter().map(|part| (n, part)));
            found.sort_by_key(|(_, part)| part.start);
        }
    }
    found
}

/// What nobody of `taken`, which is ordered by time, has of `span`.
fn free_parts(taken: &[(usize, WallSpan)], span: WallSpan) -> Vec<WallSpan> {
    // Of what begins after `span` and of what ends before it nothing matters.
    let first = taken.partition_point(|(_, part)| part.end <= span.start);
    let near = taken.iter().skip(first).take_while(|(_, part)| part.start < span.end);
    holes(near.map(|(_, part)| *part), span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CameraId, MediaTime, RunId, StreamId, VolumeId, WallTime};

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    fn row(kind: StreamKind, start: i64, end: i64) -> SegmentRow {
        SegmentRow {
            stream: StreamId::new(CameraId::from_name("yard"), kind),
            start: WallTime::from_micros(start),
            end: WallTime::from_micros(end),
            media_duration: 90,
            frames: 9,
            bytes: 900,
            run: RunId(start),
            run_offset: MediaTime::default(),
            volume: VolumeId(0),
            path: format!("{start}"),
            state: SegmentState::Finished,
        }
    }

    #[test]
    fn the_sub_stream_fills_what_the_main_stream_leaves() {
        let (main, sub) = (StreamKind::Main, StreamKind::Sub);
        let rows = [
            row(sub, 0, 100),
            row(main, 20, 30),
            row(main, 30, 40),
            row(sub, 100, 200),
            row(main, 90, 110),
        ];
        let expected = [
            (0, span(10, 20)),
            (1, span(20, 30)),
            (2, span(30, 40)),
            (0, span(40, 90)),
            (4, span(90, 110)),
            (3, span(110, 150)),
        ];
        assert_eq!(stretches(&rows, span(10, 150)), expected);
    }

    #[test]
    fn what_is_being_deleted_is_footage_no_more() {
        let mut rows = [row(StreamKind::Main, 0, 50), row(StreamKind::Main, 60, 100)];
        rows[0].state = SegmentState::Deleting(crate::model::DeletionCause::Retention);
        assert_eq!(stretches(&rows, span(0, 100)), [(1, span(60, 100))]);
        assert_eq!(stretches(&[], span(0, 100)), []);
    }
}
