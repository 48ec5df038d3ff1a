//! The command line: arguments, verbs and exit status.
//!
//! Exit status: 0, 1 (failed, with a sentence on stderr), 2 (usage).
//! Must not do: paint, or print a password.

pub mod args;
pub mod autostart;
pub mod bookmarks;
pub mod camera;
pub mod camera_list;
pub mod camera_search;
pub mod camera_test;
mod camera_transfer;
pub mod check;
pub mod confine;
pub mod defaults;
pub mod demo;
pub mod diagnose;
pub mod events;
pub mod explain;
pub mod export;
pub mod export_args;
pub mod footage_args;
pub mod health;
pub mod locks;
pub mod log;
pub mod loss;
pub mod manual;
pub mod modes_args;
pub mod passwords;
pub mod place_args;
pub mod print;
pub mod record;
pub mod recordings;
pub mod rule_args;
pub mod schedule;
pub mod schedule_args;
pub mod session;
pub mod simulate;
pub mod snapshot;
pub mod stop;
pub mod storage;
pub mod storage_args;
mod storage_test;
pub mod values;

use anyhow::Result;

pub use args::{Args, Verb};

/// Runs a verb that needs no window.
///
/// # Errors
/// What went wrong, in sentences.
pub fn run(args: &Args, verb: &Verb) -> Result<()> {
    match verb {
        Verb::Record(options) => record::run(args, options),
        Verb::Camera(options) => camera::run(args, options),
        Verb::Schedule(options) => schedule::run(args, options),
        Verb::Defaults(options) => defaults::run(args, options),
        Verb::Storage(options) => storage::run(args, options),
        Verb::Health(options) => health::run(args, options),
        Verb::Diagnose(options) => diagnose::run(args, options),
        Verb::Manual(options) => manual::run(args, options),
        Verb::Lock(options) => locks::lock(args, options),
        Verb::Unlock(options) => locks::unlock(args, options),
        Verb::Locks(options) => locks::list(args, options),
        Verb::Events(options) => events::run(args, options),
        Verb::Recordings(options) => recordings::run(args, options),
        Verb::Explain(options) => explain::run(args, options),
        Verb::Snapshot(options) => snapshot::run(args, options),
        Verb::Export(options) => export::run(args, options),
        Verb::Verify(options) => export::verify(options),
        Verb::Bookmark(options) => bookmarks::run(args, options),
        Verb::Check(options) => check::run(args, options),
        Verb::Passwords(options) => passwords::run(args, options),
        Verb::Autostart(options) => autostart::run(args, options),
        Verb::Stop => stop::run(args),
        Verb::Simulate(options) => simulate::run(options),
        Verb::Demo(_) => anyhow::bail!("the demonstration needs a window"),
    }
}
