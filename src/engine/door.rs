//! The door of a running Watchkeeper: other processes of the same user ask it what only it can read.
//!
//! A listener on the loopback address, found through a file that the owner alone can read and that
//! holds a random token. One question and one answer a connection, each a line of JSON.
//! Must not do: change anything, or answer somebody without the token.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::EngineError;
use super::library::{Answer, Library, Question};
use crate::config::DataFolder;
use crate::runtime::thread::JoinError;
use crate::runtime::{StopSource, StopToken, Worker, stop_pair};

/// Longest question; an honest one has a few hundred bytes.
const MAX_QUESTION: u64 = 16 << 10;

/// Longest answer: a PNG of an 8K picture, in base64.
const MAX_ANSWER: u64 = 256 << 20;

/// A peer that neither sends nor reads is dropped after this time.
const PEER_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer may take this long: a picture at the end of a 20 s GOP on a slow computer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Time between looks at the stop token.
const POLL: Duration = Duration::from_millis(200);

#[derive(Serialize, Deserialize)]
struct Address {
    port: u16,
    token: String,
}

#[derive(Serialize, Deserialize)]
struct Request {
    token: String,
    question: Question,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Answer(Answer),
    Error(String),
}

/// The open door.
pub struct Door {
    folder: DataFolder,
    stop: StopSource,
    worker: Worker,
}

impl Door {
    /// Opens the door: thread `ipc` answers from `library`.
    ///
    /// # Errors
    /// When no port, no random numbers or no thread can be had.
    pub fn open(folder: &DataFolder, library: Arc<Library>) -> Result<Self, EngineError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let mut secret = [0; 24];
        getrandom::fill(&mut secret).map_err(|e| EngineError::Door(e.to_string()))?;
        let address = Address { port: listener.local_addr()?.port(), token: BASE64.encode(secret) };
        let text = serde_json::to_string(&address).map_err(|e| EngineError::Door(e.to_string()))?;
        folder.publish_door(&text)?;
        let (stop, token) = stop_pair();
        let worker =
            Worker::spawn("ipc", move || serve(&listener, &address.token, &library, &token))?;
        Ok(Self { folder: folder.clone(), stop, worker })
    }

    /// Closes the door.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn close(mut self, limit: Duration) -> Result<(), JoinError> {
        if let Err(error) = self.folder.close_door() {
            tracing::warn!("{error}");
        }
        self.stop.stop();
        self.worker.join(limit)
    }
}

fn serve(listener: &TcpListener, token: &str, library: &Library, stop: &StopToken) {
    while !stop.is_stopped() {
        match listener.accept() {
            Ok((peer, _)) => {
                if let Err(error) = answer_peer(peer, token, library) {
                    tracing::debug!("a question was not answered: {error}");
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                if stop.wait(POLL) {
                    break;
                }
            }
            Err(error) => {
                tracing::warn!("cannot accept questions: {error}");
                if stop.wait(POLL) {
                    break;
                }
            }
        }
    }
}

fn answer_peer(peer: TcpStream, token: &str, library: &Library) -> std::io::Result<()> {
    peer.set_nonblocking(false)?;
    peer.set_read_timeout(Some(PEER_TIMEOUT))?;
    peer.set_write_timeout(Some(PEER_TIMEOUT))?;
    let request: Request = serde_json::from_str(&read_line(&peer, MAX_QUESTION)?)?;
    if !same(&request.token, token) {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    let reply = match library.answer(&request.question) {
        Ok(answer) => Reply::Answer(answer),
        Err(error) => Reply::Error(error.to_string()),
    };
    write_line(&peer, &serde_json::to_string(&reply)?)
}

/// Compares without telling by its time where the difference is.
fn same(a: &str, b: &str) -> bool {
    let differing = a.bytes().zip(b.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    a.len() == b.len() && differing == 0
}

/// Asks the Watchkeeper that holds `folder`.
///
/// # Errors
/// [`EngineError::DoorClosed`] when it does not listen (yet), [`EngineError::Door`] when it does not answer, [`EngineError::NotFound`] with its words when it has
/// no answer.
pub fn ask(folder: &DataFolder, question: &Question) -> Result<Answer, EngineError> {
    let text = folder.read_door()?.ok_or(EngineError::DoorClosed)?;
    let refused = |error: &dyn std::fmt::Display| EngineError::Door(error.to_string());
    let address: Address = serde_json::from_str(&text).map_err(|e| refused(&e))?;
    let to = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port));
    let peer = TcpStream::connect_timeout(&to, PEER_TIMEOUT).map_err(|e| refused(&e))?;
    let request = Request { token: address.token, question: question.clone() };
    let line = serde_json::to_string(&request).map_err(|e| refused(&e))?;
    write_line(&peer, &line).map_err(|e| refused(&e))?;
    peer.set_read_timeout(Some(ANSWER_TIMEOUT)).map_err(|e| refused(&e))?;
    let line = read_line(&peer, MAX_ANSWER).map_err(|e| refused(&e))?;
    match serde_json::from_str(&line).map_err(|e| refused(&e))? {
        Reply::Answer(answer) => Ok(answer),
        Reply::Error(text) => Err(EngineError::NotFound(text)),
    }
}

fn read_line(peer: &TcpStream, limit: u64) -> std::io::Result<String> {
    let mut line = String::new();
    BufReader::new(peer.take(limit)).read_line(&mut line)?;
    if line.ends_with('\n') { Ok(line) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}

fn write_line(mut peer: &TcpStream, line: &str) -> std::io::Result<()> {
    peer.write_all(line.as_bytes())?;
    peer.write_all(b"\n")
}
