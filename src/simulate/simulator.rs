//! The handle on running simulated cameras.
//!
//! Must not do: serve; the thread `simulate` does.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use crossbeam::channel::{Sender, bounded};
use url::Url;

use super::config::{Fault, SimulatorConfig};
use super::error::SimulateError;
use super::library::Library;
use super::server::{Order, Server};
use crate::model::StreamKind;
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, StopSource, Worker, stop_pair};

/// The thread looks up every few milliseconds, and its encoders between two frames.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Orders that wait for the next tick.
const MAX_ORDERS: usize = 64;

/// Running simulated cameras. They stop when it is dropped.
pub struct Simulator {
    config: SimulatorConfig,
    address: SocketAddr,
    orders: Sender<(usize, Order)>,
    stop: StopSource,
    worker: Option<Worker>,
}

impl Simulator {
    /// Starts serving. Loops are encoded when a client asks for them first.
    ///
    /// # Errors
    /// [`SimulateError::Listen`] when the port is taken, [`SimulateError::Thread`].
    pub fn start(config: SimulatorConfig, clock: Arc<dyn Clock>) -> Result<Self, SimulateError> {
        let wanted = SocketAddr::new(config.bind, config.port);
        let listen = |source| SimulateError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let loops = Library::new(available_parallelism().map_or(1, usize::from))?;
        let (orders, orders_in) = bounded(MAX_ORDERS);
        let server = Server::new(config.clone(), clock, listener, loops, orders_in);
        let (stop, token) = stop_pair();
        let worker = Worker::spawn("simulate", move || server.run(&token));
        let worker = Some(worker.map_err(SimulateError::Thread)?);
        Ok(Self { config, address, orders, stop, worker })
    }

    /// Where it listens; the port is a real one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was started with.
    #[must_use]
    pub fn config(&self) -> &SimulatorConfig {
        &self.config
    }

    /// Address of a stream, `rtsp://127.0.0.1:PORT/cam0/main`; cameras count from 0. Never with a
    /// password.
    #[must_use]
    pub fn url(&self, camera: usize, kind: StreamKind) -> Url {
        self.path_url(&format!("cam{camera}/{kind}"))
    }

    /// Address of something else that it describes: `h265` or `audio`.
    #[must_use]
    pub fn path_url(&self, path: &str) -> Url {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let text = format!("rtsp://{address}/{path}");
        // A socket address behind a scheme is always an address; the path is ours.
        Url::parse(&text).unwrap_or_else(|error| unreachable!("{text}: {error}"))
    }

    /// Lets something go wrong with a camera, within a tick (40 ms).
    pub fn fault(&self, camera: usize, fault: Fault) {
        self.order(camera, Order::Fault(fault));
    }

    /// Lets a camera see motion, or see none any more, within a tick (40 ms); none at the start. Its
    /// metadata tells of it, when [`SimulatorConfig::metadata`] is offered; its pictures do not change.
    pub fn set_motion(&self, camera: usize, active: bool) {
        self.order(camera, Order::Motion(active));
    }

    fn order(&self, camera: usize, order: Order) {
        if self.orders.send((camera, order)).is_err() {
            tracing::error!("simulated cameras have ended, {order:?} is not possible");
        }
    }

    /// Stops serving and waits for the threads.
    ///
    /// # Errors
    /// [`JoinError`] when a thread hangs or panicked.
    pub fn stop(mut self) -> Result<(), JoinError> {
        self.join()
    }

    fn join(&mut self) -> Result<(), JoinError> {
        self.stop.stop();
        self.worker.take().map_or(Ok(()), |worker| worker.join(STOP_LIMIT))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Err(error) = self.join() {
            tracing::error!("simulated cameras: {error}");
        }
    }
}
