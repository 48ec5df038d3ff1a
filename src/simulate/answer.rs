//! What the simulated cameras answer to RTSP requests (RFC 2326).
//!
//! Must not do: read or write a socket.

use std::time::Duration;

use rtsp_types::headers::{
    AUTHORIZATION, CONTENT_BASE, CONTENT_TYPE, CSEQ, PUBLIC, RANGE, RTP_INFO, RtpLowerTransport,
    RtpTransport, SERVER, SESSION, TRANSPORT, Transport, Transports, WWW_AUTHENTICATE,
};
use rtsp_types::{Method, Request, Response, ResponseBuilder, StatusCode, Url, Version};

use super::client::{Client, Gone};
use super::library::Lookup;
use super::metadata::MetadataTrack;
use super::sdp;
use super::server::Server;
use super::session::{Playing, Session};
use crate::model::StreamKind;

/// After this many seconds without a sign of life a camera may end a session; clients take it as the
/// measure of their keep-alive. Ours never does, since the connection tells.
const SESSION_TIMEOUT: u32 = 60;

/// What an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Stream(usize, StreamKind),
    H265,
    Audio,
}

impl Target {
    /// `/cam0/main`, `/cam0/sub`, `/h265`, `/audio`, each perhaps with a track behind it.
    fn of(url: &Url) -> Option<Self> {
        let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
        match parts.next()? {
            "h265" => Some(Self::H265),
            "audio" => Some(Self::Audio),
            camera => {
                let camera = camera.strip_prefix("cam")?.parse().ok()?;
                let kinds = [StreamKind::Main, StreamKind::Sub];
                let name = parts.next()?;
                let kind = kinds.into_iter().find(|kind| kind.as_str() == name)?;
                Some(Self::Stream(camera, kind))
            }
        }
    }
}

/// An answer, or none yet.
enum Outcome {
    Answer(Response<Vec<u8>>),
    /// A loop is still being encoded.
    Later,
}

impl Server {
    /// Answers one request; false when it has to wait.
    pub(super) fn answer(
        &mut self,
        client: &mut Client,
        request: Request<Vec<u8>>,
        now: Duration,
    ) -> Result<bool, Gone> {
        let target = request.request_uri().and_then(Target::of);
        if let Some(Target::Stream(camera, _)) = target {
            client.camera = Some(camera);
            if let Some(state) = self.cameras.get(camera) {
                let hangs_up = state.hangs_up_on_metadata && sets_up_metadata(&request);
                if state.is_refused(now) || hangs_up {
                    return Err(Gone::Closed);
                }
                if state.is_stalled(now) {
                    client.waiting = Some(request);
                    return Ok(false);
                }
            }
        }
        match self.outcome(client, &request, target, now) {
            Outcome::Answer(response) => client.answer(&response).map(|()| true),
            Outcome::Later => {
                client.waiting = Some(request);
                Ok(false)
            }
        }
    }

    fn outcome(
        &mut self,
        client: &mut Client,
        request: &Request<Vec<u8>>,
        target: Option<Target>,
        now: Duration,
    ) -> Outcome {
        if *request.method() == Method::Options {
            let methods = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN";
            return finish(ok(request).header(PUBLIC, methods), "");
        }
        let authorization = request.header(&AUTHORIZATION).map(|value| value.as_str());
        let method: &str = request.method().into();
        if !self.guard.admits(method, &client.nonce, authorization) {
            let challenge = self.guard.challenge(&client.nonce);
            let response = reply(request, StatusCode::Unauthorized);
            return finish(response.header(WWW_AUTHENTICATE, challenge), "");
        }
        let Some(target) = target.filter(|target| self.exists(*target)) else {
            return finish(reply(request, StatusCode::NotFound), "");
        };
        match request.method() {
            Method::Describe => self.describe(request, target),
            Method::Setup if sets_up_metadata(request) => {
                self.set_up_metadata(client, request, target)
            }
            Method::Setup => self.set_up(client, request, target),
            Method::Play => self.play(client, request, now),
            Method::GetParameter | Method::SetParameter => {
                finish(with_session(client, request), "")
            }
            Method::Teardown => {
                let response = with_session(client, request);
                client.session = None;
                finish(response, "")
            }
            _ => finish(reply(request, StatusCode::MethodNotAllowed), ""),
        }
    }

    fn exists(&self, target: Target) -> bool {
        match target {
            Target::Stream(camera, _) => self.cameras.get(camera).is_some_and(|c| !c.removed),
            Target::H265 | Target::Audio => true,
        }
    }

    fn describe(&mut self, request: &Request<Vec<u8>>, target: Target) -> Outcome {
        let description = match target {
            Target::H265 => sdp::h265(),
            Target::Audio => sdp::audio(),
            Target::Stream(camera, kind) => match self.loops.get(&self.spec(camera, kind)) {
                Lookup::Pending => return Outcome::Later,
                Lookup::Failed => {
                    return finish(reply(request, StatusCode::InternalServerError), "");
                }
                Lookup::Ready(packets) => {
                    let name = format!("Camera {}", camera + 1);
                    sdp::h264(&name, &packets, self.config.metadata)
                }
            },
        };
        let response = ok(request)
            .header(CONTENT_BASE, format!("{}/", plain_address(request)))
            .header(CONTENT_TYPE, "application/sdp");
        finish(response, &description)
    }

    fn set_up(
        &mut self,
        client: &mut Client,
        request: &Request<Vec<u8>>,
        target: Target,
    ) -> Outcome {
        let Target::Stream(camera, kind) = target else {
            return finish(reply(request, StatusCode::UnsupportedTransport), "");
        };
        if client.is_playing() {
            return finish(reply(request, StatusCode::MethodNotValidInThisState), "");
        }
        let Some((channel, report_channel)) = interleaved(request) else {
            return finish(reply(request, StatusCode::UnsupportedTransport), "");
        };
        let session = Session {
            id: format!("{:016x}", self.random.u64(..)),
            camera,
            kind,
            channel,
            report_channel,
            source: self.random.u32(..),
            sequence: self.random.u16(..),
            time: self.random.u32(..),
            playing: None,
            metadata: None,
            lose: 0,
        };
        let transport = transport(channel, report_channel, session.source);
        client.session = Some(session);
        finish(with_session(client, request).header(TRANSPORT, transport), "")
    }

    /// Adds the metadata track to a session that was set up for pictures.
    fn set_up_metadata(
        &mut self,
        client: &mut Client,
        request: &Request<Vec<u8>>,
        target: Target,
    ) -> Outcome {
        let Target::Stream(camera, _) = target else {
            return finish(reply(request, StatusCode::UnsupportedTransport), "");
        };
        let state = self.cameras.get(camera).filter(|_| self.config.metadata);
        let Some(state) = state else {
            return finish(reply(request, StatusCode::NotFound), "");
        };
        if state.refuses_metadata {
            return finish(reply(request, StatusCode::InternalServerError), "");
        }
        let idle = client.session.as_mut().filter(|session| session.playing.is_none());
        let Some(session) = idle.filter(|session| session.camera == camera) else {
            return finish(reply(request, StatusCode::MethodNotValidInThisState), "");
        };
        let Some((channel, report_channel)) = interleaved(request) else {
            return finish(reply(request, StatusCode::UnsupportedTransport), "");
        };
        let source = self.random.u32(..);
        let track = MetadataTrack::new(channel, source, self.random.u16(..), state.motion);
        session.metadata = Some(track);
        let transport = transport(channel, report_channel, source);
        finish(with_session(client, request).header(TRANSPORT, transport), "")
    }

    fn play(&mut self, client: &mut Client, request: &Request<Vec<u8>>, now: Duration) -> Outcome {
        let Some(session) = &mut client.session else {
            return finish(reply(request, StatusCode::SessionNotFound), "");
        };
        if session.playing.is_none() {
            let spec = self.spec(session.camera, session.kind);
            let packets = match self.loops.get(&spec) {
                Lookup::Ready(packets) => packets,
                Lookup::Pending => return Outcome::Later,
                Lookup::Failed => {
                    return finish(reply(request, StatusCode::InternalServerError), "");
                }
            };
            let first = self.config.first_frame(session.camera) as usize;
            session.playing = Some(Playing::new(spec, packets, first, now));
        }
        let address = plain_address(request);
        let info = |track: &str, sequence: u16| {
            format!("url={address}/{track};seq={sequence};rtptime={}", session.time)
        };
        let mut infos = vec![info(sdp::TRACK, session.sequence)];
        infos.extend(session.metadata.as_ref().map(|m| info(sdp::METADATA_TRACK, m.sequence)));
        let infos = infos.join(",");
        let response = with_session(client, request).header(RANGE, "npt=now-");
        finish(response.header(RTP_INFO, infos), "")
    }
}

/// Whether a request is to set up the metadata track.
fn sets_up_metadata(request: &Request<Vec<u8>>) -> bool {
    let path = request.request_uri().map(Url::path).unwrap_or_default();
    *request.method() == Method::Setup && path.ends_with(sdp::METADATA_TRACK)
}

/// A `Transport` header that grants what was asked for.
fn transport(channel: u8, report_channel: u8, source: u32) -> String {
    format!(
        "RTP/AVP/TCP;unicast;interleaved={channel}-{report_channel};ssrc={source:08X};mode=\"PLAY\""
    )
}

/// The channels that a client asks for, RTP and RTCP; none when it does not offer TCP.
fn interleaved(request: &Request<Vec<u8>>) -> Option<(u8, u8)> {
    let transports = request.typed_header::<Transports>().ok()??;
    transports.iter().find_map(|transport| match transport {
        Transport::Rtp(RtpTransport {
            lower_transport: Some(RtpLowerTransport::Tcp),
            params,
            ..
        }) => {
            let (rtp, rtcp) = params.interleaved.unwrap_or((0, Some(1)));
            Some((rtp, rtcp.unwrap_or(rtp.wrapping_add(1))))
        }
        _ => None,
    })
}

/// The address asked for without user, password, query, or `/` at its end.
fn plain_address(request: &Request<Vec<u8>>) -> String {
    let Some(url) = request.request_uri() else { return String::new() };
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("rtsp://{host}{port}{}", url.path().trim_end_matches('/'))
}

fn reply(request: &Request<Vec<u8>>, status: StatusCode) -> ResponseBuilder {
    let number = request.header(&CSEQ).map_or("0", |value| value.as_str());
    Response::builder(Version::V1_0, status)
        .header(CSEQ, number)
        .header(SERVER, "Watchkeeper simulated cameras")
}

fn ok(request: &Request<Vec<u8>>) -> ResponseBuilder {
    reply(request, StatusCode::Ok)
}

/// `200 OK` that names the client's session, if it has one.
fn with_session(client: &Client, request: &Request<Vec<u8>>) -> ResponseBuilder {
    match &client.session {
        Some(session) => {
            ok(request).header(SESSION, format!("{};timeout={SESSION_TIMEOUT}", session.id))
        }
        None => ok(request),
    }
}

fn finish(response: ResponseBuilder, body: &str) -> Outcome {
    Outcome::Answer(response.build(body.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_streams() {
        let of = |text: &str| Target::of(&Url::parse(text).expect("an address"));
        assert_eq!(of("rtsp://h:1/cam12/main"), Some(Target::Stream(12, StreamKind::Main)));
        assert_eq!(of("rtsp://h/cam0/sub/trackID=0"), Some(Target::Stream(0, StreamKind::Sub)));
        assert_eq!(of("rtsp://h/h265/"), Some(Target::H265));
        assert_eq!(of("rtsp://h/audio"), Some(Target::Audio));
        for text in ["rtsp://h/", "rtsp://h/cam/main", "rtsp://h/cam1", "rtsp://h/cam1/third"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
