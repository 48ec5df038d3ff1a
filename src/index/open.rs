//! Opens the index, and starts afresh where its file is missing or damaged.
//!
//! Must not do: throw a damaged file away, or touch one that another process has open.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{Database, DatabaseError, StorageError, TableError, TableHandle};

use super::IndexReader;
use super::error::{IndexError, guarded};
use super::schema::{
    self, DAY, DELETED, EVENT, EVENT_PICTURE, FORMAT, JOURNAL, META, PRESENT_FORMAT, SEGMENT,
};
use super::touched::Touched;
use crate::config::atomic;

/// Memory for pages of the database. A year of 32 cameras summarised by days is under 1 MiB, and a day of
/// rows of one camera a few pages: more would be memory for nothing.
const CACHE_BYTES: usize = 8 << 20;

/// The index, for writing. One thread owns it; readers are given out by [`Index::reader`].
#[derive(Debug)]
pub struct Index {
    pub(super) shared: Arc<Shared>,
}

/// What became of opening it.
#[derive(Debug)]
pub struct Opened {
    /// The index.
    pub index: Index,
    /// Nothing was in it before: it must be rebuilt from the files.
    pub fresh: bool,
    /// The former file, if that was damaged.
    pub damaged: Option<Damaged>,
}

/// A damaged index that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Where it is now.
    pub moved_to: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// The database, shared by the writer and its readers; empty after an error that closes it.
#[derive(Debug)]
pub(super) struct Shared {
    path: PathBuf,
    open: Opener,
    database: RwLock<Option<Database>>,
    /// What has been changed.
    pub(super) touched: Touched,
}

/// Opens a database with all its tables; true when it is new.
pub(super) type Opener = fn(&Path) -> Result<(Database, bool), IndexError>;

impl Index {
    /// Opens the index in the file `path`, or makes a new one. Every page is checked against its sum,
    /// since a damaged page that is only met later would be met while recording.
    ///
    /// # Errors
    /// [`IndexError::AlreadyOpen`] when a recorder runs with this data folder; [`IndexError::Newer`]; what
    /// the system says. Damage is no error: see [`Opened::damaged`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Opened, IndexError> {
        let shared = Shared::closed(path.into(), open_database);
        let (fresh, damaged) = shared.open_or_begin_anew()?;
        Ok(Opened { index: Self { shared: Arc::new(shared) }, fresh, damaged })
    }

    /// A reader; it may be cloned and used by any thread.
    #[must_use]
    pub fn reader(&self) -> IndexReader {
        IndexReader::new(Arc::clone(&self.shared))
    }
}

impl Shared {
    /// A database that is not open yet.
    pub(super) fn closed(path: PathBuf, open: Opener) -> Self {
        Self { path, open, database: RwLock::new(None), touched: Touched::default() }
    }

    /// Opens the database unless it is open; a damaged one is put aside, and a new one takes its place. Tells
    /// whether it is new, and what was damaged.
    pub(super) fn open_or_begin_anew(&self) -> Result<(bool, Option<Damaged>), IndexError> {
        let path = &self.path;
        let mut place = self.write();
        if place.is_some() {
            return Ok((false, None));
        }
        let mut damaged = None;
        let (database, fresh) = match (self.open)(path) {
            Err(IndexError::Damaged(why)) => {
                let moved_to = atomic::put_aside(path)
                    .map_err(|source| IndexError::PutAside { path: path.clone(), source })?;
                damaged = Some(Damaged { moved_to, why });
                (self.open)(path)?
            }
            opened => opened?,
        };
        *place = Some(database);
        Ok((fresh, damaged))
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Option<Database>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Database>> {
        self.database.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the database: after a failed write redb refuses everything until it is opened again.
    pub(super) fn close(&self) {
        *self.write() = None;
    }

    /// Opens the database again if it was closed.
    pub(super) fn reopen(&self) -> Result<(), IndexError> {
        let mut database = self.write();
        if database.is_none() {
            *database = Some((self.open)(&self.path)?.0);
        }
        Ok(())
    }
}

/// The database in `path` with all its tables, and whether it is new.
fn open_database(path: &Path) -> Result<(Database, bool), IndexError> {
    guarded(|| {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
        let database = builder.create(path).map_err(|error| refused(path, error))?;
        let fresh = prepare(&database, path, &TABLES)?;
        Ok((database, fresh))
    })
}

/// All tables but the one that holds the format.
const TABLES: [schema::Bytes; 6] = [SEGMENT, DAY, JOURNAL, DELETED, EVENT, EVENT_PICTURE];

/// Makes the tables that are missing, as in an index of a former version; true when the database is new.
pub(super) fn prepare(
    database: &Database,
    path: &Path,
    tables: &[schema::Bytes],
) -> Result<bool, IndexError> {
    let format = format_of(database)?;
    if let Some(version) = format.filter(|version| *version > PRESENT_FORMAT) {
        return Err(IndexError::Newer { path: path.into(), version });
    }
    // A full disk takes no commit, and an index that lacks nothing needs none.
    if format.is_some() && has_all_tables(database, tables)? {
        return Ok(false);
    }
    let transaction = database.begin_write()?;
    for table in tables {
        transaction.open_table(*table).map_err(unusable)?;
    }
    if format.is_none() {
        transaction.open_table(META).map_err(unusable)?.insert(FORMAT, PRESENT_FORMAT)?;
    }
    transaction.commit()?;
    Ok(format.is_none())
}

fn has_all_tables(database: &Database, tables: &[schema::Bytes]) -> Result<bool, IndexError> {
    let names: BTreeSet<String> = redb::ReadableDatabase::begin_read(database)?
        .list_tables()?
        .map(|table| table.name().to_owned())
        .collect();
    Ok(tables.iter().all(|table| names.contains(table.name())))
}

fn format_of(database: &Database) -> Result<Option<i64>, IndexError> {
    let transaction = redb::ReadableDatabase::begin_read(database)?;
    match transaction.open_table(META) {
        Ok(meta) => Ok(meta.get(FORMAT)?.map(|format| format.value())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(unusable(error)),
    }
}

/// A table of our name and another type: the file is a database, but none of ours.
fn unusable(error: TableError) -> IndexError {
    match error {
        TableError::Storage(error) => error.into(),
        error => schema::damaged(&error.to_string()),
    }
}

/// What redb's refusal to open means.
pub(super) fn refused(path: &Path, error: DatabaseError) -> IndexError {
    let damage = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
    };
    match &error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            let folder = path.parent().unwrap_or(path).to_path_buf();
            IndexError::AlreadyOpen { folder }
        }
        DatabaseError::UpgradeRequired(_)
        | DatabaseError::RepairAborted
        | DatabaseError::Storage(StorageError::Corrupted(_)) => schema::damaged(&error.to_string()),
        DatabaseError::Storage(StorageError::Io(io)) if damage(io) => {
            schema::damaged(&error.to_string())
        }
        _ => IndexError::Open { path: path.into(), source: Box::new(error.into()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Change;
    use crate::model::{WallSpan, WallTime};

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn a_new_index_is_fresh_once() {
        let folder = folder();
        let path = folder.path().join("index.redb");
        assert!(Index::open(&path).expect("opens").fresh);
        let again = Index::open(&path).expect("opens");
        assert!(!again.fresh && again.damaged.is_none());
    }

    #[test]
    fn a_second_opener_is_told_that_watchkeeper_runs() {
        let folder = folder();
        let path = folder.path().join("index.redb");
        let _first = Index::open(&path).expect("opens");
        let error = Index::open(&path).expect_err("is refused");
        assert!(matches!(error, IndexError::AlreadyOpen { .. }));
        assert!(error.to_string().starts_with("Watchkeeper already runs with this data folder"));
    }

    #[test]
    fn a_closed_index_is_opened_again_by_the_next_change() {
        let folder = folder();
        let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
        let reader = index.reader();
        index.shared.close();
        assert!(matches!(reader.heartbeat(), Err(IndexError::Closed)));
        let beat = WallTime::from_micros(5);
        index.apply(&[Change::Heartbeat(beat)]).expect("is applied");
        assert_eq!(reader.heartbeat().expect("reads"), Some(beat));
    }

    #[test]
    fn an_index_of_a_former_version_gets_the_tables_that_it_lacks() {
        let folder = folder();
        let path = folder.path().join("index.redb");
        let former = Index::open(&path).expect("opens").index;
        {
            let database = former.shared.read();
            let transaction = database.as_ref().expect("is open").begin_write().expect("begins");
            for table in [DELETED, EVENT, EVENT_PICTURE] {
                assert!(transaction.delete_table(table).expect("is removed"));
            }
            transaction.commit().expect("is written");
        }
        former.apply(&[Change::Heartbeat(WallTime::from_micros(5))]).expect("is applied");
        drop(former);
        let opened = Index::open(&path).expect("opens");
        assert!(!opened.fresh && opened.damaged.is_none());
        let reader = opened.index.reader();
        assert_eq!(reader.heartbeat().expect("reads"), Some(WallTime::from_micros(5)));
        assert_eq!(reader.events(None, WallSpan::ALL).expect("reads"), []);
    }

    #[test]
    fn a_folder_that_is_not_there_is_no_damage() {
        let folder = folder();
        let error = Index::open(folder.path().join("none/index.redb")).expect_err("is refused");
        assert!(matches!(error, IndexError::Open { .. }), "{error}");
    }
}
