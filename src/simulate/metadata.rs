//! The second track of a simulated camera: ONVIF metadata that tells of motion.
//!
//! Must not do: touch a socket or a clock; it is told the time and appends bytes.

use super::rtp::{Label, UnitPackets};
use crate::model::WallTime;

/// A metadata track that was set up.
pub(super) struct MetadataTrack {
    /// Interleaved channel of RTP.
    channel: u8,
    source: u32,
    /// Sequence number of the next packet.
    pub(super) sequence: u16,
    active: bool,
    /// Whether the client was told the state that the camera had when it began to play.
    told: bool,
}

/// Why a camera tells of a rule (ONVIF Core Specification, 9.5).
#[derive(Clone, Copy)]
enum Operation {
    Initialized,
    Changed,
}

impl MetadataTrack {
    /// A track of a camera that sees motion, or does not.
    pub(super) fn new(channel: u8, source: u32, sequence: u16, active: bool) -> Self {
        Self { channel, source, sequence, active, told: false }
    }

    /// Appends the state of the rule to `out`, once. `time` is the RTP time at `wall`.
    pub(super) fn begin(&mut self, time: u32, wall: WallTime, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.told, true) {
            self.send(&document(self.active, Operation::Initialized, wall), time, out);
        }
    }

    /// Motion begins or ends; appends the word of it if the client has heard of the rule before.
    pub(super) fn change(&mut self, active: bool, time: u32, wall: WallTime, out: &mut Vec<u8>) {
        self.active = active;
        if self.told {
            self.send(&document(active, Operation::Changed, wall), time, out);
        }
    }

    /// Appends the beginning of a document that does not go on, and what is no XML.
    pub(super) fn garbage(&mut self, time: u32, out: &mut Vec<u8>) {
        self.send_packets(&UnitPackets::unfinished_document(b"<tt:MetadataStream>"), time, out);
        self.send(b"<lost></lost>", time.wrapping_add(1), out);
        self.send(&[0xff; 100], time.wrapping_add(2), out);
    }

    fn send(&mut self, document: &[u8], time: u32, out: &mut Vec<u8>) {
        self.send_packets(&UnitPackets::document(document), time, out);
    }

    fn send_packets(&mut self, packets: &UnitPackets, time: u32, out: &mut Vec<u8>) {
        let Self { channel, source, sequence, .. } = *self;
        packets.write(Label { channel, sequence, time, source }, out);
        self.sequence = sequence.wrapping_add(packets.count());
    }
}

/// What a camera with one motion rule sends.
fn document(active: bool, operation: Operation, wall: WallTime) -> Vec<u8> {
    let operation = match operation {
        Operation::Initialized => "Initialized",
        Operation::Changed => "Changed",
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics">
<tt:Event><wsnt:NotificationMessage>
<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:RuleEngine/CellMotionDetector/Motion</wsnt:Topic>
<wsnt:Message><tt:Message UtcTime="{wall}" PropertyOperation="{operation}">
<tt:Source><tt:SimpleItem Name="VideoSourceConfigurationToken" Value="1"/><tt:SimpleItem Name="Rule" Value="Motion"/></tt:Source>
<tt:Data><tt:SimpleItem Name="IsMotion" Value="{active}"/></tt:Data>
</tt:Message></wsnt:Message></wsnt:NotificationMessage></tt:Event></tt:MetadataStream>"#
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documents in `out`, each with its RTP time and number of packets.
    fn documents(mut out: &[u8]) -> Vec<(String, u32, usize)> {
        let (mut all, mut document, mut count) = (Vec::new(), Vec::new(), 0);
        while let [b'$', 2, high, low, rest @ ..] = out {
            let (packet, after) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            document.extend(&packet[12..]);
            count += 1;
            if packet[1] & 0x80 != 0 {
                let time = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
                let text = String::from_utf8(std::mem::take(&mut document)).expect("text");
                all.push((text, time, std::mem::take(&mut count)));
            }
            out = after;
        }
        assert!(out.is_empty() && document.is_empty());
        all
    }

    #[test]
    fn the_state_is_told_first_and_then_each_change() {
        let wall = WallTime::from_micros(1_714_817_472_500_000);
        let mut track = MetadataTrack::new(2, 7, 65_534, false);
        let mut out = Vec::new();
        track.change(true, 1, wall, &mut out);
        assert!(out.is_empty(), "nobody listens yet");
        track.begin(2, wall, &mut out);
        track.begin(3, wall, &mut out);
        track.change(false, 4, wall, &mut out);
        let documents = documents(&out);
        let told: Vec<(bool, bool, u32)> = documents
            .iter()
            .map(|(text, time, packets)| {
                assert!(*packets > 1 && text.contains("2024-05-04T10:11:12.500000Z"), "{text}");
                (text.contains("\"true\""), text.contains("Initialized"), *time)
            })
            .collect();
        assert_eq!(told, [(true, true, 2), (false, false, 4)]);
        let packets: usize = documents.iter().map(|document| document.2).sum();
        assert_eq!(usize::from(track.sequence.wrapping_sub(65_534)), packets);
    }
}
