//! Two days of past recordings for the demonstration, written by the normal recorder.
//!
//! Must not do: run beside an engine on the same folder, or touch a folder that holds recordings.

use std::sync::Arc;
use std::time::Duration;

use super::{EngineError, offline, zone_of};
use crate::capture::CaptureEvent;
use crate::config::{DataFolder, SettingsStore};
use crate::index::{Change, Index};
use crate::media::AccessUnit;
use crate::model::{
    Area, CameraId, CoverageKind, GapReason, JournalEntry, MediaTime, Mode, MotionEvent,
    RecordingState, StreamId, StreamKind, WallSpan, WallTime,
};
use crate::recorder::{Limits, OpenSegments, Rule, StreamRecorder, WriteContext};
use crate::runtime::{Now, Worker};
use crate::simulate::{EncodedLoop, LoopSpec};

/// How far the past reaches back.
const PAST_HOURS: i64 = 48;

/// Space that filling must leave free, in bytes; with less, only the last hours are filled.
const SPACE_WANTED: u64 = 4_000_000_000;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// One camera's past.
struct Past {
    camera: CameraId,
    /// Number of its scene and story.
    number: usize,
}

/// Fills the folder with the past of these cameras, until `now`.
///
/// # Errors
/// When the folder cannot be written.
pub fn fill(folder: &DataFolder, cameras: &[CameraId], now: WallTime) -> Result<(), EngineError> {
    let store = SettingsStore::open(folder)?;
    let volumes = offline::volumes(folder, &store)?;
    let (volume, volume_id) = (volumes.current()?, volumes.current);
    let hours = if volume.space()?.free < SPACE_WANTED { 2 } else { PAST_HOURS };
    let start = now.plus_micros(-hours * HOUR);
    let context = WriteContext {
        volume,
        volume_id,
        zone: zone_of(store.settings()),
        limits: Limits { minutes: 60, bytes: None },
        open: OpenSegments::default(),
    };
    let (sender, receiver) = crossbeam::channel::bounded(cameras.len());
    let mut workers = Vec::new();
    for (number, camera) in cameras.iter().enumerate() {
        let (context, sender) = (context.clone(), sender.clone());
        let name = format!("past-{camera}");
        let past = Past { camera: camera.clone(), number };
        let work = move || {
            // The receiver outlives every worker.
            let _received = sender.send(record(&past, &context, WallSpan::new(start, now)));
        };
        workers.push(Worker::spawn(&name, work)?);
    }
    drop(sender);
    let changes: Result<Vec<Vec<Change>>, EngineError> = receiver.iter().collect();
    for worker in workers {
        worker.join(super::SHUTDOWN_LIMIT)?;
    }
    let changes: Vec<Change> = changes?.into_iter().flatten().collect();
    let index = Index::open(folder.index())?.index;
    Ok(index.apply(&changes)?)
}

/// Pictures at a low rate: one a second is enough to look around in yesterday.
fn pictures(scene: usize) -> Result<EncodedLoop, EngineError> {
    let spec = LoopSpec { frames: 120, gop: 20, ..LoopSpec::new(scene, (640, 360), 1, 1, 16_000) };
    Ok(EncodedLoop::make(&spec)?)
}

/// Records one camera's past; returns what the index must know.
fn record(past: &Past, context: &WriteContext, span: WallSpan) -> Result<Vec<Change>, EngineError> {
    let pictures = pictures(past.number)?;
    let stream = StreamId::new(past.camera.clone(), StreamKind::Main);
    let mut recorder =
        StreamRecorder::new(stream, Rule::of(Mode::Continuous), context.clone(), WallTime::MIN);
    let mut changes = Vec::new();
    for (part, state) in story(past.number, span) {
        if matches!(state, RecordingState::Recording(_)) {
            play(&mut recorder, &pictures, part);
        }
        let segments = recorder.take_changes().into_iter();
        changes.extend(segments.filter(|change| matches!(change, Change::PutSegment(_))));
        changes.extend(events(past, part, &state));
        let camera = past.camera.clone();
        changes.push(Change::Journal(JournalEntry { camera, at: part.start, state }));
    }
    Ok(changes)
}

/// Sends the loop's pictures through the recorder as if a camera had sent them during `part`.
fn play(recorder: &mut StreamRecorder, pictures: &EncodedLoop, part: WallSpan) {
    let at = |wall: WallTime| {
        let since_epoch = u64::try_from(wall.as_micros()).unwrap_or(0);
        Now { wall, monotonic: Duration::from_micros(since_epoch) }
    };
    let parameters = Arc::new(pictures.parameters.clone());
    recorder.take(CaptureEvent::RunStarted { parameters }, at(part.start));
    let period = 1_000_000 / i64::from(pictures.fps.max(1));
    let ticks = crate::model::time::micros_to_ticks(period);
    let count = part.micros() / period;
    for (number, unit) in (0..count).zip(pictures.units.iter().cycle()) {
        let received = at(part.start.plus_micros(number * period));
        let unit = AccessUnit {
            pts: MediaTime::from_ticks(number * ticks),
            random_access: unit.random_access,
            received,
            data: unit.data.clone(),
        };
        recorder.take(CaptureEvent::Unit(unit), received);
    }
    recorder.stop(GapReason::Unknown, at(part.end));
}

/// What moved in a stretch of the past: all of it where it was recorded for that, else something every now and
/// then.
fn events(past: &Past, part: WallSpan, state: &RecordingState) -> Vec<Change> {
    let event = |span: WallSpan, number: i64| {
        let peak = [40, 120, 310, 75, 180, 22, 95][number.rem_euclid(7).unsigned_abs() as usize];
        let best = span.start.plus_micros(span.micros() / 3);
        let camera = past.camera.clone();
        let event = MotionEvent { camera, span, peak, area: Area::WHOLE, best };
        Change::PutEvent { event, picture: None }
    };
    match state {
        RecordingState::Recording(CoverageKind::Motion) => {
            vec![event(part, part.start.as_micros() / MINUTE)]
        }
        RecordingState::Recording(CoverageKind::Continuous) => (1..part.micros() / (19 * MINUTE))
            .map(|number| {
                let start = part.start.plus_micros(number * 19 * MINUTE + number % 5 * 2 * MINUTE);
                let length = (12 + number * 29 % 70) * (MINUTE / 60);
                event(WallSpan::new(start, start.plus_micros(length)), number)
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What happened to a camera during `span`: stretches that tile it.
fn story(number: usize, span: WallSpan) -> Vec<(WallSpan, RecordingState)> {
    use RecordingState::{Idle, Recording};
    let offline = || Idle(GapReason::CameraOffline("The camera does not answer.".into()));
    let continuous = || Recording(CoverageKind::Continuous);
    let cycle: Vec<(i64, RecordingState)> = match number % 4 {
        0 => vec![(11 * HOUR, continuous()), (7 * MINUTE, offline()), (8 * HOUR, continuous())],
        1 => vec![
            (9 * HOUR, Recording(CoverageKind::Scheduled)),
            (15 * HOUR, Idle(GapReason::OutsideSchedule("Business Hours".into()))),
        ],
        2 => (0..9)
            .flat_map(|n| {
                let kind = if n == 5 { CoverageKind::Manual } else { CoverageKind::Motion };
                let length = (2 + n * 7 % 5) * MINUTE;
                [
                    (length, Recording(kind)),
                    ((13 + n * 11 % 17) * MINUTE, Idle(GapReason::NoMotion)),
                ]
            })
            .collect(),
        _ => vec![(17 * HOUR, continuous()), (40 * MINUTE, Idle(GapReason::NotRunning))],
    };
    let mut parts = Vec::new();
    let mut from = span.start;
    for (length, state) in cycle.iter().cycle() {
        let part = WallSpan::new(from, from.plus_micros(*length).min(span.end));
        parts.push((part, state.clone()));
        from = part.end;
        if from >= span.end {
            break;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_story_tiles_its_span() {
        let span =
            WallSpan::new(WallTime::from_micros(0), WallTime::from_micros(PAST_HOURS * HOUR));
        for number in 0..4 {
            let parts = story(number, span);
            assert_eq!(parts.first().map(|(part, _)| part.start), Some(span.start));
            assert_eq!(parts.last().map(|(part, _)| part.end), Some(span.end));
            assert!(parts.windows(2).all(|pair| pair[0].0.end == pair[1].0.start));
        }
    }
}
