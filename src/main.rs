//! The executable: reads the command line and opens the console, or runs a verb without a window.
//!
//! Must not do: anything else; `cli`, `engine` and `ui` do the work.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use tracing::Level;
use watchkeeper::cli::{self, Args, Verb, demo, log, session};
use watchkeeper::config::window;
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::ui::{self, UiOptions};

fn main() -> ExitCode {
    let args = Args::parse();
    log::start(if args.verb.is_some() { Level::WARN } else { Level::INFO });
    if args.data_dir.is_none() && matches!(args.verb, None | Some(Verb::Demo(_))) {
        cli::confine::to_its_folder(args.portable);
    }
    let result = match &args.verb {
        None => console(&args),
        Some(Verb::Demo(options)) => demo(&args, options),
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

/// Records and shows the console until the operator quits; one that runs already comes to the front.
fn console(args: &Args) -> Result<()> {
    let folder = session::folder(args)?;
    if session::raise(&folder)? {
        return cli::print::line("Watchkeeper runs already; its window is in front now.");
    }
    ui::check_display()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let passphrase = session::passphrase(args, &folder)?;
    run(
        EngineOptions { desktop: true, passphrase, ..EngineOptions::new(folder, clock) },
        args.kiosk,
    )
}

/// The console on simulated cameras and two days of past recordings.
fn demo(args: &Args, options: &cli::args::DemoOptions) -> Result<()> {
    ui::check_display()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let stage = demo::prepare(args, options, &clock)?;
    let folder = stage.folder().clone();
    run(
        EngineOptions { desktop: true, demo: true, ..EngineOptions::new(folder, clock) },
        args.kiosk,
    )
}

fn run(options: EngineOptions, kiosk: bool) -> Result<()> {
    let title = if options.demo { "Watchkeeper demonstration" } else { "Watchkeeper" }.to_owned();
    let (clock, place) = (Arc::clone(&options.clock), window::read(&options.folder));
    let (engine, console) = Engine::start(options)?;
    let shown = Arc::clone(console.shown());
    cli::record::on_interrupt(move || shown.ask_to_quit())?;
    let options = UiOptions { renderer: None, clock, title, kiosk, place };
    let shown = ui::run(&console, &options);
    let stopped = engine.stop().context("the end was not clean");
    shown?;
    stopped
}
