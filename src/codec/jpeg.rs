//! JPEG bytes of an RGBA picture, for small pictures that are kept by the thousand.
//!
//! Must not do: write a file.

use jpeg_encoder::{ColorType, Encoder};

use super::CodecError;

/// Good enough to tell a person from a cat at a third of the bytes of "very good".
const QUALITY: u8 = 75;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_becomes_a_jpeg_and_a_wrong_length_an_error() {
        let bytes = encode_jpeg(8, 8, &[90; 256]).expect("encodes");
        assert_eq!(bytes.get(..3), Some(&[0xff, 0xd8, 0xff][..]));
        assert!(encode_jpeg(8, 8, &[90; 255]).is_err());
    }
}
