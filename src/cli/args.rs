//! The arguments, as clap reads them.
//!
//! Must not do: act on them.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::export_args::{BookmarkOptions, ExportOptions, VerifyOptions};
use super::footage_args::{
    DiagnoseOptions, EventsOptions, ExplainOptions, HealthOptions, LockOptions, LocksOptions,
    ManualOptions, RecordingsOptions, SnapshotOptions, UnlockOptions,
};
use super::modes_args::{AutostartOptions, PasswordsOptions};
use super::rule_args::RuleArgs;
use super::schedule_args::ScheduleOptions;
use super::storage_args::{DefaultsOptions, StorageOptions};
use super::values::{duration, size};
use crate::model::{Mode, StreamKind, Transport};

/// Records IP cameras and plays them back. Without a verb it opens the console.
#[derive(Debug, Parser)]
#[command(name = "watchkeeper", version, about)]
pub struct Args {
    /// Folder for settings, index and (unless set otherwise) recordings
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Keep everything in a folder beside the executable
    #[arg(long, global = true, conflicts_with = "data_dir")]
    pub portable: bool,
    /// Open the console as a kiosk: full screen, for viewing, with a PIN before Setup
    #[arg(long)]
    pub kiosk: bool,
    /// The first line of this file is the passphrase of the stored passwords
    #[arg(long, value_name = "FILE", global = true)]
    pub passphrase_file: Option<PathBuf>,
    /// Read the passphrase of the stored passwords from standard input, one line
    #[arg(long, global = true, conflicts_with = "passphrase_file")]
    pub passphrase_stdin: bool,
    /// What to do
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show everything with simulated cameras, in a temporary folder
    Demo(DemoOptions),
    /// Record without a window until Ctrl-C
    Record(RecordOptions),
    /// Add, list, change, remove and test cameras
    Camera(CameraOptions),
    /// Add, list, change and remove schedules
    Schedule(ScheduleOptions),
    /// What holds for all cameras that do not set it for themselves
    Defaults(DefaultsOptions),
    /// Where recordings are kept and for how long, and what will go
    Storage(StorageOptions),
    /// Tell how a running Watchkeeper is
    Health(HealthOptions),
    /// Tell why something is not recorded, and what to do about it
    Diagnose(DiagnoseOptions),
    /// Record by hand, in a running Watchkeeper
    Manual(ManualOptions),
    /// Keep a range of footage, whatever the rules say
    Lock(LockOptions),
    /// Let a range of footage go by the rules again
    Unlock(UnlockOptions),
    /// List what is locked
    Locks(LocksOptions),
    /// List when something moved
    Events(EventsOptions),
    /// List what was recorded
    Recordings(RecordingsOptions),
    /// Tell what was recorded when, and why the rest was not
    Explain(ExplainOptions),
    /// Save the exact picture of a moment as PNG or JPEG
    Snapshot(SnapshotOptions),
    /// Save footage as files that any player opens, without re-encoding
    Export(ExportOptions),
    /// Tell whether an exported film is still as it was
    Verify(VerifyOptions),
    /// Note something about a moment
    Bookmark(BookmarkOptions),
    /// Compare files with the index
    Check(CheckOptions),
    /// How the stored passwords are protected
    Passwords(PasswordsOptions),
    /// What is started at sign-in
    Autostart(AutostartOptions),
    /// End the Watchkeeper that runs with this folder
    Stop,
    /// Serve simulated cameras over RTSP
    Simulate(SimulateOptions),
}

/// `demo`
#[derive(Debug, ClapArgs)]
pub struct DemoOptions {
    /// Simulated cameras
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=32))]
    pub cameras: u16,
}

/// `record`
#[derive(Debug, ClapArgs)]
pub struct RecordOptions {
    /// End by itself after this time, such as 30s, 10m or 2h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub limit: Option<Duration>,
}

/// `camera`
#[derive(Debug, ClapArgs)]
pub struct CameraOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: CameraVerb,
}

/// `camera ...`
#[derive(Debug, Subcommand)]
pub enum CameraVerb {
    /// Add a camera
    Add {
        /// What operators call it
        name: String,
        /// The group that it stands in on the console
        #[arg(long, default_value = "")]
        group: String,
        /// RTSP address of the main stream, without user and password
        #[arg(long, value_name = "URL")]
        main: String,
        /// RTSP address of the sub stream
        #[arg(long, value_name = "URL")]
        sub: Option<String>,
        /// Who signs in
        #[command(flatten)]
        login: Login,
        /// How RTP is carried
        #[arg(long, value_enum, default_value = "tcp")]
        transport: TransportArg,
        /// When and how it is recorded
        #[command(flatten)]
        rule: Box<RuleArgs>,
    },
    /// List the cameras
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Change a camera
    Set {
        /// Its name
        camera: String,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// The group that it stands in on the console; "" for none
        #[arg(long)]
        group: Option<String>,
        /// RTSP address of the main stream
        #[arg(long, value_name = "URL")]
        main: Option<String>,
        /// RTSP address of the sub stream
        #[arg(long, value_name = "URL", conflicts_with = "no_sub")]
        sub: Option<String>,
        /// It has no sub stream
        #[arg(long)]
        no_sub: bool,
        /// Who signs in
        #[command(flatten)]
        login: Login,
        /// How RTP is carried
        #[arg(long, value_enum)]
        transport: Option<TransportArg>,
        /// When and how it is recorded
        #[command(flatten)]
        rule: Box<RuleArgs>,
        /// Also when footage is deleted by it at once
        #[arg(long)]
        yes: bool,
    },
    /// Remove a camera; its recordings stay
    Remove {
        /// Its name
        camera: String,
        /// Its recordings go too when Watchkeeper runs next, all that are not locked
        #[arg(long)]
        footage: bool,
    },
    /// Write the list of cameras, without passwords, into a file
    Export {
        /// The file
        file: PathBuf,
    },
    /// Take cameras over from a list; nothing is changed when something in it is wrong
    Import {
        /// The file
        file: PathBuf,
        /// Cameras that are there already become what the list says; else they stay as they are
        #[arg(long)]
        update: bool,
    },
    /// Connect once and tell what is found
    Test {
        /// A camera's name, or an RTSP address
        camera: String,
        /// Who signs in
        #[command(flatten)]
        login: Login,
        /// How RTP is carried, for an address
        #[arg(long, value_enum, default_value = "tcp")]
        transport: TransportArg,
        /// Save the first picture as PNG or JPEG
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Search the network for cameras (ONVIF); with a user, ask each for its streams
    Search {
        /// Ask the device at this address alone: a host, or its ONVIF service
        #[arg(long, value_name = "ADDRESS")]
        at: Option<String>,
        /// Who signs in
        #[command(flatten)]
        login: Login,
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

/// Who signs in.
#[derive(Debug, ClapArgs)]
pub struct Login {
    /// User name
    #[arg(long)]
    pub user: Option<String>,
    /// Read the password from standard input, one line
    #[arg(long)]
    pub password_stdin: bool,
}

/// `check`
#[derive(Debug, ClapArgs)]
pub struct CheckOptions {
    /// Mend what can be mended: finish files, rebuild the index from them
    #[arg(long)]
    pub repair: bool,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `simulate`
#[derive(Debug, ClapArgs)]
pub struct SimulateOptions {
    /// How many
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub cameras: u16,
    /// TCP port; any free one when not given
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Ask for this user name
    #[arg(long, requires = "password")]
    pub user: Option<String>,
    /// Ask for this password; it protects nothing but moving drawings
    #[arg(long, requires = "user")]
    pub password: Option<String>,
    /// Size of the main stream
    #[arg(long, default_value = "1920x1080", value_parser = size)]
    pub size: (u32, u32),
    /// Pictures a second
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub fps: u32,
    /// Also be ONVIF devices, which a search on this computer finds
    #[arg(long)]
    pub onvif: bool,
}

/// How RTP is carried.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TransportArg {
    /// Inside the RTSP connection
    Tcp,
    /// As datagrams
    Udp,
}

impl From<TransportArg> for Transport {
    fn from(arg: TransportArg) -> Self {
        match arg {
            TransportArg::Tcp => Self::Tcp,
            TransportArg::Udp => Self::Udp,
        }
    }
}

/// One of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StreamArg {
    /// Full resolution
    Main,
    /// The small one
    Sub,
}

impl FromStr for StreamArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        <Self as ValueEnum>::from_str(text, false).map_err(|_| "write main or sub".into())
    }
}

impl From<StreamArg> for StreamKind {
    fn from(arg: StreamArg) -> Self {
        match arg {
            StreamArg::Main => Self::Main,
            StreamArg::Sub => Self::Sub,
        }
    }
}

/// When a camera is recorded.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ModeArg {
    /// Only when an operator triggers it
    Disabled,
    /// Around the clock
    Continuous,
    /// Within its schedule
    Scheduled,
    /// While something moves
    Motion,
}

impl From<ModeArg> for Mode {
    fn from(arg: ModeArg) -> Self {
        match arg {
            ModeArg::Disabled => Self::Disabled,
            ModeArg::Continuous => Self::Continuous,
            ModeArg::Scheduled => Self::Scheduled,
            ModeArg::Motion => Self::Motion,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }
}
