//! A volume in memory that fails when told, and that knows what a power cut would leave of it.
//!
//! Must not do: be kinder than a disk. What was not synced may be there, be missing, or be there in part
//! with zeros in front of it; a file whose folder was not synced may be missing as a whole.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{FoundFile, SegmentFile, Space, StorageError, Volume};
use crate::container::ReadAt;

/// A volume for tests. Clones share the same files.
#[derive(Clone, Debug)]
pub struct FaultyVolume {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    files: BTreeMap<String, MemoryFile>,
    /// Removed since their folder was last synced: a power cut may bring them back.
    removed: BTreeMap<String, MemoryFile>,
    /// Grows with each crash; handles of former times fail.
    life: u64,
    /// File operations that change something, so far.
    operations: u64,
    /// Each n-th operation fails.
    every: Option<u64>,
    /// These operations fail.
    failing: Range<u64>,
    /// From this operation on all fail, and it is done in part: the process was killed there.
    halt_at: Option<u64>,
    capacity: u64,
    /// Bytes of all files: asked for at every write.
    used: u64,
}

#[derive(Clone, Debug, Default)]
struct MemoryFile {
    bytes: Vec<u8>,
    /// What a power cut certainly leaves.
    synced: Vec<u8>,
    /// What has been done to it since, oldest first.
    since: Vec<Action>,
    /// Whether its name would survive.
    name_synced: bool,
}

#[derive(Clone, Debug)]
enum Action {
    Write { offset: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

impl Action {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if to.len() < end {
                    to.resize(end, 0);
                }
                to[*offset..end].copy_from_slice(bytes);
            }
            Self::Cut { length } => to.resize(*length, 0),
        }
    }
}

impl MemoryFile {
    fn change(&mut self, action: Action) {
        action.apply(&mut self.bytes);
        self.since.push(action);
    }

    /// What is left after a power cut.
    fn crash(&mut self, dice: &mut fastrand::Rng) {
        let mut left = std::mem::take(&mut self.synced);
        for action in self.since.drain(..) {
            match (dice.u8(0..4), action) {
                (0, _) => {}
                (1, Action::Write { offset, mut bytes }) => {
                    bytes.truncate(dice.usize(0..=bytes.len()));
                    Action::Write { offset, bytes }.apply(&mut left);
                }
                (_, action) => action.apply(&mut left),
            }
        }
        self.bytes.clone_from(&left);
        self.synced = left;
        self.name_synced = true;
    }
}

/// Whether an operation is done.
enum Fate {
    Done,
    Fails,
    /// Done in part, and nothing after it: only a crash leads on.
    Torn,
}

impl State {
    fn fate(&mut self) -> Fate {
        self.operations += 1;
        match self.halt_at {
            Some(at) if self.operations == at => return Fate::Torn,
            Some(at) if self.operations > at => return Fate::Fails,
            _ => {}
        }
        match self.every {
            Some(every) if self.operations.is_multiple_of(every) => Fate::Fails,
            _ if self.failing.contains(&self.operations) => Fate::Fails,
            _ => Fate::Done,
        }
    }

    /// For operations that are done wholly or not at all.
    fn step(&mut self, action: &'static str, path: &str) -> Result<(), StorageError> {
        match self.fate() {
            Fate::Done => Ok(()),
            Fate::Fails | Fate::Torn => Err(failure(action, path)),
        }
    }

    fn count(&mut self) {
        self.used = self.files.values().map(|file| file.bytes.len() as u64).sum();
    }
}

fn failure(action: &'static str, path: &str) -> StorageError {
    StorageError::io(action, path, io::Error::other("the disk fails, as told"))
}

fn missing(path: &str) -> StorageError {
    StorageError::NotFound { path: path.into() }
}

impl Default for FaultyVolume {
    fn default() -> Self {
        Self::new()
    }
}

impl FaultyVolume {
    /// An empty volume that does not fail, with room for 1 TiB.
    #[must_use]
    pub fn new() -> Self {
        let state = State {
            files: BTreeMap::new(),
            removed: BTreeMap::new(),
            life: 0,
            operations: 0,
            every: None,
            failing: 0..0,
            halt_at: None,
            capacity: 1 << 40,
            used: 0,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Lets each `every`-th changing operation fail without effect; none: all succeed.
    pub fn fail_every(&self, every: Option<u64>) {
        self.lock().every = every.filter(|every| *every > 0);
    }

    /// Lets `count` changing operations, the `first`-th from now on and those behind it, fail without effect
    /// (1 is the next).
    pub fn fail_some(&self, first: u64, count: u64) {
        let mut state = self.lock();
        let first = state.operations + first;
        state.failing = first..first + count;
    }

    /// Kills whoever uses it at its `operation`-th changing operation from now on (1 is the next): that
    /// one is done in part, all later ones fail until [`Self::restart`] or [`Self::crash`].
    pub fn halt_after(&self, operation: u64) {
        let mut state = self.lock();
        state.halt_at = Some(state.operations + operation);
    }

    /// Whether it has been killed since it was last started.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        let state = self.lock();
        state.halt_at.is_some_and(|at| state.operations >= at)
    }

    /// Changing operations so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// Sets how many bytes fit.
    pub fn set_capacity(&self, bytes: u64) {
        self.lock().capacity = bytes;
    }

    /// The process was killed and starts again: handles are gone, every byte written is there.
    pub fn restart(&self) {
        let mut state = self.lock();
        state.life += 1;
        state.halt_at = None;
    }

    /// The power was cut and comes back: what was not synced is there or not, as `seed` decides.
    pub fn crash(&self, seed: u64) {
        self.restart();
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut state = self.lock();
        let removed = std::mem::take(&mut state.removed);
        for (path, file) in removed {
            if dice.bool() {
                state.files.entry(path).or_insert(file);
            }
        }
        state.files.retain(|_, file| file.name_synced || dice.bool());
        state.files.values_mut().for_each(|file| file.crash(&mut dice));
        state.count();
    }

    /// The bytes of a file, for comparing.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().files.get(path).map(|file| file.bytes.clone())
    }

    /// Puts a file there, synced, without counting as an operation.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let file = MemoryFile {
            bytes: bytes.to_vec(),
            synced: bytes.to_vec(),
            since: Vec::new(),
            name_synced: true,
        };
        let mut state = self.lock();
        state.files.insert(path.into(), file);
        state.count();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, path: &str) -> Result<FaultyFile, StorageError> {
        let state = self.lock();
        if !state.files.contains_key(path) {
            return Err(missing(path));
        }
        Ok(FaultyFile { volume: self.clone(), path: path.into(), life: state.life })
    }
}

impl Volume for FaultyVolume {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        {
            let mut state = self.lock();
            state.step("create", path)?;
            if state.files.contains_key(path) {
                return Err(StorageError::Exists { path: path.into() });
            }
            state.files.insert(path.into(), MemoryFile::default());
        }
        Ok(Box::new(self.handle(path)?))
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Ok(Box::new(self.handle(path)?))
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        Ok(Box::new(self.handle(path)?))
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        let state = self.lock();
        let found = |(path, file): (&String, &MemoryFile)| FoundFile {
            path: path.clone(),
            bytes: file.bytes.len() as u64,
        };
        Ok(state.files.iter().map(found).collect())
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        let mut state = self.lock();
        state.step("remove", path)?;
        let file = state.files.remove(path).ok_or_else(|| missing(path))?;
        state.used -= file.bytes.len() as u64;
        if file.name_synced {
            state.removed.insert(path.into(), file);
        }
        Ok(())
    }

    fn sync_folder(&self, path: &str) -> Result<(), StorageError> {
        let mut state = self.lock();
        state.step("sync the folder of", path)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let inside = |path: &str| path.rsplit_once('/').map_or("", |(f, _)| f) == folder;
        state.removed.retain(|path, _| !inside(path));
        for (path, file) in &mut state.files {
            file.name_synced |= inside(path);
        }
        Ok(())
    }

    fn space(&self) -> Result<Space, StorageError> {
        let state = self.lock();
        let free = state.capacity.saturating_sub(state.used);
        Ok(Space { free, total: state.capacity })
    }

    fn describe(&self) -> String {
        "memory".into()
    }
}

#[derive(Debug)]
struct FaultyFile {
    volume: FaultyVolume,
    path: String,
    life: u64,
}

impl FaultyFile {
    /// Runs `change` on the file, if this handle has survived and the operation is to succeed.
    fn change(
        &self,
        action: &'static str,
        change: impl FnOnce(&mut MemoryFile, &Fate) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let mut state = self.volume.lock();
        if state.life != self.life {
            return Err(failure(action, &self.path));
        }
        let fate = state.fate();
        if matches!(fate, Fate::Fails) {
            return Err(failure(action, &self.path));
        }
        let file = state.files.get_mut(&self.path).ok_or_else(|| missing(&self.path))?;
        let before = file.bytes.len() as u64;
        let changed = change(file, &fate);
        let after = file.bytes.len() as u64;
        state.used = state.used - before + after;
        changed?;
        match fate {
            Fate::Torn => Err(failure(action, &self.path)),
            Fate::Done | Fate::Fails => Ok(()),
        }
    }
}

impl ReadAt for FaultyFile {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let state = self.volume.lock();
        let file = state.files.get(&self.path).ok_or(io::ErrorKind::NotFound)?;
        file.bytes.as_slice().read_exact_at(offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        let state = self.volume.lock();
        let file = state.files.get(&self.path).ok_or(io::ErrorKind::NotFound)?;
        Ok(file.bytes.len() as u64)
    }
}

impl SegmentFile for FaultyFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), StorageError> {
        let mut bytes = parts.concat();
        let free = self.volume.space()?.free;
        self.change("write", |file, fate| {
            if bytes.len() as u64 > free {
                return Err(StorageError::Full { path: self.path.clone() });
            }
            if matches!(fate, Fate::Torn) {
                bytes.truncate(bytes.len() / 2);
            }
            file.change(Action::Write { offset: file.bytes.len(), bytes });
            Ok(())
        })
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.change("overwrite", |file, fate| {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            if offset.saturating_add(bytes.len()) > file.bytes.len() {
                return Err(StorageError::io(
                    "overwrite beyond the end of",
                    &self.path,
                    io::ErrorKind::InvalidInput.into(),
                ));
            }
            // A write of a few bytes within a page is whole or absent on every disk.
            if matches!(fate, Fate::Done) {
                file.change(Action::Write { offset, bytes: bytes.to_vec() });
            }
            Ok(())
        })
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.change("sync", |file, fate| {
            if matches!(fate, Fate::Done) {
                let since = std::mem::take(&mut file.since);
                since.iter().for_each(|action| action.apply(&mut file.synced));
            }
            Ok(())
        })
    }

    fn truncate(&mut self, length: u64) -> Result<(), StorageError> {
        self.change("cut", |file, fate| {
            if matches!(fate, Fate::Done) {
                let length = usize::try_from(length).unwrap_or(usize::MAX).min(file.bytes.len());
                file.change(Action::Cut { length });
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synced_bytes_survive_every_crash() {
        for seed in 0..200 {
            let volume = FaultyVolume::new();
            let mut file = volume.create("a/b.mp4").expect("created");
            file.append(&[b"safe"]).expect("written");
            file.sync().expect("synced");
            volume.sync_folder("a/b.mp4").expect("synced");
            file.append(&[b"open"]).expect("written");
            file.append(&[b"last"]).expect("written");
            volume.crash(seed);
            let left = volume.bytes("a/b.mp4").expect("its name was synced");
            assert!(left.starts_with(b"safe") && left.len() <= 12, "{seed}: {left:?}");
            assert!(file.append(&[b"x"]).is_err(), "the handle is of a former life");
        }
    }

    #[test]
    fn an_unsynced_name_may_be_lost_and_a_removed_file_may_return() {
        let (mut lost, mut back) = (false, false);
        for seed in 0..50 {
            let volume = FaultyVolume::new();
            volume.put("a/old.mp4", b"old");
            volume.remove("a/old.mp4").expect("removed");
            volume.create("a/new.mp4").expect("created");
            volume.crash(seed);
            lost |= volume.bytes("a/new.mp4").is_none();
            back |= volume.bytes("a/old.mp4").is_some();
        }
        assert!(lost && back);
    }

    #[test]
    fn it_fails_when_told() {
        let volume = FaultyVolume::new();
        let mut file = volume.create("a").expect("created");
        volume.fail_every(Some(2));
        assert!(file.append(&[b"x"]).is_err());
        assert!(file.append(&[b"y"]).is_ok());
        volume.fail_every(None);
        volume.fail_some(2, 1);
        assert!(file.append(&[b"z"]).is_ok());
        assert!(file.append(&[b"z"]).is_err());
        assert!(file.truncate(1).is_ok(), "once");
        volume.halt_after(2);
        assert!(file.append(&[b"z"]).is_ok());
        assert!(file.append(&[b"1234"]).is_err(), "torn");
        assert!(file.append(&[b"5"]).is_err(), "dead");
        assert_eq!(volume.bytes("a").as_deref(), Some(b"yz12".as_slice()));
        volume.restart();
        volume.set_capacity(5);
        let mut file = volume.open("a").expect("opened");
        assert!(file.append(&[b"12"]).expect_err("full").is_full());
        assert_eq!(volume.space().expect("space"), Space { free: 1, total: 5 });
    }
}
