//! Finding cameras: the search and the questions against simulated ONVIF devices on loopback, and how the
//! engine and the command line tell of it.

#![allow(clippy::expect_used, clippy::panic)] // the helpers of tests are no tests in clippy's eyes

mod common;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Bench, simulator, small_cameras};
use url::Url;
use watchkeeper::capture::onvif::{
    Device, DeviceReport, Limits, Login, OnvifError, Places, ask, search, service_address,
};
use watchkeeper::config::{DataFolder, SettingsStore};
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::model::settings::{CameraRecording, CameraSettings};
use watchkeeper::model::{CameraId, Password, StreamKind, Transport};
use watchkeeper::protocol::{
    Command, Console, DeviceOutcome, DeviceQuery, ProbeOutcome, ProbeQuery,
};
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::simulate::{OnvifConfig, OnvifFault, OnvifSimulator, Simulator};

/// Nothing that is waited for takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

const HOUR: i64 = 3_600_000_000;

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

/// Two simulated cameras that are ONVIF devices. Nothing is encoded while nobody plays them.
struct Stage {
    cameras: Simulator,
    devices: OnvifSimulator,
}

impl Stage {
    fn new(config: OnvifConfig) -> Self {
        let cameras = simulator(small_cameras(2));
        let devices = OnvifSimulator::start(config, &cameras, clock()).expect("devices");
        Self { cameras, devices }
    }

    fn ask_within(
        &self,
        login: Option<&Login>,
        call: Duration,
    ) -> Result<DeviceReport, OnvifError> {
        let service = service_address(&self.devices.service(1)).expect("an address");
        let limits = Limits { call, all: PATIENCE, wanted: &|| true };
        ask(&service, login, limits, &*clock())
    }

    fn ask(&self, login: Option<&Login>) -> Result<DeviceReport, OnvifError> {
        self.ask_within(login, PATIENCE)
    }

    fn url(&self, kind: StreamKind) -> Url {
        self.cameras.url(1, kind)
    }
}

fn with_password() -> OnvifConfig {
    let password = Some(Password::new("p<a>ss".into()));
    OnvifConfig { user: Some("jo&e".into()), password, ..OnvifConfig::default() }
}

fn login(user: &str, password: &str) -> Login {
    Login { user: user.into(), password: Password::new(password.into()) }
}

#[test]
fn every_device_is_found_once_also_beside_one_that_answers_garbage() {
    let stage = Stage::new(OnvifConfig::default());
    let fault = Some(OnvifFault::Garbage);
    let odd = Stage::new(OnvifConfig { fault, ..OnvifConfig::default() });
    let at = |stage: &Stage| stage.devices.discovery().expect("it is to be found");
    let places = Places::These(vec![at(&odd), at(&stage)]);
    // Rounds after both were found: what comes twice or is odd has time to come.
    let mut more = 25;
    let mut go_on = |found: &[Device]| {
        more -= i32::from(found.len() >= 2);
        more > 0
    };
    let mut found = search(&places, PATIENCE, &*clock(), &mut go_on).expect("sent");
    assert!(more == 0, "only {found:?}");
    found.sort_by(|a, b| a.service.cmp(&b.service));
    let services: Vec<&str> = found.iter().map(|device| device.service.as_str()).collect();
    assert_eq!(services, [stage.devices.service(0), stage.devices.service(1)]);
    assert_eq!(found[0].name, watchkeeper::simulate::camera_name(0));
    assert_eq!(found[0].hardware, "Simulated camera");
}

#[test]
fn main_and_sub_are_chosen_by_both_generations_of_the_service() {
    for media_2 in [true, false] {
        let stage = Stage::new(OnvifConfig { media_2, ..OnvifConfig::default() });
        let report = stage.ask(None).expect("it answers");
        assert_eq!(report.name, "Watchkeeper Simulated camera");
        assert_eq!(report.main, stage.url(StreamKind::Main));
        assert_eq!(report.sub, Some(stage.url(StreamKind::Sub)));
        let profile = &report.streams[0].profile;
        assert_eq!((profile.encoding.as_str(), profile.size), ("H.264", Some((640, 360))));
        assert_eq!((profile.frame_rate, profile.bit_rate_kbit), (25, 4_000));
        let offset = report.clock_offset.expect("told");
        assert!(offset.abs() < 20_000_000, "{offset}");
    }
}

#[test]
fn a_password_is_asked_for_and_checked() {
    for http_digest in [false, true] {
        // An hour off: a token is refused unless its time is the device's.
        let stage = Stage::new(OnvifConfig { http_digest, clock_offset: HOUR, ..with_password() });
        assert_eq!(stage.ask(None), Err(OnvifError::NeedsPassword));
        let wrong = [login("jo&e", "wrong"), login("ann", "p<a>ss")];
        for wrong in &wrong {
            assert_eq!(stage.ask(Some(wrong)), Err(OnvifError::WrongPassword));
        }
        let report = stage.ask(Some(&login("jo&e", "p<a>ss"))).expect("it answers");
        assert_eq!(report.main, stage.url(StreamKind::Main));
        let offset = report.clock_offset.expect("told") - HOUR;
        assert!(offset.abs() < 20_000_000, "{offset}");
    }
}

#[test]
fn a_camera_of_h265_alone_says_what_to_do() {
    for media_2 in [true, false] {
        let stage = Stage::new(OnvifConfig { media_2, encoding: "H265", ..OnvifConfig::default() });
        let error = stage.ask(None).expect_err("nothing to record").to_string();
        assert_eq!(
            error,
            "The camera offers H.265 alone, which cannot be recorded: set one of its streams to H.264 in the \
             camera"
        );
    }
}

#[test]
fn stream_addresses_lose_their_password_and_stay_at_the_device() {
    let fault = Some(OnvifFault::OddAddresses);
    let stage = Stage::new(OnvifConfig { fault, ..OnvifConfig::default() });
    let report = stage.ask(None).expect("it answers");
    assert_eq!(report.main.as_str(), format!("{}?a=1&b=2", stage.url(StreamKind::Main)));
}

#[test]
fn odd_and_silent_devices_end_in_a_sentence() {
    let of = |fault, limit| {
        let stage = Stage::new(OnvifConfig { fault: Some(fault), ..OnvifConfig::default() });
        stage.ask_within(None, limit).expect_err("it fails")
    };
    let garbage = of(OnvifFault::Garbage, PATIENCE);
    assert!(matches!(garbage, OnvifError::NotOnvif { .. }), "{garbage:?}");
    let huge = of(OnvifFault::Huge, PATIENCE).to_string();
    assert!(huge.contains("the answer is too large"), "{huge}");
    let silent = of(OnvifFault::Silent, Duration::from_millis(300));
    assert!(matches!(silent, OnvifError::NoAnswer { .. }), "{silent:?}");
    let stage = Stage::new(OnvifConfig::default());
    let nobody = service_address(&stage.devices.service(7)).expect("an address");
    let limits = Limits { call: PATIENCE, all: PATIENCE, wanted: &|| true };
    let error = ask(&nobody, None, limits, &*clock()).expect_err("there is no such device");
    assert!(matches!(error, OnvifError::NotOnvif { .. }), "{error:?}");
    let error = ask(&nobody, None, Limits { wanted: &|| false, ..limits }, &*clock());
    assert_eq!(error, Err(OnvifError::Abandoned));
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let closed = service_address(&format!("127.0.0.1:{port}")).expect("an address");
    let error = ask(&closed, None, limits, &*clock()).expect_err("nobody is there");
    assert!(matches!(error, OnvifError::Refused { .. }), "{error:?}");
}

/// Waits until `look` finds something.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn probe_query(generation: u64, url: &str) -> ProbeQuery {
    let (camera, user, password) = (None, None, None);
    let transport = Transport::Tcp;
    ProbeQuery { generation, camera, url: url.into(), user, password, transport }
}

fn probed(console: &Console, query: ProbeQuery) -> ProbeOutcome {
    let generation = query.generation;
    console.send(Command::Probe(query)).expect("taken");
    wait_for("the test", || {
        let answer = console.shown().probe.get()?;
        let done = answer.generation == generation && answer.outcome != ProbeOutcome::Running;
        done.then(|| answer.outcome.clone())
    })
}

fn asked(console: &Console, query: DeviceQuery) -> DeviceOutcome {
    let generation = query.generation;
    console.send(Command::AskDevice(query)).expect("taken");
    wait_for("the device", || {
        let answer = console.shown().device.get()?;
        let done = answer.generation == generation && answer.outcome != DeviceOutcome::Running;
        done.then(|| answer.outcome.clone())
    })
}

#[test]
fn the_engine_searches_asks_and_tests() {
    let stage = Stage::new(with_password());
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let places = Places::These(vec![stage.devices.discovery().expect("it is to be found")]);
    let options = EngineOptions { places, ..EngineOptions::new(folder, clock()) };
    let (engine, console) = Engine::start(options).expect("it starts");

    console.send(Command::SearchCameras { generation: 1 }).expect("taken");
    let search = wait_for("the search", || {
        console.shown().search.get().filter(|answer| answer.devices.len() == 2)
    });
    assert_eq!((search.generation, search.devices[0].known), (1, false));
    console.send(Command::StopSearch).expect("taken");
    let ended = wait_for("its end", || console.shown().search.get().filter(|s| !s.running));
    assert_eq!((&ended.devices, &ended.trouble), (&search.devices, &None));

    let service = stage.devices.service(0);
    let query = DeviceQuery { generation: 2, service, user: None, password: None };
    assert_eq!(asked(&console, query.clone()), DeviceOutcome::NeedsPassword);
    let user = Some("jo&e".to_owned());
    let wrong = Some(Password::new("wrong".into()));
    let query = DeviceQuery { generation: 3, user, password: wrong, ..query };
    assert_eq!(asked(&console, query.clone()), DeviceOutcome::WrongPassword);
    let password = Some(Password::new("p<a>ss".into()));
    let right = asked(&console, DeviceQuery { generation: 4, password, ..query });
    let DeviceOutcome::Found(found) = right else { panic!("{right:?}") };
    assert_eq!(found.main, stage.cameras.url(0, StreamKind::Main).as_str());

    // Nobody answers here: the newer question takes its place.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let nobody = format!("rtsp://{}/x", silent.local_addr().expect("an address"));
    console.send(Command::Probe(probe_query(5, &nobody))).expect("taken");
    let outcome = probed(&console, probe_query(6, &found.main));
    let ProbeOutcome::Found(stream) = outcome else { panic!("{outcome:?}") };
    assert_eq!((stream.size, stream.gop_length), ((640, 360), Some(50)));
    let picture = stream.picture.as_ref().expect("decoded");
    assert_eq!((picture.width, picture.height), (640, 360));
    assert!(stream.first_picture_after > 0 && stream.warnings.is_empty(), "{stream:?}");
    let failed = |generation, path: &str| {
        let url = stage.cameras.path_url(path);
        match probed(&console, probe_query(generation, url.as_str())) {
            ProbeOutcome::Failed(sentence) => sentence,
            other => panic!("{other:?}"),
        }
    };
    assert!(failed(7, "h265").contains("H.265, which cannot be recorded"));
    assert!(failed(8, "audio").contains("no video, only audio"));
    assert!(failed(9, "nowhere").contains("check the path"));
    console.send(Command::Probe(probe_query(10, &nobody))).expect("taken");
    engine.stop().expect("it does not wait for who does not answer");
}

#[test]
fn cameras_of_the_settings_are_known_and_their_password_is_used() {
    let user = Some("joe".to_owned());
    let password = Some(Password::new("secret".into()));
    let mut config = small_cameras(1);
    (config.user, config.password) = (user.clone(), password.clone());
    let cameras = simulator(config);
    let devices =
        OnvifSimulator::start(OnvifConfig::default(), &cameras, clock()).expect("devices");
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let mut store = SettingsStore::open(&folder).expect("opened");
    let id = CameraId::from_name("yard");
    let camera = CameraSettings {
        id: id.clone(),
        name: "Yard".into(),
        group: String::new(),
        main: cameras.url(0, StreamKind::Main).try_into().expect("an address"),
        sub: None,
        user: user.clone(),
        transport: Transport::Tcp,
        recording: CameraRecording::default(),
    };
    store
        .change(|settings| {
            settings.cameras.push(camera);
            Ok(())
        })
        .expect("changed");
    let mut secrets = watchkeeper::config::Secrets::open(&folder).expect("opened");
    secrets.set(&id, password.as_ref()).expect("kept");
    let places = Places::These(vec![devices.discovery().expect("it is to be found")]);
    let options = EngineOptions { places, ..EngineOptions::new(folder, clock()) };
    let (engine, console) = Engine::start(options).expect("it starts");
    console.send(Command::SearchCameras { generation: 1 }).expect("taken");
    let known = || console.shown().search.get()?.devices.first().map(|device| device.known);
    assert!(wait_for("the search", known));

    let url = cameras.url(0, StreamKind::Main);
    let query = ProbeQuery { user, ..probe_query(2, url.as_str()) };
    let ProbeOutcome::Failed(sentence) = probed(&console, query.clone()) else {
        panic!("it is in")
    };
    assert!(sentence.contains("refuses this user and password"), "{sentence}");
    let camera = Some(id);
    let outcome = probed(&console, ProbeQuery { generation: 3, camera, ..query });
    assert!(matches!(outcome, ProbeOutcome::Found(_)), "{outcome:?}");
    engine.stop().expect("stopped");
}

#[test]
fn the_command_line_asks_a_device_and_saves_a_picture() {
    let stage = Stage::new(with_password());
    let bench = Bench::new();
    let service = stage.devices.service(1);
    let arguments = ["camera", "search", "--at", &service, "--json"];
    let told = bench.json(&arguments);
    let trouble = told[0]["trouble"].as_str().expect("a sentence");
    assert!(trouble.contains("asks for a user and a password"), "{trouble}");
    let signed = [&arguments[..], &["--user", "jo&e", "--password-stdin"]].concat();
    let output = bench.with_input(&signed, "p<a>ss");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let main = stage.url(StreamKind::Main);
    assert_eq!(told[0]["main"].as_str(), Some(main.as_str()), "{told}");
    assert_eq!(told[0]["profiles"][1]["codec"].as_str(), Some("H.264"));
    let file = bench.root().join("first.jpg");
    let name = file.to_string_lossy().into_owned();
    let report = bench.json(&["camera", "test", main.as_str(), "--picture", &name, "--json"]);
    assert_eq!(report["warnings"].as_array().map(Vec::len), Some(0), "{report}");
    let picture = watchkeeper::codec::decode_jpeg(&std::fs::read(file).expect("saved"));
    let picture = picture.expect("a JPEG");
    assert_eq!((picture.width, picture.height), (640, 360));
}
