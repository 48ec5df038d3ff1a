//! The `avc1` sample entry of an encoded loop, so that it can be written to a file without RTSP.
//!
//! Must not do: parse; what it describes was encoded here.

/// Wraps the parameter sets of our own encoder: `avc1` with `avcC` inside (ISO/IEC 14496-12, 12.1.3; ISO/IEC 14496-15, 5.3.3.1 and 5.4.2.1).
pub(super) fn avc1(sps: &[u8], pps: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::StreamParameters;

    #[test]
    fn what_is_wrapped_is_found_again() {
        // 640x360, Constrained High, from the encoder itself.
        const SPS: [u8; 19] = [
            0x67, 0x64, 0x0c, 0x1e, 0xac, 0x18, 0xd0, 0x14, 0x05, 0xff, 0x2c, 0xd4, 0x04, 0x04,
            0x04, 0x1e, 0x11, 0x08, 0xd4,
        ];
        const PPS: [u8; 4] = [0x68, 0xce, 0x3c, 0x80];
        let entry = avc1(&SPS, &PPS, (640, 360));
        let parameters = StreamParameters::from_sample_entry(entry).expect("valid");
        assert_eq!((parameters.sps.as_slice(), parameters.pps.as_slice()), (&SPS[..], &PPS[..]));
        let video = parameters.video;
        assert_eq!((video.width, video.height, video.profile_idc), (640, 360, 100));
    }
}
