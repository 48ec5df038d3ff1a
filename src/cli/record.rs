//! `record`: records without a window until it is told to stop.
//!
//! Must not do: end without finishing the files, unless it is killed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use crossbeam::channel::{Receiver, bounded};

use super::args::RecordOptions;
use super::{Args, print, session};
use crate::engine::{Engine, EngineOptions};
use crate::model::{CameraId, RecordingState};
use crate::protocol::{LinkState, Severity, Snapshot};
use crate::runtime::{Clock, SystemClock};

/// Time between looks at what has changed.
const LOOK: Duration = Duration::from_millis(500);

/// Runs the verb.
///
/// # Errors
/// When the engine cannot start or does not end in order.
pub fn run(args: &Args, options: &RecordOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let interrupted = interrupts()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let (engine, console) = Engine::start(EngineOptions::new(folder, Arc::clone(&clock)))?;
    let snapshot = || console.shown().snapshot.get().unwrap_or_default();
    if snapshot().cameras.is_empty() {
        print::line("no cameras yet; add one with \"watchkeeper camera add\"")?;
    }
    let deadline = options.limit.map(|limit| clock.monotonic() + limit);
    let mut teller = Teller::default();
    loop {
        let left = deadline.map(|deadline| deadline.saturating_sub(clock.monotonic()));
        if interrupted.recv_timeout(left.map_or(LOOK, |left| left.min(LOOK))).is_ok() {
            break;
        }
        teller.tell(&snapshot())?;
        if left.is_some_and(|left| left.is_zero()) {
            break;
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
    told: BTreeMap<CameraId, String>,
    last_notice: Option<u64>,
}

impl Teller {
    fn tell(&mut self, snapshot: &Snapshot) -> Result<()> {
        for camera in &snapshot.cameras {
            let text = match (&camera.recording, &camera.link) {
                (RecordingState::Recording(kind), _) => format!("recording, {}", kind.label()),
                (RecordingState::Idle(_), LinkState::Connecting) => "connecting".into(),
                (RecordingState::Idle(reason), _) => format!("not recording: {reason}"),
            };
            if self.told.get(&camera.id) != Some(&text) {
                print::line(&format!("{}: {text}", camera.name))?;
                self.told.insert(camera.id.clone(), text);
            }
        }
        for notice in &snapshot.notices {
            let news = self.last_notice.is_none_or(|last| notice.id > last);
            if news && notice.severity > Severity::Info && notice.camera.is_none() {
                print::line(&notice.text)?;
            }
        }
        self.last_notice = snapshot.notices.last().map(|n| n.id).max(self.last_notice);
        Ok(())
    }
}
