//! Motion told by the camera itself, from a simulated camera to whoever asks capture for it; and that
//! nothing about metadata costs a picture.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

use std::sync::Arc;
use std::time::{Duration, Instant};

use watchkeeper::capture::{
    CameraMotionState, Capture, CaptureEvent, StreamSource, Subscription, UnitQueue,
};
use watchkeeper::model::{StreamId, StreamKind, Transport};
use watchkeeper::runtime::SystemClock;
use watchkeeper::simulate::{Fault, Simulator, SimulatorConfig};

/// Nothing that is waited for takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn camera(metadata: bool) -> Simulator {
    let config = SimulatorConfig {
        cameras: 1,
        scenes: 1,
        size: (320, 180),
        loop_seconds: 2,
        bit_rate: 200_000,
        metadata,
        ..SimulatorConfig::default()
    };
    Simulator::start(config, Arc::new(SystemClock::new())).expect("a free port")
}

/// The camera's main stream captured, and what came of it.
struct Watch {
    capture: Capture,
    queue: Arc<UnitQueue>,
    _subscription: Subscription,
    id: StreamId,
}

impl Watch {
    fn start(simulator: &Simulator, metadata: bool) -> Self {
        let id = StreamId::new("cam".parse().expect("an identity"), StreamKind::Main);
        let url = simulator.url(0, StreamKind::Main);
        let source = StreamSource {
            id: id.clone(),
            url,
            user: None,
            password: None,
            transport: Transport::Tcp,
            metadata,
        };
        let capture = Capture::start(Arc::new(SystemClock::new())).expect("it starts");
        let queue = UnitQueue::new(10_000, 64 << 20);
        let subscription = capture.subscribe(&id, &queue, false);
        assert_eq!(capture.motion_reader().get(&id), None, "no session yet");
        capture.set_streams(vec![source]);
        Self { capture, queue, _subscription: subscription, id }
    }

    fn expect_start(&self) {
        let event = self.queue.recv_timeout(PATIENCE);
        assert!(matches!(event, Some(CaptureEvent::RunStarted { .. })), "{event:?}");
    }

    /// The next units' places and bytes; nothing else may happen meanwhile.
    fn expect_units(&self, count: usize) -> Vec<(i64, Vec<u8>)> {
        let next = || match self.queue.recv_timeout(PATIENCE) {
            Some(CaptureEvent::Unit(unit)) => (unit.pts.ticks(), unit.data.to_vec()),
            other => panic!("{other:?}"),
        };
        (0..count).map(|_| next()).collect()
    }

    fn motion(&self) -> Option<CameraMotionState> {
        self.capture.motion_reader().get(&self.id)
    }

    /// The state as soon as it is as `wanted`.
    fn wait_for(
        &self,
        what: &str,
        wanted: impl Fn(&CameraMotionState) -> bool,
    ) -> CameraMotionState {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(state) = self.motion().filter(&wanted) {
                return state;
            }
            assert!(Instant::now() < end, "{what}: {:?}", self.motion());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// All that has arrived is one run without loss.
    fn expect_one_run(&self) {
        let mut events = Vec::new();
        self.queue.drain(&mut events);
        let others = events.iter().filter(|event| !matches!(event, CaptureEvent::Unit(_)));
        assert_eq!(others.count(), 0, "{events:?}");
    }
}

#[test]
fn motion_is_told_as_it_comes_and_goes() {
    let simulator = camera(true);
    let watch = Watch::start(&simulator, true);
    watch.expect_start();
    let first = watch.wait_for("the rule is told at the start", |state| state.told);
    assert_eq!((first.active, first.offered, first.refused), (false, true, None));
    assert_eq!(first.last_active, None);

    simulator.set_motion(0, true);
    let on = watch.wait_for("motion begins", |state| state.active);
    assert!(on.since >= first.at && on.last_active == Some(on.since) && on.at == on.since);
    simulator.set_motion(0, false);
    let off = watch.wait_for("motion ends", |state| !state.active);
    assert!(off.since > on.since && off.last_active == Some(off.since));

    simulator.set_motion(0, true);
    simulator.set_motion(0, false);
    watch.wait_for("a moment of motion is not lost", |state| {
        !state.active && state.last_active > off.last_active
    });
    watch.expect_one_run();
}

#[test]
fn pictures_are_the_same_with_and_without_metadata() {
    let simulator = camera(true);
    let [with, without] = [true, false].map(|metadata| {
        let watch = Watch::start(&simulator, metadata);
        watch.expect_start();
        simulator.set_motion(0, metadata);
        (watch.expect_units(60), watch.motion().expect("a session"))
    });
    assert!(with.0 == without.0);
    assert_eq!((with.1.offered, with.1.told), (true, true));
    assert_eq!((without.1.offered, without.1.told), (true, false), "nobody asked");
}

#[test]
fn cameras_without_metadata_play() {
    let simulator = camera(false);
    let watch = Watch::start(&simulator, true);
    watch.expect_start();
    let state = watch.motion().expect("a session");
    assert_eq!((state.offered, state.told, state.refused), (false, false, None));
}

#[test]
fn a_camera_that_refuses_its_metadata_plays() {
    let simulator = camera(true);
    simulator.fault(0, Fault::RefuseMetadata);
    let watch = Watch::start(&simulator, true);
    watch.expect_start();
    watch.expect_units(30);
    let state = watch.motion().expect("a session");
    assert!(state.refused.is_some_and(|why| why.contains("500")));
    assert_eq!((state.offered, state.told), (true, false));
}

#[test]
fn a_camera_that_breaks_at_its_metadata_plays_without() {
    let simulator = camera(true);
    simulator.fault(0, Fault::HangUpOnMetadata);
    let watch = Watch::start(&simulator, true);
    let failed = watch.queue.recv_timeout(PATIENCE);
    assert!(matches!(failed, Some(CaptureEvent::RunEnded { .. })), "{failed:?}");
    watch.expect_start();
    watch.expect_units(30);
    let state = watch.motion().expect("a session");
    assert!(state.offered && !state.told && state.refused.is_some());
}

#[test]
fn odd_metadata_costs_neither_pictures_nor_what_follows() {
    let simulator = camera(true);
    let watch = Watch::start(&simulator, true);
    watch.expect_start();
    let told = watch.wait_for("the rule is told", |state| state.told);
    simulator.fault(0, Fault::GarbageMetadata);
    watch.wait_for("a document that is no XML", |state| state.at > told.at);
    simulator.set_motion(0, true);
    watch.wait_for("motion", |state| state.active);
    watch.expect_units(30);
    watch.expect_one_run();
}

#[test]
fn each_session_begins_anew() {
    let simulator = camera(true);
    simulator.set_motion(0, true);
    let watch = Watch::start(&simulator, true);
    watch.expect_start();
    let first = watch.wait_for("motion at the start", |state| state.active);
    simulator.fault(0, Fault::Remove);
    while !matches!(watch.queue.recv_timeout(PATIENCE), Some(CaptureEvent::RunEnded { .. })) {}
    assert_eq!(watch.motion(), None);
    simulator.fault(0, Fault::Restore);
    watch.capture.retry_now(&watch.id);
    let second = watch.wait_for("motion in the second session", |state| state.active);
    assert!(second.since > first.since);
    watch.capture.set_streams(Vec::new());
    let mut event = watch.queue.recv_timeout(PATIENCE);
    while !matches!(event, Some(CaptureEvent::RunEnded { retry_in: None, .. })) {
        assert!(event.is_some(), "the end of the stream is told");
        event = watch.queue.recv_timeout(PATIENCE);
    }
    assert_eq!(watch.motion(), None);
}
