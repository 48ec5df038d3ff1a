//! A decoder on its way through pieces of segments.
//!
//! Must not do: decide what is decoded; the plan in the cache says that.

use std::sync::Arc;

use super::gop_cache::{GopCache, Wanted};
use super::{PlaybackError, SegmentKey};
use crate::codec::{Decoder, Frame, open_decoder};
use crate::media::StreamParameters;

/// A decoder, and how far it has come.
#[derive(Default)]
pub(super) struct Hand {
    decoder: Option<(Arc<StreamParameters>, Box<dyn Decoder>)>,
    /// The segment and the next sample to decode; everything from a random access point up to it went in.
    place: Option<(SegmentKey, usize)>,
    /// Samples that went in and of which no frame came out yet, with their presentation times.
    waiting: Vec<(usize, i64)>,
    unit: Vec<u8>,
    out: Vec<Frame>,
}

impl Hand {
    /// Decodes one sample on the way to `missing`, which is one of `wanted`, and puts into `cache` what
    /// comes of it. True when decoding began at the random access point by this.
    pub(super) fn step(
        &mut self,
        wanted: &Wanted,
        missing: usize,
        cache: &GopCache,
    ) -> Result<bool, PlaybackError> {
        let (segment, start) = (wanted.segment.key(), wanted.piece.start);
        let goes_on = |(place, next): &(SegmentKey, usize)| {
            *place == segment && start <= *next && *next <= missing
        };
        let place = self.place.take().filter(goes_on);
        let sample = place.map_or(start, |(_, next)| next);
        self.prepare(wanted, place.is_none())?;
        let Some(info) = wanted.segment.walk.samples().get(sample).copied() else {
            return Ok(false);
        };
        let Some((_, decoder)) = &mut self.decoder else { return Ok(false) };
        wanted.segment.read(&info, &mut self.unit)?;
        self.waiting.push((sample, info.pts));
        let mut decoded = decoder.decode(&self.unit, info.pts, &mut self.out);
        if decoded.is_ok() && self.out.is_empty() && ends_here(wanted, sample) {
            decoded = decoder.flush(&mut self.out);
        }
        self.hand_over(wanted, sample, cache);
        match decoded {
            Ok(()) => self.place = Some((segment, sample + 1)),
            Err(error) => {
                let path = &wanted.segment.row.path;
                tracing::warn!(segment = path, sample, %error, "damaged until the next random access point");
                break_off(wanted, sample, cache);
            }
        }
        Ok(sample == start)
    }

    /// Sees to it that the decoder is the right one for `wanted`, and ready for a random access point when
    /// it does not go on.
    fn prepare(&mut self, wanted: &Wanted, begins: bool) -> Result<(), PlaybackError> {
        let parameters = &wanted.segment.parameters;
        let same = self.decoder.as_ref().is_some_and(|(open, _)| open == parameters);
        if !same {
            self.decoder = None;
            self.decoder = Some((Arc::clone(parameters), open_decoder(parameters)?));
        }
        if begins {
            self.waiting.clear();
            if let Some((_, decoder)) = &mut self.decoder {
                decoder.reset();
            }
        }
        Ok(())
    }

    /// Gives the frames that came out when `sample` went in to the samples that they belong to. A sample
    /// without a frame of its own is the second field of one that is there, or damaged.
    fn hand_over(&mut self, wanted: &Wanted, sample: usize, cache: &GopCache) {
        let segment = wanted.segment.key();
        let progressive = wanted.segment.parameters.video.progressive;
        let mut completed = None;
        for frame in self.out.drain(..) {
            let owner = self.waiting.iter().position(|(_, pts)| *pts == frame.pts);
            let owner = owner.map(|index| self.waiting.remove(index).0);
            let back = match owner {
                Some(owner) if wanted.keeps(owner) => cache.put(wanted, owner, frame),
                _ => Some(frame),
            };
            if let (Some(frame), Some((_, decoder))) = (back, &mut self.decoder) {
                decoder.recycle(frame);
            }
            completed = completed.max(owner);
        }
        if let Some(first) = completed.filter(|first| *first < sample && !progressive) {
            cache.share(segment, first, sample);
            self.waiting.retain(|(waiting, _)| *waiting != sample);
        }
        // A first field waits for the second one, nothing else does.
        let may_come = !progressive && !ends_here(wanted, sample);
        let lost = self.waiting.extract_if(.., |(waiting, _)| !may_come || *waiting < sample);
        let lost: Vec<usize> = lost.map(|(waiting, _)| waiting).collect();
        if !lost.is_empty() {
            cache.damage(segment, lost.into_iter());
        }
    }
}

/// Whether no other field can follow `sample`: a random access point or the segment's end does.
fn ends_here(wanted: &Wanted, sample: usize) -> bool {
    wanted.segment.walk.samples().get(sample + 1).is_none_or(|next| next.random_access)
}

/// A sample that fails makes all useless that come after it and are shown by way of the same random access
/// point.
fn break_off(wanted: &Wanted, sample: usize, cache: &GopCache) {
    let (walk, start) = (&wanted.segment.walk, wanted.piece.start);
    let end = walk.gop_of(start).map_or(sample, |gop| gop.end.max(sample));
    let lost = (sample..=end).filter(|&n| n == sample || walk.start_for(n) == Some(start));
    cache.damage(wanted.segment.key(), lost);
}
