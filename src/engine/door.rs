//! The door of a running Watchkeeper: other processes of the same user ask it what only it can read,
//! and order what only it can do.
//!
//! A listener on the loopback address, found through a file that the owner alone can read and that
//! holds a random token. One request and one response a connection, each a line of JSON.
//! Must not do: answer somebody without the token, or act by itself; the desk does.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::EngineError;
use super::desk::{Desk, Request, Response};
use crate::config::DataFolder;
use crate::runtime::thread::JoinError;
use crate::runtime::{StopSource, StopToken, Worker, stop_pair};

/// Longest question; an honest one has a few hundred bytes.
const MAX_QUESTION: usize = 16 << 10;

/// Longest answer: a PNG of an 8K picture, in base64.
const MAX_ANSWER: u64 = 256 << 20;

/// A peer whose question is not whole after this time, or that does not read its answer, is dropped.
const PEER_TIMEOUT: Duration = Duration::from_secs(5);

/// Peers whose questions are waited for at once; any user of this computer can connect, and the one that
/// has waited longest goes when another comes.
const MAX_PEERS: usize = 32;

/// Time between looks at questions that are not whole yet.
const PEER_POLL: Duration = Duration::from_millis(20);

/// Looks at a question that is not whole: as many as fit into [`PEER_TIMEOUT`].
const MAX_LOOKS: u32 = 250;

/// An answer may take this long: a picture at the end of a 20 s GOP on a slow computer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Time between looks at the stop token.
const POLL: Duration = Duration::from_millis(500);

#[derive(Serialize, Deserialize)]
struct Address {
    port: u16,
    token: String,
}

#[derive(Serialize, Deserialize)]
struct Letter {
    token: String,
    request: Request,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Response(Response),
    Error(String),
}

/// The open door.
pub struct Door {
    folder: DataFolder,
    stop: StopSource,
    worker: Worker,
}

impl Door {
    /// Opens the door: thread `ipc` answers from `desk`.
    ///
    /// # Errors
    /// When no port, no random numbers or no thread can be had.
    pub fn open(folder: &DataFolder, desk: Desk) -> Result<Self, EngineError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let mut secret = [0; 24];
        getrandom::fill(&mut secret).map_err(|e| EngineError::Door(e.to_string()))?;
        let address = Address { port: listener.local_addr()?.port(), token: BASE64.encode(secret) };
        let text = serde_json::to_string(&address).map_err(|e| EngineError::Door(e.to_string()))?;
        folder.publish_door(&text)?;
        let (stop, token) = stop_pair();
        let worker = Worker::spawn("ipc", move || serve(&listener, &address.token, &desk, &token))?;
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

fn serve(listener: &TcpListener, token: &str, desk: &Desk, stop: &StopToken) {
    let mut peers: VecDeque<Peer> = VecDeque::new();
    while !stop.is_stopped() {
        admit(listener, &mut peers);
        let mut waiting = VecDeque::new();
        for mut peer in peers.drain(..) {
            match peer.listen() {
                Ok(Some(line)) => {
                    if let Err(error) = answer_peer(&peer.stream, &line, token, desk) {
                        tracing::debug!("a question was not answered: {error}");
                    }
                }
                Ok(None) => waiting.push_back(peer),
                Err(error) => tracing::debug!("a question did not arrive: {error}"),
            }
        }
        peers = waiting;
        if stop.wait(if peers.is_empty() { POLL } else { PEER_POLL }) {
            break;
        }
    }
}

/// Takes all peers that knock; the oldest that has not asked makes room.
fn admit(listener: &TcpListener, peers: &mut VecDeque<Peer>) {
    for _ in 0..MAX_PEERS {
        match listener.accept().and_then(|(stream, _)| Peer::new(stream)) {
            Ok(peer) => {
                if peers.len() == MAX_PEERS {
                    peers.pop_front();
                }
                peers.push_back(peer);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => return tracing::warn!("cannot accept questions: {error}"),
        }
    }
}

/// A connection whose question is not whole yet. It is looked at without waiting, so that one that says
/// nothing keeps nobody else from asking.
struct Peer {
    stream: TcpStream,
    question: Vec<u8>,
    /// Looks that are left before it is dropped.
    looks: u32,
}

impl Peer {
    fn new(stream: TcpStream) -> std::io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self { stream, question: Vec::new(), looks: MAX_LOOKS })
    }

    /// The question, once its line is whole.
    fn listen(&mut self) -> std::io::Result<Option<String>> {
        let mut bytes = [0; 1 << 10];
        loop {
            match (&self.stream).read(&mut bytes) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.question.extend(bytes.iter().take(count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            if self.question.ends_with(b"\n") {
                let line = String::from_utf8(std::mem::take(&mut self.question));
                return line.map(Some).map_err(|_| ErrorKind::InvalidData.into());
            }
            if self.question.len() > MAX_QUESTION {
                return Err(ErrorKind::InvalidData.into());
            }
        }
        self.looks = self.looks.checked_sub(1).ok_or(ErrorKind::TimedOut)?;
        Ok(None)
    }
}

fn answer_peer(peer: &TcpStream, line: &str, token: &str, desk: &Desk) -> std::io::Result<()> {
    let letter: Letter = serde_json::from_str(line)?;
    if !same(&letter.token, token) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    let reply = match desk.serve(&letter.request) {
        Ok(response) => Reply::Response(response),
        Err(error) => Reply::Error(error.to_string()),
    };
    peer.set_nonblocking(false)?;
    peer.set_write_timeout(Some(PEER_TIMEOUT))?;
    write_line(peer, &serde_json::to_string(&reply)?)
}

/// Compares without telling by its time where the difference is.
fn same(a: &str, b: &str) -> bool {
    let differing = a.bytes().zip(b.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    a.len() == b.len() && differing == 0
}

/// Asks the Watchkeeper that holds `folder`.
///
/// # Errors
/// [`EngineError::DoorClosed`] when it does not listen (yet), [`EngineError::Door`] when it does not answer,
/// [`EngineError::NotFound`] with its words when it has no answer.
pub fn ask(folder: &DataFolder, request: &Request) -> Result<Response, EngineError> {
    let text = folder.read_door()?.ok_or(EngineError::DoorClosed)?;
    let refused = |error: &dyn std::fmt::Display| EngineError::Door(error.to_string());
    let address: Address = serde_json::from_str(&text).map_err(|e| refused(&e))?;
    let to = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port));
    let peer = TcpStream::connect_timeout(&to, PEER_TIMEOUT).map_err(|e| refused(&e))?;
    let letter = Letter { token: address.token, request: request.clone() };
    let line = serde_json::to_string(&letter).map_err(|e| refused(&e))?;
    write_line(&peer, &line).map_err(|e| refused(&e))?;
    peer.set_read_timeout(Some(ANSWER_TIMEOUT)).map_err(|e| refused(&e))?;
    let line = read_line(&peer, MAX_ANSWER).map_err(|e| refused(&e))?;
    match serde_json::from_str(&line).map_err(|e| refused(&e))? {
        Reply::Response(response) => Ok(response),
        Reply::Error(text) => Err(EngineError::NotFound(text)),
    }
}

fn read_line(peer: &TcpStream, limit: u64) -> std::io::Result<String> {
    let mut line = String::new();
    BufReader::new(peer.take(limit)).read_line(&mut line)?;
    if line.ends_with('\n') { Ok(line) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn write_line(mut peer: &TcpStream, line: &str) -> std::io::Result<()> {
    peer.write_all(line.as_bytes())?;
    peer.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::locks::Locks;
    use crate::engine::marks::MarkBook;
    use crate::engine::offline;
    use crate::engine::recordings::{Answer, Question};
    use crate::index::Index;
    use crate::model::{VolumeId, WallTime};
    use crate::recorder::OpenSegments;
    use crate::runtime::{Latest, SimulatedClock};
    use crate::storage::{FaultyVolume, Volume};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    #[test]
    fn silent_peers_keep_nobody_from_asking_or_closing() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let index = Index::open(folder.index()).expect("opened").index;
        let volume: Arc<dyn Volume> = Arc::new(FaultyVolume::new());
        let volumes = BTreeMap::from([(VolumeId(0), volume)]);
        let recordings = Arc::new(offline::recordings(&index, volumes, OpenSegments::default()));
        let clock = Arc::new(SimulatedClock::new(WallTime::default()));
        let marks = MarkBook::open(&folder, Locks::open(&folder), None);
        let storage = Arc::new(Latest::new());
        let desk = Desk { recordings, marks, storage, running: None, rest: Arc::default(), clock };
        let door = Door::open(&folder, desk).expect("opened");
        let text = folder.read_door().expect("read").expect("published");
        let address: Address = serde_json::from_str(&text).expect("an address");
        let knock = |_| TcpStream::connect((Ipv4Addr::LOCALHOST, address.port)).expect("a peer");
        let silent: Vec<TcpStream> = (0..2 * MAX_PEERS).map(knock).collect();
        write_line(&silent[5], "{\"token\":\"\"}").expect("written");
        let check = Request::Ask(Question::Check);
        let Response::Answer(answer) = ask(&folder, &check).expect("answered") else {
            panic!("another answer");
        };
        assert!(matches!(answer, Answer::Check { problems, .. } if problems.is_empty()));
        door.close(Duration::from_secs(2)).expect("closed in time");
    }
}
