//! Pictures for the console, made in memory that is used again.
//!
//! Must not do: hand out a picture that somebody still looks at.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::codec::Pixels;
use crate::model::{Picture, WallTime};

/// Pictures remembered for their memory: one shown, one held by a snapshot, one by the painter, and one
/// that is free.
const REMEMBERED: usize = 4;

/// Serials are unique over all players.
static SERIAL: AtomicU64 = AtomicU64::new(1);

/// Makes pictures of one view.
#[derive(Debug, Default)]
pub(super) struct PicturePool {
    made: VecDeque<Arc<Picture>>,
}

impl PicturePool {
    /// Memory for a picture: that of one which nobody else holds any more, else none yet.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        let free = self.made.iter().position(|picture| Arc::strong_count(picture) == 1);
        let picture = free.and_then(|index| self.made.remove(index)).and_then(Arc::into_inner);
        picture.map(|picture| picture.rgba).unwrap_or_default()
    }

    /// Makes a picture of `pixels`, taken at `at`.
    pub(super) fn picture(&mut self, pixels: Pixels, at: WallTime) -> Arc<Picture> {
        self.keep(make(pixels, at))
    }

    fn keep(&mut self, picture: Picture) -> Arc<Picture> {
        let picture = Arc::new(picture);
        if self.made.len() == REMEMBERED {
            self.made.pop_front();
        }
        self.made.push_back(Arc::clone(&picture));
        picture
    }
}

/// A picture with a serial of its own.
pub(super) fn make(pixels: Pixels, at: WallTime) -> Picture {
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    Picture { width: pixels.width, height: pixels.height, rgba: pixels.rgba, at, serial }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(rgba: Vec<u8>) -> Pixels {
        Pixels { width: 1, height: 1, rgba }
    }

    #[test]
    fn memory_is_used_again_only_when_nobody_looks() {
        let mut pool = PicturePool::default();
        let first = pool.picture(pixels(vec![1; 4]), WallTime::MIN);
        assert!(pool.buffer().is_empty(), "the first is still held");
        let memory = first.rgba.as_ptr();
        drop(first);
        let again = pool.buffer();
        assert_eq!(again.as_ptr(), memory);
        assert!(pool.buffer().is_empty(), "handed out once");
    }

    #[test]
    fn what_it_remembers_is_bounded() {
        let mut pool = PicturePool::default();
        let held: Vec<_> =
            (0..20).map(|_| pool.picture(pixels(vec![0; 4]), WallTime::MIN)).collect();
        assert_eq!(pool.made.len(), REMEMBERED);
        assert!(held.windows(2).all(|pair| pair[0].serial < pair[1].serial));
    }
}
