//! The decoder for progressive 8-bit 4:2:0 with B-frames, or that does not say that it has none.
//!
//! It takes two thirds of the time of the one that can do everything. It is exact as long as slices begin
//! where a row of macroblocks does and it has started at an IDR picture: for other streams the other
//! decoder takes over.
//! Must not do: give a picture that it is not sure of.

use rusty_h264_decoder::Decoder as Inner;

use super::rust_h264::RustH264;
use super::slice::SliceSyntax;
use super::{Chroma, CodecError, Decoder, Frame, Plane};
use crate::media::{StreamParameters, nal};

pub(super) struct RustyH264 {
    inner: Inner,
    parameters: StreamParameters,
    syntax: SliceSyntax,
    annex_b: Vec<u8>,
    state: State,
    /// Does the work once the stream has turned out to be none for this library.
    other: Option<RustH264>,
}

/// What the next unit meets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Its references.
    Going,
    /// A decoder that has seen other pictures, or none.
    Fresh,
    /// A decoder that has failed, or is in the middle of a unit.
    Failed,
}

impl RustyH264 {
    /// # Errors
    /// [`CodecError::Open`] when the sequence parameter set cannot be read.
    pub(super) fn open(parameters: &StreamParameters) -> Result<Self, CodecError> {
        Ok(Self {
            inner: Inner::new(),
            parameters: parameters.clone(),
            syntax: SliceSyntax::of(&parameters.sps)?,
            annex_b: Vec::new(),
            state: State::Fresh,
            other: None,
        })
    }

    /// Whether the library decodes `unit` exactly.
    fn suits(&self, unit: &[u8]) -> Result<bool, CodecError> {
        for nal in nal::units(unit) {
            let Some(head) = self.syntax.head(nal?)? else { continue };
            let inside_a_row = !head.first_macroblock.is_multiple_of(self.syntax.columns);
            if inside_a_row || (self.state != State::Going && !head.idr) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Parameter sets first after a reset, and a new decoder after a failure.
    fn prepare(&mut self, unit: &[u8]) -> Result<(), CodecError> {
        if self.state == State::Failed {
            self.inner = Inner::new();
        }
        self.annex_b.clear();
        if self.state != State::Going {
            self.annex_b.extend(self.parameters.sets_in_annex_b());
        }
        Ok(nal::to_annex_b(unit, &mut self.annex_b)?)
    }
}

impl Decoder for RustyH264 {
    fn decode(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        if self.other.is_none() && !self.suits(unit)? {
            self.other = Some(RustH264::open(&self.parameters)?);
            if self.state == State::Going {
                return Err(CodecError::Decode("its slices begin inside a row".into()));
            }
        }
        if let Some(other) = &mut self.other {
            return other.decode(unit, pts, out);
        }
        self.prepare(unit)?;
        self.state = State::Failed;
        let decoded = self.inner.decode(&self.annex_b);
        let decoded = decoded.map_err(|error| CodecError::Decode(error.to_string()))?;
        let decoded =
            decoded.ok_or_else(|| CodecError::Decode("the picture is not whole".into()))?;
        let chroma_stride = decoded.width.div_ceil(2);
        out.push(Frame {
            y: Plane { data: decoded.y, stride: decoded.width },
            u: Plane { data: decoded.u, stride: chroma_stride },
            v: Plane { data: decoded.v, stride: chroma_stride },
            width: decoded.width,
            height: decoded.height,
            chroma: Chroma::Yuv420,
            bit_depth: 8,
            pts,
        });
        self.state = State::Going;
        Ok(())
    }

    fn flush(&mut self, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        self.other.as_mut().map_or(Ok(()), |other| other.flush(out))
    }

    fn reset(&mut self) {
        if let Some(other) = &mut self.other {
            other.reset();
        }
        if self.state == State::Going {
            self.state = State::Fresh;
        }
    }
}
