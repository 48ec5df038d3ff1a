//! Questions about what was recorded, and their answers: the same for a running engine and for a command
//! that opens the index itself.
//!
//! Must not do: change anything.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::stills::{self, Caption};
use super::{EngineError, explain, query};
use crate::index::check::{Outcome, Problem};
use crate::index::{self, IndexReader};
use crate::model::{
    CameraId, MotionEvent, RecordingState, SegmentRow, StreamId, StreamKind, WallSpan, WallTime,
};
use crate::playback::{self, Footage};
use crate::protocol::PictureFormat;
use crate::recorder::OpenSegments;
use crate::storage::Places;

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Which segments overlap a span.
    Recordings {
        /// Of this camera, or of all.
        camera: Option<CameraId>,
        /// From when on.
        from: WallTime,
        /// Until when.
        to: WallTime,
    },
    /// What was recorded in a span, and why the rest was not.
    Explain {
        /// Of this camera.
        camera: CameraId,
        /// From when on.
        from: WallTime,
        /// Until when; not later than now.
        to: WallTime,
    },
    /// The exact picture shown at a moment.
    Picture {
        /// Of this camera.
        camera: CameraId,
        /// When.
        at: WallTime,
        /// As which kind of file.
        format: PictureFormat,
        /// What is written into it.
        caption: Option<Caption>,
    },
    /// Which motion events overlap a span.
    Events {
        /// Of this camera, or of all.
        camera: Option<CameraId>,
        /// From when on.
        from: WallTime,
        /// Until when.
        to: WallTime,
    },
    /// The small picture that is kept of a motion event.
    EventPicture {
        /// Of this camera.
        camera: CameraId,
        /// The start of the event.
        start: WallTime,
    },
    /// Whether files and index agree.
    Check,
}

/// What is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Ordered by camera, stream and start.
    Recordings(Vec<SegmentRow>),
    /// Ordered by camera and start.
    Events(Vec<MotionEvent>),
    /// A JPEG, in base64; none when there is no picture of the event.
    EventPicture(Option<String>),
    /// Stretches that tile the span, ordered by time.
    Explain(Vec<(WallSpan, RecordingState)>),
    /// A picture.
    Picture {
        /// The file, in base64.
        file: String,
        /// When it was taken.
        at: WallTime,
        /// The segment that it is from, below its volume.
        path: String,
    },
    /// One sentence for each; no problems when all is well.
    Check {
        /// What a repair would mend.
        problems: Vec<String>,
        /// What is odd and stays as it is, such as files that are not ours.
        remarks: Vec<String>,
    },
}

/// Everything that reading needs.
pub struct Recordings {
    /// The index.
    pub reader: IndexReader,
    /// What is being written.
    pub open: OpenSegments,
    /// Where the files are.
    pub volumes: Places,
    /// Index, files and open segments as one.
    pub footage: Arc<Footage>,
}

impl Recordings {
    /// Answers.
    ///
    /// # Errors
    /// When the index or a file cannot be read, or there is no footage at the time asked for.
    pub fn answer(&self, question: &Question) -> Result<Answer, EngineError> {
        match question {
            Question::Recordings { camera, from, to } => {
                let span = WallSpan::new(*from, *to);
                Ok(Answer::Recordings(self.recordings(camera.as_ref(), span)?))
            }
            Question::Explain { camera, from, to } => {
                Ok(Answer::Explain(self.explain(camera, WallSpan::new(*from, *to))?))
            }
            Question::Events { camera, from, to } => {
                let span = WallSpan::new(*from, *to);
                Ok(Answer::Events(self.reader.events(camera.as_ref(), span)?))
            }
            Question::EventPicture { camera, start } => {
                let jpeg = self.reader.event_picture(camera, *start)?;
                Ok(Answer::EventPicture(jpeg.map(|jpeg| BASE64.encode(jpeg))))
            }
            Question::Picture { camera, at, format, caption } => {
                self.picture(camera, *at, *format, caption.as_ref())
            }
            Question::Check => {
                let check =
                    || index::check::check(&self.reader, &self.volumes.all(), &self.open.rows());
                let mut report = check()?;
                if !report.problems.is_empty() && !self.volumes.archives().is_empty() {
                    // What was brought away while it was looked for is found the second time.
                    let again = check()?;
                    report.problems.retain(|problem| again.problems.contains(problem));
                }
                // A segment that was begun meanwhile is no problem.
                let begun: Vec<String> = self.open.rows().into_iter().map(|row| row.path).collect();
                let found = report.problems.iter().filter(|found| !begun.contains(&found.path));
                let (remarks, problems): (Vec<&Problem>, Vec<&Problem>) =
                    found.partition(|found| found.outcome == Outcome::LeftAlone);
                let told = |list: Vec<&Problem>| list.iter().map(ToString::to_string).collect();
                Ok(Answer::Check { problems: told(problems), remarks: told(remarks) })
            }
        }
    }

    fn recordings(
        &self,
        camera: Option<&CameraId>,
        span: WallSpan,
    ) -> Result<Vec<SegmentRow>, EngineError> {
        let mut streams = self.reader.streams()?;
        streams.extend(self.open.rows().into_iter().map(|row| row.stream));
        streams.retain(|stream| camera.is_none_or(|camera| stream.camera == *camera));
        streams.sort();
        streams.dedup();
        let mut rows = Vec::new();
        for stream in &streams {
            rows.append(&mut self.segments(stream, span)?);
        }
        Ok(rows)
    }

    /// The segments of a stream that overlap `span`, those being written included.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn segments(
        &self,
        stream: &StreamId,
        span: WallSpan,
    ) -> Result<Vec<SegmentRow>, EngineError> {
        let open = self.open.rows_of(stream);
        let mut rows = self.reader.segments(stream, span)?;
        rows.retain(|row| open.iter().all(|open| open.start != row.start));
        rows.extend(open.into_iter().filter(|row| row.span().overlaps(span)));
        rows.sort_by_key(|row| row.start);
        Ok(rows)
    }

    /// The rows of both streams of a camera, ordered by start.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn segments_of_camera(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<Vec<SegmentRow>, EngineError> {
        let mut rows = Vec::new();
        for kind in [StreamKind::Main, StreamKind::Sub] {
            rows.append(&mut self.segments(&StreamId::new(camera.clone(), kind), span)?);
        }
        rows.sort_by_key(|row| row.start);
        Ok(rows)
    }

    fn explain(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<Vec<(WallSpan, RecordingState)>, EngineError> {
        let covered = query::footage(self, camera, span)?;
        let mut gaps = self.reader.gaps(camera, span, &covered)?;
        let open = self.open.rows().into_iter().filter(|row| row.stream.camera == *camera);
        let written_to = open.map(|row| row.end).max();
        let state = self.reader.last_state(camera)?.map(|entry| entry.state);
        let pending = explain::pending(&mut gaps, span.end, written_to, state.as_ref());
        let recorded =
            covered.into_iter().map(|item| (item.span, RecordingState::Recording(item.kind)));
        let idle = gaps.into_iter().map(|(span, reason)| (span, RecordingState::Idle(reason)));
        let mut stretches: Vec<_> = recorded.chain(idle).chain(pending).collect();
        stretches.sort_by_key(|(span, _)| span.start);
        stretches.dedup_by(|(next, state), (last, known)| {
            let same = state == known && next.start == last.end;
            if same {
                last.end = next.end;
            }
            same
        });
        Ok(stretches)
    }

    fn picture(
        &self,
        camera: &CameraId,
        at: WallTime,
        format: PictureFormat,
        caption: Option<&Caption>,
    ) -> Result<Answer, EngineError> {
        let exact = playback::exact_picture(&self.footage, camera, at)?;
        let file = stills::encode(&exact.picture, format, caption)
            .map_err(playback::PlaybackError::from)?;
        Ok(Answer::Picture { file: BASE64.encode(file), at: exact.picture.at, path: exact.path })
    }
}
