//! A decoder on its way through a segment.
//!
//! Must not do: know time; whoever moves it says which sample is wanted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{LoadedSegment, PlaybackError};
use crate::codec::{Decoder, Frame, open_decoder};

/// Frames that are decoded before they are due: enough to hide a random access point, which takes as long
/// as some pictures do.
const AHEAD: usize = 3;

/// A segment, a decoder, and how far it has come.
pub(super) struct Cursor {
    pub(super) segment: Arc<LoadedSegment>,
    decoder: Box<dyn Decoder>,
    /// The next sample to decode; everything from a random access point up to it went in.
    next: usize,
    /// Frames decoded and not yet shown, by presentation time.
    frames: BTreeMap<i64, Frame>,
    /// Samples that cannot be decoded because one of them failed.
    broken: Range<usize>,
    unit: Vec<u8>,
    out: Vec<Frame>,
}

/// What one unit of work has brought.
#[derive(Debug)]
pub(super) enum Progress {
    /// The frame wanted.
    Reached(Frame),
    /// It will not come: the sample is damaged.
    Damaged,
    /// Work remains. The sample just decoded was a random access point that decoding began at.
    Started(usize),
    /// Work remains.
    Under,
}

impl Cursor {
    /// At the beginning of `segment`.
    pub(super) fn open(segment: Arc<LoadedSegment>) -> Result<Self, PlaybackError> {
        let decoder = open_decoder(&segment.parameters)?;
        Ok(Self {
            segment,
            decoder,
            next: usize::MAX,
            frames: BTreeMap::new(),
            broken: 0..0,
            unit: Vec::new(),
            out: Vec::new(),
        })
    }

    /// Goes over to `segment`: a later state of the same file, or another one.
    pub(super) fn enter(&mut self, segment: Arc<LoadedSegment>) -> Result<(), PlaybackError> {
        if segment.is_same_file(&self.segment.row) {
            self.segment = segment;
            return Ok(());
        }
        self.forget_frames();
        self.next = usize::MAX;
        self.broken = 0..0;
        if segment.parameters != self.segment.parameters {
            self.decoder = open_decoder(&segment.parameters)?;
        }
        self.segment = segment;
        Ok(())
    }

    /// Whether decoding on leads to `target` without doing again or doing more than needed.
    fn continues(&self, start: usize, target: usize) -> bool {
        start <= self.next && self.next <= target
    }

    /// Decodes at most one sample on the way to `target`.
    pub(super) fn towards(&mut self, target: usize) -> Result<Progress, PlaybackError> {
        let walk = &self.segment.walk;
        let Some(info) = walk.samples().get(target) else { return Ok(Progress::Damaged) };
        let wanted = info.pts;
        if let Some(frame) = self.frames.remove(&wanted) {
            self.drop_before(wanted);
            return Ok(Progress::Reached(frame));
        }
        if self.broken.contains(&target) {
            return Ok(Progress::Damaged);
        }
        let Some(start) = walk.start_for(target) else { return Ok(Progress::Damaged) };
        if !self.continues(start, target) {
            self.jump(start);
        }
        let sample = self.next;
        self.decode_next()?;
        if let Some(frame) = self.frames.remove(&wanted) {
            self.drop_before(wanted);
            return Ok(Progress::Reached(frame));
        }
        if sample == target || self.broken.contains(&target) {
            return Ok(self.instead_of(target, wanted));
        }
        self.drop_between(wanted, sample);
        Ok(if sample == start { Progress::Started(sample) } else { Progress::Under })
    }

    /// The target gave no frame of its own: it is the second field of one that is there, or damaged.
    fn instead_of(&mut self, target: usize, wanted: i64) -> Progress {
        let progressive = self.segment.parameters.video.progressive;
        if !progressive && !self.broken.contains(&target) {
            let earlier = self.frames.range(..=wanted).next_back().map(|(pts, _)| *pts);
            if let Some(frame) = earlier.and_then(|pts| self.frames.remove(&pts)) {
                return Progress::Reached(frame);
            }
        }
        Progress::Damaged
    }

    /// The frame of `sample`, if it has been decoded and not been taken; it stays.
    pub(super) fn peek(&self, sample: usize) -> Option<&Frame> {
        self.frames.get(&self.segment.walk.samples().get(sample)?.pts)
    }

    /// Decodes one sample before it is due; false when there is enough, or no more.
    pub(super) fn ahead(&mut self) -> Result<bool, PlaybackError> {
        let more = self.next < self.segment.walk.samples().len();
        if !more || self.frames.len() >= AHEAD {
            return Ok(false);
        }
        self.decode_next()?;
        Ok(true)
    }

    /// The last frame before `sample`, of those decoded and not yet shown: it stands for a damaged one.
    pub(super) fn last_good(&mut self, sample: usize) -> Option<Frame> {
        let wanted = self.segment.walk.samples().get(sample)?.pts;
        let (&pts, _) = self.frames.range(..wanted).next_back()?;
        let frame = self.frames.remove(&pts);
        self.drop_before(pts);
        frame
    }

    /// The playhead has jumped: damage found on the way is not known of the pictures there.
    pub(super) fn forget_damage(&mut self) {
        self.broken = 0..0;
    }

    /// Takes back a frame that is no longer shown.
    pub(super) fn recycle(&mut self, frame: Frame) {
        self.decoder.recycle(frame);
    }

    fn jump(&mut self, start: usize) {
        self.forget_frames();
        self.decoder.reset();
        self.next = start;
        self.broken = 0..0;
    }

    /// Decodes `self.next`. A sample that fails makes all up to the next random access point useless.
    fn decode_next(&mut self) -> Result<(), PlaybackError> {
        let sample = self.next;
        let info = self.segment.walk.samples()[sample];
        self.segment.read(&info, &mut self.unit)?;
        self.next = sample + 1;
        let decoded = self.decoder.decode(&self.unit, info.pts, &mut self.out);
        for frame in self.out.drain(..) {
            self.frames.insert(frame.pts, frame);
        }
        if let Err(error) = decoded {
            let count = self.segment.walk.samples().len();
            let end = self.segment.walk.key_after(sample).unwrap_or(count);
            tracing::warn!(segment = self.segment.row.path, sample, %error, "damaged until the next random access point");
            self.broken = sample..end;
            self.next = end;
            self.decoder.reset();
        }
        Ok(())
    }

    /// Drops frames whose time has passed.
    fn drop_before(&mut self, pts: i64) {
        while let Some(entry) = self.frames.first_entry() {
            if *entry.key() >= pts {
                break;
            }
            let frame = entry.remove();
            self.decoder.recycle(frame);
        }
    }

    /// Drops frames that only led to later ones; keeps the newest, which may be a field's partner or be
    /// shown for a moment, when it is that of `sample`.
    fn drop_between(&mut self, wanted: i64, sample: usize) {
        let newest = self.segment.walk.samples()[sample].pts;
        self.drop_before(newest.min(wanted));
    }

    fn forget_frames(&mut self) {
        while let Some((_, frame)) = self.frames.pop_first() {
            self.decoder.recycle(frame);
        }
    }
}
