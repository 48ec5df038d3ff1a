//! One connection: bytes in, requests out; bounded bytes to send.
//!
//! Must not do: answer; `server` does. A client that does not read is closed, so that it never holds up
//! the others.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rtsp_types::{Message, ParseError, Request, Response};

use super::session::Session;
use crate::runtime::Now;

/// Most bytes of requests that wait to be understood.
const MAX_INPUT: usize = 64 * 1024;

/// Most bytes that wait for a client to read them: 8 s of a 4 Mbit/s stream, beside what the system
/// holds.
const MAX_OUTPUT: usize = 4 * 1024 * 1024;

/// How often the socket of a playing client is looked at for requests.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// Why a connection ends.
#[derive(Debug, thiserror::Error)]
pub(super) enum Gone {
    /// The other side closed it.
    #[error("closed by the client")]
    Closed,
    /// It sent what is no RTSP, or too much of it.
    #[error("sent what is no RTSP")]
    Nonsense,
    /// It does not read.
    #[error("does not read what it asked for")]
    Slow,
    /// The connection broke.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A connected client.
pub(super) struct Client {
    socket: TcpStream,
    input: Vec<u8>,
    output: Vec<u8>,
    next_read: Duration,
    /// For Digest.
    pub(super) nonce: String,
    /// A request whose answer has to wait for a loop.
    pub(super) waiting: Option<Request<Vec<u8>>>,
    /// The camera it last named.
    pub(super) camera: Option<usize>,
    pub(super) session: Option<Session>,
}

impl Client {
    pub(super) fn new(socket: TcpStream, nonce: String) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        // Each write holds whole access units: nothing is gained by waiting for more.
        socket.set_nodelay(true)?;
        Ok(Self {
            socket,
            input: Vec::new(),
            output: Vec::new(),
            next_read: Duration::ZERO,
            nonce,
            waiting: None,
            camera: None,
            session: None,
        })
    }

    /// Whether it receives a stream now.
    pub(super) fn is_playing(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.playing.is_some())
    }

    /// Takes what has arrived.
    pub(super) fn read(&mut self, now: Duration) -> Result<(), Gone> {
        if now < self.next_read {
            return Ok(());
        }
        if self.is_playing() {
            self.next_read = now + READ_INTERVAL;
        }
        let mut piece = [0; 4096];
        while self.input.len() < MAX_INPUT {
            match self.socket.read(&mut piece) {
                Ok(0) => return Err(Gone::Closed),
                Ok(length) => self.input.extend_from_slice(&piece[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The next whole request; RTCP from the client is passed over.
    pub(super) fn next_request(&mut self) -> Result<Option<Request<Vec<u8>>>, Gone> {
        if let Some(request) = self.waiting.take() {
            return Ok(Some(request));
        }
        while !self.input.is_empty() {
            match Message::<Vec<u8>>::parse(&self.input) {
                Ok((message, length)) => {
                    self.input.drain(..length);
                    if let Message::Request(request) = message {
                        return Ok(Some(request));
                    }
                }
                Err(ParseError::Incomplete(_)) if self.input.len() < MAX_INPUT => break,
                Err(_) => return Err(Gone::Nonsense),
            }
        }
        Ok(None)
    }

    /// Queues an answer.
    pub(super) fn answer(&mut self, response: &Response<Vec<u8>>) -> Result<(), Gone> {
        let written = response.write(&mut self.output);
        written.map_err(|error| io::Error::other(error.to_string()).into())
    }

    /// Queues bytes that are no RTSP.
    pub(super) fn garbage(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }

    /// Queues the word that the camera begins to see motion, or ceases to.
    pub(super) fn set_motion(&mut self, active: bool, now: Now) {
        if let Some(session) = &mut self.session {
            session.set_motion(active, now, &mut self.output);
        }
    }

    /// Queues metadata that cannot be understood.
    pub(super) fn spoil_metadata(&mut self, now: Now) {
        if let Some(session) = &mut self.session {
            session.spoil_metadata(now, &mut self.output);
        }
    }

    /// Queues the access units that are due.
    pub(super) fn send_due(&mut self, now: Now) {
        if let Some(session) = &mut self.session {
            session.send_due(now, &mut self.output);
        }
    }

    /// Sends what the system takes.
    pub(super) fn flush(&mut self) -> Result<(), Gone> {
        let mut sent = 0;
        while sent < self.output.len() {
            match self.socket.write(&self.output[sent..]) {
                Ok(0) => return Err(Gone::Closed),
                Ok(length) => sent += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.output.drain(..sent);
        if self.output.len() > MAX_OUTPUT { Err(Gone::Slow) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn pair() -> (Client, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let far = TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
        let (near, _) = listener.accept().expect("a client");
        (Client::new(near, "n".into()).expect("a client"), far)
    }

    #[test]
    fn a_client_that_does_not_read_is_given_up() {
        let (mut client, _far) = pair();
        // What the system holds is added to our own limit; both are some megabytes.
        let given_up = (0..256).any(|_| {
            client.garbage(&[0xff; 1 << 18]);
            matches!(client.flush(), Err(Gone::Slow))
        });
        assert!(given_up);
    }

    #[test]
    fn requests_in_pieces_and_rtcp_in_between_are_understood() {
        let (mut client, mut far) = pair();
        far.set_nodelay(true).expect("set");
        let mut wait_for = |client: &mut Client, bytes: &[u8]| {
            far.write_all(bytes).expect("sent");
            let before = client.input.len();
            while client.input.len() < before + bytes.len() {
                client.read(Duration::ZERO).expect("open");
            }
        };
        wait_for(&mut client, b"$\x01\x00\x02abOPTIONS * RTS");
        assert!(client.next_request().expect("no nonsense").is_none());
        wait_for(&mut client, b"P/1.0\r\nCSeq: 1\r\n\r\n\xff\xff");
        assert!(client.next_request().expect("no nonsense").is_some());
        assert!(matches!(client.next_request(), Err(Gone::Nonsense)));
    }
}
