//! One client's stream: which access unit is due when, and under which sequence number and RTP time.
//!
//! Must not do: touch a socket or a clock; it is told the time and appends bytes.

use std::sync::Arc;
use std::time::Duration;

use super::encode::LoopSpec;
use super::metadata::MetadataTrack;
use super::rtp::{Label, PacketLoop, Sent, write_sender_report};
use crate::model::StreamKind;
use crate::model::time::{TICKS_PER_SECOND, micros_to_ticks};
use crate::runtime::Now;

/// Time between two sender reports (RFC 3550, 6.2).
const REPORT_INTERVAL: Duration = Duration::from_secs(5);

/// A session that is further behind, because this computer slept, leaves out what it missed.
const MAX_BEHIND: Duration = Duration::from_secs(2);

const NANOS: u64 = 1_000_000_000;

/// A stream that was set up, and perhaps plays.
pub(super) struct Session {
    /// As in the `Session` header.
    pub(super) id: String,
    pub(super) camera: usize,
    pub(super) kind: StreamKind,
    /// Interleaved channel of RTP; RTCP has its own.
    pub(super) channel: u8,
    pub(super) report_channel: u8,
    pub(super) source: u32,
    /// Sequence number of the next packet.
    pub(super) sequence: u16,
    /// RTP time of the first unit, moved by every jump.
    pub(super) time: u32,
    pub(super) playing: Option<Playing>,
    pub(super) metadata: Option<MetadataTrack>,
    /// Units whose packets are still to be left out.
    pub(super) lose: u32,
}

/// Where a playing session is.
pub(super) struct Playing {
    spec: LoopSpec,
    packets: Arc<PacketLoop>,
    /// When unit 0 was due, on the monotonic clock.
    start: Duration,
    /// Units since then, sent or not; the next one's number.
    next: u64,
    /// The loop's unit `first` was or would have been number `from`.
    from: u64,
    first: usize,
    /// Send nothing until a random access point.
    wait_for_random_access: bool,
    next_report: Duration,
    sent: Sent,
}

impl Playing {
    /// Begins with the loop's unit `first` at the next moment of the common grid, so that all streams of
    /// one frame rate are due together and one wake-up serves them all.
    pub(super) fn new(
        spec: LoopSpec,
        packets: Arc<PacketLoop>,
        first: usize,
        now: Duration,
    ) -> Self {
        let fps = u64::from(packets.fps);
        let slot = now.as_nanos() as u64 * fps / NANOS + 1;
        let start = Duration::from_nanos(slot * NANOS / fps);
        Self {
            spec,
            packets,
            start,
            next: 0,
            from: 0,
            first,
            wait_for_random_access: true,
            next_report: start,
            sent: Sent { packets: 0, bytes: 0 },
        }
    }

    /// What it plays.
    pub(super) fn spec(&self) -> LoopSpec {
        self.spec
    }

    /// Goes on with another loop from its beginning.
    pub(super) fn change(&mut self, spec: LoopSpec, packets: Arc<PacketLoop>) {
        (self.spec, self.packets) = (spec, packets);
        (self.from, self.first) = (self.next, 0);
    }

    /// When the next unit is due.
    pub(super) fn due(&self) -> Duration {
        // In two steps, so that years of nanoseconds do not overflow.
        let fps = u64::from(self.packets.fps);
        let (seconds, rest) = (self.next / fps, self.next % fps);
        self.start + Duration::from_secs(seconds) + Duration::from_nanos(rest * NANOS / fps)
    }

    /// Leaves out what was due until `now`, and goes on at a random access point.
    pub(super) fn skip_to(&mut self, now: Duration) {
        while self.due() <= now {
            self.next += 1;
        }
        self.wait_for_random_access = true;
    }

    /// Ticks from unit 0 to the next one.
    fn ticks(&self) -> u32 {
        (self.next * TICKS_PER_SECOND as u64 / u64::from(self.packets.fps)) as u32
    }
}

impl Session {
    /// Appends everything that is due at `now` to `out`.
    pub(super) fn send_due(&mut self, now: Now, out: &mut Vec<u8>) {
        let time = self.time_at(now.monotonic);
        let Some(playing) = &mut self.playing else { return };
        if let Some(track) = &mut self.metadata {
            track.begin(time, now.wall, out);
        }
        if now.monotonic > playing.due() + MAX_BEHIND {
            playing.skip_to(now.monotonic);
        }
        while playing.due() <= now.monotonic {
            let units = &playing.packets.units;
            let place = playing.first as u64 + (playing.next - playing.from);
            let unit = &units[(place % units.len() as u64) as usize];
            playing.wait_for_random_access &= !unit.random_access;
            if playing.wait_for_random_access {
                playing.next += 1;
                continue;
            }
            if self.lose > 0 {
                self.lose -= 1;
            } else {
                let label = Label {
                    channel: self.channel,
                    sequence: self.sequence,
                    time: self.time.wrapping_add(playing.ticks()),
                    source: self.source,
                };
                unit.write(label, out);
                let sent = &mut playing.sent;
                sent.packets = sent.packets.wrapping_add(u32::from(unit.count()));
                sent.bytes = sent.bytes.wrapping_add(unit.payload_bytes());
            }
            self.sequence = self.sequence.wrapping_add(unit.count());
            playing.next += 1;
        }
        if playing.sent.packets > 0 && now.monotonic >= playing.next_report {
            playing.next_report = now.monotonic + REPORT_INTERVAL;
            let label =
                Label { channel: self.report_channel, sequence: 0, time, source: self.source };
            write_sender_report(label, now.wall, playing.sent, out);
        }
    }

    /// The camera begins to see motion, or ceases to.
    pub(super) fn set_motion(&mut self, active: bool, now: Now, out: &mut Vec<u8>) {
        let time = self.time_at(now.monotonic);
        if let Some(track) = &mut self.metadata {
            track.change(active, time, now.wall, out);
        }
    }

    /// Appends metadata that cannot be understood, if any is played.
    pub(super) fn spoil_metadata(&mut self, now: Now, out: &mut Vec<u8>) {
        let time = self.time_at(now.monotonic);
        if let Some(track) = self.metadata.as_mut().filter(|_| self.playing.is_some()) {
            track.garbage(time, out);
        }
    }

    /// The RTP time at `now` on the monotonic clock.
    fn time_at(&self, now: Duration) -> u32 {
        let start = self.playing.as_ref().map_or(now, |playing| playing.start);
        let since = now.saturating_sub(start).as_micros() as i64;
        self.time.wrapping_add(micros_to_ticks(since) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use crate::simulate::encode::EncodedLoop;

    const SPEC: LoopSpec =
        LoopSpec { scene: 6, size: (160, 90), fps: 5, frames: 10, gop: 5, bit_rate: 60_000 };

    fn session(first: usize) -> Session {
        let encoded = EncodedLoop::make(&SPEC).expect("a loop");
        let packets = Arc::new(PacketLoop::new(&encoded));
        let playing = Playing::new(SPEC, packets, first, Duration::from_millis(1_050));
        Session {
            id: "1".into(),
            camera: 0,
            kind: StreamKind::Main,
            channel: 0,
            report_channel: 1,
            source: 5,
            sequence: 100,
            time: 1_000,
            playing: Some(playing),
            metadata: None,
            lose: 0,
        }
    }

    fn at(millis: u64) -> Now {
        let wall = WallTime::from_micros(millis as i64 * 1_000);
        Now { wall, monotonic: Duration::from_millis(millis) }
    }

    /// (sequence number, RTP time, marker) of each RTP packet, and the number of reports.
    fn packets(mut out: &[u8]) -> (Vec<(u16, u32, bool)>, usize) {
        let (mut rtp, mut reports) = (Vec::new(), 0);
        while let [b'$', channel, high, low, rest @ ..] = out {
            let (packet, after) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            if *channel == 0 {
                let sequence = u16::from_be_bytes([packet[2], packet[3]]);
                let time = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
                rtp.push((sequence, time, packet[1] & 0x80 != 0));
            } else {
                reports += 1;
            }
            out = after;
        }
        assert!(out.is_empty());
        (rtp, reports)
    }

    fn times(rtp: &[(u16, u32, bool)]) -> Vec<u32> {
        rtp.iter().filter(|packet| packet.2).map(|packet| packet.1).collect()
    }

    #[test]
    fn units_leave_on_the_grid_with_a_report_every_five_seconds() {
        let mut session = session(5);
        let mut out = Vec::new();
        session.send_due(at(1_199), &mut out);
        assert!(out.is_empty());
        let mut reports = 0;
        let mut all = Vec::new();
        for millis in (1_200..=6_300).step_by(100) {
            out.clear();
            session.send_due(at(millis), &mut out);
            let (rtp, more) = packets(&out);
            all.extend(rtp);
            reports += more;
        }
        let expected: Vec<u32> = (0..26).map(|unit| 1_000 + unit * 18_000).collect();
        assert_eq!((times(&all), reports), (expected, 2));
        assert!(all.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1));
    }

    #[test]
    fn a_loss_skips_sequence_numbers() {
        let mut session = session(0);
        session.lose = 2;
        let mut out = Vec::new();
        session.send_due(at(1_600), &mut out);
        let (rtp, _) = packets(&out);
        assert_eq!(times(&rtp), [1_000 + 2 * 18_000]);
        assert!(rtp[0].0 > 102, "two units and their parameter sets are missing: {rtp:?}");
    }

    #[test]
    fn after_a_stall_it_goes_on_at_a_random_access_point_in_time() {
        let mut session = session(0);
        let mut out = Vec::new();
        session.send_due(at(1_400), &mut out);
        out.clear();
        if let Some(playing) = &mut session.playing {
            playing.skip_to(Duration::from_millis(2_500));
        }
        // Units 7, 8 and 9 were due until 3,000 ms; 10 begins a GOP.
        session.send_due(at(3_100), &mut out);
        assert!(out.is_empty());
        session.send_due(at(3_200), &mut out);
        assert_eq!(times(&packets(&out).0), [1_000 + 10 * 18_000]);
    }
}
