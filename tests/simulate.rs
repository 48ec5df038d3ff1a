//! The simulated cameras as clients see them: retina for what a recorder does, a bare socket for the
//! protocol's corners. Every picture is decoded and its number read back.

// Helpers outside test functions may fail as tests do.
#![allow(clippy::expect_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use retina::client::{
    Credentials, Demuxed, PlayOptions, Session, SessionOptions, SetupOptions, Transport,
};
use retina::codec::{CodecItem, FrameFormat, ParametersRef, VideoFrame};
use rtsp_types::{Message, ParseError};
use tokio::time::timeout;
use watchkeeper::model::Password;
use watchkeeper::model::StreamKind::{self, Main, Sub};
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::simulate::{Fault, Simulator, SimulatorConfig, read_frame_number};

/// Nothing on this computer takes so long.
const LIMIT: Duration = Duration::from_secs(20);

/// Ticks from one picture to the next at 25 per second.
const FRAME: i64 = 3_600;

/// Small, so that encoding takes a moment even without optimisation.
fn small() -> SimulatorConfig {
    SimulatorConfig {
        cameras: 3,
        scenes: 1,
        size: (640, 360),
        sub_size: (320, 180),
        loop_seconds: 2,
        bit_rate: 600_000,
        sub_bit_rate: 200_000,
        ..SimulatorConfig::default()
    }
}

fn start(config: SimulatorConfig) -> Simulator {
    Simulator::start(config, Arc::new(SystemClock::new())).expect("a free port")
}

/// Runs a client on its own small runtime.
fn client<T>(body: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async { timeout(LIMIT, body).await.expect("in time") })
}

async fn describe(
    url: url::Url,
    account: Option<(&str, &str)>,
) -> Result<Session<retina::client::Described>, String> {
    let creds = account
        .map(|(user, password)| Credentials { username: user.into(), password: password.into() });
    Session::describe(url, SessionOptions::default().creds(creds))
        .await
        .map_err(|error| error.to_string())
}

async fn play(url: url::Url, account: Option<(&str, &str)>) -> Result<Demuxed, String> {
    let mut session = describe(url, account).await?;
    let setup = SetupOptions::default()
        .transport(Transport::Tcp(Default::default()))
        .frame_format(FrameFormat::MP4);
    session.setup(0, setup).await.map_err(|error| error.to_string())?;
    let playing = session.play(PlayOptions::default()).await.map_err(|error| error.to_string())?;
    playing.demuxed().map_err(|error| error.to_string())
}

/// A connected viewer who decodes what comes.
struct Viewer {
    stream: Demuxed,
    decoder: Decoder,
    size: (u32, u32),
}

impl Viewer {
    async fn connect(simulator: &Simulator, camera: usize, kind: StreamKind) -> Self {
        let stream = play(simulator.url(camera, kind), None).await.expect("plays");
        Self { stream, decoder: Decoder::new().expect("a decoder"), size: (0, 0) }
    }

    /// The next picture, or why there is none.
    async fn frame(&mut self) -> Result<VideoFrame, String> {
        loop {
            match self.stream.next().await {
                Some(Ok(CodecItem::VideoFrame(frame))) => return Ok(frame),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("ended".into()),
            }
        }
    }

    /// The number that a picture shows.
    fn number(&mut self, frame: &VideoFrame) -> Option<u32> {
        let mut unit = Vec::new();
        if frame.is_random_access_point() {
            let Some(ParametersRef::Video(video)) = self.stream.streams()[0].parameters() else {
                panic!("no parameters");
            };
            self.size = video.pixel_dimensions();
            unit = annex_b_parameters(video.extra_data());
        }
        let mut data = frame.data();
        while let Some((length, rest)) = data.split_first_chunk::<4>() {
            let (nal, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
            unit.extend([0, 0, 0, 1]);
            unit.extend(nal);
            data = rest;
        }
        let picture = self.decoder.decode(&unit).expect("decodes").expect("a picture");
        let (width, height) = picture.dimensions();
        read_frame_number(picture.y(), picture.strides().0, width, height)
    }

    /// Takes pictures until one shows what `wanted` likes; the picture's time and whether packets were
    /// lost before it.
    async fn until(&mut self, mut wanted: impl FnMut(&VideoFrame) -> bool) -> VideoFrame {
        loop {
            let frame = self.frame().await.expect("a picture");
            if wanted(&frame) {
                return frame;
            }
        }
    }
}

/// SPS and PPS out of an `avcC`, each behind a start code.
fn annex_b_parameters(avcc: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 6;
    for _ in 0..2 {
        let length = usize::from(u16::from_be_bytes([avcc[at], avcc[at + 1]]));
        out.extend([0, 0, 0, 1]);
        out.extend(&avcc[at + 2..at + 2 + length]);
        // After the SPS comes the number of PPS in one byte.
        at += 2 + length + 1;
    }
    out
}

#[test]
fn every_picture_carries_its_number() {
    let simulator = start(small());
    client(async {
        for (kind, size) in [(Main, (640, 360)), (Sub, (320, 180))] {
            let mut viewer = Viewer::connect(&simulator, 0, kind).await;
            let mut first = None;
            // Once round the loop of 50 and into it again.
            for expected in 0..60_u32 {
                let frame = viewer.frame().await.expect("a picture");
                assert_eq!(frame.is_random_access_point(), expected.is_multiple_of(50));
                assert_eq!(viewer.number(&frame), Some(expected % 50), "{kind}");
                let time = frame.timestamp().timestamp();
                let first = *first.get_or_insert(time);
                assert_eq!(time - first, i64::from(expected) * FRAME);
                assert_eq!(frame.loss(), 0);
            }
            assert_eq!(viewer.size, size);
        }
    });
    simulator.stop().expect("stops");
}

#[test]
fn many_clients_are_served_at_once() {
    let simulator = start(SimulatorConfig { loop_seconds: 4, ..small() });
    client(async {
        let viewers = (0..9).map(|index| {
            let simulator = &simulator;
            async move {
                let (camera, kind) = (index % 3, if index < 6 { Sub } else { Main });
                let mut viewer = Viewer::connect(simulator, camera, kind).await;
                let first = simulator.config().first_frame(camera);
                for expected in 0..30 {
                    let frame = viewer.frame().await.expect("a picture");
                    assert_eq!(viewer.number(&frame), Some((first + expected) % 100));
                }
            }
        });
        futures::future::join_all(viewers).await;
    });
    let firsts: Vec<u32> = (0..3).map(|camera| simulator.config().first_frame(camera)).collect();
    assert_eq!(firsts, [0, 50, 0], "cameras of one scene begin at different points of it");
}

#[test]
fn passwords_are_asked_for() {
    for digest in [false, true] {
        let simulator = start(SimulatorConfig {
            user: Some("admin".into()),
            password: Some(Password::new("se:cret, \u{e9}".into())),
            digest,
            ..small()
        });
        let url = simulator.url(0, Sub);
        client(async {
            let mut right =
                play(url.clone(), Some(("admin", "se:cret, \u{e9}"))).await.expect("plays");
            assert!(matches!(right.next().await, Some(Ok(_))));
            let wrong = describe(url.clone(), Some(("admin", "secret"))).await;
            assert!(wrong.is_err_and(|error| error.contains("401")), "digest {digest}");
            let without = describe(url, None).await;
            assert!(without.is_err_and(|error| error.contains("401") || error.contains("auth")));
        });
    }
}

#[test]
fn sender_reports_tell_the_right_time() {
    let simulator = start(small());
    client(async {
        let mut stream = play(simulator.url(0, Sub), None).await.expect("plays");
        loop {
            let item = stream.next().await.expect("more").expect("no error");
            let CodecItem::Rtcp(packets) = item else { continue };
            let report = packets.pkts().find_map(|p| p.as_sender_report().ok().flatten());
            let report = report.expect("a sender report");
            let wall = SystemClock::new().wall().as_micros();
            let seconds = (report.ntp_timestamp().0 >> 32) as i64 - 2_208_988_800;
            let micros = (((report.ntp_timestamp().0 & 0xffff_ffff) * 1_000_000) >> 32) as i64;
            let off = wall - (seconds * 1_000_000 + micros);
            assert!((0..2_000_000).contains(&off), "{off} us");
            return;
        }
    });
}

#[test]
fn dropped_and_spoilt_connections_end_and_a_new_one_works() {
    let simulator = start(small());
    client(async {
        for fault in [Fault::Drop, Fault::Garbage] {
            let mut viewer = Viewer::connect(&simulator, 0, Sub).await;
            let mut other = Viewer::connect(&simulator, 1, Sub).await;
            viewer.frame().await.expect("a picture");
            simulator.fault(0, fault);
            while viewer.frame().await.is_ok() {}
            other.frame().await.expect("the other camera is well");
            let mut again = Viewer::connect(&simulator, 0, Sub).await;
            let frame = again.frame().await.expect("a picture");
            assert!(frame.is_random_access_point(), "{fault:?}");
        }
    });
}

#[test]
fn a_stalled_camera_goes_on_in_time() {
    let simulator = start(small());
    client(async {
        let mut viewer = Viewer::connect(&simulator, 0, Sub).await;
        let mut last = viewer.frame().await.expect("a picture").timestamp().timestamp();
        simulator.fault(0, Fault::Stall(Duration::from_millis(900)));
        let after = viewer
            .until(|frame| {
                let gap = frame.timestamp().timestamp() - last;
                last = frame.timestamp().timestamp();
                gap > FRAME
            })
            .await;
        assert!(after.is_random_access_point() && after.loss() == 0);
        let number = viewer.number(&after);
        assert_eq!(number, Some(0));
        let next = viewer.frame().await.expect("a picture");
        assert_eq!(next.timestamp().timestamp() - last, FRAME);
    });
}

#[test]
fn times_jump_and_units_are_lost_on_request() {
    let simulator = start(small());
    client(async {
        let mut viewer = Viewer::connect(&simulator, 0, Sub).await;
        let mut last = viewer.frame().await.expect("a picture").timestamp().timestamp();
        for (fault, gap, lossy) in [
            (Fault::TimestampJump(90_000 * 600), 90_000 * 600 + FRAME, false),
            (Fault::LoseUnits(3), 4 * FRAME, true),
            (Fault::TimestampJump(-90_000 * 60), -90_000 * 60 + FRAME, false),
        ] {
            simulator.fault(0, fault);
            let mut seen = 0;
            let frame = viewer
                .until(|frame| {
                    seen = frame.timestamp().timestamp() - last;
                    last = frame.timestamp().timestamp();
                    seen != FRAME
                })
                .await;
            assert_eq!((seen, frame.loss() > 0), (gap, lossy), "{fault:?}");
        }
    });
}

#[test]
fn parameters_change_in_mid_stream_and_back() {
    let simulator = start(small());
    client(async {
        let mut viewer = Viewer::connect(&simulator, 0, Main).await;
        let first = viewer.frame().await.expect("a picture");
        assert_eq!(viewer.number(&first), Some(0));
        for size in [(480, 270), (640, 360)] {
            simulator.fault(0, Fault::NewParameters);
            let frame = viewer.until(VideoFrame::has_new_parameters).await;
            assert!(frame.is_random_access_point());
            assert_eq!((viewer.number(&frame), viewer.size), (Some(0), size));
            let next = viewer.frame().await.expect("a picture");
            assert_eq!(viewer.number(&next), Some(1));
        }
    });
}

#[test]
fn cameras_are_refused_removed_and_restored() {
    let simulator = start(small());
    client(async {
        let url = simulator.url(0, Sub);
        let mut viewer = Viewer::connect(&simulator, 0, Sub).await;
        simulator.fault(0, Fault::Remove);
        while viewer.frame().await.is_ok() {}
        let gone = describe(url.clone(), None).await;
        assert!(gone.is_err_and(|error| error.contains("404")));
        simulator.fault(0, Fault::Restore);
        let mut viewer = Viewer::connect(&simulator, 0, Sub).await;
        simulator.fault(0, Fault::Refuse(LIMIT));
        while viewer.frame().await.is_ok() {}
        assert!(describe(url.clone(), None).await.is_err());
        Viewer::connect(&simulator, 1, Sub).await;
        simulator.fault(0, Fault::Restore);
        describe(url, None).await.expect("is back");
    });
}

#[test]
fn other_codecs_are_described() {
    let simulator = start(small());
    client(async {
        for (path, media, codec) in [("h265", "video", "h265"), ("audio", "audio", "pcma")] {
            let session = describe(simulator.path_url(path), None).await.expect("described");
            let stream = &session.streams()[0];
            assert_eq!((stream.media(), stream.encoding_name()), (media, codec));
        }
    });
}

/// A bare connection with what has arrived and not been looked at.
struct Wire {
    socket: TcpStream,
    input: Vec<u8>,
}

impl Wire {
    fn connect(simulator: &Simulator) -> Self {
        let socket = TcpStream::connect(simulator.address()).expect("connects");
        socket.set_read_timeout(Some(LIMIT)).expect("a time limit");
        Self { socket, input: Vec::new() }
    }

    /// Sends a request as text and gives the answer's status and text; RTP is passed over.
    fn ask(&mut self, method: &str, url: &str, headers: &str) -> (u16, String) {
        let request = format!("{method} {url} RTSP/1.0\r\nCSeq: 7\r\n{headers}\r\n");
        self.socket.write_all(request.as_bytes()).expect("sent");
        loop {
            match Message::<Vec<u8>>::parse(&self.input) {
                Ok((message, length)) => {
                    let taken: Vec<u8> = self.input.drain(..length).collect();
                    if let Message::Response(response) = message {
                        let text = String::from_utf8_lossy(&taken).into_owned();
                        return (response.status().into(), text);
                    }
                }
                Err(ParseError::Incomplete(_)) => {
                    let mut piece = [0; 2048];
                    let length = self.socket.read(&mut piece).expect("an answer");
                    assert!(length > 0, "closed instead of an answer to {method}");
                    self.input.extend(&piece[..length]);
                }
                Err(error) => panic!("{method}: {error}"),
            }
        }
    }
}

#[test]
fn the_protocol_is_kept_in_its_corners() {
    let simulator = start(small());
    let url = simulator.url(0, Sub).to_string();
    let mut wire = Wire::connect(&simulator);
    let mut ask = |method: &str, url: &str, headers: &str| wire.ask(method, url, headers);
    let (status, options) = ask("OPTIONS", "*", "");
    assert!(status == 200 && options.contains("GET_PARAMETER") && options.contains("CSeq: 7"));
    assert_eq!(ask("DESCRIBE", &url.replace("cam0", "cam7"), "").0, 404);
    assert_eq!(ask("PLAY", &url, "").0, 454);
    assert_eq!(ask("SETUP", &url, "Transport: RTP/AVP;unicast;client_port=5000-5001\r\n").0, 461);
    assert_eq!(ask("RECORD", &url, "").0, 405);
    let (_, description) = ask("DESCRIBE", &format!("{url}?x=1"), "");
    assert!(description.contains(&format!("Content-Base: {url}/")), "{description}");
    assert!(description.contains("profile-level-id=64"), "{description}");
    let track = format!("{url}/trackID=0");
    let (status, set_up) =
        ask("SETUP", &track, "Transport: RTP/AVP/TCP;unicast;interleaved=4-5\r\n");
    assert!(status == 200 && set_up.contains("interleaved=4-5"), "{set_up}");
    let metadata = format!("{url}/trackID=1");
    let channels = "Transport: RTP/AVP/TCP;unicast;interleaved=6-7\r\n";
    assert_eq!(ask("SETUP", &metadata, channels).0, 404, "none is offered");
    let (status, playing) = ask("PLAY", &url, "");
    assert!(status == 200 && playing.contains("rtptime="), "{playing}");
    assert_eq!(ask("SETUP", &track, "Transport: RTP/AVP/TCP;unicast\r\n").0, 455);
    assert_eq!(ask("GET_PARAMETER", &url, "").0, 200);
    assert_eq!(ask("TEARDOWN", &url, "").0, 200);
    assert_eq!(ask("PLAY", &url, "").0, 454);
}

#[test]
fn metadata_is_a_track_beside_the_pictures() {
    let simulator = start(SimulatorConfig { metadata: true, ..small() });
    let url = simulator.url(0, Sub).to_string();
    let track = |number: u8| format!("{url}/trackID={number}");
    let channels = "Transport: RTP/AVP/TCP;unicast;interleaved=6-7\r\n";
    let mut wire = Wire::connect(&simulator);
    let (_, description) = wire.ask("DESCRIBE", &url, "");
    assert!(description.contains("m=application 0 RTP/AVP 107"), "{description}");
    assert!(description.contains("a=rtpmap:107 vnd.onvif.metadata/90000"), "{description}");
    assert_eq!(wire.ask("SETUP", &track(1), channels).0, 455, "pictures first");
    assert_eq!(wire.ask("SETUP", &track(0), "Transport: RTP/AVP/TCP;unicast\r\n").0, 200);
    let (status, set_up) = wire.ask("SETUP", &track(1), channels);
    assert!(status == 200 && set_up.contains("interleaved=6-7"), "{set_up}");
    let (status, playing) = wire.ask("PLAY", &url, "");
    assert!(status == 200 && playing.contains("trackID=1;seq="), "{playing}");
}

#[test]
fn nonsense_closes_the_connection_alone() {
    let simulator = start(small());
    let mut socket = Wire::connect(&simulator).socket;
    socket.write_all(&[0xff; 100]).expect("sent");
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).ok();
    assert!(rest.is_empty());
    client(async { drop(Viewer::connect(&simulator, 0, Sub).await) });
}

#[test]
fn a_taken_port_is_told() {
    let first = start(small());
    let config = SimulatorConfig { port: first.address().port(), ..small() };
    let error = Simulator::start(config, Arc::new(SystemClock::new())).err().expect("refused");
    assert!(error.to_string().contains("choose another port"), "{error}");
}
