//! Pictures: decoders behind one trait, YUV to RGBA at a tile's size, PNG, JPEG.
//!
//! Must not do: know time, segments or threads; a decoder belongs to whoever opened it.

mod caption;
mod convert;
mod frame;
mod guard;
mod jpeg;
mod openh264;
mod png;
mod rust_h264;
mod rusty_h264;
mod scale;
mod slice;

pub use caption::{can_write, write_caption};
pub use convert::{Converter, Pixels, fitted_size};
pub use frame::{Chroma, Frame, Plane};
pub use jpeg::{decode_jpeg, encode_jpeg};
pub use png::encode_png;

use guard::Guard;

use crate::media::StreamParameters;
use crate::media::nal::NalError;

/// Turns coded pictures of one stream into frames.
pub trait Decoder: Send {
    /// Decodes one access unit (`unit`: NAL units behind 4-byte lengths) that is shown at `pts`, and adds
    /// what has become complete to `out`, each frame with the `pts` of its unit. Frames come in decoding
    /// order and without delay; only a field waits for the other one. Whoever needs the order of display
    /// sorts by `pts`.
    ///
    /// # Errors
    /// [`CodecError`] when the unit cannot be decoded; the next random access point can, after
    /// [`Decoder::reset`].
    fn decode(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError>;

    /// Gives out what is still inside.
    ///
    /// # Errors
    /// [`CodecError`] when that cannot be decoded.
    fn flush(&mut self, out: &mut Vec<Frame>) -> Result<(), CodecError>;

    /// Forgets all pictures: the next unit is a random access point.
    fn reset(&mut self);

    /// Takes back a frame that is no longer needed, so that its memory is used again.
    fn recycle(&mut self, frame: Frame) {
        drop(frame);
    }
}

/// What can go wrong with pictures.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// No decoder here can do it.
    #[error("this video cannot be decoded: {0}")]
    Unsupported(String),
    /// No decoder could be made.
    #[error("the decoder cannot be opened: {0}")]
    Open(String),
    /// The access unit is not made of whole NAL units.
    #[error("the access unit is damaged: {0}")]
    Nal(#[from] NalError),
    /// The decoder refused the access unit.
    #[error("the picture cannot be decoded: {0}")]
    Decode(String),
    /// The frame's planes do not fit its size.
    #[error("the frame cannot be converted: {0}")]
    Convert(String),
    /// The JPEG could not be written.
    #[error("the JPEG cannot be encoded: {0}")]
    Jpeg(String),
    /// The JPEG could not be read.
    #[error("the JPEG cannot be decoded: {0}")]
    BadJpeg(String),
    /// The PNG could not be written.
    #[error("the PNG cannot be encoded: {0}")]
    Png(String),
}

/// Opens the fastest decoder that is exact for what the sequence parameter set announces, behind a guard
/// against lost pictures: openh264 for progressive 8-bit 4:2:0 in order, `rusty_h264` for the same with
/// B-frames, which openh264 gets wrong, `rust_h264` for interlaced pictures, monochrome, 4:2:2 and 10 bits,
/// which both refuse.
///
/// # Errors
/// [`CodecError::Unsupported`] for 4:4:4 and for other bit depths, else [`CodecError::Open`].
pub fn open_decoder(parameters: &StreamParameters) -> Result<Box<dyn Decoder>, CodecError> {
    let video = &parameters.video;
    if video.chroma_format_idc > 2 {
        return Err(CodecError::Unsupported("4:4:4 chroma".into()));
    }
    if video.bit_depth != 8 && video.bit_depth != 10 {
        return Err(CodecError::Unsupported(format!("{} bits a sample", video.bit_depth)));
    }
    if !video.progressive || video.bit_depth > 8 || video.chroma_format_idc != 1 {
        guarded(rust_h264::RustH264::open(parameters)?, parameters)
    } else if video.may_reorder {
        guarded(rusty_h264::RustyH264::open(parameters)?, parameters)
    } else {
        guarded(openh264::OpenH264::open(parameters)?, parameters)
    }
}

fn guarded(
    decoder: impl Decoder + 'static,
    parameters: &StreamParameters,
) -> Result<Box<dyn Decoder>, CodecError> {
    Ok(Box::new(Guard::new(decoder, parameters)?))
}
