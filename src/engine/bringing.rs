//! Where the thread `upload` brings recordings to, as settings and passwords want it, and what operators are told of
//! that.
//!
//! Must not do: reach an archive.

use std::sync::Arc;

use super::archive::{ArchiveOptions, ArchiveReport, ArchiveState};
use super::cleaner::StorageReport;
use super::notices::Cause;
use super::service::Service;
use crate::config::{ConfigError, VolumeStore, identity};
use crate::model::WallTime;
use crate::protocol::{ArchiveOverview, Severity, Topic};

/// An archive that is away for longer is told, in microseconds; shorter may be its restart.
const PATIENCE: i64 = 120_000_000;

const UNKNOWN: &str = "archive unknown";
const AWAY: &str = "archive";
const TROUBLE: &str = "archive trouble";
const DROPPED: &str = "not brought";
const FOUND: &str = "archive files";

/// What stands in the overview of storage; none without an archive.
#[must_use]
pub fn overview(report: &StorageReport) -> Option<ArchiveOverview> {
    let spool = report.spool.clone()?;
    let archive = report.archive.as_deref().cloned().unwrap_or_default();
    let known = report.archive.is_some();
    let found = archive.found.unwrap_or_default();
    Some(ArchiveOverview {
        state: match known {
            true => archive.sentence(),
            false => {
                "Recordings are not being brought away now; they wait on this computer.".into()
            }
        },
        is_reachable: archive.state.is_reachable(),
        is_taken: archive.state == ArchiveState::Taken,
        waiting_files: archive.waiting.files,
        waiting_bytes: archive.waiting.bytes,
        brought_files: archive.brought.files,
        spool_used: spool.used,
        spool_room: spool.room,
        covers_micros: spool.covers_micros,
        dropped_files: spool.dropped.files,
        free: archive.room.space.free,
        total: archive.room.space.total,
        strangers: found.strangers.files,
        stranger_bytes: found.strangers.bytes,
        adoption: archive.adoption,
        missing: found.missing,
        trouble: archive.trouble,
        address: archive.address,
    })
}

impl Service {
    /// Tells the thread where recordings are brought to, when that is another place than it was told.
    pub(super) fn bring(&mut self) {
        let wanted = match self.wanted_archive() {
            Ok(wanted) => wanted,
            Err(error) => {
                // It goes on as it was, and is tried again.
                self.pending.archive = true;
                let text = format!("Where recordings are brought to cannot be read: {error}.");
                return self.notice_while(UNKNOWN, Some(text), Severity::Alarm, self.clock.wall());
            }
        };
        self.notices.clear(UNKNOWN);
        let is_same = match (&self.bringing, &wanted) {
            (Some(before), Some(wanted)) => before.is_same(wanted),
            (None, None) => true,
            _ => false,
        };
        if is_same {
            return;
        }
        self.pending.archive = self.upload.set_archive(wanted.clone()).is_err();
        if !self.pending.archive {
            self.bringing = wanted;
        }
    }

    fn wanted_archive(&self) -> Result<Option<ArchiveOptions>, ConfigError> {
        let Some(open) = self.archives.current() else { return Ok(None) };
        // As it is known now: it may have turned out to be a place that has moved.
        let known = VolumeStore::open(&self.folder)?.at_archive(&open.place);
        let (folder, id) = (self.folder.clone(), known.id);
        Ok(Some(ArchiveOptions {
            volume_id: id,
            archive: Arc::clone(&open.archive),
            spool: self.volume_id,
            known: known.marker,
            owner: identity::load_or_make(&self.folder)?,
            remember: Arc::new(move |marker| Ok(VolumeStore::open(&folder)?.identify(id, marker)?)),
            verify: self.store.settings().storage.verify,
        }))
    }

    /// Goes on with the number of a place that has turned out to have moved, as the thread does that has reached it.
    fn follow_number(&mut self, archive: &ArchiveReport) {
        let is_it = |bringing: &ArchiveOptions| {
            bringing.volume_id != archive.volume && bringing.archive.describe() == archive.address
        };
        if !self.bringing.as_ref().is_some_and(is_it) {
            return;
        }
        self.reopen_archives();
        let before = self.bringing.as_ref().map(|bringing| Arc::clone(&bringing.archive));
        match self.wanted_archive() {
            Ok(Some(wanted))
                if wanted.volume_id == archive.volume
                    && before.is_some_and(|before| Arc::ptr_eq(&before, &wanted.archive)) =>
            {
                self.bringing = Some(wanted);
            }
            Ok(_) | Err(_) => self.bring(),
        }
    }

    /// Raises and clears what operators must know of the archive and of what waits for it.
    pub(super) fn notice_archive(&mut self, report: &StorageReport, now: WallTime) {
        let archive = report.archive.as_deref();
        if let Some(archive) = archive {
            self.follow_number(archive);
        }
        self.notice_away(archive, now);
        let trouble = archive.and_then(|archive| archive.trouble.clone());
        self.notice_while(TROUBLE, trouble, Severity::Warning, now);
        let dropped = report.spool.as_ref().map_or(0, |spool| spool.dropped.files);
        let away = archive.is_none_or(|archive| archive.waiting.files > 0);
        let text = (dropped > 0 && away).then(|| {
            "Recordings could not be brought away in time, and no more can wait on this computer: the oldest \
             that wait are deleted. Check the archive, or give more room in the storage settings."
                .to_owned()
        });
        self.notice_while(DROPPED, text, Severity::Alarm, now);
        let text = archive.and_then(found_words);
        self.notice_while(FOUND, text, Severity::Warning, now);
    }

    fn notice_away(&mut self, archive: Option<&ArchiveReport>, now: WallTime) {
        let Some(archive) = archive else {
            return self.notices.clear(AWAY);
        };
        let since = archive.since.unwrap_or(now);
        let severity = match archive.state {
            ArchiveState::Connecting => return,
            ArchiveState::Offline(_) if now.micros_since(since) < PATIENCE => return,
            ArchiveState::Offline(_) => Some(Severity::Warning),
            ArchiveState::Denied(_) | ArchiveState::Taken | ArchiveState::Full => {
                Some(Severity::Alarm)
            }
            ArchiveState::Idle | ArchiveState::Bringing(_) | ArchiveState::Comparing(_) => None,
        };
        let text = severity.map(|_| archive.sentence());
        self.notice_while(AWAY, text, severity.unwrap_or(Severity::Warning), since);
    }

    fn notice_while(&mut self, key: &str, text: Option<String>, severity: Severity, at: WallTime) {
        match text {
            Some(text) => {
                let cause = Cause { topic: Topic::Storage, at, severity, camera: None, text };
                self.notices.raise_about(key.into(), cause);
            }
            None => self.notices.clear(key),
        }
    }
}

/// What was found when all files of an archive were listed.
fn found_words(archive: &ArchiveReport) -> Option<String> {
    let found = archive.found?;
    let strangers = match found.strangers.files {
        0 => None,
        1 => Some("1 recording is there that is".to_owned()),
        files => Some(format!("{files} recordings are there that are")),
    };
    let strangers = strangers.map(|which| {
        format!("{which} not in this program's catalogue; the storage settings can add them.")
    });
    let missing = match found.missing {
        0 => None,
        1 => Some("1 recording is in the catalogue and not there any more".to_owned()),
        files => Some(format!("{files} recordings are in the catalogue and not there any more")),
    };
    let differing = match found.differing {
        0 => None,
        1 => Some("1 file is not as long as it was".to_owned()),
        files => Some(format!("{files} files are not as long as they were")),
    };
    let told: Vec<String> = missing.into_iter().chain(differing).collect();
    let differs = (!told.is_empty()).then(|| {
        format!(
            "{}; \"watchkeeper check --repair\" puts that right while Watchkeeper does not run.",
            told.join(", ")
        )
    });
    let all: Vec<String> = strangers.into_iter().chain(differs).collect();
    (!all.is_empty()).then(|| format!("{}: {}", archive.address, all.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::archive::{Amount, Found};

    #[test]
    fn what_does_not_agree_is_told_with_what_puts_it_right() {
        let report = ArchiveReport { address: "smb://nas/video".into(), ..Default::default() };
        assert_eq!(found_words(&report), None);
        let agree = ArchiveReport { found: Some(Found::default()), ..report.clone() };
        assert_eq!(found_words(&agree), None);
        let strangers = Amount { files: 3, bytes: 3_000 };
        let found = Some(Found { strangers, missing: 0, differing: 1 });
        let told = found_words(&ArchiveReport { found, ..report }).expect("something");
        assert!(told.starts_with("smb://nas/video: 3 recordings are there"), "{told}");
        assert!(told.contains("settings can add them. 1 file is not as long as it was;"), "{told}");
        assert!(told.ends_with("while Watchkeeper does not run."), "{told}");
    }
}
