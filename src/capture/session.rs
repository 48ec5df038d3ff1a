//! One playing RTSP connection: hands on what arrives.
//!
//! Must not do: reconnect, or watch the time: [`super::link`] ends a session that hangs. Nor let a fault in
//! the camera's metadata end a run of pictures.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use futures::StreamExt;
use retina::client::{Demuxed, SessionGroup};
use retina::codec::{CodecItem, MessageFrame, ParametersRef, VideoFrame, VideoParametersCodec};

use super::error::Phase;
use super::feed::Feed;
use super::metadata::motions;
use super::offer::{Offer, failure};
use super::run::{Arrived, Assembler};
use super::{CameraMotionState, CaptureError, StreamSource};
use crate::media::StreamParameters;
use crate::media::sps::VideoInfo;
use crate::model::WallTime;
use crate::runtime::Clock;

/// Why metadata is left out by ourselves.
const DISTRUST: &str = "The connection failed when the camera's metadata was asked for: pictures are \
                        received without it";

/// A playing connection.
pub(super) struct Connection<'a> {
    pub(super) source: &'a StreamSource,
    pub(super) demuxed: Demuxed,
    /// Which of the presentation's streams carries the pictures.
    pub(super) stream: usize,
    /// Which carries the metadata that plays beside them.
    pub(super) metadata: Option<usize>,
    /// Why metadata does not, although it was asked for.
    pub(super) refused: Option<Arc<str>>,
}

/// What arrives.
pub(super) enum Item {
    /// One coded picture.
    Frame(VideoFrame),
    /// The camera's wall clock, from an RTCP sender report.
    CameraClock(WallTime),
    /// A document of metadata.
    Metadata(MessageFrame),
    /// Nothing of interest.
    Other,
}

impl Connection<'_> {
    /// Waits for what arrives next; without an end of its own.
    pub async fn next(&mut self) -> Result<Item, CaptureError> {
        poll_fn(|task| self.poll_next(task)).await
    }

    fn poll_next(&mut self, task: &mut Task<'_>) -> Poll<Result<Item, CaptureError>> {
        Poll::Ready(match ready!(self.demuxed.poll_next_unpin(task)) {
            Some(Ok(CodecItem::VideoFrame(frame))) => Ok(Item::Frame(frame)),
            Some(Ok(CodecItem::MessageFrame(document))) => Ok(Item::Metadata(document)),
            Some(Ok(CodecItem::Rtcp(packet))) if packet.stream_id() == self.stream => {
                let report = packet.pkts().find_map(|p| p.as_sender_report().ok().flatten());
                Ok(report.map_or(Item::Other, |report| {
                    Item::CameraClock(wall_time(report.ntp_timestamp()))
                }))
            }
            Some(Ok(_)) => Ok(Item::Other),
            Some(Err(error)) if self.is_in_metadata(&error) => {
                let why = failure(self.source, &error, Phase::Later);
                tracing::debug!(stream = %self.source.id, "odd metadata: {why}");
                Ok(Item::Other)
            }
            Some(Err(error)) => Err(failure(self.source, &error, Phase::Later)),
            None => Err(CaptureError::Closed),
        })
    }

    /// Whether `error` is about a packet of metadata, after which the library goes on. It tells the stream
    /// in its words alone; a socket's error repeats itself and is none of these.
    fn is_in_metadata(&self, error: &retina::Error) -> bool {
        let stream = self.metadata.and_then(|index| self.demuxed.streams().get(index));
        let Some(context) = stream.and_then(|stream| stream.ctx()) else { return false };
        let words = error.to_string();
        words.contains(&format!("\nstream: {context}\n")) && !words.starts_with("Error receiving")
    }

    /// The parameters of the pictures from the last one on; none when the camera has not told yet.
    pub fn parameters(&self) -> Result<Option<Arc<StreamParameters>>, CaptureError> {
        let stream = self.demuxed.streams().get(self.stream);
        let Some(ParametersRef::Video(video)) = stream.and_then(|s| s.parameters()) else {
            return Ok(None);
        };
        let VideoParametersCodec::H264 { sps, pps } = video.codec_params() else { return Ok(None) };
        let bad = |detail: String| CaptureError::Protocol { detail };
        let sample_entry =
            video.mp4_sample_entry().build().map_err(|_| bad("odd parameter sets".into()))?;
        Ok(Some(Arc::new(StreamParameters {
            sample_entry,
            video: VideoInfo::from_sps(sps).map_err(|error| bad(error.to_string()))?,
            sps: sps.to_vec(),
            pps: pps.to_vec(),
        })))
    }

    /// Frames a second as the session description tells, in thousandths; 0 when it does not.
    pub fn declared_frame_rate_milli(&self) -> u32 {
        let rate = self.demuxed.streams().get(self.stream).and_then(|s| s.framerate());
        // A float only in the library's hands; the cast saturates.
        rate.filter(|rate| *rate > 0.0).map_or(0, |rate| (rate * 1_000.0).round() as u32)
    }

    /// Whether the camera offers sound too.
    pub fn has_audio(&self) -> bool {
        self.demuxed.streams().iter().any(|stream| stream.media() == "audio")
    }

    /// Gives `frame` to `assembler`, with its parameters when they are new.
    pub fn assemble(
        &self,
        frame: VideoFrame,
        assembler: &mut Assembler,
        clock: &dyn Clock,
        emit: &mut dyn FnMut(super::CaptureEvent),
    ) -> Result<(), CaptureError> {
        if (frame.has_new_parameters() || !assembler.has_parameters())
            && let Some(parameters) = self.parameters()?
        {
            assembler.set_parameters(parameters);
        }
        let picture = Arrived {
            ticks: frame.timestamp().elapsed(),
            random_access: frame.is_random_access_point(),
            loss: frame.loss(),
            data: frame.into_data().into(),
            received: clock.now(),
        };
        assembler.arrived(picture, emit);
        Ok(())
    }
}

/// Plays `source` into `feed` until something goes wrong, and returns what. `trusted` is whether metadata
/// may be asked for.
pub(super) async fn run(
    source: Arc<StreamSource>,
    feed: Arc<Feed>,
    group: Arc<SessionGroup>,
    clock: Arc<dyn Clock>,
    trusted: bool,
) -> CaptureError {
    let played = async {
        let mut connection = open(&source, &feed, group, &*clock, trusted).await?;
        let mut assembler = Assembler::default();
        loop {
            let item = poll_fn(|task| {
                ready!(feed.gate().poll_open(task));
                connection.poll_next(task)
            });
            match item.await? {
                Item::Frame(frame) => {
                    let mut emit = |event| feed.publish(event);
                    connection.assemble(frame, &mut assembler, &*clock, &mut emit)?;
                }
                Item::CameraClock(camera) => feed.camera_clock(camera, clock.wall()),
                Item::Metadata(document) => hear(document.data(), &source, &feed, clock.wall()),
                Item::Other => {}
            }
        }
    };
    let ended: Result<std::convert::Infallible, CaptureError> = played.await;
    match ended {
        Err(error) => error,
        Ok(never) => match never {},
    }
}

/// Connects and plays, with metadata when it is wanted, offered and trusted.
async fn open<'a>(
    source: &'a StreamSource,
    feed: &Feed,
    group: Arc<SessionGroup>,
    clock: &dyn Clock,
    trusted: bool,
) -> Result<Connection<'a>, CaptureError> {
    let offer = Offer::describe(source, group).await?;
    let offered = offer.has_metadata();
    let wanted = source.metadata && offered;
    if wanted && trusted {
        feed.asks_for_metadata();
    }
    let connection = offer.play(wanted && trusted).await?;
    let distrust = (wanted && !trusted).then(|| DISTRUST.into());
    let refused = connection.refused.clone().or(distrust);
    let now = clock.now();
    feed.connected(now.monotonic, CameraMotionState::new(offered, refused, now.wall));
    Ok(connection)
}

/// Takes a document of metadata that arrived at `at`.
fn hear(document: &[u8], source: &StreamSource, feed: &Feed, at: WallTime) {
    let motions = motions(document).unwrap_or_else(|error| {
        tracing::debug!(stream = %source.id, "odd metadata: {error}");
        Vec::new()
    });
    feed.camera_tells(motions, at);
}

/// NTP counts 2^-32 seconds (RFC 3550, 4); its era is taken as the one that holds 1970.
fn wall_time(ntp: retina::NtpTimestamp) -> WallTime {
    let since = ntp.0.wrapping_sub(retina::UNIX_EPOCH.0);
    let micros = (u128::from(since) * 1_000_000) >> 32;
    WallTime::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}
