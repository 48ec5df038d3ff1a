//! RTP packets of a loop, made once; and RTCP sender reports.
//!
//! Packets are H.264 in packetisation mode 1 (RFC 6184): single NAL units and FU-A, inside the frames of
//! an RTSP connection (RFC 2326, 10.12). Must not do: send.

use crate::media::{StreamParameters, nal};
use crate::model::WallTime;

use super::encode::EncodedLoop;

/// RTP payload type of all streams, a dynamic one.
pub(super) const PAYLOAD_TYPE: u8 = 96;

/// The same of metadata.
pub(super) const METADATA_PAYLOAD_TYPE: u8 = 107;

/// Most payload in a packet of metadata: so little that each document spans several.
const MAX_METADATA_PAYLOAD: usize = 500;

/// Most payload in a packet, as of a camera that must get through Ethernet.
const MAX_PAYLOAD: usize = 1400;

/// `$`, channel, length.
const FRAME_HEADER: usize = 4;
const RTP_HEADER: usize = 12;
const MARKER: u8 = 0x80;
/// `nal_unit_type` of a fragment (RFC 6184, 5.8).
const FU_A: u8 = 28;

/// The packets of one access unit, or of one document, one behind the other, as they go over the wire. Channel, sequence
/// number, time and source are blank.
pub(super) struct UnitPackets {
    bytes: Vec<u8>,
    /// Where each packet's `$` is.
    starts: Vec<usize>,
    pub(super) random_access: bool,
}

/// A loop as packets.
pub(super) struct PacketLoop {
    pub(super) parameters: StreamParameters,
    pub(super) units: Vec<UnitPackets>,
    pub(super) fps: u32,
}

/// What differs from client to client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    pub(super) channel: u8,
    pub(super) sequence: u16,
    pub(super) time: u32,
    pub(super) source: u32,
}

impl PacketLoop {
    /// Packetises every unit, parameter sets before each random access point.
    pub(super) fn new(encoded: &EncodedLoop) -> Self {
        let parameters = encoded.parameters.clone();
        let units = encoded
            .units
            .iter()
            .map(|unit| {
                let mut nals: Vec<&[u8]> = Vec::new();
                if unit.random_access {
                    nals.extend([parameters.sps.as_slice(), parameters.pps.as_slice()]);
                }
                // Our own lengths: they are right.
                nals.extend(nal::units(&unit.data).flatten());
                UnitPackets::new(&nals, unit.random_access)
            })
            .collect();
        Self { units, fps: encoded.fps, parameters }
    }
}

impl UnitPackets {
    fn new(nals: &[&[u8]], random_access: bool) -> Self {
        let mut packets = Self::empty(random_access);
        for nal in nals {
            packets.add_nal(nal);
        }
        packets.mark_last();
        packets
    }

    /// A document of metadata (ONVIF Streaming Specification, 5.2.1.1).
    pub(super) fn document(document: &[u8]) -> Self {
        let mut packets = Self::unfinished_document(document);
        packets.mark_last();
        packets
    }

    /// The same, to be continued.
    pub(super) fn unfinished_document(document: &[u8]) -> Self {
        let mut packets = Self::empty(false);
        for piece in document.chunks(MAX_METADATA_PAYLOAD) {
            packets.add_packet(METADATA_PAYLOAD_TYPE, &[], piece);
        }
        packets
    }

    fn empty(random_access: bool) -> Self {
        Self { bytes: Vec::new(), starts: Vec::new(), random_access }
    }

    fn mark_last(&mut self) {
        if let Some(last) = self.starts.last() {
            self.bytes[last + FRAME_HEADER + 1] |= MARKER;
        }
    }

    fn add_nal(&mut self, nal: &[u8]) {
        let Some((header, rest)) = nal.split_first() else { return };
        if nal.len() <= MAX_PAYLOAD {
            return self.add_packet(PAYLOAD_TYPE, &[], nal);
        }
        let pieces = rest.chunks(MAX_PAYLOAD - 2);
        let last = pieces.len() - 1;
        for (index, piece) in pieces.enumerate() {
            let start = if index == 0 { 0x80 } else { 0 };
            let end = if index == last { 0x40 } else { 0 };
            let prefix = [header & 0xe0 | FU_A, start | end | header & 0x1f];
            self.add_packet(PAYLOAD_TYPE, &prefix, piece);
        }
    }

    fn add_packet(&mut self, payload_type: u8, prefix: &[u8], payload: &[u8]) {
        self.starts.push(self.bytes.len());
        let length = (RTP_HEADER + prefix.len() + payload.len()) as u16;
        self.bytes.extend([b'$', 0]);
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend([0x80, payload_type]);
        self.bytes.extend([0; RTP_HEADER - 2]);
        self.bytes.extend(prefix);
        self.bytes.extend(payload);
    }

    /// Number of packets.
    pub(super) fn count(&self) -> u16 {
        self.starts.len() as u16
    }

    /// Bytes of payload, as sender reports count them.
    pub(super) fn payload_bytes(&self) -> u32 {
        (self.bytes.len() - self.starts.len() * (FRAME_HEADER + RTP_HEADER)) as u32
    }

    /// Appends the packets to `out` under `label`, whose sequence number is the first packet's.
    pub(super) fn write(&self, label: Label, out: &mut Vec<u8>) {
        let base = out.len();
        out.extend_from_slice(&self.bytes);
        let mut sequence = label.sequence;
        for start in &self.starts {
            let at = base + start;
            out[at + 1] = label.channel;
            out[at + 6..at + 8].copy_from_slice(&sequence.to_be_bytes());
            out[at + 8..at + 12].copy_from_slice(&label.time.to_be_bytes());
            out[at + 12..at + 16].copy_from_slice(&label.source.to_be_bytes());
            sequence = sequence.wrapping_add(1);
        }
    }
}

/// What a sender report says beside the two times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) packets: u32,
    pub(super) bytes: u32,
}

/// Appends a sender report with the source's name (RFC 3550, 6.4.1 and 6.5) as an interleaved frame.
/// `label.time` is the RTP time at `wall`.
pub(super) fn write_sender_report(label: Label, wall: WallTime, sent: Sent, out: &mut Vec<u8>) {
    const SENDER_REPORT: u8 = 200;
    const SOURCE_DESCRIPTION: u8 = 202;
    const CNAME: u8 = 1;
    const NAME: &[u8; 9] = b"simulated";
    let mut report = vec![0x80, SENDER_REPORT, 0, 6];
    report.extend(label.source.to_be_bytes());
    report.extend(ntp(wall).to_be_bytes());
    report.extend(label.time.to_be_bytes());
    report.extend(sent.packets.to_be_bytes());
    report.extend(sent.bytes.to_be_bytes());
    // Words after the first: the source, and the name's item filled up with zeros.
    report.extend([0x81, SOURCE_DESCRIPTION, 0, 4]);
    report.extend(label.source.to_be_bytes());
    report.extend([CNAME, NAME.len() as u8]);
    report.extend(NAME);
    report.push(0);
    out.extend([b'$', label.channel]);
    out.extend((report.len() as u16).to_be_bytes());
    out.extend(report);
}

/// Seconds since 1900 and their 2^32nd parts (RFC 5905, 6); the seconds wrap in 2036.
fn ntp(wall: WallTime) -> u64 {
    const FROM_1900_TO_1970: i64 = 2_208_988_800;
    const MICROS: i64 = 1_000_000;
    let seconds = wall.as_micros().div_euclid(MICROS) + FROM_1900_TO_1970;
    let micros = wall.as_micros().rem_euclid(MICROS) as u64;
    (u64::from(seconds as u32) << 32) | ((micros << 32) / MICROS as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: Label = Label { channel: 4, sequence: 65_535, time: 7, source: 9 };

    #[test]
    fn long_units_are_split_and_the_last_packet_is_marked() {
        let nal: Vec<u8> = (0..4_000_u32).map(|i| if i == 0 { 0x65 } else { i as u8 }).collect();
        let packets = UnitPackets::new(&[&[0x67, 1, 2], &nal], true);
        assert_eq!(packets.count(), 4);
        let mut out = vec![0xee];
        packets.write(LABEL, &mut out);
        let (mut rest, mut joined, mut markers) = (&out[1..], vec![0x65], Vec::new());
        for index in 0..4_u16 {
            let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
            let rtp = &rest[4..4 + length];
            assert_eq!((rest[0], rest[1], rtp[0], rtp[1] & 127), (b'$', 4, 0x80, 96));
            assert_eq!(u16::from_be_bytes([rtp[2], rtp[3]]), 65_535_u16.wrapping_add(index));
            assert_eq!(rtp[4..12], [0, 0, 0, 7, 0, 0, 0, 9]);
            markers.push(rtp[1] & MARKER != 0);
            if index > 0 {
                assert_eq!(rtp[12], 0x7c);
                let flags = [0x85, 0x05, 0x45][usize::from(index - 1)];
                assert_eq!(rtp[13], flags, "packet {index}");
                joined.extend(&rtp[14..]);
            }
            rest = &rest[4 + length..];
        }
        assert!(rest.is_empty());
        assert_eq!((joined, markers), (nal, vec![false, false, false, true]));
        assert_eq!(packets.payload_bytes(), 3 + 3 * 2 + 3_999);
    }

    #[test]
    fn a_sender_report_tells_the_time() {
        let mut out = Vec::new();
        let wall = WallTime::from_micros(1_500_000);
        write_sender_report(LABEL, wall, Sent { packets: 1, bytes: 2 }, &mut out);
        assert_eq!(out[..4], [b'$', 4, 0, 48]);
        assert_eq!(out[12..20], [0x83, 0xaa, 0x7e, 0x81, 0x80, 0, 0, 0]);
        assert_eq!(usize::from(out[35]) * 4 + 4 + 28 + 4, out.len());
    }
}
