//! `record`: records without a window until it is told to stop.
//!
//! Must not do: end without finishing the files, unless it is killed.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use crossbeam::channel::{Receiver, after, bounded, never, select};

use super::args::RecordOptions;
use super::{Args, print, session};
use crate::engine::{Engine, EngineOptions};
use crate::model::{CameraId, RecordingState};
use crate::protocol::{Severity, Snapshot};
use crate::runtime::{Clock, SystemClock};

/// Runs the verb.
///
/// # Errors
/// When the engine cannot start or does not end in order.
pub fn run(args: &Args, options: &RecordOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let passphrase = session::passphrase(args, &folder)?;
    let interrupted = interrupts()?;
    let (changed, changes) = bounded(1);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let options_of_engine = EngineOptions::new(folder, Arc::clone(&clock));
    let (engine, console) = Engine::start(EngineOptions { passphrase, ..options_of_engine })?;
    console.shown().on_change(Arc::new(move || {
        // One change that waits is enough: the newest snapshot is looked at then.
        let _waits = changed.try_send(());
    }));
    let snapshot = || console.shown().snapshot.get().unwrap_or_default();
    if snapshot().cameras.is_empty() {
        print::line("no cameras yet; add one with \"watchkeeper camera add\"")?;
    }
    let end = options.limit.map_or(never(), after);
    let mut teller = Teller::default();
    while !console.shown().is_quitting() {
        teller.tell(&snapshot())?;
        select! {
            recv(changes) -> _ => {}
            recv(interrupted) -> _ => break,
            recv(end) -> _ => break,
        }
    }
    print::line("finishing the files")?;
    engine.stop().context("the end was not clean")
}

/// Calls `end` at Ctrl-C and at the service manager's request.
///
/// # Errors
/// When the handler cannot be set.
pub fn on_interrupt(end: impl Fn() + Send + 'static) -> Result<()> {
    Ok(ctrlc::set_handler(end)?)
}

/// A channel that receives once for Ctrl-C or the service manager's request.
///
/// # Errors
/// When the handler cannot be set.
pub fn interrupts() -> Result<Receiver<()>> {
    let (sender, receiver) = bounded(1);
    on_interrupt(move || {
        // A second signal finds the first still waiting: one is enough.
        let _first = sender.try_send(());
    })?;
    Ok(receiver)
}

/// Prints a line for each change.
#[derive(Default)]
struct Teller {
    /// What recording did and what kept it from knowing of motion; the times in a sentence change without it.
    told: BTreeMap<CameraId, (RecordingState, Option<String>)>,
    last_notice: Option<u64>,
}

impl Teller {
    fn tell(&mut self, snapshot: &Snapshot) -> Result<()> {
        for camera in &snapshot.cameras {
            let state = (camera.recording.clone(), camera.motion_trouble.clone());
            if self.told.get(&camera.id) != Some(&state) {
                print::line(&format!("{}: {}", camera.name, camera.sentence))?;
                self.told.insert(camera.id.clone(), state);
            }
        }
        for notice in &snapshot.notices {
            let news = self.last_notice.is_none_or(|last| notice.id > last);
            let recent = notice.at >= snapshot.started || notice.gone.is_none();
            if news && recent && notice.severity > Severity::Info && notice.camera.is_none() {
                print::line(&notice.text)?;
            }
        }
        self.last_notice = snapshot.notices.last().map(|n| n.id).max(self.last_notice);
        Ok(())
    }
}
