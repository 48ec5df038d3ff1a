//! Segments of an hour for benches of the index and of what reads it: rows only, no files.

use watchkeeper::model::{
    MediaTime, RunId, SegmentRow, SegmentState, StreamId, VolumeId, WallTime,
};

/// In microseconds.
pub const HOUR: i64 = 3_600_000_000;

/// The `n`-th hour of `stream` since `begin`, of which `length` is recorded; both in microseconds.
pub fn row(stream: StreamId, begin: i64, n: i64, length: i64) -> SegmentRow {
    let start = WallTime::from_micros(begin + n * HOUR);
    SegmentRow {
        end: start.plus_micros(length),
        media_duration: length / 100 * 9,
        frames: 90_000,
        bytes: 1_800_000_000,
        run: RunId(begin),
        run_offset: MediaTime::from_ticks(n * 324_000_000),
        volume: VolumeId(0),
        path: format!("{}/2026-03-03/14-00-00.000+0100_main.mp4", stream.camera),
        state: SegmentState::Finished,
        stream,
        start,
    }
}
