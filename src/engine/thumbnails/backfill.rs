//! Small pictures of past footage that has none: from the newest segment to the oldest, one picture a step. Footage on
//! an archive is looked at as long as that can be reached.
//!
//! Must not do: look at a segment that is being written, or twice at one that has all its pictures; find out itself
//! whether an archive can be reached, which may take seconds.

use std::sync::Arc;
use std::time::Duration;

use crate::analysis::ThumbnailMaker;
use crate::analysis::thumbnail::lacking;
use crate::container::ContainerError;
use crate::engine::archive::ArchiveDesk;
use crate::engine::recordings::Recordings;
use crate::index::{IndexError, NewThumbnail, ThumbnailReader, ThumbnailWriter};
use crate::model::{
    CameraId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId, WallSpan, WallTime,
};
use crate::playback::{LoadedSegment, PlaybackError};
use crate::runtime::Now;

/// Time between two looks for segments without pictures, once all have theirs.
const LOOK: Duration = Duration::from_secs(600);

/// Segments that lack pictures.
pub struct Backlog {
    recordings: Arc<Recordings>,
    writer: ThumbnailWriter,
    reader: ThumbnailReader,
    /// Tells whether the archive can be reached.
    archive: ArchiveDesk,
    /// Newest at the end.
    rows: Vec<SegmentRow>,
    current: Option<Current>,
    /// When segments are looked for again.
    look_at: Duration,
}

/// What a step was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Footage on this computer, or a look for some.
    Here,
    /// Footage on an archive, which others may be waiting for.
    Elsewhere,
}

/// The segment whose pictures are being made.
struct Current {
    segment: LoadedSegment,
    /// Newest at the end.
    moments: Vec<WallTime>,
    /// The sample of the last picture: random access points may be further apart than pictures are wanted.
    last: Option<usize>,
    unit: Vec<u8>,
}

impl Backlog {
    /// What `writer` lacks of `recordings`; `archive` tells whether the one can be reached that some are on.
    #[must_use]
    pub fn new(recordings: Arc<Recordings>, writer: ThumbnailWriter, archive: ArchiveDesk) -> Self {
        let reader = writer.reader();
        Self {
            recordings,
            writer,
            reader,
            archive,
            rows: Vec::new(),
            current: None,
            look_at: Duration::ZERO,
        }
    }

    /// Makes one picture, or prepares the next segment; none when there is nothing to do now.
    ///
    /// # Errors
    /// When the index cannot be read or a picture cannot be kept.
    pub fn step(
        &mut self,
        maker: &mut ThumbnailMaker,
        now: Now,
    ) -> Result<Option<Step>, IndexError> {
        if let Some(mut current) = self.current.take() {
            let step = self.step_for(current.segment.row.volume);
            match current.moments.pop() {
                Some(at) => {
                    if self.make(&mut current, at, maker)? {
                        self.current = Some(current);
                    }
                }
                None => {
                    self.writer.complete(&current.segment.row.stream, current.segment.row.start)?
                }
            }
            return Ok(Some(step));
        }
        if let Some(row) = self.rows.pop() {
            self.begin(&row, now.wall)?;
            return Ok(Some(self.step_for(row.volume)));
        }
        if now.monotonic < self.look_at {
            return Ok(None);
        }
        self.look_at = now.monotonic + LOOK;
        self.rows = self.incomplete()?;
        Ok(Some(Step::Here))
    }

    /// The segments that lack pictures, ordered by start. Of two that begin together the one of the sub stream
    /// is last: its pictures cost less and serve for both.
    fn incomplete(&self) -> Result<Vec<SegmentRow>, IndexError> {
        let (mut rows, volumes) = (Vec::new(), self.recordings.volumes.here());
        let reachable = self.reachable();
        let is_there = |row: &SegmentRow| {
            let closed = matches!(row.state, SegmentState::Finished | SegmentState::Recovered);
            closed && (volumes.contains_key(&row.volume) || reachable == Some(row.volume))
        };
        for stream in self.recordings.reader.streams()? {
            let complete = self.reader.complete(&stream)?;
            let all = self.recordings.reader.segments_of(&stream)?.into_iter();
            rows.extend(all.filter(|row| is_there(row) && !complete.contains(&row.start)));
        }
        rows.sort_by_key(|row| (row.start, row.stream.kind));
        Ok(rows)
    }

    fn step_for(&self, volume: VolumeId) -> Step {
        match self.recordings.volumes.here().contains_key(&volume) {
            true => Step::Here,
            false => Step::Elsewhere,
        }
    }

    /// The archive, if it answers.
    fn reachable(&self) -> Option<VolumeId> {
        let report = self.archive.report()?;
        report.state.is_reachable().then_some(report.volume)
    }

    fn begin(&mut self, row: &SegmentRow, now: WallTime) -> Result<(), IndexError> {
        let step = self.step_for(row.volume);
        if step == Step::Elsewhere && self.reachable() != Some(row.volume) {
            // What is there waits for the next look.
            self.rows.retain(|other| other.volume != row.volume);
            return Ok(());
        }
        let kept = self.reader.times(&row.stream.camera, row.span())?;
        let moments = lacking(row.span(), &kept, now);
        if moments.is_empty() {
            return self.writer.complete(&row.stream, row.start);
        }
        // One of its own: the segments that players use stay with those.
        match LoadedSegment::open(row, &self.recordings.volumes.all()) {
            Ok(segment) => {
                let (last, unit) = (None, Vec::new());
                self.current = Some(Current { segment, moments, last, unit });
                Ok(())
            }
            Err(error) => self.give_up(row, &error),
        }
    }

    /// Makes the picture of `at`; false when the segment cannot be read any further.
    fn make(
        &self,
        current: &mut Current,
        at: WallTime,
        maker: &mut ThumbnailMaker,
    ) -> Result<bool, IndexError> {
        let segment = &current.segment;
        let Some(sample) = segment.key_shown_at(at) else { return Ok(true) };
        if current.last.replace(sample) == Some(sample) {
            return Ok(true);
        }
        let Some(info) = segment.walk.samples().get(sample) else { return Ok(true) };
        if let Err(error) = segment.read(info, &mut current.unit) {
            self.give_up(&segment.row, &error)?;
            return Ok(false);
        }
        match maker.jpeg(&segment.parameters, &current.unit) {
            Ok(jpeg) => {
                let camera = segment.row.stream.camera.clone();
                let at = segment.wall_of(sample);
                self.writer.put(&[NewThumbnail { camera: camera.clone(), at, jpeg }])?;
                self.keep_if_recorded(&camera, at)?;
            }
            Err(error) => tracing::debug!("{}: {error}", segment.row.path),
        }
        Ok(true)
    }

    /// Who deletes footage takes it out of the index before its pictures: one that was made meanwhile would stay.
    fn keep_if_recorded(&self, camera: &CameraId, at: WallTime) -> Result<(), IndexError> {
        let moment = WallSpan::new(at, at.plus_micros(1));
        for kind in [StreamKind::Main, StreamKind::Sub] {
            let stream = StreamId::new(camera.clone(), kind);
            if !self.recordings.reader.segments(&stream, moment)?.is_empty() {
                return Ok(());
            }
        }
        self.writer.delete_range(camera, moment)
    }

    /// A file that is damaged stays so; one that is away, or was deleted meanwhile, is looked for again.
    fn give_up(&self, row: &SegmentRow, error: &PlaybackError) -> Result<(), IndexError> {
        tracing::debug!("no small pictures of {}: {error}", row.path);
        match error {
            // The archive may have gone away.
            PlaybackError::Container { source: ContainerError::Io { .. }, .. }
                if self.step_for(row.volume) == Step::Elsewhere =>
            {
                Ok(())
            }
            PlaybackError::Container { .. } | PlaybackError::Parameters { .. } => {
                self.writer.complete(&row.stream, row.start)
            }
            _ => Ok(()),
        }
    }
}
