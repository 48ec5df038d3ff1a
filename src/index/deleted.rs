//! What was deleted: spans that had footage, by which rule it went, and when.
//!
//! Spans of a camera never overlap here: the deletion that came last is what left a hole. Must not do: know
//! the journal, or that there is a hole at all; another stream may still have footage.

use redb::{ReadableTable, WriteTransaction};

use super::IndexReader;
use super::error::IndexError;
use super::query::View;
use super::schema::{self, DELETED};
use crate::model::{CameraId, DeletionCause, WallSpan, WallTime};

/// Deletions by one rule within one UTC hour are kept as one where their spans are this close: the time
/// that a reconnect takes at best.
const MERGE_MICROS: i64 = 1_000_000;

const HOUR_MICROS: i64 = 3_600_000_000;

/// Footage of a camera that was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedSpan {
    /// What it covered.
    pub span: WallSpan,
    /// By which rule it went.
    pub cause: DeletionCause,
    /// When; of several that are kept as one, when the last went.
    pub at: WallTime,
}

impl DeletedSpan {
    fn goes_with(&self, other: &Self) -> bool {
        let hour = |at: WallTime| at.as_micros().div_euclid(HOUR_MICROS);
        self.cause == other.cause
            && hour(self.at) == hour(other.at)
            && self.span.start.micros_since(other.span.end) <= MERGE_MICROS
            && other.span.start.micros_since(self.span.end) <= MERGE_MICROS
    }

    fn with_span(self, start: WallTime, end: WallTime) -> Option<Self> {
        let span = WallSpan::new(start, end);
        (!span.is_empty()).then_some(Self { span, ..self })
    }
}

/// What stands in place of `near`, which are all spans within [`MERGE_MICROS`] of `new`, once `new` is added.
fn painted(near: &[DeletedSpan], mut new: DeletedSpan) -> Vec<DeletedSpan> {
    let (same, others): (Vec<DeletedSpan>, Vec<DeletedSpan>) =
        near.iter().partition(|old| old.goes_with(&new));
    for old in same {
        let start = old.span.start.min(new.span.start);
        new.span = WallSpan::new(start, old.span.end.max(new.span.end));
        new.at = old.at.max(new.at);
    }
    let mut left = vec![new];
    for old in others {
        left.extend(old.with_span(old.span.start, old.span.end.min(new.span.start)));
        left.extend(old.with_span(old.span.start.max(new.span.end), old.span.end));
    }
    left
}

/// Adds a span. One that covers no time leaves no trace.
pub(super) fn put(
    transaction: &WriteTransaction,
    camera: &CameraId,
    new: DeletedSpan,
) -> Result<(), IndexError> {
    if new.span.is_empty() {
        return Ok(());
    }
    let mut table = transaction.open_table(DELETED)?;
    let reach = WallSpan::new(
        new.span.start.plus_micros(-MERGE_MICROS),
        new.span.end.plus_micros(MERGE_MICROS.saturating_add(1)),
    );
    let mut near = Vec::new();
    each(&table, camera, reach, |old| near.push(old))?;
    for old in &near {
        table.remove(schema::camera_key(camera, old.span.start).as_slice())?;
    }
    for row in painted(&near, new) {
        let key = schema::camera_key(camera, row.span.start);
        table.insert(key.as_slice(), encode(&row).as_slice())?;
    }
    Ok(())
}

/// Hands those with a moment in `span`, or that end where it starts, to `take`, in order.
fn each(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    camera: &CameraId,
    span: WallSpan,
    mut take: impl FnMut(DeletedSpan),
) -> Result<(), IndexError> {
    let prefix = schema::camera_prefix(camera);
    let from = schema::numbered(&prefix, span.start.as_micros());
    let to = schema::numbered(&prefix, span.end.as_micros());
    // They do not overlap, so only the last one before it can reach into it.
    let before = table.range::<&[u8]>(prefix.as_slice()..from.as_slice())?.next_back();
    for item in before.into_iter().chain(table.range::<&[u8]>(from.as_slice()..to.as_slice())?) {
        let (key, value) = item?;
        let row = decode(schema::time_of(key.value())?, value.value())?;
        if row.span.end >= span.start {
            take(row);
        }
    }
    Ok(())
}

fn encode(row: &DeletedSpan) -> Vec<u8> {
    let mut out = vec![schema::ROW_VERSION];
    schema::put_signed(&mut out, row.span.micros());
    out.push(schema::cause_number(row.cause));
    schema::put_signed(&mut out, row.at.as_micros().wrapping_sub(row.span.start.as_micros()));
    out
}

fn decode(start: WallTime, value: &[u8]) -> Result<DeletedSpan, IndexError> {
    let mut value = schema::versioned(value)?;
    let end = start.plus_micros(schema::take_signed(&mut value)?);
    let (&cause, mut value) =
        value.split_first().ok_or_else(|| schema::damaged("a deletion is cut off"))?;
    let at = start.as_micros().wrapping_add(schema::take_signed(&mut value)?);
    Ok(DeletedSpan {
        span: WallSpan::new(start, end),
        cause: schema::cause_of(cause)?,
        at: WallTime::from_micros(at),
    })
}

impl IndexReader {
    /// What of `camera` was deleted with a moment in `span`, ordered; none overlap.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn deleted(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<Vec<DeletedSpan>, IndexError> {
        self.read(|view| view.deleted(camera, span))
    }
}

impl View {
    pub(super) fn deleted(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<Vec<DeletedSpan>, IndexError> {
        let mut found = Vec::new();
        each(&self.open(DELETED)?, camera, span, |row| {
            if row.span.overlaps(span) {
                found.push(row);
            }
        })?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn gone(start: i64, end: i64, cause: DeletionCause, hour: i64) -> DeletedSpan {
        let at = |second: i64| WallTime::from_micros(second * SECOND);
        DeletedSpan { span: WallSpan::new(at(start), at(end)), cause, at: at(hour * 3_600) }
    }

    #[test]
    fn neighbours_of_one_rule_and_hour_become_one() {
        use DeletionCause::{LowSpace, Retention};
        let old = gone(0, 10, Retention, 5);
        let merged = painted(&[old], gone(11, 20, Retention, 5));
        assert_eq!(merged, [gone(0, 20, Retention, 5)]);
        for new in
            [gone(12, 20, Retention, 5), gone(10, 20, Retention, 6), gone(10, 20, LowSpace, 5)]
        {
            assert_eq!(painted(&[old], new), [new, old]);
        }
    }

    #[test]
    fn the_last_deletion_is_what_counts() {
        use DeletionCause::{Operator, Retention};
        let old = gone(0, 30, Retention, 5);
        let new = gone(10, 20, Operator, 7);
        let expected = [new, gone(0, 10, Retention, 5), gone(20, 30, Retention, 5)];
        assert_eq!(painted(&[old], new), expected);
        assert_eq!(painted(&[gone(12, 15, Retention, 5)], new), [new]);
    }

    #[test]
    fn a_row_comes_back_as_it_was() {
        for row in
            [gone(0, 30, DeletionCause::Retention, 5), gone(-9, 30, DeletionCause::Operator, -7)]
        {
            let value = encode(&row);
            assert_eq!(decode(row.span.start, &value).expect("decodes"), row);
            for cut in 0..value.len() {
                assert!(decode(row.span.start, &value[..cut]).is_err());
            }
        }
    }
}
