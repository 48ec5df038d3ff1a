//! The frame of one sample, and one exact picture at full size for the `snapshot` verb.
//!
//! Must not do: keep a decoder open.

use super::pool::make;
use super::{Footage, LoadedSegment, PlaybackError};
use crate::codec::{Converter, Frame, open_decoder};
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CameraId, Picture, SegmentState, StreamId, WallTime};

/// A picture and where it comes from.
#[derive(Clone, Debug)]
pub struct ExactPicture {
    /// At full size, square pixels; its `at` is when it begins to be shown.
    pub picture: Picture,
    /// The stream that it is from.
    pub stream: StreamId,
    /// The path of its segment below the volume.
    pub path: String,
    /// Its place in the segment, in decoding order.
    pub sample: usize,
}

/// The picture that `camera` shows at `at`: the last one that begins at `at` or earlier.
///
/// # Errors
/// [`PlaybackError::NoFootage`] with the reason, or what went wrong on the way to the picture.
pub fn exact_picture(
    footage: &Footage,
    camera: &CameraId,
    at: WallTime,
) -> Result<ExactPicture, PlaybackError> {
    let Some(row) = footage.find(camera, at)? else {
        let reason = footage.gap(camera, at)?.reason;
        return Err(PlaybackError::NoFootage { camera: camera.clone(), at, reason });
    };
    let segment = footage.load(&row)?;
    if let Some(end) = early_end(&segment, at) {
        return Err(PlaybackError::EndsEarly { path: segment.row.path.clone(), end, at });
    }
    let damaged = || PlaybackError::Damaged { camera: camera.clone(), at };
    let sample = segment.shown_at(at).ok_or_else(damaged)?;
    let frame = decode_sample(&segment, sample, &mut || true)?.ok_or_else(damaged)?;
    let video = &segment.parameters.video;
    let pixels = Converter::new().convert(&frame, video, (usize::MAX, usize::MAX), Vec::new())?;
    Ok(ExactPicture {
        picture: make(pixels, segment.wall_of(sample)),
        stream: segment.row.stream.clone(),
        path: segment.row.path.clone(),
        sample,
    })
}

/// Where the segment's file ends, when that is before `at` although its row goes on.
fn early_end(segment: &LoadedSegment, at: WallTime) -> Option<WallTime> {
    let (row, end) = (&segment.row, segment.row.wall_at(segment.walk.duration()));
    let is_closed = row.state != SegmentState::Recording;
    (is_closed && at.min(row.end).micros_since(end) > SEAM_MICROS).then_some(end)
}

/// The frame of `sample`, decoded from the random access point that leads to it; the frame of a sample that is a
/// second field is that of the first one. None when it is not wished any more, which is asked between pictures.
///
/// # Errors
/// [`PlaybackError::Damaged`] when the decoder gives no such frame; else what cannot be read or decoded.
pub fn decode_sample(
    segment: &LoadedSegment,
    sample: usize,
    is_wished: &mut dyn FnMut() -> bool,
) -> Result<Option<Frame>, PlaybackError> {
    let damaged = || PlaybackError::Damaged {
        camera: segment.row.stream.camera.clone(),
        at: segment.wall_of(sample),
    };
    let start = segment.walk.start_for(sample).ok_or_else(damaged)?;
    let samples = segment.walk.samples();
    let mut decoder = open_decoder(&segment.parameters)?;
    let (mut unit, mut frames, mut best) = (Vec::new(), Vec::new(), None::<Frame>);
    let wanted = samples[sample].pts;
    for info in &samples[start..=sample] {
        if !is_wished() {
            return Ok(None);
        }
        segment.read(info, &mut unit)?;
        decoder.decode(&unit, info.pts, &mut frames)?;
        if std::ptr::eq(info, &samples[sample]) && !frames.iter().any(|frame| frame.pts == wanted) {
            decoder.flush(&mut frames)?;
        }
        for frame in frames.drain(..) {
            let better = best.as_ref().is_none_or(|best| frame.pts > best.pts);
            if frame.pts <= wanted && better {
                let old = best.replace(frame);
                old.into_iter().for_each(|old| decoder.recycle(old));
            } else {
                decoder.recycle(frame);
            }
        }
    }
    let may_be_first_field = !segment.parameters.video.progressive;
    let frame = best.filter(|best| may_be_first_field || best.pts == wanted);
    frame.map(Some).ok_or_else(damaged)
}
