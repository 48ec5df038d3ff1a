//! The decoder for what most cameras send: progressive, 8-bit 4:2:0, pictures in order.
//!
//! One thread, no concealment: a picture that cannot be decoded is an error, never a guess. Must not do:
//! decode B-frames, where openh264 is not exact.

use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, DecoderConfig, Flush};
use openh264::formats::YUVSource;

use super::{Chroma, CodecError, Decoder, Frame, Plane};
use crate::media::{StreamParameters, nal};

/// NAL unit type of an IDR slice (H.264, table 7-1).
const IDR: u8 = 5;

/// Frames kept for their memory: one being shown, one being decoded.
const SPARE_FRAMES: usize = 2;

pub(super) struct OpenH264 {
    inner: openh264::decoder::Decoder,
    /// Parameter sets in Annex B, given before the first unit and after each reset.
    parameter_sets: Vec<u8>,
    annex_b: Vec<u8>,
    fresh: Fresh,
    spare: Vec<Frame>,
}

/// What the next unit meets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fresh {
    /// Its references.
    No,
    /// A decoder that has seen other pictures.
    Used,
    /// A decoder that has failed.
    Failed,
    /// A new decoder.
    New,
}

impl OpenH264 {
    pub(super) fn open(parameters: &StreamParameters) -> Result<Self, CodecError> {
        Ok(Self {
            inner: new_decoder()?,
            parameter_sets: parameters.sets_in_annex_b(),
            annex_b: Vec::new(),
            fresh: Fresh::New,
            spare: Vec::new(),
        })
    }

    /// After a reset: a decoder that is ready for a random access point. An IDR picture clears what was
    /// before it, so that a decoder which never failed can go on with it; making a new one costs more.
    fn prepare(&mut self, unit: &[u8]) -> Result<(), CodecError> {
        if self.fresh == Fresh::No {
            return Ok(());
        }
        let idr = nal::units(unit).flatten().any(|nal| nal::nal_type(nal) == IDR);
        if self.fresh == Fresh::Failed || (self.fresh == Fresh::Used && !idr) {
            self.inner = new_decoder()?;
        }
        self.annex_b.extend_from_slice(&self.parameter_sets);
        self.fresh = Fresh::No;
        Ok(())
    }
}

fn new_decoder() -> Result<openh264::decoder::Decoder, CodecError> {
    // The default of 0 threads decodes in the caller's; two threads are known to hang.
    let config = DecoderConfig::new().flush_after_decode(Flush::Flush);
    openh264::decoder::Decoder::with_api_config(OpenH264API::from_source(), config)
        .map_err(|error| CodecError::Open(error.to_string()))
}

impl Decoder for OpenH264 {
    fn decode(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        self.annex_b.clear();
        self.prepare(unit)?;
        nal::to_annex_b(unit, &mut self.annex_b)?;
        match self.inner.decode(&self.annex_b) {
            Ok(Some(picture)) => {
                out.push(copy(&picture, pts, self.spare.pop()));
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                self.fresh = Fresh::Failed;
                Err(CodecError::Decode(error.to_string()))
            }
        }
    }

    fn flush(&mut self, _out: &mut Vec<Frame>) -> Result<(), CodecError> {
        Ok(())
    }

    fn reset(&mut self) {
        if self.fresh == Fresh::No {
            self.fresh = Fresh::Used;
        }
    }

    fn recycle(&mut self, frame: Frame) {
        if self.spare.len() < SPARE_FRAMES {
            self.spare.push(frame);
        }
    }
}

/// Copies out of the decoder's memory, which the next unit overwrites.
fn copy(picture: &DecodedYUV<'_>, pts: i64, spare: Option<Frame>) -> Frame {
    let (width, height) = picture.dimensions();
    let mut frame = spare.unwrap_or_else(|| Frame {
        y: Plane::default(),
        u: Plane::default(),
        v: Plane::default(),
        width,
        height,
        chroma: Chroma::Yuv420,
        bit_depth: 8,
        pts,
    });
    (frame.width, frame.height, frame.pts) = (width, height, pts);
    let (chroma_width, chroma_height) = frame.chroma_size();
    let strides = picture.strides();
    copy_plane(&mut frame.y, picture.y(), strides.0, width, height);
    copy_plane(&mut frame.u, picture.u(), strides.1, chroma_width, chroma_height);
    copy_plane(&mut frame.v, picture.v(), strides.2, chroma_width, chroma_height);
    frame
}

fn copy_plane(to: &mut Plane, from: &[u8], stride: usize, width: usize, height: usize) {
    to.stride = width;
    to.data.clear();
    to.data.reserve(width * height);
    for row in from.chunks(stride.max(1)).take(height) {
        to.data.extend_from_slice(&row[..width.min(row.len())]);
    }
}
