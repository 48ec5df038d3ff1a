//! The thread `simulate`: all cameras and all clients, on one tick.
//!
//! Must not do: wait for a socket or for an encoder.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::Receiver;

use super::auth::Guard;
use super::client::{Client, Gone};
use super::config::{Fault, SimulatorConfig};
use super::encode::LoopSpec;
use super::library::{Library, Lookup};
use super::session::Session;
use crate::model::StreamKind;
use crate::runtime::{Clock, Now, StopToken};

/// Between two looks at the listening socket when nobody is connected.
const IDLE_PAUSE: Duration = Duration::from_millis(50);
/// Between two looks at clients that are setting up.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
/// Longest pause while streams play: nobody waits longer for an answer.
const PLAYING_PAUSE: Duration = Duration::from_millis(40);
/// Shortest pause, so that streams on different grids are sent together.
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);

/// Length of [`Fault::Garbage`].
const GARBAGE_BYTES: usize = 2000;

/// What is wrong with one camera.
#[derive(Clone, Default)]
pub(super) struct CameraState {
    pub(super) removed: bool,
    /// On the monotonic clock; past when it does not stall.
    stalled_until: Duration,
    refused_until: Duration,
    /// Sends the other size.
    changed: bool,
    /// Sees motion.
    pub(super) motion: bool,
    pub(super) refuses_metadata: bool,
    pub(super) hangs_up_on_metadata: bool,
}

/// What is to happen to a camera.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Fault(Fault),
    /// It sees motion, or none.
    Motion(bool),
}

impl CameraState {
    pub(super) fn is_stalled(&self, now: Duration) -> bool {
        now < self.stalled_until
    }

    pub(super) fn is_refused(&self, now: Duration) -> bool {
        now < self.refused_until
    }
}

/// Everything that the thread owns.
pub(super) struct Server {
    pub(super) config: SimulatorConfig,
    pub(super) guard: Guard,
    pub(super) loops: Library,
    pub(super) cameras: Vec<CameraState>,
    pub(super) random: fastrand::Rng,
    clock: Arc<dyn Clock>,
    listener: TcpListener,
    orders: Receiver<(usize, Order)>,
    clients: Vec<Client>,
}

impl Server {
    pub(super) fn new(
        config: SimulatorConfig,
        clock: Arc<dyn Clock>,
        listener: TcpListener,
        loops: Library,
        orders: Receiver<(usize, Order)>,
    ) -> Self {
        let guard = Guard::new(config.user.clone(), config.password.clone(), config.digest);
        let cameras = vec![CameraState::default(); config.cameras];
        let random = fastrand::Rng::new();
        let clients = Vec::new();
        Self { config, guard, loops, cameras, random, clock, listener, orders, clients }
    }

    /// Serves until it is to stop.
    pub(super) fn run(mut self, stop: &StopToken) {
        while !stop.wait(self.pause()) {
            let now = self.clock.now();
            while let Ok((camera, order)) = self.orders.try_recv() {
                match order {
                    Order::Fault(fault) => self.apply(camera, fault, now),
                    Order::Motion(active) => self.set_motion(camera, active, now),
                }
            }
            self.accept();
            let clients = std::mem::take(&mut self.clients);
            for mut client in clients {
                match self.serve(&mut client, now) {
                    Ok(()) => self.clients.push(client),
                    Err(Gone::Closed) => {}
                    Err(gone) => tracing::debug!("simulated camera: client dropped: {gone}"),
                }
            }
        }
        self.clients.clear();
        if let Err(error) = self.loops.stop() {
            tracing::error!("simulated cameras: {error}");
        }
    }

    /// What a stream consists of at present.
    pub(super) fn spec(&self, camera: usize, kind: StreamKind) -> LoopSpec {
        if self.cameras.get(camera).is_some_and(|state| state.changed) {
            self.config.other_spec(camera, kind)
        } else {
            self.config.loop_spec(camera, kind)
        }
    }

    fn pause(&self) -> Duration {
        if self.clients.is_empty() {
            return IDLE_PAUSE;
        }
        let now = self.clock.monotonic();
        let until_due = |session: &Session| {
            let stalled = self.cameras.get(session.camera).is_some_and(|c| c.is_stalled(now));
            let playing = session.playing.as_ref().filter(|_| !stalled)?;
            Some(playing.due().saturating_sub(now))
        };
        let pauses = self.clients.iter().map(|client| {
            if !client.is_playing() {
                return BUSY_PAUSE;
            }
            client.session.as_ref().and_then(until_due).unwrap_or(PLAYING_PAUSE)
        });
        pauses.min().unwrap_or(IDLE_PAUSE).clamp(SHORTEST_PAUSE, PLAYING_PAUSE)
    }

    fn accept(&mut self) {
        loop {
            match self.listener.accept() {
                Ok((socket, _)) => {
                    let nonce = format!("{:016x}", self.random.u64(..));
                    match Client::new(socket, nonce) {
                        Ok(client) => self.clients.push(client),
                        Err(error) => tracing::debug!("simulated camera: new client: {error}"),
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    tracing::warn!("simulated cameras cannot take a connection: {error}");
                    return;
                }
            }
        }
    }

    fn serve(&mut self, client: &mut Client, now: Now) -> Result<(), Gone> {
        if self.stalls(client, now.monotonic) {
            return Ok(());
        }
        client.read(now.monotonic)?;
        while let Some(request) = client.next_request()? {
            let more = self.answer(client, request, now.monotonic)?;
            if !more || self.stalls(client, now.monotonic) {
                break;
            }
        }
        self.follow_parameters(client);
        client.send_due(now);
        client.flush()
    }

    fn stalls(&self, client: &Client, now: Duration) -> bool {
        let camera = client.camera.and_then(|camera| self.cameras.get(camera));
        camera.is_some_and(|camera| camera.is_stalled(now))
    }

    /// Moves a playing client to another loop once the camera's parameters have changed.
    fn follow_parameters(&mut self, client: &mut Client) {
        let Some(session) = &mut client.session else { return };
        let wanted = self.spec(session.camera, session.kind);
        let Some(playing) = session.playing.as_mut().filter(|p| p.spec() != wanted) else { return };
        if let Lookup::Ready(packets) = self.loops.get(&wanted) {
            playing.change(wanted, packets);
        }
    }

    fn set_motion(&mut self, camera: usize, active: bool, now: Now) {
        let Some(state) = self.cameras.get_mut(camera) else { return };
        if std::mem::replace(&mut state.motion, active) != active {
            for client in self.clients.iter_mut().filter(|client| client.camera == Some(camera)) {
                client.set_motion(active, now);
            }
        }
    }

    fn apply(&mut self, camera: usize, fault: Fault, now: Now) {
        let Some(state) = self.cameras.get_mut(camera) else { return };
        let mut close = false;
        match fault {
            Fault::Drop => close = true,
            Fault::Stall(time) => state.stalled_until = now.monotonic + time,
            Fault::NewParameters => state.changed = !state.changed,
            Fault::Refuse(time) => (state.refused_until, close) = (now.monotonic + time, true),
            Fault::Remove => (state.removed, close) = (true, true),
            Fault::RefuseMetadata => state.refuses_metadata = true,
            Fault::HangUpOnMetadata => state.hangs_up_on_metadata = true,
            Fault::Restore => {
                let CameraState { changed, motion, .. } = *state;
                *state = CameraState { changed, motion, ..CameraState::default() };
            }
            Fault::Garbage
            | Fault::GarbageMetadata
            | Fault::TimestampJump(_)
            | Fault::LoseUnits(_) => {}
        }
        if close {
            self.clients.retain(|client| client.camera != Some(camera));
        }
        for client in self.clients.iter_mut().filter(|client| client.camera == Some(camera)) {
            match (fault, &mut client.session) {
                (Fault::GarbageMetadata, _) => client.spoil_metadata(now),
                (Fault::Garbage, _) => client.garbage(&garbage()),
                (Fault::TimestampJump(ticks), Some(session)) => {
                    session.time = session.time.wrapping_add(ticks as u32);
                }
                (Fault::LoseUnits(units), Some(session)) => session.lose += units,
                (Fault::Stall(time), Some(session)) => {
                    if let Some(playing) = &mut session.playing {
                        playing.skip_to(now.monotonic + time);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Bytes that begin like nothing in RTSP.
fn garbage() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut bytes = vec![0xff; GARBAGE_BYTES];
    random.fill(&mut bytes[1..]);
    bytes
}
