//! The thread `simulate-onvif`: takes requests and searches, on one tick.
//!
//! Must not do: wait for a client, or listen on anything but loopback.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use super::answers::{self, Answer};
use super::config::{Device, OnvifConfig, OnvifFault};
use super::discovery;
use super::guard::Guard;
use super::request::{MAX_REQUEST, Request};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, StopSource, StopToken, Worker, stop_pair};
use crate::simulate::{SimulateError, Simulator};

/// Between two looks at the sockets.
const PAUSE: Duration = Duration::from_millis(10);

/// Longest wait for the thread, which looks up at every tick.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Clients at once; the one that has waited longest goes when another comes.
const MAX_CLIENTS: usize = 64;

/// Longest datagram.
const DATAGRAM: usize = 65_535;

/// Bytes of an answer by [`OnvifFault::Huge`].
const HUGE: usize = 8 << 20;

/// Simulated cameras as ONVIF devices. They stop when it is dropped.
pub struct OnvifSimulator {
    address: SocketAddr,
    discovery: Option<SocketAddrV4>,
    stop: StopSource,
    worker: Option<Worker>,
}

impl OnvifSimulator {
    /// Serves the cameras of `simulator`, on loopback.
    ///
    /// # Errors
    /// [`SimulateError::Listen`] when a port is taken, [`SimulateError::Thread`].
    pub fn start(
        config: OnvifConfig,
        simulator: &Simulator,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SimulateError> {
        let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let wanted = here(config.port);
        let listen = |source| SimulateError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let searches = config.discovery_port.map(|port| bind(here(port))).transpose()?;
        let discovery = match searches.as_ref().map(UdpSocket::local_addr) {
            Some(Ok(SocketAddr::V4(address))) => Some(address),
            _ => None,
        };
        let mut random = fastrand::Rng::new();
        let guard = Guard::new(&config, format!("{:016x}", random.u64(..)));
        let devices = Device::all(simulator);
        let server = Server {
            config,
            devices,
            guard,
            address,
            listener,
            searches,
            clients: Vec::new(),
            clock,
        };
        let (stop, token) = stop_pair();
        let worker = Worker::spawn("simulate-onvif", move || server.run(&token));
        let worker = Some(worker.map_err(SimulateError::Thread)?);
        Ok(Self { address, discovery, stop, worker })
    }

    /// Where searches are answered; the port is a real one.
    #[must_use]
    pub fn discovery(&self) -> Option<SocketAddrV4> {
        self.discovery
    }

    /// Address of a camera's service; cameras count from 0.
    #[must_use]
    pub fn service(&self, camera: usize) -> String {
        service(self.address, camera)
    }

    /// Stops serving and waits for the thread.
    ///
    /// # Errors
    /// [`JoinError`] when it hangs or panicked.
    pub fn stop(mut self) -> Result<(), JoinError> {
        self.join()
    }

    fn join(&mut self) -> Result<(), JoinError> {
        self.stop.stop();
        self.worker.take().map_or(Ok(()), |worker| worker.join(STOP_LIMIT))
    }
}

impl Drop for OnvifSimulator {
    fn drop(&mut self) {
        if let Err(error) = self.join() {
            tracing::error!("simulated ONVIF devices: {error}");
        }
    }
}

fn bind(address: SocketAddr) -> Result<UdpSocket, SimulateError> {
    let listen = |source| SimulateError::Listen { address, source };
    let socket = UdpSocket::bind(address).map_err(listen)?;
    socket.set_nonblocking(true).map_err(listen)?;
    Ok(socket)
}

fn base(address: SocketAddr, camera: usize) -> String {
    format!("http://{address}/cam{camera}")
}

fn service(address: SocketAddr, camera: usize) -> String {
    format!("{}/device_service", base(address, camera))
}

struct Server {
    config: OnvifConfig,
    devices: Vec<Device>,
    guard: Guard,
    address: SocketAddr,
    listener: TcpListener,
    searches: Option<UdpSocket>,
    clients: Vec<Client>,
    clock: Arc<dyn Clock>,
}

/// A connection: its request is read, then its answer is written.
struct Client {
    socket: TcpStream,
    received: Vec<u8>,
    unsent: Vec<u8>,
    answered: bool,
}

impl Server {
    fn run(mut self, stop: &StopToken) {
        while !stop.wait(PAUSE) {
            self.accept();
            self.answer_searches();
            let clients = std::mem::take(&mut self.clients);
            for mut client in clients {
                match self.serve(&mut client) {
                    Ok(true) => self.clients.push(client),
                    Ok(false) => {}
                    Err(error) => tracing::debug!("simulated ONVIF device: client: {error}"),
                }
            }
        }
    }

    fn accept(&mut self) {
        while let Ok((socket, _)) = self.listener.accept() {
            if socket.set_nonblocking(true).is_err() {
                continue;
            }
            if self.clients.len() == MAX_CLIENTS {
                self.clients.remove(0);
            }
            let (received, unsent) = (Vec::new(), Vec::new());
            self.clients.push(Client { socket, received, unsent, answered: false });
        }
    }

    /// Goes on with a client; false when all is said.
    fn serve(&mut self, client: &mut Client) -> std::io::Result<bool> {
        if !client.answered {
            client.read()?;
            let request = Request::parse(&client.received);
            let request = request.map_err(|_| std::io::Error::from(ErrorKind::InvalidData))?;
            let silent = self.config.fault == Some(OnvifFault::Silent);
            let Some(request) = request.filter(|_| !silent) else { return Ok(true) };
            client.unsent = self.response(&request);
            client.answered = true;
        }
        client.write()
    }

    fn response(&mut self, request: &Request) -> Vec<u8> {
        let number = request.path.strip_prefix("/cam").and_then(|rest| rest.split('/').next());
        let number = number.and_then(|number| number.parse::<usize>().ok());
        let now = self.clock.wall().plus_micros(self.config.clock_offset);
        let (mut challenge, mut answer): (_, Answer) = (None, (404, String::new()));
        if let Some((number, device)) = number.and_then(|n| Some((n, self.devices.get(n)?))) {
            let base = base(self.address, number);
            if answers::is_public(&request.body) || self.guard.admits(request, now) {
                answer = answers::answer(&self.config, device, &base, now, &request.body);
            } else {
                challenge = self.guard.challenge();
                answer = answers::not_authorized();
                answer.0 = if challenge.is_some() { 401 } else { answer.0 };
            }
        }
        match self.config.fault {
            Some(OnvifFault::Garbage) => {
                answer = (200, "<s:Envelope><s:Body>\u{fffd}<&".to_owned())
            }
            Some(OnvifFault::Huge) => answer.1 += &" ".repeat(HUGE),
            _ => {}
        }
        let (status, body) = answer;
        let challenge = challenge.map_or(String::new(), |c| format!("WWW-Authenticate: {c}\r\n"));
        let head = format!(
            "HTTP/1.1 {status} -\r\nContent-Type: application/soap+xml; charset=utf-8\r\n{challenge}\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        (head + &body).into_bytes()
    }

    fn answer_searches(&mut self) {
        let Some(socket) = &self.searches else { return };
        let mut buffer = vec![0; DATAGRAM];
        while let Ok((length, sender)) = socket.recv_from(&mut buffer) {
            let question = buffer.get(..length).unwrap_or_default();
            for (number, device) in self.devices.iter().enumerate() {
                let service = service(self.address, number);
                let answer = discovery::answer(question, device, number, &service);
                let garbage = self.config.fault == Some(OnvifFault::Garbage);
                let answer =
                    answer.map(|text| if garbage { "<e:Envelope".to_owned() } else { text });
                let sent = answer.map(|answer| socket.send_to(answer.as_bytes(), sender));
                if let Some(Err(error)) = sent {
                    tracing::debug!("simulated ONVIF device: answer to a search: {error}");
                }
            }
        }
    }
}

impl Client {
    fn read(&mut self) -> std::io::Result<()> {
        let mut bytes = [0; 4 << 10];
        while self.received.len() <= MAX_REQUEST {
            match self.socket.read(&mut bytes) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.received.extend(bytes.iter().take(count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes what fits; false when all is written.
    fn write(&mut self) -> std::io::Result<bool> {
        while !self.unsent.is_empty() {
            match self.socket.write(&self.unsent) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
