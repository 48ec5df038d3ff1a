//! Small pictures of cameras, in a database of their own: (camera, moment) to JPEG.
//!
//! A cache: all of it can be made again from the footage, so most commits are not synced, and a damaged file is
//! put aside. Must not do: decode, or decide which pictures are made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::{Database, Durability, ReadableDatabase, ReadableTable, Table, WriteTransaction};

use super::error::{IndexError, guarded};
use super::open::{self, Damaged, Shared};
use super::schema::{self, COMPLETE, META, THUMBNAIL, THUMBNAIL_BYTES};
use crate::model::{CameraId, StreamId, StreamKind, WallSpan, WallTime};

/// Memory for pages of the database: pictures that are read are decoded and kept elsewhere.
const CACHE_BYTES: usize = 4 << 20;

/// Every so many commits one is synced. Pictures that a crash costs are made again from the footage.
const SYNC_EVERY: u64 = 64;

/// The least that the database takes from the disk at a time: pages of this size, or of twice, four times, ... it.
const PAGE_BYTES: u64 = 4_096;

/// Bytes that a picture's key and the page that it is in need besides it.
const ROW_OVERHEAD: u64 = 48;

/// A small picture that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptThumbnail {
    /// When it was taken.
    pub at: WallTime,
    /// The picture.
    pub jpeg: Vec<u8>,
}

/// A small picture that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewThumbnail {
    /// Whose.
    pub camera: CameraId,
    /// When it was taken.
    pub at: WallTime,
    /// The picture.
    pub jpeg: Vec<u8>,
}

/// Keeps small pictures. Cheap to clone; writers wait for one another.
#[derive(Clone, Debug)]
pub struct ThumbnailWriter {
    store: Arc<Store>,
}

/// Reads small pictures, from any thread. Cheap to clone.
///
/// All its questions fail with [`IndexError::Database`] or [`IndexError::Damaged`] when the file cannot be
/// read, and with [`IndexError::Closed`] while there is none.
#[derive(Clone, Debug)]
pub struct ThumbnailReader {
    store: Arc<Store>,
}

#[derive(Debug)]
struct Store {
    shared: Shared,
    /// As in the database.
    bytes: AtomicU64,
    commits: AtomicU64,
}

impl ThumbnailWriter {
    /// Opens the database in the file `path`, or makes a new one; a damaged one is put aside.
    ///
    /// # Errors
    /// What keeps it from being opened, beside a writer that keeps nothing until it can be: footage is
    /// recorded and shown without small pictures too.
    pub fn open(path: impl Into<PathBuf>) -> (Self, Result<Option<Damaged>, IndexError>) {
        let shared = Shared::closed(path.into(), open_database);
        let (bytes, commits) = (AtomicU64::new(0), AtomicU64::new(0));
        let writer = Self { store: Arc::new(Store { shared, bytes, commits }) };
        let opened = writer.begin();
        (writer, opened)
    }

    /// A reader of what this one writes.
    #[must_use]
    pub fn reader(&self) -> ThumbnailReader {
        ThumbnailReader { store: Arc::clone(&self.store) }
    }

    /// Keeps these pictures; one of the same camera and moment is replaced.
    ///
    /// # Errors
    /// When the file cannot be written; it is opened again at the next change.
    pub fn put(&self, batch: &[NewThumbnail]) -> Result<(), IndexError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.change(false, |transaction, bytes| {
            let mut table = transaction.open_table(THUMBNAIL)?;
            for NewThumbnail { camera, at, jpeg } in batch {
                let key = schema::camera_key(camera, *at);
                let old = table.insert(key.as_slice(), jpeg.as_slice())?;
                let old = old.map_or(0, |old| taken(old.value()));
                *bytes = (*bytes + taken(jpeg)).saturating_sub(old);
            }
            Ok(())
        })
    }

    /// Forgets the pictures of `camera` that were taken in `span`, and which of its segments that start there
    /// have all theirs.
    ///
    /// # Errors
    /// As [`ThumbnailWriter::put`].
    pub fn delete_range(&self, camera: &CameraId, span: WallSpan) -> Result<(), IndexError> {
        if span.is_empty() {
            return Ok(());
        }
        self.change(false, |transaction, bytes| {
            let mut table = transaction.open_table(THUMBNAIL)?;
            let keys = [span.start, span.end].map(|at| schema::camera_key(camera, at));
            remove(&mut table, &keys, |jpeg| *bytes = bytes.saturating_sub(taken(jpeg)))?;
            let mut complete = transaction.open_table(COMPLETE)?;
            for kind in [StreamKind::Main, StreamKind::Sub] {
                let stream = StreamId::new(camera.clone(), kind);
                let keys = [span.start, span.end].map(|at| schema::segment_key(&stream, at));
                remove(&mut complete, &keys, |_| ())?;
            }
            Ok(())
        })
    }

    /// Notes that the segment of `stream` that starts at `start` has all the pictures that it needs.
    ///
    /// # Errors
    /// As [`ThumbnailWriter::put`].
    pub fn complete(&self, stream: &StreamId, start: WallTime) -> Result<(), IndexError> {
        self.change(false, |transaction, _| {
            let key = schema::segment_key(stream, start);
            transaction.open_table(COMPLETE)?.insert(key.as_slice(), [].as_slice())?;
            Ok(())
        })
    }

    /// Makes all that is kept last over a power cut.
    ///
    /// # Errors
    /// As [`ThumbnailWriter::put`].
    pub fn sync(&self) -> Result<(), IndexError> {
        self.change(true, |_, _| Ok(()))
    }

    /// One transaction; after a failed one the file is opened anew, and a damaged one is put aside.
    fn change(
        &self,
        sync: bool,
        write: impl FnOnce(&WriteTransaction, &mut u64) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let Store { shared, bytes, commits } = &*self.store;
        self.begin()?;
        let sync = commits.fetch_add(1, Ordering::Relaxed) % SYNC_EVERY == SYNC_EVERY - 1 || sync;
        let result = guarded(|| {
            let database = shared.read();
            let mut transaction = database.as_ref().ok_or(IndexError::Closed)?.begin_write()?;
            transaction.set_durability(if sync {
                Durability::Immediate
            } else {
                Durability::None
            })?;
            // Opening after a crash must not read all pictures.
            transaction.set_quick_repair(sync);
            let mut sum = {
                let meta = transaction.open_table(META)?;
                bytes_in(&meta)?
            };
            write(&transaction, &mut sum)?;
            let stored = i64::try_from(sum).unwrap_or(i64::MAX);
            transaction.open_table(META)?.insert(THUMBNAIL_BYTES, stored)?;
            transaction.commit()?;
            bytes.store(sum, Ordering::Relaxed);
            Ok(())
        });
        if result.is_err() {
            shared.close();
            if let Err(error) = self.begin() {
                tracing::debug!("small pictures: {error}");
            }
        }
        result
    }

    /// Opens the database unless it is open.
    fn begin(&self) -> Result<Option<Damaged>, IndexError> {
        if self.store.shared.read().is_some() {
            return Ok(None);
        }
        let (_, damaged) = self.store.shared.open_or_begin_anew()?;
        let sum = self.reader().read(|view| bytes_in(&view.open_table(META)?))?;
        self.store.bytes.store(sum, Ordering::Relaxed);
        if let Some(Damaged { moved_to, why }) = &damaged {
            let path = moved_to.display();
            tracing::warn!("the small pictures were damaged ({why}) and are made anew; see {path}");
        }
        Ok(damaged)
    }
}

impl ThumbnailReader {
    /// The picture of `camera` that was taken nearest to `at`.
    ///
    /// # Errors
    /// See [`ThumbnailReader`].
    pub fn nearest(
        &self,
        camera: &CameraId,
        at: WallTime,
    ) -> Result<Option<KeptThumbnail>, IndexError> {
        self.read(|view| {
            let table = view.open_table(THUMBNAIL)?;
            let [first, here, behind] = keys(camera, at);
            let earlier = table.range::<&[u8]>(first.as_slice()..here.as_slice())?.next_back();
            let later = table.range::<&[u8]>(here.as_slice()..behind.as_slice())?.next();
            let mut nearest: Option<(i64, WallTime, _)> = None;
            for item in earlier.into_iter().chain(later) {
                let (key, value) = item?;
                let taken = schema::time_of(key.value())?;
                let away = taken.micros_since(at).saturating_abs();
                if nearest.as_ref().is_none_or(|(least, ..)| away < *least) {
                    nearest = Some((away, taken, value));
                }
            }
            Ok(nearest.map(|(_, at, value)| KeptThumbnail { at, jpeg: value.value().to_vec() }))
        })
    }

    /// When the newest picture of `camera` was taken.
    ///
    /// # Errors
    /// See [`ThumbnailReader`].
    pub fn newest(&self, camera: &CameraId) -> Result<Option<WallTime>, IndexError> {
        self.read(|view| {
            let table = view.open_table(THUMBNAIL)?;
            let [first, _, behind] = keys(camera, WallTime::MIN);
            let last = table.range::<&[u8]>(first.as_slice()..behind.as_slice())?.next_back();
            last.map(|item| schema::time_of(item?.0.value())).transpose()
        })
    }

    /// When the pictures of `camera` in `span` were taken, in order.
    ///
    /// # Errors
    /// See [`ThumbnailReader`].
    pub fn times(&self, camera: &CameraId, span: WallSpan) -> Result<Vec<WallTime>, IndexError> {
        if span.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|view| {
            let table = view.open_table(THUMBNAIL)?;
            let [from, to] = [span.start, span.end].map(|at| schema::camera_key(camera, at));
            let range = table.range::<&[u8]>(from.as_slice()..to.as_slice())?;
            range.map(|item| schema::time_of(item?.0.value())).collect()
        })
    }

    /// Starts of the segments of `stream` of which [`ThumbnailWriter::complete`] was told.
    ///
    /// # Errors
    /// See [`ThumbnailReader`].
    pub fn complete(&self, stream: &StreamId) -> Result<BTreeSet<WallTime>, IndexError> {
        self.read(|view| {
            let table = view.open_table(COMPLETE)?;
            let prefix = schema::stream_prefix(stream);
            let behind = schema::behind(prefix.clone());
            let range = table.range::<&[u8]>(prefix.as_slice()..behind.as_slice())?;
            range.map(|item| schema::time_of(item?.0.value())).collect()
        })
    }

    /// Bytes that all pictures take on the disk.
    #[must_use]
    pub fn usage(&self) -> u64 {
        self.store.bytes.load(Ordering::Relaxed)
    }

    fn read<T>(
        &self,
        ask: impl FnOnce(&redb::ReadTransaction) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        guarded(|| {
            let database = self.store.shared.read();
            ask(&database.as_ref().ok_or(IndexError::Closed)?.begin_read()?)
        })
    }
}

/// The first key that `camera` can have, the one of `at`, and the first key behind all of its.
fn keys(camera: &CameraId, at: WallTime) -> [Vec<u8>; 3] {
    let prefix = schema::camera_prefix(camera);
    [prefix.clone(), schema::camera_key(camera, at), schema::behind(prefix)]
}

/// Removes the rows from the first key up to the second, and hands each value to `gone`.
fn remove(
    table: &mut Table<'_, &'static [u8], &'static [u8]>,
    [from, to]: &[Vec<u8>; 2],
    mut gone: impl FnMut(&[u8]),
) -> Result<(), IndexError> {
    table.retain_in::<&[u8], _>(from.as_slice()..to.as_slice(), |_, value| {
        gone(value);
        false
    })?;
    Ok(())
}

/// Bytes that a picture takes on the disk: its page is as many times doubled as it must be.
fn taken(jpeg: &[u8]) -> u64 {
    (jpeg.len() as u64 + ROW_OVERHEAD).next_power_of_two().max(PAGE_BYTES)
}

fn bytes_in(meta: &impl ReadableTable<&'static str, i64>) -> Result<u64, IndexError> {
    let bytes = meta.get(THUMBNAIL_BYTES)?.map_or(0, |bytes| bytes.value());
    Ok(u64::try_from(bytes).unwrap_or(0))
}

fn open_database(path: &Path) -> Result<(Database, bool), IndexError> {
    guarded(|| {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES);
        let database = builder.create(path).map_err(|error| open::refused(path, error))?;
        let fresh = open::prepare(&database, path, &[THUMBNAIL, COMPLETE])?;
        Ok((database, fresh))
    })
}

#[cfg(test)]
mod tests;
