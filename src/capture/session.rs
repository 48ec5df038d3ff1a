//! One RTSP connection: describe, set up the H.264 stream, play, and hand on what arrives.
//!
//! Must not do: reconnect, or watch the time: [`super::link`] ends a session that hangs.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use futures::StreamExt;
use retina::client::{
    Credentials, Demuxed, Described, InitialTimestampPolicy, PlayOptions, Session, SessionGroup,
    SessionOptions, SetupOptions, TcpTransportOptions, Transport as RetinaTransport,
    UdpTransportOptions,
};
use retina::codec::{CodecItem, FrameFormat, ParametersRef, VideoFrame, VideoParametersCodec};

use super::error::{Context, Phase, classify};
use super::feed::Feed;
use super::run::{Arrived, Assembler};
use super::{CaptureError, StreamSource};
use crate::media::StreamParameters;
use crate::media::sps::VideoInfo;
use crate::model::{Transport, WallTime};
use crate::runtime::Clock;

/// What a camera sees of us.
const USER_AGENT: &str = concat!("Watchkeeper/", env!("CARGO_PKG_VERSION"));

/// A playing connection.
pub(super) struct Connection<'a> {
    source: &'a StreamSource,
    address: String,
    demuxed: Demuxed,
    /// Which of the presentation's streams is played.
    stream: usize,
}

/// What arrives.
pub(super) enum Item {
    /// One coded picture.
    Frame(VideoFrame),
    /// The camera's wall clock, from an RTCP sender report.
    CameraClock(WallTime),
    /// Nothing of interest.
    Other,
}

impl<'a> Connection<'a> {
    /// Connects and plays.
    pub async fn open(
        source: &'a StreamSource,
        group: Arc<SessionGroup>,
    ) -> Result<Self, CaptureError> {
        let address = source.address();
        if source.url.scheme() != "rtsp" {
            return Err(CaptureError::Encrypted);
        }
        let fail = |error: &retina::Error, phase| failure(source, &address, error, phase);
        let options = SessionOptions::default()
            .creds(credentials(source))
            .user_agent(USER_AGENT.to_owned())
            .session_group(group);
        let mut session = Session::describe(source.url.clone(), options)
            .await
            .map_err(|error| fail(&error, Phase::Describe))?;
        let stream = choose(&session)?;
        let setup = SetupOptions::default()
            .transport(transport(source.transport))
            .frame_format(FrameFormat::MP4);
        session.setup(stream, setup).await.map_err(|error| fail(&error, Phase::Later))?;
        let play = PlayOptions::default().initial_timestamp(InitialTimestampPolicy::Permissive);
        let demuxed = session
            .play(play)
            .await
            .and_then(Session::demuxed)
            .map_err(|error| fail(&error, Phase::Later))?;
        Ok(Self { source, address, demuxed, stream })
    }

    /// Waits for what arrives next; without an end of its own.
    pub async fn next(&mut self) -> Result<Item, CaptureError> {
        poll_fn(|task| self.poll_next(task)).await
    }

    fn poll_next(&mut self, task: &mut Task<'_>) -> Poll<Result<Item, CaptureError>> {
        Poll::Ready(match ready!(self.demuxed.poll_next_unpin(task)) {
            Some(Ok(CodecItem::VideoFrame(frame))) => Ok(Item::Frame(frame)),
            Some(Ok(CodecItem::Rtcp(packet))) => {
                let report = packet.pkts().find_map(|p| p.as_sender_report().ok().flatten());
                Ok(report.map_or(Item::Other, |report| {
                    Item::CameraClock(wall_time(report.ntp_timestamp()))
                }))
            }
            Some(Ok(_)) => Ok(Item::Other),
            Some(Err(error)) => Err(failure(self.source, &self.address, &error, Phase::Later)),
            None => Err(CaptureError::Closed),
        })
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

/// Plays `source` into `feed` until something goes wrong, and returns what.
pub(super) async fn run(
    source: Arc<StreamSource>,
    feed: Arc<Feed>,
    group: Arc<SessionGroup>,
    clock: Arc<dyn Clock>,
) -> CaptureError {
    let played = async {
        let mut connection = Connection::open(&source, group).await?;
        feed.connected(clock.monotonic());
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

fn credentials(source: &StreamSource) -> Option<Credentials> {
    let password = source.password.as_ref().map(|p| p.reveal().to_owned());
    if source.user.is_none() && password.is_none() {
        return None;
    }
    let username = source.user.clone().unwrap_or_default();
    Some(Credentials { username, password: password.unwrap_or_default() })
}

fn transport(transport: Transport) -> RetinaTransport {
    match transport {
        Transport::Tcp => RetinaTransport::Tcp(TcpTransportOptions::default()),
        Transport::Udp => RetinaTransport::Udp(UdpTransportOptions::default()),
    }
}

/// The first H.264 stream; sound is left alone.
fn choose(session: &Session<Described>) -> Result<usize, CaptureError> {
    let streams = session.streams();
    let mut video = streams.iter().enumerate().filter(|(_, stream)| stream.media() == "video");
    if let Some((index, _)) = video.clone().find(|(_, s)| s.encoding_name() == "h264") {
        return Ok(index);
    }
    if let Some((_, other)) = video.next() {
        return Err(CaptureError::Unsupported { codec: codec_name(other.encoding_name()) });
    }
    let media: Vec<&str> = streams.iter().map(|stream| stream.media()).collect();
    let media = if media.is_empty() { "nothing".to_owned() } else { media.join(" and ") };
    Err(CaptureError::NoVideo { media })
}

/// As people write it.
fn codec_name(encoding: &str) -> String {
    match encoding {
        "h265" => "H.265".to_owned(),
        "jpeg" => "Motion JPEG".to_owned(),
        "mp4v-es" => "MPEG-4".to_owned(),
        other => other.chars().filter(|c| c.is_ascii_graphic()).take(20).collect(),
    }
}

fn failure(
    source: &StreamSource,
    address: &str,
    error: &retina::Error,
    phase: Phase,
) -> CaptureError {
    let password = source.password.as_ref().map_or("", |password| password.reveal());
    let context = Context {
        address,
        has_password: credentials(source).is_some(),
        secrets: [password, source.user.as_deref().unwrap_or("")],
    };
    classify(error.status_code(), &error.to_string(), phase, context)
}

/// NTP counts 2^-32 seconds (RFC 3550, 4); its era is taken as the one that holds 1970.
fn wall_time(ntp: retina::NtpTimestamp) -> WallTime {
    let since = ntp.0.wrapping_sub(retina::UNIX_EPOCH.0);
    let micros = (u128::from(since) * 1_000_000) >> 32;
    WallTime::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}
