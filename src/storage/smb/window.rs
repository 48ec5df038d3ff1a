//! What is read ahead of a file: which bytes to ask the server for, and those that are kept; pure.
//!
//! A player reads some bytes at the beginning, the tables at the end, and then pictures one after another. Each
//! request is a round trip, and a second of footage is some hundred kilobytes. Must not do: ask for anything itself.

use std::collections::VecDeque;
use std::ops::Range;

/// The first window somewhere in the file, bytes: the headers of a file, or a group of pictures.
const FIRST: u64 = 256 << 10;

/// The largest window, bytes; windows that follow one another double up to it.
const LARGEST: u64 = 2 << 20;

/// What remains behind a window is read with it when it is not more than this: the tables at the end.
const TAIL: u64 = 256 << 10;

/// Windows that are kept: the beginning, the tables, and the pictures. So a file takes 6 MiB at most.
const KEPT: usize = 3;

/// The bytes that are kept of one file.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// The one that was used last is the first.
    kept: VecDeque<Window>,
}

#[derive(Debug)]
struct Window {
    offset: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl Windows {
    /// Copies what is kept from `offset` on into `buffer`; how many bytes.
    pub(super) fn copy(&mut self, offset: u64, buffer: &mut [u8]) -> usize {
        let holds = |window: &Window| (window.offset..window.end()).contains(&offset);
        let Some(index) = self.kept.iter().position(holds) else { return 0 };
        let Some(window) = self.kept.remove(index) else { return 0 };
        let from = usize::try_from(offset - window.offset).unwrap_or(usize::MAX);
        let kept = window.bytes.get(from..).unwrap_or_default();
        let length = kept.len().min(buffer.len());
        buffer[..length].copy_from_slice(&kept[..length]);
        self.kept.push_front(window);
        length
    }

    /// What to ask for when `wanted` bytes from `offset` on are needed of a file of `length` bytes: as many at least,
    /// as far as there are.
    pub(super) fn next(&self, offset: u64, wanted: u64, length: u64) -> Range<u64> {
        let before = self.kept.iter().find(|window| window.end() == offset);
        let ahead = before.map_or(FIRST, |window| 2 * window.bytes.len() as u64);
        let end = offset.saturating_add(ahead.clamp(FIRST, LARGEST).max(wanted)).min(length);
        offset..if length - end <= TAIL { length } else { end }
    }

    /// Keeps `bytes`, which are at `offset`. More than a window is not kept.
    pub(super) fn keep(&mut self, offset: u64, bytes: Vec<u8>) {
        if bytes.is_empty() || bytes.len() as u64 > LARGEST + TAIL {
            return;
        }
        // One that has been read to its end has done its work.
        self.kept.retain(|window| window.end() != offset);
        self.kept.truncate(KEPT - 1);
        self.kept.push_front(Window { offset, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads as a player does; how many requests it takes, and the most bytes that are kept.
    fn requests(windows: &mut Windows, file: &[u8], reads: &[(usize, usize)]) -> (usize, usize) {
        let (mut asked, mut most) = (0, 0);
        for &(offset, wanted) in reads {
            let mut buffer = vec![0; wanted];
            let mut filled = 0;
            while filled < wanted {
                let at = (offset + filled) as u64;
                let copied = windows.copy(at, &mut buffer[filled..]);
                filled += copied;
                if copied == 0 {
                    let next = windows.next(at, (wanted - filled) as u64, file.len() as u64);
                    assert!(next.end > at && next.end <= file.len() as u64);
                    windows.keep(at, file[next.start as usize..next.end as usize].to_vec());
                    asked += 1;
                }
            }
            assert_eq!(buffer, &file[offset..offset + wanted]);
            most = most.max(windows.kept.iter().map(|window| window.bytes.len()).sum());
        }
        (asked, most)
    }

    fn file(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    #[test]
    fn a_first_picture_takes_three_requests() {
        let file = file(20 << 20);
        let moov = file.len() - 200_000;
        let reads = [(0, 16), (32, 8), (moov, 8), (moov, 200_000), (5 << 20, 90_000)];
        assert_eq!(requests(&mut Windows::default(), &file, &reads).0, 3);
    }

    #[test]
    fn reading_on_takes_few_requests_and_bounded_memory() {
        let file = file(40 << 20);
        let reads: Vec<_> = (0..file.len() / 8_192).map(|n| (n * 8_192, 8_192)).collect();
        let (asked, most) = requests(&mut Windows::default(), &file, &reads);
        assert!(asked <= 24, "{asked}");
        assert!(most <= KEPT * (LARGEST + TAIL) as usize, "{most}");
    }

    #[test]
    fn the_end_of_a_file_is_not_passed() {
        let windows = Windows::default();
        assert_eq!(windows.next(90, 10, 100), 90..100);
        assert_eq!(windows.next(0, 100, 100), 0..100);
        assert_eq!(windows.next(0, 10 << 20, 100 << 20), 0..10 << 20);
    }
}
