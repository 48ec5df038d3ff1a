//! Pictures: decoders behind one trait, YUV to RGBA at a tile's size, PNG, JPEG.
//!
//! Must not do: know time, segments or threads; a decoder belongs to whoever opened it.

mod caption;
mod convert;
mod frame;
mod jpeg;
mod openh264;
mod png;
mod rust_h264;
mod scale;
mod slice;

pub use caption::write_caption;
pub use convert::{Converter, Pixels, fitted_size};
pub use frame::{Chroma, Frame, Plane};
pub use jpeg::encode_jpeg;
pub use png::encode_png;

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
    /// The PNG could not be written.
    #[error("the PNG cannot be encoded: {0}")]
    Png(String),
}

/// Opens the decoder that can do what the sequence parameter set announces: openh264 for progressive
/// 8-bit 4:2:0 in order, `rust_h264` for B-frames, interlaced pictures, 4:2:2 and 10 bits, which openh264
/// gets wrong or refuses.
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
    let simple = video.progressive
        && !video.may_reorder
        && video.bit_depth == 8
        && video.chroma_format_idc == 1;
    if simple {
        Ok(Box::new(openh264::OpenH264::open(parameters)?))
    } else {
        Ok(Box::new(rust_h264::RustH264::open(parameters)))
    }
}
