//! Tables, keys and rows as bytes.
//!
//! Keys compare as bytes in the order of what they mean: camera, then kind, then time, so that every query
//! is a range. Rows begin with a version. Must not do: open a transaction.

use redb::TableDefinition;

use super::IndexError;
use crate::model::{
    CameraId, CoverageKind, DeletionCause, GapReason, JournalEntry, MediaTime, RecordingState,
    RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId, WallSpan, WallTime,
};

pub(super) type Bytes = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// (stream, start) -> the rest of a [`SegmentRow`].
pub(super) const SEGMENT: Bytes = TableDefinition::new("segment");
/// (stream, UTC day) -> merged spans of the segments that start on it. Derived from `segment`.
pub(super) const DAY: Bytes = TableDefinition::new("day");
/// (camera, at) -> the state that began then.
pub(super) const JOURNAL: Bytes = TableDefinition::new("journal");
/// (camera, start) -> a span whose footage was deleted: its end, by which rule, and when.
pub(super) const DELETED: Bytes = TableDefinition::new("deleted");
/// (camera, start) -> the rest of a motion event.
pub(super) const EVENT: Bytes = TableDefinition::new("event");
/// (camera, start) -> a JPEG of that event.
pub(super) const EVENT_PICTURE: Bytes = TableDefinition::new("event_picture");
/// (camera, at) -> a JPEG, in the database of small pictures.
pub(super) const THUMBNAIL: Bytes = TableDefinition::new("thumbnail");
/// (stream, start) -> nothing: the segment has all the small pictures that it needs. In the same database.
pub(super) const COMPLETE: Bytes = TableDefinition::new("complete");
/// Single numbers, by name.
pub(super) const META: TableDefinition<'static, &'static str, i64> = TableDefinition::new("meta");

/// The format of all of this, in `META`.
pub(super) const FORMAT: &str = "format";
/// Its present number.
pub(super) const PRESENT_FORMAT: i64 = 1;
/// When the recorder was last known to run, in `META`.
pub(super) const HEARTBEAT: &str = "heartbeat";
/// The longest wall time that any segment has ever covered, in `META`: a query looks back this far for a
/// segment that reaches into its span, so that it is right even where a stepped clock made two overlap.
pub(super) const LONGEST: &str = "longest";
/// Bytes that small pictures take, in `META` of their database.
pub(super) const THUMBNAIL_BYTES: &str = "bytes";
/// As [`LONGEST`] for events.
pub(super) const LONGEST_EVENT: &str = "longest_event";

/// Version of rows and of day rows.
pub(super) const ROW_VERSION: u8 = 1;

/// Stands between a camera's identity and the rest of a key: lower than anything in an identity.
const END_OF_ID: u8 = 0;

/// Microseconds of a UTC day.
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

/// The part of a key that all rows of a camera share.
pub(super) fn camera_prefix(camera: &CameraId) -> Vec<u8> {
    let mut key = Vec::with_capacity(camera.as_str().len() + 10);
    key.extend_from_slice(camera.as_str().as_bytes());
    key.push(END_OF_ID);
    key
}

/// The part of a key that all rows of a stream share.
pub(super) fn stream_prefix(stream: &StreamId) -> Vec<u8> {
    let mut key = camera_prefix(&stream.camera);
    key.push(match stream.kind {
        StreamKind::Main => 0,
        StreamKind::Sub => 1,
    });
    key
}

/// First key behind all keys that begin with `prefix`.
pub(super) fn behind(mut prefix: Vec<u8>) -> Vec<u8> {
    while let Some(last) = prefix.pop() {
        if let Some(next) = last.checked_add(1) {
            prefix.push(next);
            break;
        }
    }
    prefix
}

/// `prefix` and a number behind it; numbers compare as bytes as they do as numbers.
pub(super) fn numbered(prefix: &[u8], number: i64) -> Vec<u8> {
    let mut key = Vec::with_capacity(prefix.len() + 8);
    key.extend_from_slice(prefix);
    key.extend_from_slice(&(number ^ i64::MIN).to_be_bytes());
    key
}

/// Key of a segment.
pub(super) fn segment_key(stream: &StreamId, start: WallTime) -> Vec<u8> {
    numbered(&stream_prefix(stream), start.as_micros())
}

/// Key of what happened to a camera at a moment.
pub(super) fn camera_key(camera: &CameraId, at: WallTime) -> Vec<u8> {
    numbered(&camera_prefix(camera), at.as_micros())
}

/// The number at the end of a key.
pub(super) fn number_of(key: &[u8]) -> Result<i64, IndexError> {
    let (_, number) = key.split_last_chunk::<8>().ok_or_else(|| damaged("a key is too short"))?;
    Ok(i64::from_be_bytes(*number) ^ i64::MIN)
}

/// The wall time at the end of a key.
pub(super) fn time_of(key: &[u8]) -> Result<WallTime, IndexError> {
    number_of(key).map(WallTime::from_micros)
}

/// The camera at the beginning of a key.
pub(super) fn camera_of(key: &[u8]) -> Result<CameraId, IndexError> {
    let id = key.split(|byte| *byte == END_OF_ID).next().unwrap_or_default();
    let id = std::str::from_utf8(id).map_err(|_| damaged("a camera's identity is no text"))?;
    id.parse().map_err(|_| damaged("a camera's identity is none"))
}

/// The stream at the beginning of a key.
pub(super) fn stream_of(key: &[u8]) -> Result<StreamId, IndexError> {
    let camera = camera_of(key)?;
    let kind = match key.get(camera.as_str().len() + 1) {
        Some(0) => StreamKind::Main,
        Some(1) => StreamKind::Sub,
        _ => return Err(damaged("a stream is neither main nor sub")),
    };
    Ok(StreamId::new(camera, kind))
}

/// The UTC day of a moment.
pub(super) fn day_of(at: WallTime) -> i64 {
    at.as_micros().div_euclid(DAY_MICROS)
}

pub(super) fn damaged(what: &str) -> IndexError {
    IndexError::Damaged(what.into())
}

/// The state, in the lowest two bits of a row's flags, of a segment that is being deleted.
const DELETING: u8 = 3;
/// Its rule is in the flags from this bit on.
const CAUSE_SHIFT: u8 = 3;

/// The number of a rule that deletes, as stored.
pub(super) fn cause_number(cause: DeletionCause) -> u8 {
    DeletionCause::ALL.iter().position(|c| *c == cause).unwrap_or(0) as u8
}

/// The inverse of [`cause_number`].
pub(super) fn cause_of(number: u8) -> Result<DeletionCause, IndexError> {
    let cause = DeletionCause::ALL.get(usize::from(number)).copied();
    cause.ok_or_else(|| damaged("a rule that deleted is unknown"))
}

/// The part of a row that its key does not hold.
pub(super) fn encode_row(row: &SegmentRow) -> Vec<u8> {
    let start = row.start.as_micros();
    let mut out = Vec::with_capacity(40 + row.path.len());
    out.push(ROW_VERSION);
    put_signed(&mut out, row.end.as_micros().wrapping_sub(start));
    let state = match row.state {
        SegmentState::Recording => 0,
        SegmentState::Finished => 1,
        SegmentState::Recovered => 2,
        SegmentState::Deleting(cause) => DELETING | cause_number(cause) << CAUSE_SHIFT,
    };
    out.push(state);
    put_signed(&mut out, row.media_duration);
    put(&mut out, row.frames);
    put(&mut out, row.bytes);
    put_signed(&mut out, row.run.0.wrapping_sub(start));
    put_signed(&mut out, row.run_offset.ticks());
    put(&mut out, u64::from(row.volume.0));
    out.extend_from_slice(row.path.as_bytes());
    out
}

/// The footage that a row stands for, without taking apart the rest; none while it is being deleted.
pub(super) fn decode_footage(
    start: WallTime,
    value: &[u8],
) -> Result<Option<WallSpan>, IndexError> {
    let mut value = versioned(value)?;
    let end = start.as_micros().wrapping_add(take_signed(&mut value)?);
    let &flags = value.first().ok_or_else(|| damaged("a row is cut off"))?;
    let span = WallSpan::new(start, WallTime::from_micros(end));
    Ok((flags & 3 != DELETING).then_some(span))
}

/// The size of a row's file, the volume that it is on and whether it is being deleted, without taking apart
/// the rest.
pub(super) fn decode_place(value: &[u8]) -> Result<(u64, VolumeId, bool), IndexError> {
    let mut value = versioned(value)?;
    take_signed(&mut value)?;
    let (flags, mut value) = value.split_first().ok_or_else(|| damaged("a row is cut off"))?;
    take_signed(&mut value)?;
    take(&mut value)?;
    let bytes = take(&mut value)?;
    take_signed(&mut value)?;
    take_signed(&mut value)?;
    let volume = u32::try_from(take(&mut value)?).map_err(|_| damaged("no such volume"))?;
    Ok((bytes, VolumeId(volume), flags & 3 == DELETING))
}

/// A whole row of `stream`.
pub(super) fn decode_row(
    stream: &StreamId,
    start: WallTime,
    value: &[u8],
) -> Result<SegmentRow, IndexError> {
    let mut value = versioned(value)?;
    let micros = start.as_micros();
    let end = micros.wrapping_add(take_signed(&mut value)?);
    let (&flags, mut value) = value.split_first().ok_or_else(|| damaged("a row is cut off"))?;
    let state = match flags & 3 {
        0 => SegmentState::Recording,
        1 => SegmentState::Finished,
        2 => SegmentState::Recovered,
        _ => SegmentState::Deleting(cause_of(flags >> CAUSE_SHIFT)?),
    };
    let value = &mut value;
    Ok(SegmentRow {
        stream: stream.clone(),
        start,
        end: WallTime::from_micros(end),
        media_duration: take_signed(value)?,
        frames: take(value)?,
        bytes: take(value)?,
        run: RunId(micros.wrapping_add(take_signed(value)?)),
        run_offset: MediaTime::from_ticks(take_signed(value)?),
        volume: VolumeId(u32::try_from(take(value)?).map_err(|_| damaged("no such volume"))?),
        path: std::str::from_utf8(value).map_err(|_| damaged("a path is no text"))?.into(),
        state,
    })
}

/// Merged spans of the segments that start on `day`, ordered by start.
pub(super) fn encode_day(day: i64, spans: &[WallSpan]) -> Vec<u8> {
    let mut out = vec![ROW_VERSION];
    let mut from = day.wrapping_mul(DAY_MICROS);
    for span in spans {
        put_signed(&mut out, span.start.as_micros().wrapping_sub(from));
        put_signed(&mut out, span.end.as_micros().wrapping_sub(span.start.as_micros()));
        from = span.end.as_micros();
    }
    out
}

/// Hands the spans of a day row to `each`.
pub(super) fn decode_day(
    day: i64,
    value: &[u8],
    mut each: impl FnMut(WallSpan),
) -> Result<(), IndexError> {
    let mut value = versioned(value)?;
    let mut from = day.wrapping_mul(DAY_MICROS);
    while !value.is_empty() {
        let start = from.wrapping_add(take_signed(&mut value)?);
        from = start.wrapping_add(take_signed(&mut value)?);
        each(WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(from)));
    }
    Ok(())
}

const KINDS: [CoverageKind; 4] =
    [CoverageKind::Continuous, CoverageKind::Scheduled, CoverageKind::Motion, CoverageKind::Manual];

/// Second byte of a journal row that is no recording; the reason follows as JSON.
const IDLE: u8 = 255;

/// What a journal entry's key does not hold.
pub(super) fn encode_state(state: &RecordingState) -> Result<Vec<u8>, IndexError> {
    let mut out = vec![ROW_VERSION];
    match state {
        RecordingState::Recording(kind) => {
            out.push(KINDS.iter().position(|k| k == kind).unwrap_or(0) as u8);
        }
        RecordingState::Idle(reason) => {
            out.push(IDLE);
            serde_json::to_writer(&mut out, reason)
                .map_err(|_| damaged("a reason cannot be written"))?;
        }
    }
    Ok(out)
}

/// The kind that a journal row begins to record, none when it stops.
pub(super) fn decode_kind(value: &[u8]) -> Result<Option<CoverageKind>, IndexError> {
    let (&tag, _) = versioned(value)?.split_first().ok_or_else(|| damaged("a state is cut off"))?;
    match KINDS.get(usize::from(tag)) {
        Some(kind) => Ok(Some(*kind)),
        None if tag == IDLE => Ok(None),
        None => Err(damaged("a recording state is unknown")),
    }
}

/// A whole journal entry.
pub(super) fn decode_entry(
    camera: &CameraId,
    at: WallTime,
    value: &[u8],
) -> Result<JournalEntry, IndexError> {
    let state = match decode_kind(value)? {
        Some(kind) => RecordingState::Recording(kind),
        None => {
            let reason: GapReason = serde_json::from_slice(&value[2..])
                .map_err(|_| damaged("a reason cannot be read"))?;
            RecordingState::Idle(reason)
        }
    };
    Ok(JournalEntry { camera: camera.clone(), at, state })
}

pub(super) fn versioned(value: &[u8]) -> Result<&[u8], IndexError> {
    match value.split_first() {
        Some((&ROW_VERSION, rest)) => Ok(rest),
        _ => Err(damaged("a row has an unknown version")),
    }
}

/// LEB128.
pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn take(from: &mut &[u8]) -> Result<u64, IndexError> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first().ok_or_else(|| damaged("a number is cut off"))?;
        *from = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(damaged("a number is too long"))
}

/// Zigzag, so that small negative numbers are short too.
pub(super) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, ((value << 1) ^ (value >> 63)) as u64);
}

pub(super) fn take_signed(from: &mut &[u8]) -> Result<i64, IndexError> {
    let value = take(from)?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(camera: &str, kind: StreamKind) -> StreamId {
        StreamId::new(camera.parse().expect("an identity"), kind)
    }

    #[test]
    fn keys_sort_as_what_they_mean() {
        let mut last = Vec::new();
        for camera in ["a", "a-1", "a0", "b"] {
            for kind in [StreamKind::Main, StreamKind::Sub] {
                for start in [i64::MIN, -1, 0, 1, i64::MAX] {
                    let stream = stream(camera, kind);
                    let key = segment_key(&stream, WallTime::from_micros(start));
                    assert!(key > last, "{stream} {start}");
                    assert_eq!(stream_of(&key).expect("a stream"), stream);
                    assert_eq!(number_of(&key).expect("a number"), start);
                    assert!(key < behind(stream_prefix(&stream)));
                    last = key;
                }
            }
        }
        assert!(behind(vec![255, 255]).is_empty());
    }

    #[test]
    fn rows_come_back_as_they_were() {
        for (start, end, state) in [
            (0, 3_600_000_000, SegmentState::Finished),
            (i64::MIN, i64::MAX, SegmentState::Recording),
            (-5, -5, SegmentState::Recovered),
            (5, 6, SegmentState::Deleting(DeletionCause::Retention)),
            (5, 6, SegmentState::Deleting(DeletionCause::Operator)),
        ] {
            let row = SegmentRow {
                stream: stream("front", StreamKind::Sub),
                start: WallTime::from_micros(start),
                end: WallTime::from_micros(end),
                media_duration: i64::MAX - 1,
                frames: u64::MAX,
                bytes: 3_900_000_000,
                run: RunId(i64::MIN),
                run_offset: MediaTime::from_ticks(-1),
                volume: VolumeId(u32::MAX),
                path: "front/ü.mp4".into(),
                state,
            };
            let value = encode_row(&row);
            assert_eq!(decode_row(&row.stream, row.start, &value).expect("decodes"), row);
            let footage = Some(row.span()).filter(|_| !state.is_deleting());
            assert_eq!(decode_footage(row.start, &value).expect("decodes"), footage);
            assert_eq!(
                decode_place(&value).expect("decodes"),
                (row.bytes, row.volume, row.state.is_deleting())
            );
            for cut in 0..value.len() - row.path.len() {
                assert!(decode_row(&row.stream, row.start, &value[..cut]).is_err());
            }
        }
    }

    #[test]
    fn a_journal_entry_comes_back_as_it_was() {
        let camera: CameraId = "front".parse().expect("an identity");
        for state in [
            RecordingState::Recording(CoverageKind::Manual),
            RecordingState::Idle(GapReason::DiskFull),
            RecordingState::Idle(GapReason::CameraOffline("connection refused".into())),
        ] {
            let at = WallTime::from_micros(7);
            let value = encode_state(&state).expect("encodes");
            let entry = decode_entry(&camera, at, &value).expect("decodes");
            assert_eq!(entry, JournalEntry { camera: camera.clone(), at, state });
        }
    }
}
