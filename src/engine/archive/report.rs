//! How an archive stands, as the thread `upload` has seen it last.
//!
//! Must not do: look at anything.

use crate::model::{VolumeId, WallTime};
use crate::protocol::Adoption;
use crate::storage::StorageError;
use crate::storage::retention;
use crate::storage::spool::Room;

use super::backoff::Obstacle;

/// Files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Amount {
    /// With a file of `bytes` bytes more.
    #[must_use]
    pub fn and(self, bytes: u64) -> Self {
        Self { files: self.files + 1, bytes: self.bytes.saturating_add(bytes) }
    }

    /// With a file of `bytes` bytes less.
    #[must_use]
    pub const fn without(self, bytes: u64) -> Self {
        Self { files: self.files.saturating_sub(1), bytes: self.bytes.saturating_sub(bytes) }
    }
}

/// How it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveReport {
    /// Its number in the index.
    pub volume: VolumeId,
    /// What operators call it.
    pub address: String,
    /// What it does.
    pub state: ArchiveState,
    /// Since when it does that.
    pub since: Option<WallTime>,
    /// What waits to be brought; without what is still being recorded.
    pub waiting: Amount,
    /// What was brought since the start.
    pub brought: Amount,
    /// How full it is, as it was last asked.
    pub room: Room,
    /// Grows with each deletion on it: what was planned before is planned anew.
    pub serial: u64,
    /// What was found on it the last time that all of its files were listed; none before.
    pub found: Option<Found>,
    /// How what the index does not know is being added to it, or what came of it; none when nobody has asked for it.
    pub adoption: Option<Adoption>,
    /// Copies that differed from the recording when they were read back, and were brought again.
    pub spoilt: u64,
    /// Recordings of those that wait that could not be brought and are tried later; others are brought meanwhile.
    pub aside: u64,
    /// What is in the way although the archive answers, in a sentence.
    pub trouble: Option<String>,
}

/// Where its files and the index do not agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Recordings that the index does not know.
    pub strangers: Amount,
    /// Recordings whose files are not there any more.
    pub missing: u64,
    /// Files of another length than their recording.
    pub differing: u64,
}

/// What an archive does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ArchiveState {
    /// It has not answered yet.
    #[default]
    Connecting,
    /// All is brought, as far as it is finished.
    Idle,
    /// This file is on its way.
    Bringing(String),
    /// What was brought is read back and compared.
    Comparing(String),
    /// It cannot be reached, or fails; the text says why.
    Offline(String),
    /// It refuses us, or is another one; the text says why.
    Denied(String),
    /// Somebody else brings recordings there.
    Taken,
    /// No room is left on it.
    Full,
}

impl ArchiveState {
    /// What follows from an error.
    #[must_use]
    pub fn of(error: &StorageError) -> Self {
        if matches!(error, StorageError::Taken { .. }) {
            return Self::Taken;
        }
        match Obstacle::of(error) {
            Obstacle::Away => Self::Offline(why(error)),
            Obstacle::Person => Self::Denied(why(error)),
            Obstacle::Full => Self::Full,
        }
    }

    /// Whether it answers, so that files on it can be deleted.
    #[must_use]
    pub const fn is_reachable(&self) -> bool {
        matches!(self, Self::Idle | Self::Bringing(_) | Self::Comparing(_) | Self::Full)
    }
}

/// What happened; the address stands in the sentence already.
pub(super) fn why(error: &StorageError) -> String {
    match error {
        StorageError::Offline { why, .. } | StorageError::Denied { why, .. } => why.clone(),
        other => other.to_string(),
    }
}

impl ArchiveReport {
    /// The state in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let address = &self.address;
        match &self.state {
            ArchiveState::Connecting => format!("Connecting to {address}."),
            ArchiveState::Idle if self.aside > 0 => format!(
                "{address} is connected; all finished recordings are there except {}, tried again later.",
                self.aside
            ),
            ArchiveState::Idle => {
                format!("{address} is connected; all finished recordings are there.")
            }
            ArchiveState::Bringing(_) | ArchiveState::Comparing(_) => {
                format!("{address} is connected; {} brought there.", self.are_being())
            }
            ArchiveState::Offline(why) => format!(
                "Recordings cannot be brought to {address} now: {why}. {} on this computer; it is \
                 tried again by itself.",
                self.wait()
            ),
            ArchiveState::Denied(why) => format!(
                "Recordings cannot be brought to {address}: {why}. {} on this computer. Check the \
                 storage settings and the other side, then try again.",
                self.wait()
            ),
            ArchiveState::Taken => format!(
                "{address} belongs to another Watchkeeper: two would write over each other's recordings. {} on \
                 this computer. Choose another folder for this one, or take it over if the other one is no longer in \
                 use.",
                self.wait()
            ),
            ArchiveState::Full => {
                let bin = match self.room.unfreed {
                    0 => "",
                    _ => {
                        " What was deleted there freed no space: look for a recycle bin or snapshots."
                    }
                };
                format!(
                    "{address} is full. {} on this computer until there is room.{bin}",
                    self.wait()
                )
            }
        }
    }

    fn wait(&self) -> String {
        match self.waiting.files {
            1 => "1 recording waits".into(),
            files => format!("{files} recordings wait"),
        }
    }

    fn are_being(&self) -> String {
        match self.waiting.files {
            1 => "1 recording is being".into(),
            files => format!("{files} recordings are being"),
        }
    }

    /// Bytes that still fit, as far as it tells.
    #[must_use]
    pub fn left(&self) -> Option<u64> {
        let space = self.room.space;
        let reserve = retention::reserve(0, space.total);
        (space.total > 0).then(|| space.free.saturating_sub(reserve))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_says_what_waits_and_what_to_do() {
        let waiting = Amount { files: 12, bytes: 12_000 };
        let report =
            ArchiveReport { address: "smb://nas/video".into(), waiting, ..Default::default() };
        let says = |state: ArchiveState, parts: &[&str]| {
            let told = ArchiveReport { state, ..report.clone() }.sentence();
            for part in parts {
                assert!(told.contains(part), "{told}");
            }
        };
        says(
            ArchiveState::Bringing("a".into()),
            &["smb://nas/video is connected", "12 recordings"],
        );
        says(
            ArchiveState::Offline("no route".into()),
            &["no route", "12 recordings wait", "by itself"],
        );
        says(
            ArchiveState::Denied("wrong password".into()),
            &["wrong password", "Check the storage"],
        );
        says(ArchiveState::Taken, &["another Watchkeeper", "12 recordings wait", "take it over"]);
        says(ArchiveState::Full, &["is full", "12 recordings wait"]);
        let aside = ArchiveReport { aside: 2, state: ArchiveState::Idle, ..report.clone() };
        assert!(aside.sentence().contains("are there except 2, tried again later"));
        let one = Amount { files: 1, bytes: 1 };
        let told = |state| ArchiveReport { state, waiting: one, ..report.clone() }.sentence();
        assert!(told(ArchiveState::Full).contains("1 recording waits on"));
        assert!(told(ArchiveState::Bringing("a".into())).contains("1 recording is being brought"));
        let denied = StorageError::Denied { path: "smb://nas/video".into(), why: "wrong".into() };
        let told = ArchiveReport { state: ArchiveState::of(&denied), ..report.clone() }.sentence();
        assert_eq!(told.matches("smb://nas/video").count(), 1, "{told}");
        assert!(!ArchiveState::Connecting.is_reachable() && ArchiveState::Full.is_reachable());
    }
}
