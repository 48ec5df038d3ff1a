//! The command line: arguments, verbs and exit status.
//!
//! Exit status: 0, 1 (failed, with a sentence on stderr), 2 (usage).
//! Must not do: paint, or print a password.

pub mod args;
pub mod camera;
pub mod check;
pub mod demo;
pub mod explain;
pub mod log;
pub mod print;
pub mod record;
pub mod recordings;
pub mod rule_args;
pub mod session;
pub mod simulate;
pub mod snapshot;

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
        Verb::Recordings(options) => recordings::run(args, options),
        Verb::Explain(options) => explain::run(args, options),
        Verb::Snapshot(options) => snapshot::run(args, options),
        Verb::Check(options) => check::run(args, options),
        Verb::Simulate(options) => simulate::run(options),
        Verb::Demo(_) => anyhow::bail!("the demonstration needs a window"),
    }
}
