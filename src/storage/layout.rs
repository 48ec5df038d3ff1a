//! The path of a segment, and what a path says: `front/2026-03-03/14-00-00.000+0100_main.mp4`.
//!
//! The date and time are local with their UTC offset, so that a person finds a file by hand and the
//! repeated hour in autumn collides with nothing. Every name is legal on FAT and NTFS: no `:`, nothing
//! that ends in a dot or blank. Must not do: touch a file system, or know a time zone.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::model::{StreamId, StreamKind, WallTime};

/// How a segment's name ends.
pub const EXTENSION: &str = ".mp4";

const DATE: &str = "%Y-%m-%d";
const TIME: &str = "%H-%M-%S%.3f%z";
const DATE_AND_TIME: &str = "%Y-%m-%d %H-%M-%S%.3f%z";

/// What a path says of its segment. The file itself knows more exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentName {
    /// Whose footage.
    pub stream: StreamId,
    /// Its start, cut to the millisecond.
    pub start: WallTime,
}

/// The path of a segment of `stream` that starts at `start`, where local time is `offset` from UTC.
/// Seconds of an offset, which no zone has used since 1972, are left out of the name.
#[must_use]
pub fn segment_path(stream: &StreamId, start: WallTime, offset: FixedOffset) -> String {
    let minutes = offset.local_minus_utc().div_euclid(60) * 60;
    let offset = FixedOffset::east_opt(minutes).unwrap_or(offset);
    let local = start.to_utc().with_timezone(&offset);
    format!(
        "{}/{}/{}_{}{EXTENSION}",
        stream.camera,
        local.format(DATE),
        local.format(TIME),
        stream.kind
    )
}

/// Reads a path that [`segment_path`] made; none for any other.
#[must_use]
pub fn parse_path(path: &str) -> Option<SegmentName> {
    let (camera, rest) = path.split_once('/')?;
    let (date, name) = rest.split_once('/')?;
    let (time, kind) = name.strip_suffix(EXTENSION)?.split_once('_')?;
    let kind = [StreamKind::Main, StreamKind::Sub].into_iter().find(|k| k.as_str() == kind)?;
    let stream = StreamId::new(camera.parse().ok()?, kind);
    NaiveDate::parse_from_str(date, DATE).ok()?;
    let start = DateTime::parse_from_str(&format!("{date} {time}"), DATE_AND_TIME).ok()?;
    let name = SegmentName { start: start.into(), stream };
    (segment_path(&name.stream, name.start, *start.offset()) == path).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(kind: StreamKind) -> StreamId {
        StreamId::new("front".parse().expect("an identity"), kind)
    }

    fn offset(seconds: i32) -> FixedOffset {
        FixedOffset::east_opt(seconds).expect("an offset")
    }

    #[test]
    fn a_path_is_as_designed() {
        let start = WallTime::parse_rfc3339("2026-03-03T14:00:00.040999+01:00").expect("valid");
        let path = segment_path(&stream(StreamKind::Main), start, offset(3_600));
        assert_eq!(path, "front/2026-03-03/14-00-00.040+0100_main.mp4");
        let name = parse_path(&path).expect("parses");
        assert_eq!(name.stream, stream(StreamKind::Main));
        assert_eq!(name.start.to_rfc3339(), "2026-03-03T13:00:00.040000Z");
    }

    #[test]
    fn the_repeated_hour_gives_two_paths() {
        let first = WallTime::parse_rfc3339("2026-10-25T02:30:00+02:00").expect("valid");
        let second = WallTime::parse_rfc3339("2026-10-25T02:30:00+01:00").expect("valid");
        let a = segment_path(&stream(StreamKind::Sub), first, offset(7_200));
        let b = segment_path(&stream(StreamKind::Sub), second, offset(3_600));
        assert_ne!(a, b);
        assert_eq!(parse_path(&a).map(|n| n.start), Some(first));
        assert_eq!(parse_path(&b).map(|n| n.start), Some(second));
    }

    #[test]
    fn names_are_legal_everywhere() {
        for seconds in [0, -12_600, 20_700, -1_172, 50_400] {
            for micros in [0, 1_999, -5_000_000_001, 4_000_000_000_000_000] {
                let start = WallTime::from_micros(micros);
                let path = segment_path(&stream(StreamKind::Main), start, offset(seconds));
                let legal = |c: char| c.is_ascii_alphanumeric() || "-+._/".contains(c);
                assert!(path.chars().all(legal) && path.len() < 120, "{path}");
                let millis = micros.div_euclid(1_000) * 1_000;
                let parsed = parse_path(&path).map(|n| n.start);
                assert_eq!(parsed, Some(WallTime::from_micros(millis)), "{path}");
            }
        }
    }

    #[test]
    fn other_names_are_not_ours() {
        for path in [
            "x.mp4",
            "front/x.mp4",
            "front/2026-03-03/14-00-00.040+0100_main.mkv",
            "front/2026-03-03/14-00-00.040+0100_third.mp4",
            "front/2026-02-30/14-00-00.040+0100_main.mp4",
            "front/2026-3-3/14-00-00.040+0100_main.mp4",
            "../2026-03-03/14-00-00.040+0100_main.mp4",
        ] {
            assert_eq!(parse_path(path), None, "{path}");
        }
    }
}
