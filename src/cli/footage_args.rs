//! The arguments of the verbs that are about footage: what there is, why, what is kept, and recording by hand.
//!
//! Must not do: act on them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};

use super::values::{manual, time};
use crate::model::WallTime;

/// `recordings`
#[derive(Debug, ClapArgs)]
pub struct RecordingsOptions {
    /// Only of this camera
    #[arg(long, value_name = "NAME")]
    pub camera: Option<String>,
    /// Only what ends after this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: Option<WallTime>,
    /// Only what begins before this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: Option<WallTime>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `diagnose`
#[derive(Debug, ClapArgs)]
pub struct DiagnoseOptions {
    /// Of this camera; of all when not given
    #[arg(long, value_name = "NAME")]
    pub camera: Option<String>,
    /// Also whether there is footage of this moment (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: Option<WallTime>,
    /// For programs
    #[arg(long, conflicts_with = "export")]
    pub json: bool,
    /// Save what helps others to find a fault, without passwords and user names, as a ZIP archive
    #[arg(long, value_name = "FILE", conflicts_with_all = ["camera", "at"])]
    pub export: Option<PathBuf>,
}

/// `explain`
#[derive(Debug, ClapArgs)]
pub struct ExplainOptions {
    /// Of this camera
    #[arg(long, value_name = "NAME")]
    pub camera: String,
    /// What holds at this moment alone (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with_all = ["from", "to"])]
    pub at: Option<WallTime>,
    /// From when on (RFC 3339); a day ago when not given
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: Option<WallTime>,
    /// Until when (RFC 3339); now when not given
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: Option<WallTime>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `snapshot`
#[derive(Debug, ClapArgs)]
pub struct SnapshotOptions {
    /// Of this camera
    #[arg(long, value_name = "NAME")]
    pub camera: String,
    /// When (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: WallTime,
    /// Where to; the ending says how it is written
    #[arg(long, value_name = "FILE.png|FILE.jpg")]
    pub output: PathBuf,
    /// Write the camera's name and the local time into the picture
    #[arg(long)]
    pub caption: bool,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `events`
#[derive(Debug, ClapArgs)]
pub struct EventsOptions {
    /// Only of this camera
    #[arg(long, value_name = "NAME")]
    pub camera: Option<String>,
    /// Only what ends after this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: Option<WallTime>,
    /// Only what begins before this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: Option<WallTime>,
    /// Save the picture of each event into this folder, as CAMERA_TIME.jpg
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// A range of a camera's footage.
#[derive(Debug, ClapArgs)]
pub struct RangeArgs {
    /// Of this camera
    #[arg(long, value_name = "NAME")]
    pub camera: String,
    /// From when on (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: WallTime,
    /// Until when (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: WallTime,
}

/// `lock`
#[derive(Debug, ClapArgs)]
pub struct LockOptions {
    /// What is kept
    #[command(flatten)]
    pub range: RangeArgs,
    /// Why it is kept
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `unlock`
#[derive(Debug, ClapArgs)]
pub struct UnlockOptions {
    /// What the rules may have again
    #[command(flatten)]
    pub range: RangeArgs,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `locks`
#[derive(Debug, ClapArgs)]
pub struct LocksOptions {
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `manual`
#[derive(Debug, ClapArgs)]
pub struct ManualOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: ManualVerb,
}

/// `manual ...`
#[derive(Debug, Subcommand)]
pub enum ManualVerb {
    /// Record now, whatever the camera's mode is
    Start {
        /// Which camera
        #[arg(long, value_name = "NAME")]
        camera: String,
        /// End by itself after this time, such as 30s, 10m or 2h; as "defaults show" says when not given
        #[arg(long = "for", value_name = "TIME", value_parser = manual)]
        limit: Option<Duration>,
    },
    /// Go on by the camera's mode
    Stop {
        /// Which camera
        #[arg(long, value_name = "NAME")]
        camera: String,
    },
}

/// `health`
#[derive(Debug, ClapArgs)]
pub struct HealthOptions {
    /// For programs
    #[arg(long)]
    pub json: bool,
}
