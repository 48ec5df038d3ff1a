//! Coverage by days: what makes a year of 32 cameras a matter of milliseconds.
//!
//! For each stream and UTC day the merged spans of the segments that start on it are kept, so that a year of
//! unbroken footage is 365 rows and not 9000. Must not do: merge across a gap that playback would notice.

use redb::{ReadableTable, Table};

use super::error::IndexError;
use super::schema;
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CoverageKind, CoverageSpan, StreamId, WallSpan, WallTime};

type Bytes = &'static [u8];

/// Writes the row of `day` anew from the segments that start on it.
pub(super) fn refresh_day(
    segments: &impl ReadableTable<Bytes, Bytes>,
    days: &mut Table<'_, Bytes, Bytes>,
    stream: &StreamId,
    day: i64,
) -> Result<(), IndexError> {
    let prefix = schema::stream_prefix(stream);
    let key_at = |day: i64| schema::numbered(&prefix, day.saturating_mul(schema::DAY_MICROS));
    let (from, to) = (key_at(day), key_at(day.saturating_add(1)));
    let mut spans = Spans::default();
    for item in segments.range::<&[u8]>(from.as_slice()..to.as_slice())? {
        let (key, value) = item?;
        let start = schema::time_of(key.value())?;
        if let Some(span) = schema::decode_footage(start, value.value())? {
            spans.push(span, SEAM_MICROS);
        }
    }
    let key = schema::numbered(&prefix, day);
    if spans.merged.is_empty() {
        days.remove(key.as_slice())?;
    } else {
        days.insert(key.as_slice(), schema::encode_day(day, &spans.merged).as_slice())?;
    }
    Ok(())
}

/// Adds what `stream` has within `within` to `found`, unordered across days where segments overlap.
/// `longest` is the longest time that any segment covers.
pub(super) fn collect(
    days: &impl ReadableTable<Bytes, Bytes>,
    stream: &StreamId,
    within: WallSpan,
    longest: i64,
    resolution: i64,
    found: &mut Vec<WallSpan>,
) -> Result<(), IndexError> {
    let prefix = schema::stream_prefix(stream);
    let first = schema::day_of(within.start.plus_micros(-longest));
    let from = schema::numbered(&prefix, first);
    let to = schema::numbered(&prefix, schema::day_of(within.end));
    let mut spans = Spans { merged: std::mem::take(found), from: found.len() };
    for item in days.range::<&[u8]>(from.as_slice()..=to.as_slice())? {
        let (key, value) = item?;
        schema::decode_day(schema::number_of(key.value())?, value.value(), |span| {
            if span.overlaps(within) {
                spans.push(span.intersect(within), resolution);
            }
        })?;
    }
    *found = spans.merged;
    Ok(())
}

/// The end of the newest footage of `stream`; none when it has no segment.
pub(super) fn newest_end(
    days: &impl ReadableTable<Bytes, Bytes>,
    stream: &StreamId,
    longest: i64,
) -> Result<Option<WallTime>, IndexError> {
    let prefix = schema::stream_prefix(stream);
    let behind = schema::behind(prefix.clone());
    let mut newest: Option<WallTime> = None;
    for item in days.range::<&[u8]>(prefix.as_slice()..behind.as_slice())?.rev() {
        let (key, value) = item?;
        let day = schema::number_of(key.value())?;
        let day_end =
            WallTime::from_micros(day.saturating_add(1).saturating_mul(schema::DAY_MICROS));
        if newest.is_some_and(|newest| day_end.plus_micros(longest) <= newest) {
            break;
        }
        schema::decode_day(day, value.value(), |span| newest = newest.max(Some(span.end)))?;
    }
    Ok(newest)
}

/// Spans that are merged as they come.
#[derive(Debug, Default)]
struct Spans {
    merged: Vec<WallSpan>,
    /// Those before this one are another stream's.
    from: usize,
}

impl Spans {
    /// Adds a span that does not start before the one added last.
    fn push(&mut self, span: WallSpan, seam: i64) {
        let own = self.merged.len() > self.from;
        match self.merged.last_mut() {
            Some(last)
                if own && span.start.micros_since(last.end) <= seam && last.start <= span.start =>
            {
                last.end = last.end.max(span.end);
            }
            _ => self.merged.push(span),
        }
    }
}

/// Splits `spans` where another kind of recording began. `changes` is ordered: from when on which kind; the
/// first one also holds for all time before it.
pub(super) fn with_kinds(
    spans: Vec<CoverageSpan>,
    changes: &[(WallTime, CoverageKind)],
) -> Vec<CoverageSpan> {
    let Some(((_, first), later)) = changes.split_first() else { return spans };
    let mut out = Vec::with_capacity(spans.len() + later.len());
    for CoverageSpan { mut span, .. } in spans {
        let begun = later.partition_point(|(at, _)| *at <= span.start);
        let mut kind = begun.checked_sub(1).map_or(*first, |index| later[index].1);
        for (at, next) in later[begun..].iter().take_while(|(at, _)| *at < span.end) {
            out.push(CoverageSpan { span: WallSpan::new(span.start, *at), kind });
            span.start = *at;
            kind = *next;
        }
        out.push(CoverageSpan { span, kind });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    #[test]
    fn kinds_split_spans_and_nothing_is_lost() {
        let covered = |start, end, kind| CoverageSpan { span: span(start, end), kind };
        let plain = |start, end| covered(start, end, CoverageKind::Continuous);
        let at = WallTime::from_micros;
        let changes = [
            (at(5), CoverageKind::Scheduled),
            (at(20), CoverageKind::Manual),
            (at(40), CoverageKind::Motion),
        ];
        let split = with_kinds(vec![plain(0, 10), plain(15, 50), plain(60, 70)], &changes);
        let expected = [
            covered(0, 10, CoverageKind::Scheduled),
            covered(15, 20, CoverageKind::Scheduled),
            covered(20, 40, CoverageKind::Manual),
            covered(40, 50, CoverageKind::Motion),
            covered(60, 70, CoverageKind::Motion),
        ];
        assert_eq!(split, expected);
        assert_eq!(with_kinds(vec![plain(0, 10)], &[]), [plain(0, 10)]);
    }

    #[test]
    fn spans_of_two_streams_are_not_merged_by_accident() {
        let mut spans = Spans { merged: vec![span(0, 100)], from: 1 };
        spans.push(span(10, 20), 0);
        spans.push(span(20, 30), 0);
        assert_eq!(spans.merged, [span(0, 100), span(10, 30)]);
    }
}
