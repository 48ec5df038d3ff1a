//! Session descriptions (RFC 4566) of the simulated streams.
//!
//! Must not do: know of connections.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rtp::{METADATA_PAYLOAD_TYPE, PAYLOAD_TYPE, PacketLoop};

/// Name of the first track in its control address.
pub(super) const TRACK: &str = "trackID=0";

/// Name of the track of metadata.
pub(super) const METADATA_TRACK: &str = "trackID=1";

/// Describes an H.264 stream (RFC 6184, 8.2.1), perhaps with metadata beside it (ONVIF Streaming
/// Specification, 5.2.1.1).
pub(super) fn h264(name: &str, packets: &PacketLoop, metadata: bool) -> String {
    let (sps, pps) = (&packets.parameters.sps, &packets.parameters.pps);
    let profile: String = sps.iter().skip(1).take(3).map(|b| format!("{b:02X}")).collect();
    let (sps, pps) = (STANDARD.encode(sps), STANDARD.encode(pps));
    let lines = format!(
        "m=video 0 RTP/AVP {PAYLOAD_TYPE}\r\n\
         a=rtpmap:{PAYLOAD_TYPE} H264/90000\r\n\
         a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sps},{pps}\r\n\
         a=framerate:{}\r\n",
        packets.fps
    );
    let mut description = session(name, &lines);
    if metadata {
        description.push_str(&format!(
            "m=application 0 RTP/AVP {METADATA_PAYLOAD_TYPE}\r\n\
             a=rtpmap:{METADATA_PAYLOAD_TYPE} vnd.onvif.metadata/90000\r\n\
             a=control:{METADATA_TRACK}\r\n"
        ));
    }
    description
}

/// Describes a stream of H.265 alone, which Watchkeeper does not record.
pub(super) fn h265() -> String {
    session("H.265 only", "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n")
}

/// Describes a stream of sound alone.
pub(super) fn audio() -> String {
    session("Sound only", "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")
}

fn session(name: &str, media: &str) -> String {
    format!(
        "v=0\r\n\
         o=- 1 1 IN IP4 127.0.0.1\r\n\
         s={name}\r\n\
         c=IN IP4 0.0.0.0\r\n\
         t=0 0\r\n\
         a=control:*\r\n\
         a=range:npt=now-\r\n\
         {media}\
         a=control:{TRACK}\r\n"
    )
}
