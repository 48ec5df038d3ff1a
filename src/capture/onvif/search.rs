//! The search: questions go out on every network, answers are collected.
//!
//! Must not do: ask a device anything else than who it is.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::time::Duration;

use socket2::SockRef;

use super::OnvifError;
use super::discovery::{Device, KINDS, devices, question};
use crate::runtime::Clock;

/// Where devices listen, by WS-Discovery (2.4): a group that stays within the local network.
const GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(239, 255, 255, 250), 3702);

/// Where a simulated camera on this computer listens.
const HERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 3702);

/// When questions are sent, after the start: datagrams get lost.
const SENT_AT: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_millis(1_500)];

/// One look at all sockets takes this long, shared among them.
const LOOK: Duration = Duration::from_millis(100);

/// Devices that are kept at most; more are in no network that broadcasts reach.
const MAX_DEVICES: usize = 512;

/// Networks that are searched at most: computers with containers have dozens, of which none has a camera.
const MAX_NETWORKS: usize = 32;

/// Longest datagram.
const DATAGRAM: usize = 65_535;

/// Where to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// Every IPv4 network that this computer is in, and this computer.
    Network,
    /// These addresses alone.
    These(Vec<SocketAddrV4>),
}

/// Searches for `limit`. `go_on` is given all devices found so far, several times a second; the search ends
/// when it returns false.
///
/// # Errors
/// When nothing was found: [`OnvifError::NoNetwork`], and [`OnvifError::NotSent`] when no network took a question.
pub fn search(
    places: &Places,
    limit: Duration,
    clock: &dyn Clock,
    go_on: &mut dyn FnMut(&[Device]) -> bool,
) -> Result<Vec<Device>, OnvifError> {
    let not_sent = |error: io::Error| OnvifError::NotSent { detail: error.to_string() };
    let sockets = open(places)?;
    let look = (LOOK / u32::try_from(sockets.len().max(1)).unwrap_or(u32::MAX))
        .max(Duration::from_millis(1));
    for (socket, _) in &sockets {
        socket.set_read_timeout(Some(look)).map_err(not_sent)?;
    }
    let (mut found, mut sent, mut failed) = (Vec::new(), 0, None);
    let began = clock.monotonic();
    let passed = || clock.monotonic().saturating_sub(began);
    let mut buffer = vec![0; DATAGRAM];
    while passed() < limit && go_on(&found) {
        if SENT_AT.get(sent).is_some_and(|at| *at <= passed()) {
            failed = send_all(&sockets);
            sent += 1;
        }
        for (socket, _) in &sockets {
            let until = passed() + look;
            receive(socket, &mut buffer, &mut found, || passed() >= until);
        }
    }
    match failed {
        _ if !found.is_empty() => Ok(found),
        Some(error) => Err(not_sent(error)),
        None if *places == Places::Network && sockets.iter().all(is_here) => {
            Err(OnvifError::NoNetwork)
        }
        None => Ok(found),
    }
}

type Way = (UdpSocket, SocketAddrV4);

/// A socket for each network, with the address that is asked through it.
fn open(places: &Places) -> Result<Vec<Way>, OnvifError> {
    let ways: Vec<(Ipv4Addr, SocketAddrV4)> = match places {
        Places::These(to) => to.iter().map(|to| (from_of(*to.ip()), *to)).collect(),
        Places::Network => {
            let own = networks().map_err(|_| OnvifError::NoNetwork)?;
            own.into_iter().map(|ip| (ip, GROUP)).chain([(Ipv4Addr::LOCALHOST, HERE)]).collect()
        }
    };
    let (mut sockets, mut failed) = (Vec::new(), None);
    for (from, to) in ways {
        match bind(from) {
            Ok(socket) => sockets.push((socket, to)),
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if sockets.is_empty() => Err(OnvifError::NotSent { detail: error.to_string() }),
        _ if sockets.is_empty() => Err(OnvifError::NoNetwork),
        _ => Ok(sockets),
    }
}

const fn from_of(to: Ipv4Addr) -> Ipv4Addr {
    if to.is_loopback() { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED }
}

/// This computer's addresses in networks.
fn networks() -> io::Result<Vec<Ipv4Addr>> {
    let addresses =
        if_addrs::get_if_addrs()?.into_iter().filter_map(|interface| match interface.ip() {
            IpAddr::V4(ip) if !ip.is_loopback() => Some(ip),
            _ => None,
        });
    Ok(addresses.take(MAX_NETWORKS).collect())
}

fn bind(from: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((from, 0))?;
    if !from.is_loopback() && !from.is_unspecified() {
        SockRef::from(&socket).set_multicast_if_v4(&from)?;
    }
    Ok(socket)
}

/// Whether it leads to this computer alone.
fn is_here((_, to): &Way) -> bool {
    to.ip().is_loopback()
}

/// Asks everywhere; an error when no network took a question. This computer always takes them.
fn send_all(ways: &[Way]) -> Option<io::Error> {
    let mut failures = Vec::new();
    for way in ways {
        let sent = send(way);
        if ways.iter().all(is_here) || !is_here(way) {
            failures.push(sent.err());
        }
    }
    failures.into_iter().collect::<Option<Vec<_>>>()?.into_iter().next()
}

fn send((socket, to): &Way) -> io::Result<()> {
    for kind in KINDS {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|error| io::Error::other(error.to_string()))?;
        socket.send_to(question(kind, id).as_bytes(), to)?;
    }
    Ok(())
}

/// Takes what has arrived, and waits a moment for more.
fn receive(
    socket: &UdpSocket,
    buffer: &mut [u8],
    found: &mut Vec<Device>,
    enough: impl Fn() -> bool,
) {
    loop {
        match socket.recv_from(buffer) {
            Ok((length, SocketAddr::V4(sender))) => {
                let answer = buffer.get(..length).unwrap_or_default();
                for device in devices(answer, IpAddr::V4(*sender.ip())) {
                    if found.len() < MAX_DEVICES && !found.iter().any(|known| known.is(&device)) {
                        found.push(device);
                    }
                }
            }
            Ok(_) => {}
            // A closed port of an earlier address is told here by some systems.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(_) => return,
        }
        if enough() {
            return;
        }
    }
}
