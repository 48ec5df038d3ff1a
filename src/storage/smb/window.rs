//! What is read ahead of a file: which pieces to ask the server for, and those that are kept; pure.
//!
//! A player reads some bytes at the beginning, the tables at the end, and then pictures one after another; each request
//! is a round trip. After a jump as much is asked for as a picture needs. Who reads on is trusted for as much ahead as
//! was read in a row, so that the next pieces are on their way meanwhile. Must not do: ask for anything itself.

use std::collections::VecDeque;
use std::ops::Range;

/// Bytes of one request: a second of a camera's pictures. Larger ones are not faster, and leave the processor's caches
/// on the way through signature, cipher and copies.
pub(super) const PIECE: u64 = 256 << 10;

/// What remains behind a piece is read with it when it is not more than this: the tables at the end.
const TAIL: u64 = 256 << 10;

/// Bytes ahead of who reads on and on: eight requests under way keep a wire of 1 Gbit/s busy over 15 ms.
const AHEAD: u64 = 8 * PIECE;

/// Requests under way at a time.
pub(super) const MOST_ASKED: usize = 8;

/// Pieces that are kept: the beginning, the tables, and where somebody is and just was. With those under way a file
/// takes 5 MiB at most.
const KEPT: usize = 8;

/// The bytes that are kept of one file, and those that are on their way; `A` is what brings them.
#[derive(Debug)]
pub(super) struct Pieces<A> {
    /// The one that was used last is the first.
    kept: VecDeque<Piece>,
    asked: VecDeque<(Range<u64>, A)>,
    run: Option<Run>,
}

#[derive(Debug)]
struct Piece {
    offset: u64,
    bytes: Vec<u8>,
    /// It was read to its end.
    is_done: bool,
}

impl Piece {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

/// Reads that go on, one after another.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Where the first of them ended.
    first: u64,
    /// Where the last one ended.
    position: u64,
    /// All up to here was asked for.
    asked: u64,
}

impl<A> Default for Pieces<A> {
    fn default() -> Self {
        Self { kept: VecDeque::new(), asked: VecDeque::new(), run: None }
    }
}

impl<A> Pieces<A> {
    /// Begins a read of `wanted` bytes from `offset` on. After a jump nothing that is under way is waited for.
    pub(super) fn begin(&mut self, offset: u64, wanted: u64) {
        let position = offset.saturating_add(wanted);
        match &mut self.run {
            Some(run) if (run.position..=run.asked).contains(&offset) => run.position = position,
            run => {
                *run = Some(Run { first: position, position, asked: offset });
                self.asked.retain(|(range, _)| range.contains(&offset));
            }
        }
    }

    /// Copies what is kept from `offset` on into `buffer`; how many bytes.
    pub(super) fn copy(&mut self, offset: u64, buffer: &mut [u8]) -> usize {
        let holds = |piece: &Piece| (piece.offset..piece.end()).contains(&offset);
        let Some(index) = self.kept.iter().position(holds) else { return 0 };
        let Some(mut piece) = self.kept.remove(index) else { return 0 };
        let from = usize::try_from(offset - piece.offset).unwrap_or(usize::MAX);
        let kept = piece.bytes.get(from..).unwrap_or_default();
        let length = kept.len().min(buffer.len());
        buffer[..length].copy_from_slice(&kept[..length]);
        piece.is_done |= length == kept.len();
        self.kept.push_front(piece);
        length
    }

    /// What to ask for now in a file of `length` bytes: first what the read still needs from `at` on, then what is
    /// ahead of it.
    pub(super) fn next(&mut self, at: u64, length: u64) -> Vec<Range<u64>> {
        let mut next = Vec::new();
        let Some(Run { first, position, asked }) = self.run else { return next };
        let mut missing = at;
        while let Some(end) = self.known(missing) {
            missing = end;
        }
        let mut end = asked.max(missing);
        if missing < position {
            end = self.add(&mut next, missing..position.max(missing + PIECE), length);
        }
        let ahead = position.saturating_add((position - first).min(AHEAD));
        if end >= position && end < ahead {
            let pieces = (ahead - end).div_ceil(PIECE);
            end = self.add(&mut next, end..end + pieces * PIECE, length);
        }
        self.run = Some(Run { first, position, asked: asked.max(end) });
        next
    }

    /// Adds requests for what is not known of `part`, as many as may be under way; where it came to.
    fn add(&self, next: &mut Vec<Range<u64>>, part: Range<u64>, length: u64) -> u64 {
        let (mut at, to) = (part.start, part.end.min(length));
        while at < to {
            if let Some(end) = self.known(at) {
                at = end;
            } else if next.is_empty() || self.asked.len() + next.len() < MOST_ASKED {
                let end = to.min(at + PIECE);
                let end = if length - end <= TAIL { length } else { end };
                next.push(at..end);
                at = end;
            } else {
                break;
            }
        }
        at
    }

    /// Where the piece ends that `at` is in, when it is kept or under way.
    fn known(&self, at: u64) -> Option<u64> {
        let kept = self.kept.iter().map(|piece| piece.offset..piece.end());
        let asked = self.asked.iter().map(|(range, _)| range.clone());
        kept.chain(asked).find(|range| range.contains(&at)).map(|range| range.end)
    }

    /// `range` is under way.
    pub(super) fn asked(&mut self, range: Range<u64>, under_way: A) {
        self.asked.push_back((range, under_way));
    }

    /// What brings the piece that `at` is in.
    pub(super) fn take(&mut self, at: u64) -> Option<(Range<u64>, A)> {
        let index = self.asked.iter().position(|(range, _)| range.contains(&at))?;
        self.asked.remove(index)
    }

    /// Nothing that is under way is waited for any more.
    pub(super) fn forget_asked(&mut self) {
        self.asked.clear();
        if let Some(run) = &mut self.run {
            run.asked = 0;
        }
    }

    /// Keeps `bytes`, which are at `offset`. First to go is what was read to its end.
    pub(super) fn keep(&mut self, offset: u64, bytes: Vec<u8>) {
        if self.kept.len() == KEPT {
            let done = self.kept.iter().rposition(|piece| piece.is_done);
            self.kept.remove(done.unwrap_or(KEPT - 1));
        }
        self.kept.push_front(Piece { offset, bytes, is_done: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn file(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    /// What reads as a player does came to.
    #[derive(Debug, Default)]
    struct Told {
        /// How often it had to wait for a request that was not under way before.
        stalls: usize,
        /// Bytes asked for.
        asked: u64,
        /// The most bytes that were kept or under way.
        memory: u64,
    }

    fn read(pieces: &mut Pieces<()>, file: &[u8], reads: &[(usize, usize)]) -> Told {
        let mut told = Told::default();
        let length = file.len() as u64;
        for &(offset, wanted) in reads {
            let mut buffer = vec![0; wanted];
            pieces.begin(offset as u64, wanted as u64);
            let before = pieces.asked.len();
            ask(pieces, offset as u64, length, &mut told);
            let mut filled = 0;
            let mut stalled = false;
            while filled < wanted {
                let at = (offset + filled) as u64;
                let copied = pieces.copy(at, &mut buffer[filled..]);
                filled += copied;
                if copied > 0 {
                    continue;
                }
                if pieces.asked.iter().all(|(range, ())| !range.contains(&at)) {
                    ask(pieces, at, length, &mut told);
                }
                let index = pieces.asked.iter().position(|(range, ())| range.contains(&at));
                stalled |= index.expect("it is under way") >= before;
                let (range, ()) = pieces.take(at).expect("it is under way");
                pieces.keep(range.start, file[range.start as usize..range.end as usize].to_vec());
            }
            told.stalls += usize::from(stalled);
            assert_eq!(buffer, &file[offset..offset + wanted]);
        }
        told
    }

    fn ask(pieces: &mut Pieces<()>, at: u64, length: u64, told: &mut Told) {
        for range in pieces.next(at, length) {
            assert!(range.start < range.end && range.end <= length, "{range:?}");
            told.asked += range.end - range.start;
            pieces.asked(range, ());
        }
        let kept: u64 = pieces.kept.iter().map(|piece| piece.bytes.len() as u64).sum();
        let asked: u64 = pieces.asked.iter().map(|(range, ())| range.end - range.start).sum();
        told.memory = told.memory.max(kept + asked);
        assert!(pieces.asked.len() <= MOST_ASKED + 1);
    }

    #[test]
    fn a_first_picture_takes_three_requests_and_nothing_ahead() {
        let file = file(20 * MIB);
        let moov = file.len() - 200_000;
        let reads = [(0, 16), (32, 8), (moov, 8), (moov, 200_000), (5 * MIB, 90_000)];
        let mut pieces = Pieces::default();
        let told = read(&mut pieces, &file, &reads);
        assert_eq!((told.stalls, told.asked), (3, PIECE + 200_000 + PIECE));
        let told = read(&mut pieces, &file, &[(0, 16), (moov + 9, 1_000)]);
        assert_eq!(told.asked, 0, "the beginning and the tables are kept");
    }

    #[test]
    fn who_jumps_about_is_given_no_more_than_was_wanted() {
        let file = file(40 * MIB);
        let reads: Vec<_> = (0..20).map(|n| (n * 7_919_333 % (39 * MIB), 300_000)).collect();
        let told = read(&mut Pieces::default(), &file, &reads);
        assert_eq!((told.stalls, told.asked), (20, 20 * 300_000));
    }

    #[test]
    fn who_reads_on_waits_at_the_beginning_alone() {
        let file = file(40 * MIB);
        for wanted in [8_192, 65_536, 300_001, MIB] {
            let reads: Vec<_> = (0..file.len() / wanted).map(|n| (n * wanted, wanted)).collect();
            let told = read(&mut Pieces::default(), &file, &reads);
            assert!(told.stalls <= 2, "{wanted}: {told:?}");
            assert!(told.asked <= file.len() as u64, "nothing twice");
            assert!(told.memory <= 5 * MIB as u64, "{wanted}: {told:?}");
        }
    }

    #[test]
    fn as_much_is_ahead_as_was_read_in_a_row() {
        let file = file(40 * MIB);
        let mut pieces = Pieces::default();
        let mut at = 10 * MIB;
        for _ in 0..2 {
            read(&mut pieces, &file, &[(at, 20_000)]);
            at += 20_000;
        }
        assert_eq!(pieces.asked.len(), 0, "the rest of the first piece is enough");
        for _ in 0..200 {
            read(&mut pieces, &file, &[(at, 20_000)]);
            at += 20_000;
        }
        let ahead = pieces.asked.back().expect("much is under way").0.end - at as u64;
        assert!((AHEAD - PIECE..=AHEAD + PIECE).contains(&ahead), "{ahead}");
        read(&mut pieces, &file, &[(30 * MIB, 20_000)]);
        assert_eq!(pieces.asked.len(), 0, "a jump waits for none of it");
    }

    #[test]
    fn a_read_of_any_length_is_served_and_the_end_is_not_passed() {
        let file = file(40 * MIB);
        let told = read(&mut Pieces::default(), &file, &[(MIB + 1, 30 * MIB), (0, file.len())]);
        assert_eq!(told.stalls, 2);
        let end = file.len() - 10;
        let reads = [(end, 10), (file.len() - 2 * MIB, 2 * MIB), (end, 10)];
        read(&mut Pieces::default(), &file, &reads);
    }

    #[test]
    fn what_was_under_way_over_a_connection_that_broke_is_asked_for_again() {
        let file = file(40 * MIB);
        let mut pieces = Pieces::default();
        let reads: Vec<_> = (0..10).map(|n| (n * MIB, MIB)).collect();
        read(&mut pieces, &file, &reads);
        assert!(!pieces.asked.is_empty());
        pieces.begin(10 << 20, 1 << 20);
        pieces.forget_asked();
        let next = pieces.next(10 << 20, file.len() as u64);
        assert_eq!(next.first().map(|range| range.start), Some(10 << 20));
        assert_eq!(next.len(), MOST_ASKED);
    }
}
