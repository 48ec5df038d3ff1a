//! Pictures that say which they are, in a stream whose bytes nobody decodes; and which of them a recorder has promised
//! to keep.

use bytes::Bytes;
use watchkeeper::container::read;
use watchkeeper::index::Change;
use watchkeeper::media::AccessUnit;
use watchkeeper::model::{MediaTime, SegmentRow, SegmentState};
use watchkeeper::recorder::OpenSegments;
use watchkeeper::runtime::Now;

/// The picture `number` of `bytes` bytes, at least 16, `step` seconds after the one before it.
pub fn unit(
    number: u64,
    step: i64,
    random_access: bool,
    bytes: usize,
    received: Now,
) -> AccessUnit {
    let length = u32::try_from(bytes).expect("small").to_be_bytes();
    let (one, other) = (number.to_be_bytes(), (!number).to_be_bytes());
    let mut data = [&length[..], &one, &other].concat();
    data.resize(4 + bytes, number.to_be_bytes()[7]);
    let second = i64::try_from(number).expect("few") * step;
    let pts = MediaTime::from_ticks(second * 90_000);
    AccessUnit { pts, random_access, received, data: Bytes::from(data) }
}

/// The numbers in a file's samples; none for one that a power cut has damaged.
pub fn numbers_in(bytes: &[u8]) -> Vec<Option<u64>> {
    let opened = read(&bytes).expect("is readable");
    let number = |offset: u64| {
        let at = usize::try_from(offset).expect("small") + 4;
        let [one, other] =
            [at, at + 8].map(|at| u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight")));
        (one == !other).then_some(one)
    };
    opened.table.samples.iter().map(|sample| number(sample.offset)).collect()
}

/// What `changes` promise to keep: segments that were closed, or synced as the one that is being written.
pub fn promised<'a>(
    changes: &'a [Change],
    open: &OpenSegments,
) -> impl Iterator<Item = &'a SegmentRow> {
    changes.iter().filter_map(|change| {
        let Change::PutSegment(row) = change else { return None };
        let newest = open.row(&row.stream);
        let being_written = newest.is_some_and(|newest| newest.start == row.start);
        (row.state == SegmentState::Finished || being_written).then_some(row)
    })
}
