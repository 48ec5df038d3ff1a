//! The settings of storage.
//!
//! Must not do: look at a disk.

use serde::{Deserialize, Serialize};

use super::archive::{ArchivePlace, NasSettings, ObjectSettings, SpoolSettings, StorageKind};
use super::ranged::ranged;
use super::recording::Retention;
use super::{Key, archive_rules, is_default};

/// Where and how recordings are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StorageSettings {
    /// Whether they stay in the folder, or are brought elsewhere when they are finished.
    pub kind: StorageKind,
    /// The folder; a relative one is below the data folder.
    pub path: String,
    /// Length of a segment in minutes; cuts are at multiples of it, counted from local midnight.
    pub segment_minutes: SegmentMinutes,
    /// Largest file in MB (10^6 bytes); 0 means no limit. 3900 fits on FAT32.
    pub max_file_mb: u32,
    /// Seconds between two sweeps that make what was written survive a power cut.
    pub sync_seconds: SyncSeconds,
    /// How long footage is kept.
    pub retention: Retention,
    /// Largest size of all recordings in GB (10^9 bytes); 0 means no limit.
    pub max_size_gb: MaxSize,
    /// Percent of the disk that are free when an alert is raised; 0 means never.
    pub low_space_percent: LowSpacePercent,
    /// Whether the oldest footage makes room for the newest. Without it a limit stops recording.
    pub auto_delete: bool,
    /// Whether what was brought elsewhere is read back once and compared.
    pub verify: bool,
    /// The share that they are brought to.
    #[serde(skip_serializing_if = "is_default")]
    pub nas: NasSettings,
    /// The bucket that they are brought to.
    #[serde(skip_serializing_if = "is_default")]
    pub object: ObjectSettings,
    /// How much may wait in the folder.
    #[serde(skip_serializing_if = "is_default")]
    pub spool: SpoolSettings,
}

impl StorageSettings {
    /// Whether recordings can be brought where they are to be.
    ///
    /// # Errors
    /// The setting that is not valid, as the path of keys to it, and why.
    pub fn check_archive(&self) -> Result<(), (Vec<Key>, String)> {
        let Some(place) = self.archive() else { return Ok(()) };
        let table = match place {
            ArchivePlace::Nas(_) => "nas",
            ArchivePlace::Object(_) => "object",
        };
        archive_rules::check(&place).map_err(|(key, why)| {
            (vec![Key::Name("storage"), Key::Name(table), Key::Name(key)], why)
        })
    }

    /// Where recordings are brought to, when they do not stay in the folder.
    #[must_use]
    pub fn archive(&self) -> Option<ArchivePlace> {
        match self.kind {
            StorageKind::Local => None,
            StorageKind::Nas => Some(ArchivePlace::Nas(self.nas.clone())),
            StorageKind::Object => Some(ArchivePlace::Object(self.object.clone())),
        }
    }
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self {
            kind: StorageKind::Local,
            path: "recordings".into(),
            segment_minutes: SegmentMinutes(60),
            max_file_mb: 3900,
            sync_seconds: SyncSeconds(5),
            retention: Retention::default(),
            max_size_gb: MaxSize(0),
            low_space_percent: LowSpacePercent(10),
            auto_delete: true,
            verify: true,
            nas: NasSettings::default(),
            object: ObjectSettings::default(),
            spool: SpoolSettings::default(),
        }
    }
}

ranged!(
    /// Minutes of a segment.
    SegmentMinutes(u32), 1..=1440, "segment_minutes"
);
ranged!(
    /// Seconds between two sync sweeps.
    SyncSeconds(u32), 1..=60, "sync_seconds"
);
ranged!(
    /// Largest size of all recordings in GB (10^9 bytes); 0 means no limit.
    MaxSize(u32), 0..=10_000_000, "max_size_gb"
);
ranged!(
    /// Percent of the disk.
    LowSpacePercent(u8), 0..=50, "low_space_percent"
);
