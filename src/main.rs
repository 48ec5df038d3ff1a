//! The executable: reads the command line and opens the console, or runs a verb without a window.
//!
//! Must not do: anything else; `cli`, `engine` and `ui` do the work.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use tracing::Level;
use watchkeeper::cli::{self, Args, Verb, demo, log, session};
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::ui::{self, UiOptions};

fn main() -> ExitCode {
    let args = Args::parse();
    log::start(if args.verb.is_some() { Level::WARN } else { Level::INFO });
    let result = match &args.verb {
        None => console(&args),
        Some(Verb::Demo(options)) => demo(options),
        Some(verb) => cli::run(&args, verb),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("watchkeeper: {}", cli::print::chain(&error));
            ExitCode::FAILURE
        }
    }
}

/// Records and shows the console until its window is closed.
fn console(args: &Args) -> Result<()> {
    ui::check_display()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let options = EngineOptions {
        desktop: true,
        ..EngineOptions::new(session::folder(args)?, Arc::clone(&clock))
    };
    run(options, clock)
}

/// The console on simulated cameras and two days of past recordings.
fn demo(options: &cli::args::DemoOptions) -> Result<()> {
    ui::check_display()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let stage = demo::prepare(options, &clock)?;
    let folder = stage.folder().clone();
    let options = EngineOptions::new(folder, Arc::clone(&clock));
    run(EngineOptions { demo: true, desktop: true, ..options }, clock)
}

fn run(options: EngineOptions, clock: Arc<dyn Clock>) -> Result<()> {
    let demo = options.demo;
    let (engine, console) = Engine::start(options)?;
    let title = if demo { "Watchkeeper demonstration" } else { "Watchkeeper" }.to_owned();
    let shown = Arc::clone(console.shown());
    cli::record::on_interrupt(move || shown.ask_to_quit())?;
    let shown = ui::run(console, UiOptions { renderer: None, clock, title, fullscreen: false });
    let stopped = engine.stop().context("the end was not clean");
    shown?;
    stopped
}
