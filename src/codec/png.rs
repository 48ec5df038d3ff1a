//! PNG bytes of an RGBA picture.
//!
//! Must not do: write a file.

use super::CodecError;

/// Bytes a pixel takes in RGBA.
const CHANNELS: usize = 4;

/// Encodes straight RGBA, `width * height * 4` bytes, as a PNG without the alpha channel, which video
/// does not have.
///
/// # Errors
/// [`CodecError::Png`] when `rgba` is not as long as the size says.
pub fn encode_png(width: usize, height: usize, rgba: &[u8]) -> Result<Vec<u8>, CodecError> {
    let fail = |error: &dyn std::fmt::Display| CodecError::Png(error.to_string());
    let (columns, rows) = (u32::try_from(width), u32::try_from(height));
    let (columns, rows) = (columns.map_err(|e| fail(&e))?, rows.map_err(|e| fail(&e))?);
    if Some(rgba.len()) != width.checked_mul(height).and_then(|pixels| pixels.checked_mul(CHANNELS))
    {
        return Err(fail(&format!("{} bytes are not {width} x {height} pixels", rgba.len())));
    }
    let mut rgb = Vec::with_capacity(width * height * 3);
    for pixel in rgba.chunks_exact(CHANNELS) {
        rgb.extend_from_slice(&pixel[..3]);
    }
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, columns, rows);
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|e| fail(&e))?;
    writer.write_image_data(&rgb).map_err(|e| fail(&e))?;
    writer.finish().map_err(|e| fail(&e))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_reads_back_as_the_same_pixels() {
        let rgba: Vec<u8> = (0..6 * 5).flat_map(|n| [n, 255 - n, n / 2, 255]).collect();
        let bytes = encode_png(6, 5, &rgba).expect("encodes");
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("png");
        let mut back = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut back).expect("one frame");
        assert_eq!((info.width, info.height), (6, 5));
        let expected: Vec<u8> = rgba.chunks(4).flat_map(|p| p[..3].to_vec()).collect();
        assert_eq!(back, expected);
    }

    #[test]
    fn a_wrong_length_is_refused() {
        assert!(encode_png(2, 2, &[0; 15]).is_err());
    }
}
