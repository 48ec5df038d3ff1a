//! One coded picture on its way from the camera, and the parameters that it needs.
//!
//! Must not do: look inside a NAL unit.

use std::fmt;

use bytes::Bytes;

use crate::media::sps::VideoInfo;
use crate::model::MediaTime;
use crate::runtime::Now;

/// One coded picture as the camera sent it. The bytes are shared, never copied.
#[derive(Clone)]
pub struct AccessUnit {
    /// When it is shown, from the start of its run (which is 0).
    pub pts: MediaTime,
    /// Whether decoding can begin here.
    pub random_access: bool,
    /// When its last packet was read from the socket.
    pub received: Now,
    /// NAL units, each behind its length in 4 bytes, big-endian (ISO/IEC 14496-15, 5.3.3).
    pub data: Bytes,
}

impl fmt::Debug for AccessUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.random_access { " RAP" } else { "" };
        write!(f, "AccessUnit(pts {}{mark}, {} bytes)", self.pts.ticks(), self.data.len())
    }
}

/// What a decoder and a file need to know before the first access unit.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamParameters {
    /// The whole `avc1` box with `avcC` inside (ISO/IEC 14496-15, 5.4.2.1), as bytes.
    pub sample_entry: Vec<u8>,
    /// Sequence parameter set, one NAL unit without start code.
    pub sps: Vec<u8>,
    /// Picture parameter set, one NAL unit without start code.
    pub pps: Vec<u8>,
    /// What the sequence parameter set says.
    pub video: VideoInfo,
}

impl fmt::Debug for StreamParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamParameters({:?})", self.video)
    }
}
