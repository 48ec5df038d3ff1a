//! An archive in memory that fails when told, as a NAS does: it goes away in the middle of a call, with the call done
//! or not, refuses, is full, is switched off, and gives back what was not written.
//!
//! Must not do: be kinder than a NAS. What no checkpoint has made last may be gone after a power cut.

mod files;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use files::{Reading, Sending};

use super::claim::{self, Mark};
use super::{Archive, FoundFile, Owner, SegmentFile, Space, StorageError, Upload, Volume};
use crate::container::ReadAt;

/// What it is called.
const ADDRESS: &str = "memory://archive";

/// An archive for tests. Clones share the same files.
#[derive(Clone, Debug)]
pub struct FaultyArchive {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<String, Part>,
    mark: Option<Mark>,
    /// Grows with each break; uploads of former times fail.
    life: u64,
    /// Calls so far.
    operations: u64,
    trouble: Option<Trouble>,
    /// Files that it neither takes nor removes.
    refused: BTreeMap<String, Refusal>,
    /// The connection breaks in these calls.
    breaking: Range<u64>,
    /// It breaks in each n-th call.
    every: Option<u64>,
    /// From this call on all fail, and it is done in part: whoever calls was killed there.
    halt_at: Option<u64>,
    /// In this write a byte is turned.
    spoil_at: Option<u64>,
    capacity: u64,
}

#[derive(Clone, Debug, Default)]
struct Part {
    bytes: Vec<u8>,
    /// Bytes that a power cut leaves.
    durable: usize,
}

/// What is wrong until it is told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing answers.
    Offline,
    /// The password is not taken.
    Denied,
    /// Nothing may be written or removed.
    ReadOnly,
}

/// How it refuses one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user has not the right to it.
    Denied,
    /// The server fails at it.
    Broken,
    /// Something else has its name.
    Taken,
}

impl Refusal {
    fn error(self, path: &str) -> StorageError {
        let path = path.to_owned();
        match self {
            Self::Denied => {
                StorageError::Forbidden { path, why: "the user may not do this".into() }
            }
            Self::Broken => StorageError::io("write", path, io::Error::other("a bad sector")),
            Self::Taken => StorageError::Exists { path },
        }
    }
}

/// How much of a call is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Done,
    /// The connection breaks before it,
    Nothing,
    /// in the middle of it,
    Half,
    /// or before its answer.
    Unanswered,
}

impl State {
    fn used(&self) -> u64 {
        let files = self.files.values().map(Vec::len);
        files.chain(self.parts.values().map(|part| part.bytes.len())).sum::<usize>() as u64
    }

    /// Counts a call; how it goes.
    fn fate(&mut self) -> Result<Fate, StorageError> {
        self.operations += 1;
        let broken = [Fate::Nothing, Fate::Half, Fate::Unanswered];
        let kind = broken[usize::try_from(self.operations % 3).unwrap_or(0)];
        match (self.halt_at, self.trouble) {
            (Some(at), _) if self.operations == at => return Ok(kind),
            (Some(at), _) if self.operations > at => return Err(offline()),
            (_, Some(Trouble::Offline)) => return Err(offline()),
            (_, Some(Trouble::Denied)) => {
                let why = "the password is not taken".into();
                return Err(StorageError::Denied { path: ADDRESS.into(), why });
            }
            _ => {}
        }
        let breaks = self.breaking.contains(&self.operations)
            || self.every.is_some_and(|every| self.operations.is_multiple_of(every));
        if breaks {
            self.life += 1;
        }
        Ok(if breaks { kind } else { Fate::Done })
    }

    /// Whether the file `path` may be written or removed.
    fn permit(&self, path: &str) -> Result<(), StorageError> {
        let all = (self.trouble == Some(Trouble::ReadOnly)).then_some(Refusal::Denied);
        match all.or_else(|| self.refused.get(path).copied()) {
            Some(refusal) => Err(refusal.error(path)),
            None => Ok(()),
        }
    }
}

fn offline() -> StorageError {
    StorageError::Offline { path: ADDRESS.into(), why: "nothing answers".into() }
}

/// What a call answers that came as far as `fate`.
fn answer<T>(fate: Fate, value: T) -> Result<T, StorageError> {
    if fate == Fate::Done { Ok(value) } else { Err(offline()) }
}

fn missing(path: &str) -> StorageError {
    StorageError::NotFound { path: path.into() }
}

impl Default for FaultyArchive {
    fn default() -> Self {
        Self::new()
    }
}

impl FaultyArchive {
    /// An empty archive that does not fail, with room for 1 TiB.
    #[must_use]
    pub fn new() -> Self {
        let state = State {
            files: BTreeMap::new(),
            parts: BTreeMap::new(),
            mark: None,
            life: 0,
            operations: 0,
            trouble: None,
            refused: BTreeMap::new(),
            breaking: 0..0,
            every: None,
            halt_at: None,
            spoil_at: None,
            capacity: 1 << 40,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Something is wrong with it from now on, or nothing any more.
    pub fn set_trouble(&self, trouble: Option<Trouble>) {
        let mut state = self.lock();
        state.trouble = trouble;
        state.life += 1;
    }

    /// The file `path` is neither taken nor removed from now on, or is again.
    pub fn refuse(&self, path: &str, refusal: Option<Refusal>) {
        let mut state = self.lock();
        state.refused.remove(path);
        state.refused.extend(refusal.map(|refusal| (path.into(), refusal)));
    }

    /// Its identity is this one from now on: another volume is at its address, or none.
    pub fn set_identity(&self, identity: Option<&str>) {
        self.lock().mark = identity.map(|id| Mark { id: id.into(), owner: None });
    }

    /// The connection breaks in `count` calls, the `first`-th from now on and those behind it (1 is the next).
    pub fn break_some(&self, first: u64, count: u64) {
        let mut state = self.lock();
        let first = state.operations + first;
        state.breaking = first..first + count;
    }

    /// The connection breaks in each `every`-th call; none: it holds.
    pub fn break_every(&self, every: Option<u64>) {
        self.lock().every = every.filter(|every| *every > 0);
    }

    /// Kills whoever uses it in its `operation`-th call from now on (1 is the next), until [`Self::restart`].
    pub fn halt_after(&self, operation: u64) {
        let mut state = self.lock();
        state.halt_at = Some(state.operations + operation);
    }

    /// Whether whoever uses it has been killed since the last start.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        let state = self.lock();
        state.halt_at.is_some_and(|at| state.operations >= at)
    }

    /// Whoever uses it starts again; what was written is there.
    pub fn restart(&self) {
        let mut state = self.lock();
        state.life += 1;
        state.halt_at = None;
    }

    /// Its own power is cut and comes back: of what no checkpoint has made last, as much is there as `seed` decides.
    pub fn power_cut(&self, seed: u64) {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut state = self.lock();
        state.life += 1;
        for part in state.parts.values_mut() {
            part.bytes.truncate(dice.usize(part.durable..=part.bytes.len()));
            part.durable = part.bytes.len();
        }
    }

    /// The next write changes a byte on its way, and nobody notices.
    pub fn spoil_next_write(&self) {
        let mut state = self.lock();
        state.spoil_at = Some(state.operations);
    }

    /// Calls so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// Sets how many bytes fit.
    pub fn set_capacity(&self, bytes: u64) {
        self.lock().capacity = bytes;
    }

    /// The bytes of a whole file, for comparing.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().files.get(path).cloned()
    }

    /// All whole files and their lengths, and the names of those on their way.
    #[must_use]
    pub fn contents(&self) -> (BTreeMap<String, u64>, Vec<String>) {
        let state = self.lock();
        let files = state.files.iter().map(|(path, bytes)| (path.clone(), bytes.len() as u64));
        (files.collect(), state.parts.keys().cloned().collect())
    }

    /// Puts a file there, without counting as a call.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.lock().files.insert(path.into(), bytes.to_vec());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Volume for FaultyArchive {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Err(StorageError::NotInPlace { path: path.into() })
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Err(StorageError::NotInPlace { path: path.into() })
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        if let Some(refusal @ Refusal::Denied) = state.refused.get(path) {
            return Err(refusal.error(path));
        }
        if fate == Fate::Done && !state.files.contains_key(path) {
            return Err(missing(path));
        }
        drop(state);
        answer(fate, Box::new(Reading { archive: self.clone(), path: path.into() }))
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        let found = |(path, bytes): (&String, &Vec<u8>)| FoundFile {
            path: path.clone(),
            bytes: bytes.len() as u64,
        };
        answer(fate, state.files.iter().map(found).collect())
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        state.permit(path)?;
        if matches!(fate, Fate::Done | Fate::Unanswered) && state.files.remove(path).is_none() {
            return Err(missing(path));
        }
        answer(fate, ())
    }

    fn sync_folder(&self, _path: &str) -> Result<(), StorageError> {
        let fate = self.lock().fate()?;
        answer(fate, ())
    }

    fn space(&self) -> Result<Space, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        let free = state.capacity.saturating_sub(state.used());
        answer(fate, Space { free, total: state.capacity })
    }

    fn describe(&self) -> String {
        ADDRESS.into()
    }

    fn identity(&self) -> Result<Option<String>, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        answer(fate, state.mark.as_ref().map(|mark| mark.id.clone()))
    }
}

impl Archive for FaultyArchive {
    fn upload(&self, path: &str, bytes: u64) -> Result<Box<dyn Upload>, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        state.permit(path)?;
        if fate != Fate::Nothing {
            state.parts.entry(path.into()).or_default();
        }
        let begun = state.parts.get(path).map_or(0, |part| part.bytes.len() as u64);
        if state.used() - begun + bytes > state.capacity {
            return Err(StorageError::Full { path: path.into() });
        }
        // Of what was written before the break nobody knows more than the last checkpoint.
        let durable = state.parts.get(path).map_or(0, |part| part.durable);
        if let Some(part) = state.parts.get_mut(path) {
            part.bytes.truncate(durable);
        }
        let (life, path) = (state.life, path.to_owned());
        drop(state);
        let durable = durable as u64;
        answer(fate, Box::new(Sending { archive: self.clone(), path, bytes, durable, life }))
    }

    fn unfinished(&self) -> Result<Vec<String>, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        answer(fate, state.parts.keys().cloned().collect())
    }

    fn abandon(&self, path: &str) -> Result<(), StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        if matches!(fate, Fate::Done | Fate::Unanswered) {
            state.parts.remove(path);
        }
        answer(fate, ())
    }

    fn mark(&self, known: Option<&str>, owner: &Owner) -> Result<String, StorageError> {
        let mut state = self.lock();
        let fate = state.fate()?;
        let settled = claim::settle(state.mark.as_ref(), known, owner, "in memory");
        let mark = settled.map_err(|refusal| refusal.error(ADDRESS))?;
        if fate != Fate::Nothing {
            state.mark = Some(mark.clone());
        }
        answer(fate, mark.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_checkpoint_has_kept_is_gone_on_with() {
        let archive = FaultyArchive::new();
        let mut sending = archive.upload("a/b.mp4", 6).expect("begins");
        sending.write(b"abc").expect("written");
        assert_eq!(sending.checkpoint().expect("kept"), 3);
        sending.write(b"de").expect("written");
        archive.break_some(1, 1);
        assert!(sending.write(b"f").is_err());
        assert!(sending.write(b"f").is_err(), "the connection is gone");
        assert_eq!(archive.unfinished().expect("answers"), ["a/b.mp4"]);
        assert!(archive.list().expect("answers").is_empty());
        let mut sending = archive.upload("a/b.mp4", 6).expect("begins");
        assert_eq!(sending.durable(), 3);
        sending.write(b"def").expect("written");
        sending.finish().expect("whole");
        assert_eq!(archive.bytes("a/b.mp4").as_deref(), Some(b"abcdef".as_slice()));
        assert_eq!(archive.contents().1, Vec::<String>::new());
    }

    #[test]
    fn it_is_in_trouble_when_told() {
        let archive = FaultyArchive::new();
        archive.set_trouble(Some(Trouble::Denied));
        assert!(matches!(archive.space(), Err(StorageError::Denied { .. })));
        archive.set_trouble(Some(Trouble::Offline));
        assert!(matches!(archive.list(), Err(StorageError::Offline { .. })));
        archive.set_trouble(None);
        archive.set_capacity(4);
        let full = |result: Result<Box<dyn Upload>, _>| {
            result.err().is_some_and(|e: StorageError| e.is_full())
        };
        assert!(full(archive.upload("a", 5)));
        let owner = Owner::new("us".into());
        let marked = archive.mark(None, &owner).expect("marks");
        assert_eq!(archive.mark(Some(&marked), &owner).expect("the same"), marked);
        assert!(matches!(archive.mark(Some("other"), &owner), Err(StorageError::Gone { .. })));
        archive.refuse("a", Some(Refusal::Taken));
        assert!(matches!(archive.upload("a", 1), Err(StorageError::Exists { .. })));
        assert!(archive.upload("b", 1).is_ok());
        archive.set_trouble(Some(Trouble::ReadOnly));
        assert!(matches!(archive.upload("b", 1), Err(StorageError::Forbidden { .. })));
        assert!(matches!(archive.remove("b"), Err(StorageError::Forbidden { .. })));
        archive.set_trouble(None);
        archive.halt_after(1);
        assert!(archive.list().is_err() && archive.is_halted() && archive.list().is_err());
        archive.restart();
        assert!(archive.list().is_ok());
    }
}
