//! What is looked at for the recordings folder.
//!
//! Must not do: look at a disk; what was found there is given.

use super::words::{byte_rate, bytes, length};
use super::{Facts, general};
use crate::model::{RecordingState, StreamKind};
use crate::protocol::{Check, Remedy, Subject, Verdict};
use crate::storage::Place;

/// Bytes of a gigabyte, as the settings and disk makers count.
const GIGABYTE: u64 = 1_000_000_000;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// A disk that holds less than this is seldom meant to, in days.
const FEW_DAYS: u64 = 3;

/// A size that is used to this part counts as reached, in percent: the cleaner keeps below it.
const REACHED_PERCENT: u128 = 98;

/// Whether the folder is there.
pub(super) fn path(facts: &Facts<'_>) -> Check {
    let path = &facts.snapshot.volume.path;
    match facts.place {
        Some(Place::Writable | Place::Sealed(_)) => {
            let text = format!("{path} is there.");
            general(Subject::Path, Verdict::Good, text, vec![Remedy::OpenFolder])
        }
        Some(Place::Missing) => {
            let text = format!(
                "{path} is not there. Connect its disk, or choose another folder for recordings."
            );
            general(Subject::Path, Verdict::Wrong, text, vec![Remedy::OpenStorage])
        }
        Some(Place::Silent) | None => {
            let text = "It could not be looked whether the recordings folder is there.";
            general(Subject::Path, Verdict::Unknown, text.into(), vec![Remedy::OpenStorage])
        }
    }
}

/// Whether a file can be written into it.
pub(super) fn writable(facts: &Facts<'_>) -> Check {
    let (subject, path) = (Subject::Writable, &facts.snapshot.volume.path);
    match facts.place {
        Some(Place::Writable) => {
            let text = format!("A file could be written into {path} just now.");
            general(subject, Verdict::Good, text, Vec::new())
        }
        Some(Place::Sealed(why)) => {
            let text = format!(
                "Nothing can be written into {path}: {why}. Give the user who runs Watchkeeper the right \
                 to, or choose another folder."
            );
            general(subject, Verdict::Wrong, text, vec![Remedy::OpenStorage, Remedy::OpenFolder])
        }
        Some(Place::Silent) => {
            let text = format!(
                "The disk of {path} does not answer. Look after its cable or network and its power, or choose \
                 another folder."
            );
            general(subject, Verdict::Wrong, text, vec![Remedy::OpenStorage])
        }
        Some(Place::Missing) | None => {
            let text = "It cannot be told whether the recordings folder can be written.";
            general(subject, Verdict::Unknown, text.into(), Vec::new())
        }
    }
}

/// Whether there is room.
pub(super) fn space(facts: &Facts<'_>) -> Check {
    let (subject, storage) = (Subject::Space, facts.storage);
    if let Some(trouble) = facts.snapshot.volume.trouble.as_ref().or(storage.trouble.as_ref()) {
        let text = format!("{}.", trouble.trim_end_matches('.'));
        return general(subject, Verdict::Wrong, text, vec![Remedy::OpenStorage]);
    }
    if storage.total == 0 {
        let text = "It cannot be told how much room the disk has.";
        return general(subject, Verdict::Unknown, text.into(), vec![Remedy::OpenStorage]);
    }
    let (free, total) = (bytes(storage.free), bytes(storage.total));
    let mut text = format!("{free} of {total} are free.");
    if let Some(left) = storage.left_micros {
        let left = length(left);
        text.push_str(&format!(" At this rate the first limit is met in {left}"));
        text.push_str(match facts.settings().storage.auto_delete {
            true => "; the oldest recordings then make room.",
            false => "; recording then stops, because auto delete is off.",
        });
    }
    let percent = facts.settings().storage.low_space_percent.0;
    let is_low = u128::from(storage.free) * 100 < u128::from(storage.total) * u128::from(percent);
    if is_low || facts.snapshot.volume.is_low {
        let text = format!("{text} That is less than the {percent} % that are to be free.");
        return general(subject, Verdict::Attention, text, vec![Remedy::OpenStorage]);
    }
    general(subject, Verdict::Good, text, Vec::new())
}

/// Whether the largest size is reached.
pub(super) fn size_limit(facts: &Facts<'_>) -> Check {
    let (subject, settings) = (Subject::SizeLimit, &facts.settings().storage);
    let limit = u64::from(settings.max_size_gb.0) * GIGABYTE;
    let used = bytes(facts.storage.used);
    if limit == 0 {
        let text = format!("There is no limit for all recordings together; they take {used}.");
        return general(subject, Verdict::Good, text, Vec::new());
    }
    let limited = bytes(limit);
    let is_reached = u128::from(facts.storage.used) * 100 >= u128::from(limit) * REACHED_PERCENT;
    let (verdict, what) = match (is_reached, settings.auto_delete) {
        (false, _) => {
            let text = format!("Recordings take {used} of the {limited} that they may.");
            return general(subject, Verdict::Good, text, Vec::new());
        }
        (true, true) => (Verdict::Attention, "the oldest recordings make room for new ones"),
        (true, false) => (Verdict::Wrong, "recording stops, because auto delete is off"),
    };
    let text = format!("Recordings have reached the {limited} that they may take: {what}.");
    general(subject, verdict, text, vec![Remedy::OpenStorage])
}

/// How long the disk lasts, and what would make it last longer.
pub(super) fn room(facts: &Facts<'_>) -> Check {
    let (subject, storage) = (Subject::Room, facts.storage);
    let rate = storage.rate;
    if rate == 0 || storage.total == 0 {
        let text = "Nothing is being recorded, so it cannot be told how long the disk lasts.";
        return general(subject, Verdict::Unknown, text.into(), Vec::new());
    }
    let capacity = capacity(facts);
    let days = capacity / rate / DAY;
    let mut text =
        format!("At {} there is room for {}.", byte_rate(rate), length_of(capacity, rate));
    if let Some(less) = with_sub_streams(facts) {
        text.push_str(&format!(
            " If the sub streams were recorded ({}), there would be room for {}.",
            byte_rate(less),
            length_of(capacity, less)
        ));
    }
    let wanted = facts.settings().storage.retention.micros();
    let wanted_seconds = wanted.and_then(|micros| u64::try_from(micros / 1_000_000).ok());
    let needed = wanted_seconds.map(|seconds| rate.saturating_mul(seconds));
    if let (Some(wanted), Some(needed)) = (wanted, needed.filter(|needed| *needed > capacity)) {
        text.push_str(&format!(
            " To keep {} at this rate {} are needed: a larger disk, or a NAS of that size.",
            length(wanted),
            bytes(needed)
        ));
        return general(subject, Verdict::Attention, text, vec![Remedy::OpenStorage]);
    }
    if days < FEW_DAYS {
        let week = bytes(rate.saturating_mul(7 * DAY));
        text.push_str(&format!(" A week takes {week}: a larger disk, or a NAS, holds more."));
        return general(subject, Verdict::Attention, text, vec![Remedy::OpenStorage]);
    }
    general(subject, Verdict::Good, text, Vec::new())
}

/// Bytes that recordings can take on this disk.
fn capacity(facts: &Facts<'_>) -> u64 {
    let storage = facts.storage;
    let disk = storage.used.saturating_add(storage.free).saturating_sub(storage.reserve);
    let limit = u64::from(facts.settings().storage.max_size_gb.0) * GIGABYTE;
    if limit == 0 { disk } else { disk.min(limit) }
}

/// For how long `capacity` lasts at `rate` bytes a second.
fn length_of(capacity: u64, rate: u64) -> String {
    let micros = u128::from(capacity) * 1_000_000 / u128::from(rate.max(1));
    length(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// Bytes a second if each camera whose main stream is recorded now were recorded by its sub stream; none where
/// no such stream has been seen.
fn with_sub_streams(facts: &Facts<'_>) -> Option<u64> {
    let recorded = facts.snapshot.cameras.iter().filter(|camera| {
        camera.stream == StreamKind::Main
            && matches!(camera.recording, RecordingState::Recording(_))
    });
    let pairs = recorded.filter_map(|c| c.sub_bit_rate.map(|sub| (c.bit_rate, sub)));
    let saved: u64 = pairs.map(|(main, sub)| main.saturating_sub(sub) / 8).sum();
    (saved > 0).then(|| facts.storage.rate.saturating_sub(saved).max(1))
}
