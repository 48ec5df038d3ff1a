//! Small pictures: one random access point to a JPEG, and which moments of a segment lack one.
//!
//! Must not do: run a thread, read a file or a clock.

use crate::codec::{CodecError, Converter, Frame, Pixels, encode_jpeg, open_decoder};
use crate::media::StreamParameters;
use crate::model::{WallSpan, WallTime};

/// Size that small pictures fit into, in pixels: 320x180 for 16:9.
pub const THUMBNAIL_SIZE: (usize, usize) = (320, 240);

/// Microseconds from one small picture of past footage to the next, at least: a minute.
const LEAST_SPACING: i64 = 60_000_000;

/// At most: ten minutes.
const MOST_SPACING: i64 = 600_000_000;

/// The older footage is, the fewer pictures does looking through it need: a day ago one each four minutes.
const AGE_PER_SPACING: i64 = 360;

/// Makes small pictures, and keeps the memory that this takes, but no decoder.
#[derive(Default)]
pub struct ThumbnailMaker {
    converter: Converter,
    frames: Vec<Frame>,
    buffer: Vec<u8>,
}

impl ThumbnailMaker {
    /// The small picture of the random access point `unit` as a JPEG.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn jpeg(
        &mut self,
        parameters: &StreamParameters,
        unit: &[u8],
    ) -> Result<Vec<u8>, CodecError> {
        let Pixels { width, height, rgba } = self.picture(parameters, unit)?;
        let jpeg = encode_jpeg(width, height, &rgba);
        self.buffer = rgba;
        jpeg
    }

    fn picture(
        &mut self,
        parameters: &StreamParameters,
        unit: &[u8],
    ) -> Result<Pixels, CodecError> {
        // A decoder of a large picture holds much memory, and is opened in a fraction of the time of decoding one.
        let mut decoder = open_decoder(parameters)?;
        self.frames.clear();
        decoder.decode(unit, 0, &mut self.frames)?;
        if self.frames.is_empty() {
            decoder.flush(&mut self.frames)?;
        }
        let nothing = || CodecError::Decode("the random access point gives no picture".into());
        let frame = self.frames.pop().ok_or_else(nothing)?;
        let buffer = std::mem::take(&mut self.buffer);
        self.converter.convert(&frame, &parameters.video, THUMBNAIL_SIZE, buffer)
    }
}

/// The moments of `span`, ordered, of which small pictures are to be made, where there are those of `kept`, which
/// are in order: one a minute, and fewer the longer `span` ended before `now`.
#[must_use]
pub fn lacking(span: WallSpan, kept: &[WallTime], now: WallTime) -> Vec<WallTime> {
    let age = now.micros_since(span.end);
    let spacing = (age / AGE_PER_SPACING).clamp(LEAST_SPACING, MOST_SPACING);
    let mut moments = Vec::new();
    let mut at = span.start;
    while at < span.end {
        let next = kept.partition_point(|kept| *kept < at.plus_micros(-spacing / 2));
        let is_there = kept.get(next).is_some_and(|kept| *kept < at.plus_micros(spacing / 2));
        if !is_there {
            moments.push(at);
        }
        at = at.plus_micros(spacing);
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: i64) -> WallTime {
        WallTime::from_micros(1_772_546_400_000_000 + n * 1_000_000)
    }

    fn hour() -> WallSpan {
        WallSpan::new(second(0), second(3_600))
    }

    #[test]
    fn footage_of_the_last_hours_lacks_one_a_minute() {
        let moments = lacking(hour(), &[], second(3_700));
        assert_eq!(moments, (0..60).map(|n| second(n * 60)).collect::<Vec<_>>());
        assert_eq!(lacking(WallSpan::new(second(9), second(10)), &[], second(10)), [second(9)]);
        assert_eq!(lacking(WallSpan::new(second(9), second(9)), &[], second(10)), []);
    }

    #[test]
    fn older_footage_lacks_fewer() {
        let count = |days: i64| lacking(hour(), &[], second(3_600 + days * 86_400)).len();
        assert_eq!([0, 1, 2, 30].map(count), [60, 15, 8, 6]);
    }

    #[test]
    fn what_was_made_while_recording_is_not_made_again() {
        let kept: Vec<WallTime> = (0..360).map(|n| second(n * 10 + 3)).collect();
        assert_eq!(lacking(hour(), &kept, second(3_700)), []);
        let half = &kept[..180];
        let moments = lacking(hour(), half, second(3_700));
        assert_eq!(moments.first(), Some(&second(1_860)), "1793 is near enough to 1800");
        assert_eq!(moments.len(), 29);
        let all: Vec<WallTime> = (0..60).map(|n| second(n * 60)).collect();
        assert_eq!(lacking(hour(), &all, second(3_700)), []);
    }

    #[test]
    fn a_clock_that_was_set_back_is_no_trouble() {
        assert_eq!(lacking(hour(), &[], WallTime::MIN).len(), 60);
    }
}
