//! Properties of the container: what is written is read; what is torn keeps exactly its whole fragments; no
//! bytes make a parser panic. No player is asked here, see `players.rs`.

#![allow(clippy::expect_used)]

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use watchkeeper::container::{
    ContainerError, FragmentCursor, PendingSample, ReadAt, RecoverState, SampleTable, TrackHeader,
    finish, fragment, init, read, recover, swallow_header,
};
use watchkeeper::model::{
    CameraId, MediaTime, RunId, SegmentIdentity, StreamId, StreamKind, WallTime,
};

/// A sample entry as far as the container looks at it: a box called `avc1`.
const SAMPLE_ENTRY: &[u8] = &[0, 0, 0, 12, b'a', b'v', b'c', b'1', 1, 2, 3, 4];

fn identity() -> SegmentIdentity {
    SegmentIdentity {
        stream: StreamId::new(CameraId::from_name("Front door"), StreamKind::Main),
        start: WallTime::from_micros(1_772_550_000_123_456),
        run: RunId(1_772_549_000_000_000),
        run_offset: MediaTime::from_ticks(90_000_123),
    }
}

fn header(identity: &SegmentIdentity, may_reorder: bool) -> TrackHeader<'_> {
    TrackHeader { sample_entry: SAMPLE_ENTRY, width: 1920, height: 1080, identity, may_reorder }
}

/// A segment as the recorder leaves it, with what it knows at each of its fragments.
struct Recording {
    bytes: Vec<u8>,
    may_reorder: bool,
    /// Length of the file and table: after the header, then after each fragment.
    steps: Vec<(usize, SampleTable)>,
}

impl Recording {
    fn write(fragments: &[Vec<PendingSample>], may_reorder: bool) -> Self {
        let identity = identity();
        let mut bytes = init(&header(&identity, may_reorder));
        let mut cursor = FragmentCursor::new(bytes.len(), may_reorder);
        let mut table = SampleTable::default();
        let mut steps = vec![(bytes.len(), table.clone())];
        for (n, samples) in fragments.iter().enumerate() {
            let next = fragments.get(n + 1).and_then(|f| f.first()).map(|s| s.pts);
            let made = fragment(&cursor, samples, next);
            bytes.extend_from_slice(&made.header);
            for (sample, info) in samples.iter().zip(&made.samples) {
                assert_eq!(bytes.len() as u64, info.offset);
                let fill = (info.offset % 251) as u8;
                bytes.extend(std::iter::repeat_n(fill, sample.size as usize));
            }
            table.samples.extend_from_slice(&made.samples);
            table.duration = made.end;
            cursor = made.next;
            assert_eq!(bytes.len() as u64, cursor.offset);
            steps.push((bytes.len(), table.clone()));
        }
        Self { bytes, may_reorder, steps }
    }

    fn table(&self) -> &SampleTable {
        &self.steps.last().expect("the header at least").1
    }

    /// What must be left when the file ends at `length`.
    fn kept(&self, length: usize) -> Option<&(usize, SampleTable)> {
        self.steps.iter().rev().find(|(end, _)| *end <= length)
    }

    fn moov(&self) -> Vec<u8> {
        finish(&header(&identity(), self.may_reorder), self.table())
    }

    fn finished(&self) -> Vec<u8> {
        close(self.bytes.clone(), &self.moov())
    }
}

fn close(mut bytes: Vec<u8>, moov: &[u8]) -> Vec<u8> {
    let (offset, header) = swallow_header(bytes.len() as u64);
    bytes.extend_from_slice(moov);
    bytes[offset as usize..offset as usize + header.len()].copy_from_slice(&header);
    bytes
}

/// Does what a repair does.
fn repair(bytes: &[u8]) -> Vec<u8> {
    let found = recover(&bytes).expect("recoverable");
    let mut kept = bytes[..found.keep_len as usize].to_vec();
    if found.state == RecoverState::NeedsFinish {
        let moov = finish(&found.track_header().expect("has an identity"), &found.table);
        kept = close(kept, &moov);
    }
    kept
}

fn sample(pts: i64, size: u32, random_access: bool) -> PendingSample {
    PendingSample { pts, size, random_access }
}

/// Three fragments of a stream without reordering, the last of one sample.
fn small() -> Recording {
    let fragments = [
        vec![sample(0, 30, true), sample(3600, 7, false), sample(7300, 1, false)],
        vec![sample(10_800, 20, true), sample(14_400, 9, false)],
        vec![sample(18_000, 25, true)],
    ];
    Recording::write(&fragments, false)
}

/// Two fragments with reordered pictures, cut in the middle of a group.
fn small_reordered() -> Recording {
    let first = [0, 14_400, 7200, 3600].map(|pts| sample(pts, 12, pts == 0));
    let second = [10_800, 18_000, 28_800].map(|pts| sample(pts, 8, pts == 18_000));
    Recording::write(&[first.to_vec(), second.to_vec()], true)
}

#[test]
fn truncation_at_every_byte_keeps_exactly_the_whole_fragments() {
    for recording in [small(), small_reordered()] {
        let header_length = recording.steps[0].0;
        for length in 0..=recording.bytes.len() {
            let torn = &recording.bytes[..length];
            let found = recover(&torn);
            let Some((end, table)) = recording.kept(length) else {
                let header_torn = matches!(found, Err(ContainerError::HeaderTorn { .. }));
                assert!(header_torn && length < header_length, "{length}: {found:?}");
                continue;
            };
            let found = found.expect("recoverable");
            assert_eq!((found.keep_len, &found.table), (*end as u64, table), "{length}");
            let empty = table.samples.is_empty();
            let state = if empty { RecoverState::Empty } else { RecoverState::NeedsFinish };
            assert_eq!((found.state, found.identity), (state, Some(identity())));
            assert_eq!((found.width, found.height), (1920, 1080));
            let opened = read(&torn).expect("readable");
            assert_eq!((&opened.table, opened.finished), (table, false));
            if !empty {
                let opened = read(&repair(torn)).expect("readable");
                assert_eq!((&opened.table, opened.finished), (table, true));
                assert_eq!(opened.identity, Some(identity()));
                assert_eq!(opened.sample_entry, SAMPLE_ENTRY);
            }
        }
    }
}

#[test]
fn a_file_killed_at_any_byte_of_the_closing_is_closed_again() {
    for recording in [small(), small_reordered()] {
        let (end, table) = recording.steps.last().expect("some");
        let moov = recording.moov();
        for written in 0..=moov.len() {
            let bytes = [&recording.bytes[..], &moov[..written]].concat();
            let found = recover(&bytes).expect("recoverable");
            assert_eq!(found.state, RecoverState::NeedsFinish);
            assert_eq!((found.keep_len, &found.table), (*end as u64, table), "{written}");
            assert_eq!(&read(&bytes).expect("readable").table, table);
            assert_eq!(repair(&bytes), recording.finished());
        }
        let (at, slot) = swallow_header(*end as u64);
        for written in 0..=slot.len() {
            let mut bytes = [&recording.bytes[..], &moov].concat();
            let at = at as usize;
            bytes[at..at + written].copy_from_slice(&slot[..written]);
            let found = recover(&bytes).expect("recoverable");
            assert_eq!(&found.table, table, "{written}");
            assert_eq!(repair(&bytes), recording.finished(), "{written}");
        }
    }
}

#[test]
fn a_finished_file_that_lost_its_end_gives_its_whole_fragments() {
    for recording in [small(), small_reordered()] {
        let finished = recording.finished();
        for length in recording.steps[0].0..finished.len() {
            let torn = &finished[..length];
            let (end, table) = recording.kept(length).expect("the header is whole");
            let found = recover(&torn).expect("recoverable");
            assert_eq!((found.keep_len, &found.table), (*end as u64, table), "{length}");
            assert_ne!(found.state, RecoverState::Finished);
        }
        let found = recover(&finished).expect("recoverable");
        assert_eq!((found.state, found.keep_len), (RecoverState::Finished, finished.len() as u64));
        let trailed = [&finished[..], b"rest"].concat();
        assert_eq!(recover(&trailed).expect("recoverable").keep_len, finished.len() as u64);
    }
}

#[test]
fn footage_behind_a_damaged_fragment_is_recovered() {
    let recording = small();
    let (start, end) = (recording.steps[1].0, recording.steps[2].0);
    for hole in [start..start + 40, start..end, start + 4..start + 8] {
        let mut bytes = recording.bytes.clone();
        bytes[hole.clone()].fill(0);
        assert_eq!(read(&bytes).expect("readable").table, recording.steps[1].1);
        let found = recover(&bytes).expect("recoverable");
        assert_eq!(found.keep_len, bytes.len() as u64, "{hole:?}");
        let samples = &recording.table().samples;
        assert_eq!(found.table.samples, [&samples[..3], &samples[5..]].concat());
        assert_eq!(found.table.duration, recording.table().duration);
        let opened = read(&repair(&bytes)).expect("readable");
        assert_eq!((opened.table, opened.finished), (found.table, true));
    }
}

#[test]
fn what_only_looks_like_a_later_fragment_is_not_adopted() {
    let recording = small();
    let (header, first) = (recording.steps[0].0, recording.steps[1].0);
    for junk in [0, 3, 700] {
        let copy = &recording.bytes[header..first];
        let bytes = [&recording.bytes[..], &vec![0xff; 8 + junk], copy].concat();
        let found = recover(&bytes).expect("recoverable");
        assert_eq!(found.keep_len, recording.bytes.len() as u64);
        assert_eq!(&found.table, recording.table());
    }
}

#[test]
fn both_states_begin_with_the_same_ftyp_and_say_when_they_were_made() {
    let recording = small();
    let finished = recording.finished();
    let length = swallow_header(0).0 as usize;
    assert_eq!(recording.bytes[..length], finished[..length]);
    let created = (1_772_550_000_u32.wrapping_add(2_082_844_800)).to_be_bytes();
    for bytes in [&recording.bytes, &recording.moov()] {
        assert_eq!(bytes.windows(4).filter(|w| **w == created).count(), 6);
    }
}

#[test]
fn a_file_without_identity_is_read_and_one_without_moov_is_not() {
    let mut finished = small().finished();
    let mut places = (0..finished.len() - 4).filter(|at| finished[*at..].starts_with(b"uuid"));
    let last = places.next_back().expect("one");
    finished[last..last + 4].copy_from_slice(b"free");
    let opened = read(&finished).expect("readable");
    assert_eq!((opened.identity, &opened.table), (None, small().table()));

    let error = read(&b"RIFF\x10\0\0\0AVI LIST".as_slice()).expect_err("no MP4").to_string();
    assert!(error.contains("moov"), "{error}");
    assert!(matches!(read(&Vec::new()), Err(ContainerError::HeaderTorn { length: 0 })));
}

#[test]
fn an_error_names_the_box_and_its_place() {
    let mut finished = small().finished();
    let at = finished.windows(4).rposition(|w| w == b"stsz").expect("one") - 4;
    finished[at + 16..at + 20].fill(0xff);
    // The tables of an own file are not needed: its fragments are still there.
    assert_eq!(read(&finished).expect("readable").table, *small().table());
    finished[0..4].copy_from_slice(&16_u32.to_be_bytes());
    finished[16..20].copy_from_slice(&20_u32.to_be_bytes());
    let error = read(&finished).expect_err("contradicts itself").to_string();
    assert_eq!(error, format!("stsz box at offset {at}: it counts more entries than it holds"));
}

#[test]
fn a_count_without_bytes_behind_it_is_refused() {
    let recording = small();
    // Fragments whose samples all fall back to defaults: four billion of them cost no byte.
    let mut bytes = recording.bytes.clone();
    let trun = bytes.windows(4).position(|w| w == b"trun").expect("one");
    bytes[trun + 4..trun + 8].copy_from_slice(&[0, 0, 0, 1]);
    bytes[trun + 8..trun + 12].fill(0xff);
    assert_eq!(read(&bytes).expect("the header is sound").table, SampleTable::default());

    // Samples that all have one size, in a file that is not ours.
    let mut bytes = recording.finished();
    let stsz = bytes.windows(4).rposition(|w| w == b"stsz").expect("one");
    bytes[stsz + 8..stsz + 12].copy_from_slice(&1_u32.to_be_bytes());
    bytes[stsz + 12..stsz + 16].fill(0xff);
    bytes[8] = b'X';
    let error = read(&bytes).expect_err("refused").to_string();
    assert!(error.ends_with("it counts more samples than the file can hold"), "{error}");
}

/// A file that is mostly hole, and counts how it is read.
struct Sparse {
    pieces: Vec<(u64, Vec<u8>)>,
    length: u64,
    reads: AtomicUsize,
    largest: AtomicUsize,
}

impl Sparse {
    fn new(pieces: Vec<(u64, Vec<u8>)>, length: u64) -> Self {
        Self { pieces, length, reads: AtomicUsize::new(0), largest: AtomicUsize::new(0) }
    }
}

impl ReadAt for Sparse {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.largest.fetch_max(buffer.len(), Ordering::Relaxed);
        if offset + buffer.len() as u64 > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer.fill(0);
        for (start, bytes) in &self.pieces {
            let from = (*start).max(offset);
            let to = (start + bytes.len() as u64).min(offset + buffer.len() as u64);
            if from < to {
                let part = &bytes[(from - start) as usize..(to - start) as usize];
                buffer[(from - offset) as usize..(to - offset) as usize].copy_from_slice(part);
            }
        }
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

#[test]
fn files_beyond_4_gib_are_written_and_read() {
    let identity = identity();
    let head = header(&identity, false);
    let start = init(&head);
    let cursor = FragmentCursor::new(start.len(), false);
    let gigabytes = [0, 1, 2].map(|n| sample(n * 3600, 2_000_000_000, n == 0));
    let first = fragment(&cursor, &gigabytes, Some(10_800));
    let second = fragment(&first.next, &[sample(10_800, 100, true)], None);
    let mut table = SampleTable { duration: second.end, ..SampleTable::default() };
    table.samples.extend([first.samples, second.samples].concat());

    let mut pieces = vec![
        (0, start),
        (cursor.offset, first.header),
        (first.next.offset, second.header),
        (second.next.offset, Vec::new()),
    ];
    let end = second.next.offset;
    let open = Sparse::new(pieces.clone(), end);
    let found = recover(&open).expect("recoverable");
    assert_eq!((&found.table, found.keep_len), (&table, end));

    let moov = finish(&head, &table);
    let length = end + moov.len() as u64;
    assert!(moov.windows(4).any(|w| w == b"co64"));
    let (at, slot) = swallow_header(end);
    pieces.extend([(end, moov), (at, slot.to_vec())]);
    let opened = read(&Sparse::new(pieces, length)).expect("readable");
    assert_eq!((opened.table, opened.finished), (table, true));
}

#[test]
fn an_hour_is_opened_with_few_reads_of_bounded_size() {
    let group =
        |n: i64| (0..50).map(|k| sample((n * 50 + k) * 3600, 20_000, k == 0)).collect::<Vec<_>>();
    let identity = identity();
    let head = header(&identity, false);
    let start = init(&head);
    let mut cursor = FragmentCursor::new(start.len(), false);
    let mut pieces = vec![(0, start)];
    let mut table = SampleTable::default();
    for n in 0..1800 {
        let made = fragment(&cursor, &group(n), Some((n + 1) * 50 * 3600));
        pieces.push((cursor.offset, made.header));
        table.samples.extend(made.samples);
        table.duration = made.end;
        cursor = made.next;
    }
    let moov = finish(&head, &table);
    let length = cursor.offset + moov.len() as u64;
    let (at, slot) = swallow_header(cursor.offset);
    let size = moov.len();
    let finished = [pieces[0].clone(), (cursor.offset, moov), (at, slot.to_vec())];
    let file = Sparse::new(finished.to_vec(), length);
    assert_eq!(read(&file).expect("readable").table, table);
    assert!(file.reads.into_inner() <= 4);
    assert!(file.largest.into_inner() <= size.max(4096));

    let file = Sparse::new(pieces, cursor.offset);
    assert_eq!(read(&file).expect("readable").table, table);
    assert!(file.reads.into_inner() <= 1800 * 2 + 4);
    assert!(file.largest.into_inner() <= 4096);
}

/// Fragments with steps, jitter against the order, sizes and random access points as they fall.
fn fragments() -> impl Strategy<Value = Vec<Vec<PendingSample>>> {
    let step = prop_oneof![8 => 1_i64..8000, 1 => Just(0), 1 => 0_i64..1 << 40];
    let jitter = prop_oneof![3 => Just(0_i64), 1 => -15_000_i64..15_000];
    let one = (step, jitter, 0_u32..40, any::<bool>());
    prop::collection::vec(prop::collection::vec(one, 1..9), 1..7).prop_map(|fragments| {
        let mut time = 0;
        let mut place = |(step, jitter, size, random_access): (i64, i64, u32, bool)| {
            let pts = time + jitter;
            time += step;
            sample(pts, size, random_access)
        };
        let lay = |f: Vec<_>| f.into_iter().map(&mut place).collect();
        fragments.into_iter().map(lay).collect()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(fragments in fragments(), may_reorder: bool) {
        let recording = Recording::write(&fragments, may_reorder);
        let table = recording.table();
        let pending: Vec<_> = fragments.concat();
        prop_assert_eq!(table.samples.len(), pending.len());
        prop_assert!(table.samples.is_sorted_by(|a, b| a.dts < b.dts));
        prop_assert!(table.samples.iter().all(|s| s.dts < table.duration));

        let open = read(&recording.bytes).expect("readable");
        prop_assert_eq!((&open.table, open.finished), (table, false));
        let closed = read(&recording.finished()).expect("readable");
        prop_assert_eq!((&closed.table, closed.finished), (table, true));
        prop_assert_eq!(open.identity, Some(identity()));
        prop_assert_eq!(closed.identity, Some(identity()));
    }

    #[test]
    fn presentation_times_are_kept_where_they_can_be(steps in prop::collection::vec(1_i64..20_000, 1..60)) {
        let mut time = 0;
        let samples: Vec<_> = steps.iter().map(|step| {
            let pts = time;
            time += step;
            sample(pts, 5, true)
        }).collect();
        let fragments: Vec<_> = samples.chunks(7).map(<[_]>::to_vec).collect();
        let recording = Recording::write(&fragments, false);
        for (info, sample) in recording.table().samples.iter().zip(&samples) {
            prop_assert_eq!((info.pts, info.dts, info.size), (sample.pts, sample.pts, 5));
        }
    }

    #[test]
    fn a_tear_anywhere_keeps_the_whole_fragments(
        fragments in fragments(), may_reorder: bool, cut in 0.0_f64..1.0, tail in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let recording = Recording::write(&fragments, may_reorder);
        let header = recording.steps[0].0;
        let length = header + ((recording.bytes.len() - header) as f64 * cut) as usize;
        let (end, table) = recording.kept(length).expect("the header is whole");
        // What a power cut leaves behind the last whole fragment may be anything.
        let torn = [&recording.bytes[..*end], &tail].concat();
        let found = recover(&torn).expect("recoverable");
        prop_assert_eq!((found.keep_len, &found.table), (*end as u64, table));
    }

    #[test]
    fn mutated_files_never_panic(
        fragments in fragments(),
        finished: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), Just(0), Just(0xff)]), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let recording = Recording::write(&fragments, true);
        let mut bytes = if finished { recording.finished() } else { recording.bytes };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let limit = bytes.len() as u64;
        if let Ok(opened) = read(&bytes) {
            prop_assert!(opened.table.samples.iter().all(|s| s.offset + u64::from(s.size) <= limit));
        }
        if let Ok(found) = recover(&bytes) {
            prop_assert!(found.keep_len <= limit);
            prop_assert!(found.table.samples.iter().all(|s| s.offset + u64::from(s.size) <= limit));
        }
    }

    #[test]
    fn random_boxes_never_panic(
        pieces in prop::collection::vec(
            (prop::sample::select(vec![
                *b"ftyp", *b"free", *b"moov", *b"trak", *b"mdia", *b"minf", *b"stbl", *b"stsd", *b"stsz",
                *b"stco", *b"stsc", *b"stts", *b"moof", *b"traf", *b"trun", *b"mdat", *b"elst", *b"uuid",
            ]), 0_u32..64, prop::collection::vec(any::<u8>(), 0..48)), 0..24),
    ) {
        let mut bytes = Vec::new();
        for (name, size, content) in pieces {
            bytes.extend_from_slice(&size.to_be_bytes());
            bytes.extend_from_slice(&name);
            bytes.extend_from_slice(&content);
        }
        let _ = read(&bytes);
        let _ = recover(&bytes);
    }
}
