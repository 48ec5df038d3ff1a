//! Capture against a third-party RTSP server: what arrives is what the camera sent, and every fault of a
//! camera ends in a clear sentence and a new run.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

mod rig;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rig::{GOP, Rig, media};
use watchkeeper::capture::{
    Capture, CaptureError, CaptureEvent, Link, StreamSource, Subscription, Timeouts, UnitQueue,
    probe, split_credentials,
};
use watchkeeper::media::{AccessUnit, nal};
use watchkeeper::model::Password;
use watchkeeper::model::{StreamId, StreamKind, Transport};
use watchkeeper::runtime::{Clock, SystemClock};

/// Pictures are this far apart, in 90 kHz ticks.
const FRAME: i64 = 90_000 / rig::FPS;

/// Nothing that is waited for takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

fn source(url: &str) -> StreamSource {
    let (url, user, password) = split_credentials(url).expect("an address");
    let id = StreamId::new("cam".parse().expect("an identity"), StreamKind::Main);
    StreamSource { id, url, user, password, transport: Transport::Tcp, metadata: false }
}

/// One stream captured, and what came of it.
struct Watch {
    capture: Capture,
    queue: Arc<UnitQueue>,
    _subscription: Subscription,
    source: StreamSource,
}

impl Watch {
    fn start(source: StreamSource, timeouts: Timeouts) -> Self {
        let capture = Capture::start_with(clock(), timeouts).expect("it starts");
        let queue = UnitQueue::new(1_000, 64 << 20);
        let subscription = capture.subscribe(&source.id, &queue, true);
        capture.set_streams(vec![source.clone()]);
        Self { capture, queue, _subscription: subscription, source }
    }

    fn next(&self) -> CaptureEvent {
        self.queue.recv_timeout(PATIENCE).expect("an event")
    }

    /// Skips units up to the next other event.
    fn next_other(&self) -> CaptureEvent {
        loop {
            match self.next() {
                CaptureEvent::Unit(_) => {}
                other => return other,
            }
        }
    }

    fn expect_start(&self) {
        let event = self.next_other();
        assert!(matches!(event, CaptureEvent::RunStarted { .. }), "{event:?}");
    }

    /// The units of a run from its start on, which are whole and in order.
    fn expect_units(&self, count: usize) -> Vec<AccessUnit> {
        let units: Vec<AccessUnit> = (0..count)
            .map(|_| match self.next() {
                CaptureEvent::Unit(unit) => unit,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(units[0].random_access);
        let numbers: Vec<usize> = units.iter().map(|unit| media().number(&slices(unit))).collect();
        let total = media().pictures.len();
        for (pair, unit) in numbers.windows(2).zip(units.windows(2)) {
            assert_eq!((pair[0] + 1) % total, pair[1], "no picture is missing or doubled");
            assert_eq!(unit[1].pts.ticks_since(unit[0].pts), FRAME);
        }
        for (number, unit) in numbers.iter().zip(&units) {
            assert_eq!(unit.random_access, number % GOP == 0);
        }
        units
    }
}

fn slices(unit: &AccessUnit) -> Vec<u8> {
    let units = nal::units(&unit.data).map(|unit| unit.expect("whole"));
    units.filter(|unit| matches!(nal::nal_type(unit), 1 | 5)).flatten().copied().collect()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn probe_error(url: &str) -> CaptureError {
    probe(&source(url), PATIENCE, &clock()).expect_err("it fails")
}

#[test]
fn pictures_arrive_byte_for_byte() {
    let rig = Rig::start(1, &[]);
    let watch = Watch::start(source(&rig.url("cam0/main")), Timeouts::default());
    match watch.next() {
        CaptureEvent::RunStarted { parameters } => {
            let video = &parameters.video;
            assert_eq!((video.width, video.height, video.frame_rate_milli), (640, 360, 25_000));
        }
        other => panic!("{other:?}"),
    }
    let units = watch.expect_units(2 * GOP + 5);
    assert_eq!(units[0].pts.ticks(), 0);

    let late = UnitQueue::new(1_000, 64 << 20);
    let subscription = watch.capture.subscribe(&watch.source.id, &late, false);
    let first = late.recv_timeout(PATIENCE);
    assert!(matches!(first, Some(CaptureEvent::RunStarted { .. })), "{first:?}");
    let second = late.recv_timeout(PATIENCE);
    match second {
        Some(CaptureEvent::Unit(unit)) => assert!(unit.random_access && unit.pts.ticks() > 0),
        other => panic!("{other:?}"),
    }
    drop(subscription);

    wait_until("the rates are measured", || {
        watch.capture.status().first().is_some_and(|status| status.frame_rate_milli > 15_000)
    });
    wait_until("a sender report tells the camera's clock", || {
        watch.capture.status()[0].clock_offset.is_some()
    });
    let status = &watch.capture.status()[0];
    let offset = status.clock_offset.expect("just seen");
    assert!(offset.abs() < 2_000_000, "it is the same computer's: {offset} us");
    assert!(matches!(status.link, Link::Online { .. }));
    assert!(status.bit_rate > 0 && status.runs == 1 && status.lost_packets == 0);
    watch.capture.stop().expect("it stops");
    let last = std::iter::from_fn(|| watch.queue.recv_timeout(Duration::ZERO)).last();
    assert!(
        !matches!(last, Some(CaptureEvent::RunEnded { .. })),
        "to stop is no error of a camera"
    );
}

#[test]
fn a_probe_tells_what_the_camera_sends() {
    let rig = Rig::start(1, &[]);
    let report = probe(&source(&rig.url("cam0/main")), PATIENCE, &clock()).expect("it works");
    assert_eq!(report.codec, "H.264 High");
    assert_eq!(report.gop_length, Some(u32::try_from(GOP).expect("small")));
    assert_eq!((report.frame_rate_milli, report.declared_frame_rate_milli), (25_000, 25_000));
    assert!(report.first.random_access && report.bit_rate > 10_000 && !report.has_audio);
    assert_eq!(report.lost_packets, 0);
    let report = probe(&source(&rig.url("av")), PATIENCE, &clock()).expect("video beside sound");
    assert!(report.has_audio);
}

#[test]
fn passwords_open_cameras_and_stay_secret() {
    for scheme in [&["--digest"][..], &[]] {
        let login = ["--user", "operator", "--password", "geheim-7"];
        let rig = Rig::start(1, &[&login[..], scheme].concat());
        let mut right = source(&rig.url("cam0/main"));
        assert_eq!(
            probe(&right, PATIENCE, &clock()).expect_err("no password"),
            CaptureError::PasswordNeeded
        );
        right.user = Some("operator".into());
        right.password = Some(Password::new("geheim-7".into()));
        let wrong =
            StreamSource { password: Some(Password::new("falsch-8".into())), ..right.clone() };
        probe(&right, PATIENCE, &clock()).expect("the right password");

        let watch = Watch::start(wrong, Timeouts::default());
        match watch.next() {
            CaptureEvent::RunEnded { error, retry_in } => {
                assert_eq!(error, CaptureError::WrongPassword.to_string());
                assert!(!error.contains("falsch") && !error.contains("operator"));
                assert!(retry_in >= Some(Duration::from_secs(300)), "an account is not locked");
            }
            other => panic!("{other:?}"),
        }
        watch.capture.set_streams(vec![right]);
        let changed = watch.next();
        assert!(matches!(changed, CaptureEvent::RunEnded { retry_in: None, .. }), "{changed:?}");
        watch.expect_start();
        watch.expect_units(3);
    }
}

#[test]
fn each_failure_has_its_sentence() {
    let rig = Rig::start(1, &[]);
    assert!(matches!(probe_error(&rig.url("nothing/here")), CaptureError::NotFound { .. }));
    assert_eq!(probe_error(&rig.url("h265")), CaptureError::Unsupported { codec: "H.265".into() });
    assert_eq!(probe_error(&rig.url("audio")), CaptureError::NoVideo { media: "audio".into() });
    let web = format!("rtsp://127.0.0.1:{}/", rig.control_port());
    let address = format!("127.0.0.1:{}", rig.control_port());
    assert_eq!(probe_error(&web), CaptureError::NotRtsp { address });
    drop(rig);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let refused = probe_error(&format!("rtsp://127.0.0.1:{port}/"));
    assert!(matches!(refused, CaptureError::Refused { .. }), "{refused}");
    let unknown = probe_error("rtsp://no-such-camera.invalid/");
    assert!(matches!(unknown, CaptureError::UnknownHost { .. }), "{unknown}");
}

#[test]
fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    let limit = Duration::from_millis(500);
    let timeouts = Timeouts { connect: limit, ..Timeouts::default() };
    let watch = Watch::start(source(&format!("rtsp://{address}/")), timeouts);
    match watch.next() {
        CaptureEvent::RunEnded { error, .. } => {
            assert_eq!(error, CaptureError::NoAnswer { address, limit }.to_string());
        }
        other => panic!("{other:?}"),
    }
    let link = || watch.capture.status().first().map(|status| status.link.clone());
    wait_until("the status tells", || matches!(link(), Some(Link::Offline { .. })));
}

#[test]
fn a_dropped_connection_is_followed_by_a_new_run() {
    let rig = Rig::start(1, &[]);
    let watch = Watch::start(source(&rig.url("cam0/main")), Timeouts::default());
    watch.expect_start();
    watch.expect_units(3);
    rig.fault("drop?cam=0");
    match watch.next_other() {
        CaptureEvent::RunEnded { error, retry_in } => {
            assert_eq!(error, CaptureError::Closed.to_string());
            assert!(retry_in.is_some_and(|wait| wait < Duration::from_secs(2)));
        }
        other => panic!("{other:?}"),
    }
    watch.expect_start();
    assert_eq!(watch.expect_units(GOP + 2)[0].pts.ticks(), 0);
}

#[test]
fn a_camera_that_vanishes_and_returns_is_found_again() {
    let rig = Rig::start(1, &[]);
    let watch = Watch::start(source(&rig.url("cam0/main")), Timeouts::default());
    watch.expect_start();
    rig.fault("remove?cam=0");
    rig.fault("drop?cam=0");
    assert!(matches!(watch.next_other(), CaptureEvent::RunEnded { .. }));
    match watch.next_other() {
        CaptureEvent::RunEnded { error, .. } => assert!(error.contains("no stream"), "{error}"),
        other => panic!("{other:?}"),
    }
    rig.fault("add?cam=0");
    watch.capture.retry_now(&watch.source.id);
    watch.expect_start();
    watch.expect_units(3);
}

#[test]
fn a_stalled_camera_is_given_up_and_found_again() {
    let rig = Rig::start(1, &[]);
    let limit = Duration::from_millis(1_500);
    let timeouts = Timeouts { read: limit, ..Timeouts::default() };
    let watch = Watch::start(source(&rig.url("cam0/main")), timeouts);
    watch.expect_start();
    watch.expect_units(3);
    rig.fault("stall?cam=0&s=4");
    match watch.next_other() {
        CaptureEvent::RunEnded { error, .. } => {
            assert_eq!(error, CaptureError::Stalled { limit }.to_string());
        }
        other => panic!("{other:?}"),
    }
    loop {
        match watch.next_other() {
            CaptureEvent::RunEnded { .. } => {}
            CaptureEvent::RunStarted { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    watch.expect_units(3);
}

#[test]
fn a_jump_of_the_cameras_clock_begins_a_run() {
    let rig = Rig::start(1, &[]);
    let watch = Watch::start(source(&rig.url("cam0/main")), Timeouts::default());
    watch.expect_start();
    watch.expect_units(3 * GOP);
    // Back, since this server waits for as long as its time line jumps ahead.
    rig.fault("jump?cam=0&s=-2");
    match watch.next_other() {
        CaptureEvent::TimestampJump { ticks } => {
            assert!((ticks + 2 * 90_000).abs() < 45_000, "{ticks}");
        }
        other => panic!("{other:?}"),
    }
    watch.expect_start();
    assert_eq!(watch.expect_units(3)[0].pts.ticks(), 0);
    wait_until("both runs are counted", || watch.capture.status()[0].runs == 2);
}

#[test]
fn pictures_that_the_camera_leaves_out_cost_no_run() {
    let rig = Rig::start(1, &[]);
    let watch = Watch::start(source(&rig.url("cam0/main")), Timeouts::default());
    watch.expect_start();
    let before = watch.expect_units(5);
    rig.fault("loss?cam=0&n=3");
    let mut last = before[4].pts;
    let lost = loop {
        match watch.next() {
            CaptureEvent::Unit(unit) => last = unit.pts,
            CaptureEvent::Lost { packets } => break packets,
            other => panic!("{other:?}"),
        }
    };
    let after = watch.expect_units(GOP);
    assert!((1..=3).contains(&lost) && after[0].pts.ticks_since(last) > 3 * FRAME, "{lost}");
    assert_eq!(after[0].pts.ticks() % FRAME, 0, "the run goes on");
}
