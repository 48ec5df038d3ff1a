//! The arguments of `storage` and `defaults`.
//!
//! Must not do: act on them.

use clap::{Args as ClapArgs, Subcommand};

use super::place_args::{PlaceArgs, SpoolArgs};
use super::rule_args::DefaultArgs;
use super::values::Switch;
use crate::model::StorageSettings;
use crate::model::settings::Retention;
use crate::model::settings::storage::{LowSpacePercent, MaxSize, SegmentMinutes, SyncSeconds};

/// `defaults`
#[derive(Debug, ClapArgs)]
pub struct DefaultsOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: DefaultsVerb,
}

/// `defaults ...`
#[derive(Debug, Subcommand)]
pub enum DefaultsVerb {
    /// Show them
    Show {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Change them
    Set {
        /// What changes
        #[command(flatten)]
        change: DefaultArgs,
    },
}

/// `storage`
#[derive(Debug, ClapArgs)]
pub struct StorageOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: StorageVerb,
}

/// `storage ...`
#[derive(Debug, Subcommand)]
pub enum StorageVerb {
    /// Show the rules, and how full it is
    Show {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Change the rules
    #[command(arg_required_else_help = true)]
    Set {
        /// What changes
        #[command(flatten)]
        change: Box<StorageArgs>,
        /// Where recordings are brought to
        #[command(flatten)]
        place: Box<PlaceArgs>,
        /// How they wait for that
        #[command(flatten)]
        spool: SpoolArgs,
        /// Also when footage is deleted by it at once
        #[arg(long)]
        yes: bool,
    },
    /// Try whether recordings can be brought to the NAS or the bucket: sign in, write, read, remove
    Test {
        /// Another place than that of the settings
        #[command(flatten)]
        place: Box<PlaceArgs>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Add the recordings that are on the NAS or in the bucket and not in the catalogue of the running Watchkeeper to it
    Adopt,
    /// Make the NAS folder or bucket ours although another Watchkeeper brings its recordings there; that one is
    /// refused from then on
    TakeOver,
    /// Tell what goes within 24 hours, and when the first limit is met
    Preview {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

/// Where and how recordings are kept.
#[derive(Debug, ClapArgs)]
pub struct StorageArgs {
    /// The folder; a relative one is below the data folder. One that has lost its marker is taken anew
    #[arg(long, value_name = "FOLDER")]
    pub path: Option<String>,
    /// How long footage is kept: 30d, 12h, 30d 12h 15m, or 0 for ever
    #[arg(long, value_name = "TIME")]
    pub retention: Option<Retention>,
    /// Largest size of all recordings in GB; 0 for no limit
    #[arg(long, value_name = "GB")]
    pub max_size: Option<MaxSize>,
    /// Largest file in MB; 0 for no limit
    #[arg(long, value_name = "MB")]
    pub max_file: Option<u32>,
    /// Percent of the disk that are free when an alert is raised (0 to 50); 0 for never
    #[arg(long, value_name = "PERCENT")]
    pub low_space: Option<LowSpacePercent>,
    /// Whether the oldest footage makes room for the newest; without it a limit stops recording
    #[arg(long, value_enum)]
    pub auto_delete: Option<Switch>,
    /// Minutes of a file (1 to 1440)
    #[arg(long, value_name = "MINUTES")]
    pub segment_minutes: Option<SegmentMinutes>,
    /// Seconds of footage that a power cut costs at most (1 to 60)
    #[arg(long, value_name = "SECONDS")]
    pub sync_seconds: Option<SyncSeconds>,
}

impl StorageArgs {
    /// Puts what was given into `target`.
    pub fn apply(&self, target: &mut StorageSettings) {
        if let Some(path) = &self.path {
            target.path.clone_from(path);
        }
        target.retention = self.retention.unwrap_or(target.retention);
        target.max_size_gb = self.max_size.unwrap_or(target.max_size_gb);
        target.max_file_mb = self.max_file.unwrap_or(target.max_file_mb);
        target.low_space_percent = self.low_space.unwrap_or(target.low_space_percent);
        target.segment_minutes = self.segment_minutes.unwrap_or(target.segment_minutes);
        target.sync_seconds = self.sync_seconds.unwrap_or(target.sync_seconds);
        if let Some(switch) = self.auto_delete {
            target.auto_delete = switch == Switch::On;
        }
    }
}
