//! What the settings say of files and of keeping footage.
//!
//! Must not do: measure anything.

use crate::model::settings::SpoolFull;
use crate::model::{CameraId, Settings, VolumeId};
use crate::recorder::Limits;
use crate::storage::deletion::Terms;
use crate::storage::retention::Rules;
use crate::storage::spool::SpoolTerms;

/// Bytes of a megabyte, as the settings and disk makers count.
const MEGABYTE: u64 = 1_000_000;

/// Bytes of a gigabyte, counted likewise.
const GIGABYTE: u64 = 1_000_000_000;

/// Files of each stream that a full disk holds at least.
const FILES_PER_STREAM: u64 = 8;

/// Files are not made smaller than this because the disk is small.
const LEAST_FILE: u64 = 4 * MEGABYTE;

/// Limits of a segment. On a small disk, or under a small maximum size, files are smaller too: deleting the
/// oldest must make room without taking days of footage at once.
pub(super) fn limits(settings: &Settings, total: u64, file_limit: Option<u64>) -> Limits {
    let storage = &settings.storage;
    let streams =
        settings.cameras.iter().map(|camera| 1 + u64::from(settings.main_on_motion(camera)));
    let parts = FILES_PER_STREAM * streams.sum::<u64>().max(1);
    let chosen = (storage.max_file_mb > 0).then(|| u64::from(storage.max_file_mb) * MEGABYTE);
    let size = (storage.max_size_gb.0 > 0).then(|| u64::from(storage.max_size_gb.0) * GIGABYTE);
    let total = (total > 0).then_some(total);
    let spool = spool_bytes(settings);
    let share =
        size.into_iter().chain(total).chain(spool).min().map(|room| (room / parts).max(LEAST_FILE));
    let bytes = chosen.into_iter().chain(share).chain(file_limit).min();
    Limits { minutes: storage.segment_minutes.0, bytes }
}

/// What the settings say of keeping footage.
pub(super) fn terms(settings: &Settings, volume: VolumeId) -> Terms {
    let storage = &settings.storage;
    let keep_of = settings.cameras.iter().filter_map(|camera| {
        let own = camera.recording.retention?;
        Some((camera.id.clone(), own.micros()))
    });
    let is_gone = |id: &&CameraId| settings.cameras.iter().all(|camera| camera.id != **id);
    let rules = Rules {
        erased: settings.erase.keys().filter(is_gone).cloned().collect(),
        auto_delete: storage.auto_delete,
        keep: storage.retention.micros(),
        keep_of: keep_of.collect(),
        max_bytes: (storage.max_size_gb.0 > 0).then(|| u64::from(storage.max_size_gb.0) * GIGABYTE),
        reserve: 0,
    };
    // Who has automatic deletion off wants nothing deleted, whether it waits or not.
    let drops = storage.auto_delete && storage.spool.when_full == SpoolFull::DropOldest;
    let max_bytes = spool_bytes(settings);
    let spool = storage.archive().map(|_| SpoolTerms { max_bytes, drops });
    Terms { rules, low_space_percent: storage.low_space_percent.0, volume, spool }
}

/// Bytes that may wait to be brought away; none without a limit, or when recordings stay.
fn spool_bytes(settings: &Settings) -> Option<u64> {
    let storage = &settings.storage;
    storage.archive()?;
    (storage.spool.max_gb.0 > 0).then(|| u64::from(storage.spool.max_gb.0) * GIGABYTE)
}
