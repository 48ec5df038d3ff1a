//! JPEG bytes of an RGBA picture and back, for small pictures that are kept by the thousand.
//!
//! Must not do: write a file.

use jpeg_encoder::{ColorType, Encoder};

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{CodecError, Pixels};

/// Good enough to tell a person from a cat at a third of the bytes of "very good".
const QUALITY: u8 = 75;

/// A picture that is larger is none of ours.
const MOST_PIXELS: usize = 4_096;

/// Encodes straight RGBA, `width * height * 4` bytes.
///
/// # Errors
/// [`CodecError::Jpeg`] when `rgba` is not as long as the size says, or a side is over 65,535 pixels.
pub fn encode_jpeg(width: usize, height: usize, rgba: &[u8]) -> Result<Vec<u8>, CodecError> {
    let fail = |error: &dyn std::fmt::Display| CodecError::Jpeg(error.to_string());
    let columns = u16::try_from(width).map_err(|error| fail(&error))?;
    let rows = u16::try_from(height).map_err(|error| fail(&error))?;
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, QUALITY)
        .encode(rgba, columns, rows, ColorType::Rgba)
        .map_err(|error| fail(&error))?;
    Ok(bytes)
}

/// Decodes one of ours, at its own size.
///
/// # Errors
/// [`CodecError::BadJpeg`] when `jpeg` is damaged, or a side is over 4,096 pixels.
pub fn decode_jpeg(jpeg: &[u8]) -> Result<Pixels, CodecError> {
    let fail = |error: &dyn std::fmt::Display| CodecError::BadJpeg(error.to_string());
    let options = DecoderOptions::new_fast()
        .jpeg_set_out_colorspace(ColorSpace::RGBA)
        .set_max_width(MOST_PIXELS)
        .set_max_height(MOST_PIXELS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let rgba = decoder.decode().map_err(|error| fail(&error))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| fail(&"it has no size"))?;
    if rgba.len() != width * height * 4 {
        return Err(fail(&"it is cut off"));
    }
    Ok(Pixels { width, height, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_becomes_a_jpeg_and_a_wrong_length_an_error() {
        let bytes = encode_jpeg(8, 8, &[90; 256]).expect("encodes");
        assert_eq!(bytes.get(..3), Some(&[0xff, 0xd8, 0xff][..]));
        assert!(encode_jpeg(8, 8, &[90; 255]).is_err());
    }
    #[test]
    fn what_was_encoded_is_decoded_nearly_the_same() {
        let (width, height) = (33, 17);
        let colour = |n: usize| [(n % width * 4) as u8, (n / width * 9) as u8, 120, 255];
        let rgba: Vec<u8> = (0..width * height).flat_map(colour).collect();
        let jpeg = encode_jpeg(width, height, &rgba).expect("encodes");
        let back = decode_jpeg(&jpeg).expect("decodes");
        assert_eq!((back.width, back.height, back.rgba.len()), (width, height, rgba.len()));
        let away = back.rgba.iter().zip(&rgba).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(away < Some(24), "{away:?}");
        assert!(back.rgba.chunks(4).all(|pixel| pixel[3] == 255));
    }

    #[test]
    fn what_is_no_jpeg_is_an_error() {
        let jpeg = encode_jpeg(8, 8, &[90; 256]).expect("encodes");
        assert!(decode_jpeg(&[]).is_err() && decode_jpeg(&[0; 500]).is_err());
        assert!(decode_jpeg(&jpeg[..jpeg.len() / 2]).is_err());
    }
}
