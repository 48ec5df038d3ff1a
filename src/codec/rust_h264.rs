//! The decoder for what the faster ones get wrong or refuse: interlaced, 4:2:2, 10 bits, monochrome.
//!
//! It is exact there, in pure Rust, and conceals most damage: only behind a guard can it be trusted.
//!
//! Must not do: be used where another decoder is exact.

use std::collections::VecDeque;

use rust_h264::decoder::{ChromaFormat, Decoder as Inner, Frame as Decoded};
use rust_h264::nal::{NalUnit, parse_avcc};

use super::slice::{SliceHead, SliceSyntax};
use super::{Chroma, CodecError, Decoder, Frame, Plane};
use crate::media::{StreamParameters, nal};

pub(super) struct RustH264 {
    inner: Inner,
    /// Both parameter sets behind 4-byte lengths.
    parameter_sets: Vec<u8>,
    syntax: SliceSyntax,
    /// Parameter sets are due before the next unit.
    fresh: bool,
    /// It has failed, or is in the middle of a unit.
    failed: bool,
    /// Presentation times of the frames that are being decoded, oldest first.
    begun: VecDeque<i64>,
    /// The last frame begun has had one field of its two.
    half: bool,
}

impl RustH264 {
    /// # Errors
    /// [`CodecError::Open`] when the sequence parameter set cannot be read.
    pub(super) fn open(parameters: &StreamParameters) -> Result<Self, CodecError> {
        Ok(Self {
            inner: Inner::new(),
            parameter_sets: parameters.sets_behind_lengths(),
            syntax: SliceSyntax::of(&parameters.sps)?,
            fresh: true,
            failed: false,
            begun: VecDeque::new(),
            half: false,
        })
    }

    /// Notes which frame a slice begins, if any.
    fn note(&mut self, slice: SliceHead, pts: i64) {
        if slice.first_macroblock > 0 {
            return;
        }
        if slice.field && self.half {
            self.half = false;
        } else {
            self.half = slice.field;
            self.begun.push_back(pts);
        }
    }

    /// The library gives a frame when the next one begins, and needs to be told that none follows.
    fn unit(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        for nal in nal::units(unit) {
            if let Some(slice) = self.syntax.head(nal?)? {
                self.note(slice, pts);
            }
        }
        let mut failure = None;
        for nal in parse_avcc(unit, 4) {
            match self.feed(&nal) {
                Ok(Some(decoded)) => self.give(decoded, out),
                Ok(None) => {}
                Err(error) => failure = Some(error),
            }
        }
        if !self.half {
            let last = self.inner.flush();
            if let Some(decoded) = last {
                self.give(decoded, out);
            }
            // What was begun and did not come out has failed.
            self.begun.clear();
        }
        failure.map_or(Ok(()), Err)
    }

    fn feed(&mut self, nal: &NalUnit<'_>) -> Result<Option<Decoded>, CodecError> {
        self.inner.decode_nal(nal).map_err(|error| CodecError::Decode(error.to_string()))
    }

    fn give(&mut self, decoded: Decoded, out: &mut Vec<Frame>) {
        if let Some(pts) = self.begun.pop_front() {
            out.push(frame(decoded, pts));
        }
    }
}

impl Decoder for RustH264 {
    fn decode(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        if self.failed {
            self.reset();
        }
        self.failed = true;
        if self.fresh {
            let sets = std::mem::take(&mut self.parameter_sets);
            let fed = parse_avcc(&sets, 4).iter().try_for_each(|nal| self.feed(nal).map(drop));
            self.parameter_sets = sets;
            fed?;
            self.fresh = false;
        }
        self.unit(unit, pts, out)?;
        self.failed = false;
        Ok(())
    }

    fn flush(&mut self, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        self.failed = true;
        let last = self.inner.flush();
        if let Some(decoded) = last {
            self.give(decoded, out);
        }
        self.begun.clear();
        self.half = false;
        self.failed = false;
        Ok(())
    }

    fn reset(&mut self) {
        self.inner = Inner::new();
        self.fresh = true;
        self.failed = false;
        self.begun.clear();
        self.half = false;
    }
}

fn frame(decoded: Decoded, pts: i64) -> Frame {
    let (width, height) = (decoded.width as usize, decoded.height as usize);
    let chroma_stride = decoded.chroma_width() as usize;
    Frame {
        y: Plane { data: decoded.y, stride: width },
        u: Plane { data: decoded.u, stride: chroma_stride },
        v: Plane { data: decoded.v, stride: chroma_stride },
        width,
        height,
        chroma: match decoded.chroma_format {
            ChromaFormat::Yuv420 => Chroma::Yuv420,
            ChromaFormat::Yuv422 => Chroma::Yuv422,
        },
        bit_depth: decoded.bit_depth,
        pts,
    }
}
