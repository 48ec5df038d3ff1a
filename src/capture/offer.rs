//! What a camera offers, and how it is brought to play: describe, choose, set up, play.
//!
//! Must not do: let metadata stand in the way of pictures when the camera refuses it, or handle what
//! arrives.

use std::sync::Arc;

use retina::client::{
    Credentials, Described, InitialSequenceNumberPolicy, InitialTimestampPolicy, PlayOptions,
    Session, SessionGroup, SessionOptions, SetupOptions, TcpTransportOptions,
    Transport as RetinaTransport, UdpTransportOptions,
};
use retina::codec::FrameFormat;

use super::error::{Context, Phase, classify};
use super::session::Connection;
use super::{CaptureError, StreamSource};
use crate::model::Transport;

/// What a camera sees of us.
const USER_AGENT: &str = concat!("Watchkeeper/", env!("CARGO_PKG_VERSION"));

/// A camera's description, with the streams that are of interest.
pub(super) struct Offer<'a> {
    source: &'a StreamSource,
    session: Session<Described>,
    /// Which of its streams carries pictures.
    video: usize,
    /// Which carries metadata.
    metadata: Option<usize>,
}

impl<'a> Offer<'a> {
    /// Connects and asks.
    pub async fn describe(
        source: &'a StreamSource,
        group: Arc<SessionGroup>,
    ) -> Result<Self, CaptureError> {
        if source.url.scheme() != "rtsp" {
            return Err(CaptureError::Encrypted);
        }
        let options = SessionOptions::default()
            .creds(credentials(source))
            .user_agent(USER_AGENT.to_owned())
            .session_group(group);
        let session = Session::describe(source.url.clone(), options)
            .await
            .map_err(|error| failure(source, &error, Phase::Describe))?;
        let video = choose(&session)?;
        let metadata = metadata(&session);
        Ok(Self { source, session, video, metadata })
    }

    /// Whether it offers metadata that can be read.
    pub fn has_metadata(&self) -> bool {
        self.metadata.is_some()
    }

    /// Plays, with its metadata if `metadata` asks for it and the camera gives it.
    pub async fn play(self, metadata: bool) -> Result<Connection<'a>, CaptureError> {
        let Self { source, mut session, video, metadata: offered } = self;
        let fail = |error: &retina::Error| failure(source, error, Phase::Later);
        session.setup(video, setup(source)).await.map_err(|error| fail(&error))?;
        let mut metadata = offered.filter(|_| metadata);
        let mut refused = None;
        if let Some(stream) = metadata
            && let Err(error) = session.setup(stream, setup(source)).await
        {
            let status = refusal(&error).ok_or_else(|| fail(&error))?;
            let why = format!("The camera refuses to send its metadata (RTSP status {status})");
            tracing::info!(stream = %source.id, "{why}");
            (metadata, refused) = (None, Some(why.into()));
        }
        // Each stream's time and numbers begin with what arrives: cameras tell odd ones for metadata, and
        // pictures must have the same ones with and without it.
        let play = PlayOptions::default()
            .initial_timestamp(InitialTimestampPolicy::Ignore)
            .initial_seq(InitialSequenceNumberPolicy::Ignore);
        let demuxed =
            session.play(play).await.and_then(Session::demuxed).map_err(|error| fail(&error))?;
        Ok(Connection { source, demuxed, stream: video, metadata, refused })
    }
}

/// The status by which a camera refuses a request; none when anything else went wrong.
fn refusal(error: &retina::Error) -> Option<u16> {
    error.status_code().filter(|status| *status >= 300)
}

/// The first stream of uncompressed ONVIF metadata that has an address of its own.
fn metadata(session: &Session<Described>) -> Option<usize> {
    session.streams().iter().position(|stream| {
        stream.media() == "application"
            && stream.encoding_name() == "vnd.onvif.metadata"
            && stream.control().is_some()
    })
}

fn credentials(source: &StreamSource) -> Option<Credentials> {
    let password = source.password.as_ref().map(|p| p.reveal().to_owned());
    if source.user.is_none() && password.is_none() {
        return None;
    }
    let username = source.user.clone().unwrap_or_default();
    Some(Credentials { username, password: password.unwrap_or_default() })
}

fn setup(source: &StreamSource) -> SetupOptions {
    let transport = match source.transport {
        Transport::Tcp => RetinaTransport::Tcp(TcpTransportOptions::default()),
        Transport::Udp => RetinaTransport::Udp(UdpTransportOptions::default()),
    };
    SetupOptions::default().transport(transport).frame_format(FrameFormat::MP4)
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

/// What an error of the RTSP library means.
pub(super) fn failure(source: &StreamSource, error: &retina::Error, phase: Phase) -> CaptureError {
    let address = source.address();
    let password = source.password.as_ref().map_or("", |password| password.reveal());
    let context = Context {
        address: &address,
        has_password: credentials(source).is_some(),
        secrets: [password, source.user.as_deref().unwrap_or("")],
    };
    classify(error.status_code(), &error.to_string(), phase, context)
}
