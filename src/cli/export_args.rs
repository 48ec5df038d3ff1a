//! The arguments of the verbs that take footage out.
//!
//! Must not do: act on them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::values::time;
use crate::model::WallTime;

/// `export`
#[derive(Debug, ClapArgs)]
pub struct ExportOptions {
    /// Of this camera; may be given several times
    #[arg(long, value_name = "NAME", required = true)]
    pub camera: Vec<String>,
    /// From when on (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: WallTime,
    /// Until when (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: WallTime,
    /// A new file for one camera; a folder for several, where each file is named by camera and time
    #[arg(long, value_name = "FILE.mp4|DIR")]
    pub output: PathBuf,
    /// What becomes of time without footage
    #[arg(long, value_enum, default_value = "closed")]
    pub gaps: GapsArg,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// What becomes of time without footage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GapsArg {
    /// The next picture follows at once
    Closed,
    /// The last picture stands for as long as it lasts
    Kept,
}

/// `verify`
#[derive(Debug, ClapArgs)]
pub struct VerifyOptions {
    /// An exported film; its manifest is FILE.json
    pub file: PathBuf,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `bookmark`
#[derive(Debug, ClapArgs)]
pub struct BookmarkOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: BookmarkVerb,
}

/// `bookmark ...`
#[derive(Debug, Subcommand)]
pub enum BookmarkVerb {
    /// Note something about a moment
    Add {
        /// Of this camera
        #[arg(long, value_name = "NAME")]
        camera: String,
        /// When (RFC 3339)
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: WallTime,
        /// What is noted
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// List what is noted, newest moment first
    List {
        /// Only of this camera
        #[arg(long, value_name = "NAME")]
        camera: Option<String>,
        /// Only notes with this in them, small or capital
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Forget what is noted about a moment
    Remove {
        /// Of this camera
        #[arg(long, value_name = "NAME")]
        camera: String,
        /// When, exactly as listed with --json (RFC 3339)
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: WallTime,
        /// Only the one with this note
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
}
