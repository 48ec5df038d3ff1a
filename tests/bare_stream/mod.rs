//! The parameters of a stream of small pictures whose bytes nobody decodes.

use std::sync::Arc;

use watchkeeper::media::StreamParameters;
use watchkeeper::media::sps::VideoInfo;

/// With so many pictures in a thousand seconds.
pub fn parameters(frame_rate_milli: u32) -> Arc<StreamParameters> {
    let video = VideoInfo {
        width: 640,
        height: 360,
        profile_idc: 77,
        level_idc: 30,
        chroma_format_idc: 1,
        bit_depth: 8,
        progressive: true,
        may_reorder: false,
        full_range: false,
        matrix_coefficients: 2,
        sample_aspect: (1, 1),
        frame_rate_milli,
    };
    let sample_entry = vec![0, 0, 0, 12, b'a', b'v', b'c', b'1', 1, 2, 3, 4];
    Arc::new(StreamParameters { sample_entry, sps: Vec::new(), pps: Vec::new(), video })
}
