//! The decoder for what openh264 gets wrong or refuses: B-frames, interlaced, 4:2:2, 10 bits.
//!
//! It is exact there, in pure Rust. Must not do: let a panic of that library, on input that no camera
//! sends in order, end the thread of whoever decodes.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_h264::decoder::{ChromaFormat, Decoder as Inner, Frame as Decoded};
use rust_h264::nal::{NalUnit, parse_avcc};

use super::slice::{Begins, FieldSyntax};
use super::{Chroma, CodecError, Decoder, Frame, Plane};
use crate::media::{StreamParameters, nal};

pub(super) struct RustH264 {
    inner: Inner,
    /// Both parameter sets behind 4-byte lengths.
    parameter_sets: Vec<u8>,
    syntax: FieldSyntax,
    /// Parameter sets are due before the next unit.
    fresh: bool,
    /// Presentation times of the frames that are being decoded, oldest first.
    begun: VecDeque<i64>,
    /// The last frame begun has had one field of its two.
    half: bool,
}

impl RustH264 {
    pub(super) fn open(parameters: &StreamParameters) -> Self {
        let mut parameter_sets = Vec::new();
        for set in [&parameters.sps, &parameters.pps] {
            let length = u32::try_from(set.len()).unwrap_or(0);
            parameter_sets.extend_from_slice(&length.to_be_bytes());
            parameter_sets.extend_from_slice(set);
        }
        Self {
            inner: Inner::new(),
            parameter_sets,
            syntax: FieldSyntax::of(&parameters.sps),
            fresh: true,
            begun: VecDeque::new(),
            half: false,
        }
    }

    /// Notes which frame `nal` begins, if any.
    fn note(&mut self, nal: &[u8], pts: i64) {
        match self.syntax.begins(nal) {
            Begins::Nothing => {}
            Begins::Field if self.half => self.half = false,
            begins => {
                self.half = begins == Begins::Field;
                self.begun.push_back(pts);
            }
        }
    }

    /// The library gives a frame when the next one begins, and needs to be told that none follows.
    fn unit(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        for nal in nal::units(unit) {
            self.note(nal?, pts);
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

    fn guarded<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        match catch_unwind(AssertUnwindSafe(|| body(self))) {
            Ok(result) => result,
            Err(_) => {
                self.reset();
                Err(CodecError::Decode("the decoder gave up on damaged input".into()))
            }
        }
    }
}

impl Decoder for RustH264 {
    fn decode(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        self.guarded(|this| {
            if this.fresh {
                let sets = std::mem::take(&mut this.parameter_sets);
                let fed = parse_avcc(&sets, 4).iter().try_for_each(|nal| this.feed(nal).map(drop));
                this.parameter_sets = sets;
                fed?;
                this.fresh = false;
            }
            this.unit(unit, pts, out)
        })
    }

    fn flush(&mut self, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        self.guarded(|this| {
            let last = this.inner.flush();
            if let Some(decoded) = last {
                this.give(decoded, out);
            }
            this.begun.clear();
            this.half = false;
            Ok(())
        })
    }

    fn reset(&mut self) {
        self.inner = Inner::new();
        self.fresh = true;
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
