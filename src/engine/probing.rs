//! What the test of a camera tells an operator.
//!
//! Must not do: connect.

use std::sync::Arc;

use super::stored;
use crate::capture::ProbeReport;
use crate::codec::{CodecError, Converter, open_decoder};
use crate::model::Picture;
use crate::protocol::FoundStream;

/// The picture is scaled down to this; a form shows none larger.
const PICTURE_SIZE: (usize, usize) = (1280, 720);

/// For [`picture`]: not scaled down.
pub const WHOLE: (usize, usize) = (usize::MAX, usize::MAX);

/// With more seconds than this between full pictures, recordings begin that much too early, and jumps wait for
/// as much to be decoded.
const LONG_GOP: f64 = 10.0;

/// Clocks that differ by less, in microseconds, do no harm. 10 seconds.
const CLOCK_OFF: i64 = 10_000_000;

/// What a stream sends, with its first picture.
#[must_use]
pub fn found(report: &ProbeReport) -> FoundStream {
    let mut warnings = warnings(report);
    let picture = match picture(report, PICTURE_SIZE) {
        Ok(picture) => Some(Arc::new(picture)),
        Err(error) => {
            warnings.push(format!("It can be recorded, but not shown here: {error}."));
            None
        }
    };
    let video = &report.parameters.video;
    FoundStream {
        codec: report.codec.clone(),
        size: (video.width, video.height),
        frame_rate_milli: rate(report),
        gop_length: report.gop_length,
        bit_rate: report.bit_rate,
        lost_packets: report.lost_packets,
        clock_offset: report.clock_offset,
        has_audio: report.has_audio,
        first_picture_after: i64::try_from(report.first_after.as_micros()).unwrap_or(i64::MAX),
        picture,
        warnings,
    }
}

/// What was measured, else what is declared, in thousandths of a frame a second.
const fn rate(report: &ProbeReport) -> u32 {
    match report.frame_rate_milli {
        0 => report.declared_frame_rate_milli,
        measured => measured,
    }
}

/// What an operator should know although the stream can be recorded, each a sentence.
#[must_use]
pub fn warnings(report: &ProbeReport) -> Vec<String> {
    let mut warnings = Vec::new();
    match (report.gop_length, rate(report)) {
        (None, _) => warnings.push(
            "No second full picture arrived during the test: jumping and motion pre-roll will be coarse. \
             Shorten the key frame interval (GOP, I-frame interval) in the camera to 2 seconds."
                .to_owned(),
        ),
        (Some(length), milli @ 1..) => {
            let seconds = f64::from(length) * 1_000.0 / f64::from(milli);
            if seconds > LONG_GOP {
                warnings.push(format!(
                    "A full picture comes every {seconds:.0} seconds alone: jumping and motion pre-roll will \
                     be coarse. Shorten the key frame interval (GOP, I-frame interval) in the camera to 2 \
                     seconds."
                ));
            }
        }
        (Some(_), 0) => {}
    }
    if let Some(offset) = report.clock_offset.filter(|offset| offset.saturating_abs() > CLOCK_OFF) {
        let side = if offset > 0 { "ahead of" } else { "behind" };
        warnings.push(format!(
            "The camera's clock is {} {side} this computer's. Recordings go by this computer's clock, but the \
             time that the camera writes into its pictures is another: set a time server (NTP) in the camera.",
            lasting(offset.saturating_abs())
        ));
    }
    if report.lost_packets > 0 {
        warnings.push(format!(
            "{} packets were lost on the way: check the network, and use TCP if the camera can.",
            report.lost_packets
        ));
    }
    if report.has_audio {
        warnings.push("The camera offers sound too, which is not recorded.".to_owned());
    }
    warnings
}

/// In the largest fitting unit.
fn lasting(micros: i64) -> String {
    match micros / 1_000_000 {
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds @ ..7_200 => format!("{} minutes", seconds / 60),
        seconds @ ..172_800 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// The first random access point as a picture that fits into `size`.
///
/// # Errors
/// [`CodecError`] when no decoder here can do it.
pub fn picture(report: &ProbeReport, size: (usize, usize)) -> Result<Picture, CodecError> {
    let mut decoder = open_decoder(&report.parameters)?;
    let mut frames = Vec::new();
    decoder.decode(&report.first.data, 0, &mut frames)?;
    if frames.is_empty() {
        decoder.flush(&mut frames)?;
    }
    let nothing = || CodecError::Decode("the first full picture gives none".into());
    let frame = frames.pop().ok_or_else(nothing)?;
    let video = &report.parameters.video;
    let pixels = Converter::new().convert(&frame, video, size, Vec::new())?;
    Ok(stored::picture(pixels, report.first.received.wall))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::media::AccessUnit;
    use crate::model::{MediaTime, StreamKind, WallTime};
    use crate::runtime::Now;
    use crate::simulate::{EncodedLoop, SimulatorConfig};

    /// Of a simulated camera without a fault.
    fn report() -> ProbeReport {
        let config = SimulatorConfig { loop_seconds: 1, ..SimulatorConfig::default() };
        let film = EncodedLoop::make(&config.loop_spec(0, StreamKind::Sub)).expect("encoded");
        let received = Now { wall: WallTime::default(), monotonic: Duration::ZERO };
        let data = film.units[0].data.clone();
        let pts = MediaTime::from_ticks(0);
        ProbeReport {
            codec: "H.264 High".into(),
            first: AccessUnit { pts, random_access: true, received, data },
            frame_rate_milli: 25_000,
            declared_frame_rate_milli: 25_000,
            gop_length: Some(50),
            bit_rate: 500_000,
            lost_packets: 0,
            clock_offset: Some(0),
            has_audio: false,
            first_after: Duration::from_millis(250),
            parameters: Arc::new(film.parameters),
        }
    }

    fn told(change: impl FnOnce(&mut ProbeReport)) -> String {
        let mut report = report();
        change(&mut report);
        warnings(&report).join("\n")
    }

    #[test]
    fn an_ordinary_stream_needs_no_warning() {
        assert_eq!(told(|_| {}), "");
        let whole = found(&report());
        assert_eq!((whole.size, whole.first_picture_after), ((640, 360), 250_000));
        let picture = whole.picture.expect("decoded");
        assert_eq!((picture.width, picture.height), (640, 360));
        let mut damaged = report();
        damaged.first.data = vec![0, 0, 0, 1, 0x65].into();
        let damaged = found(&damaged);
        assert!(damaged.picture.is_none() && damaged.warnings.len() == 1, "{damaged:?}");
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_told() {
        let text = told(|report| report.gop_length = Some(300));
        assert!(text.contains("every 12 seconds"), "{text}");
        assert!(told(|report| report.gop_length = None).contains("No second full picture"));
        let text = told(|report| report.clock_offset = Some(-3_700_000_000));
        assert!(text.contains("61 minutes behind this computer's"), "{text}");
        assert_eq!(told(|report| report.clock_offset = Some(9_000_000)), "");
        assert!(told(|report| report.lost_packets = 3).starts_with("3 packets were lost"));
        assert!(told(|report| report.has_audio = true).contains("not recorded"));
        let unmeasured = |report: &mut ProbeReport| {
            (report.frame_rate_milli, report.gop_length) = (0, Some(300));
            report.first_after = Duration::ZERO;
        };
        assert!(told(unmeasured).contains("every 12 seconds"), "the declared rate counts");
    }
}
