//! The `avc1` sample entry of an encoded loop, so that it can be written to a file without RTSP.
//!
//! Must not do: parse; what it describes was encoded here.

use crate::media::StreamParameters;
use crate::media::sps::VideoInfo;

/// Wraps the parameter sets of our own encoder.
pub(super) fn avc_parameters(sps: Vec<u8>, pps: Vec<u8>, size: (u32, u32)) -> StreamParameters {
    let video = VideoInfo {
        width: size.0,
        height: size.1,
        profile_idc: sps.get(1).copied().unwrap_or_default(),
        level_idc: sps.get(3).copied().unwrap_or_default(),
        chroma_format_idc: 1,
        bit_depth: 8,
        progressive: true,
        may_reorder: false,
        full_range: false,
        matrix_coefficients: 1,
        sample_aspect: (1, 1),
        frame_rate_milli: 0,
    };
    StreamParameters { sample_entry: avc1(&sps, &pps, size), sps, pps, video }
}

/// `avc1` with `avcC` inside (ISO/IEC 14496-12, 12.1.3; ISO/IEC 14496-15, 5.3.3.1 and 5.4.2.1).
fn avc1(sps: &[u8], pps: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    /// 72 dpi as 16.16, which every writer puts here.
    const RESOLUTION: u32 = 0x0048_0000;
    let mut body = vec![0; 6];
    body.extend([0, 1]); // data reference
    body.extend([0; 16]);
    body.extend((width as u16).to_be_bytes());
    body.extend((height as u16).to_be_bytes());
    body.extend(RESOLUTION.to_be_bytes());
    body.extend(RESOLUTION.to_be_bytes());
    body.extend([0; 4]);
    body.extend([0, 1]); // pictures per sample
    body.extend([0; 32]); // name of the encoder
    body.extend([0, 24, 0xff, 0xff]); // depth, no colour table
    body.extend(boxed(*b"avcC", &avcc(sps, pps)));
    boxed(*b"avc1", &body)
}

fn avcc(sps: &[u8], pps: &[u8]) -> Vec<u8> {
    /// Lengths of 4 bytes before each NAL unit; the upper bits are reserved as ones.
    const LENGTH_SIZE: u8 = 0xfc | 3;
    /// `profile_idc` of High; from there on chroma format and bit depth follow.
    const HIGH: u8 = 100;
    let mut out = vec![1];
    out.extend(&sps[1..4.min(sps.len())]);
    out.extend([LENGTH_SIZE, 0xe0 | 1]);
    out.extend((sps.len() as u16).to_be_bytes());
    out.extend(sps);
    out.push(1);
    out.extend((pps.len() as u16).to_be_bytes());
    out.extend(pps);
    if sps.get(1) == Some(&HIGH) {
        out.extend([0xfc | 1, 0xf8, 0xf8, 0]); // 4:2:0, 8 bits, no extensions
    }
    out
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 + body.len());
    out.extend((8 + body.len() as u32).to_be_bytes());
    out.extend(kind);
    out.extend(body);
    out
}
