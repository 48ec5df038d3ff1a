//! The thread `errands`: the kiosk's PIN, starting at sign-in, and where the window was. Each takes long enough
//! to hold up the engine.
//!
//! Must not do: anything that recording depends on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

use super::EngineError;
use crate::config::{ConfigError, DataFolder, PinStore, autostart, window};
use crate::model::Password;
use crate::protocol::{Autostart, AutostartStatus, PinAnswer, PinOutcome, Shown, WindowPlace};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};

/// Errands that wait at most; an operator gives one at a time.
const QUEUE: usize = 16;

/// What is to be done.
#[derive(Debug)]
pub enum Errand {
    /// Look at a PIN.
    EnterPin {
        /// For the answer.
        id: u64,
        /// As it was typed.
        pin: Password,
    },
    /// Set, change or remove the PIN.
    SetPin {
        /// For the answer.
        id: u64,
        /// The one in force.
        old: Option<Password>,
        /// The one that is to be.
        new: Option<Password>,
    },
    /// Start this at sign-in.
    SetAutostart(Autostart),
    /// Remember where the window is.
    RememberWindow(WindowPlace),
}

/// The thread.
pub struct Errands {
    wanted: Sender<Errand>,
    shown: Arc<Shown>,
    pin_is_set: Arc<AtomicBool>,
    worker: Worker,
}

/// What it works with.
pub struct ErrandOptions {
    /// Where PIN and window are kept.
    pub folder: DataFolder,
    /// Where answers go.
    pub shown: Arc<Shown>,
    /// For the wait after a wrong PIN.
    pub clock: Arc<dyn Clock>,
    /// Whether this is the demonstration, which is gone tomorrow.
    pub demo: bool,
}

impl Errands {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(options: ErrandOptions) -> std::io::Result<Self> {
        let (wanted, errands) = bounded(QUEUE);
        let pin = PinStore::open(&options.folder);
        // A PIN that cannot be read is not the same as none.
        let is_set = pin.as_ref().map_or(true, PinStore::is_set);
        let pin_is_set = Arc::new(AtomicBool::new(is_set));
        let shown = Arc::clone(&options.shown);
        let hand = Hand { options, pin, pin_is_set: Arc::clone(&pin_is_set) };
        let worker = Worker::spawn("errands", move || hand.run(&errands))?;
        Ok(Self { wanted, shown, pin_is_set, worker })
    }

    /// Has something done. Who waits for the answer to a PIN is given it also when too many wait.
    ///
    /// # Errors
    /// When too many wait.
    pub fn send(&self, errand: Errand) -> Result<(), EngineError> {
        let text = "Watchkeeper is busy with what was wanted before; please try again.";
        match self.wanted.try_send(errand).map_err(TrySendError::into_inner) {
            Ok(()) => Ok(()),
            Err(Errand::EnterPin { id, .. } | Errand::SetPin { id, .. }) => {
                self.shown.pin.set(PinAnswer { id, outcome: PinOutcome::Failed(text.into()) });
                self.shown.wake();
                Ok(())
            }
            Err(Errand::SetAutostart(_) | Errand::RememberWindow(_)) => {
                Err(EngineError::NotFound(text.into()))
            }
        }
    }

    /// Whether there is a PIN.
    #[must_use]
    pub fn pin_is_set(&self) -> bool {
        self.pin_is_set.load(Ordering::Acquire)
    }

    /// Does what waits, and ends.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop(self.wanted);
        self.worker.join(limit)
    }
}

/// What the thread holds.
struct Hand {
    options: ErrandOptions,
    pin: Result<PinStore, ConfigError>,
    pin_is_set: Arc<AtomicBool>,
}

impl Hand {
    fn run(mut self, errands: &Receiver<Errand>) {
        self.show_autostart(self.autostart());
        for errand in errands {
            match errand {
                Errand::EnterPin { id, pin } => {
                    let now = self.options.clock.wall();
                    self.with_pin(id, |store| store.enter(&pin, now));
                }
                Errand::SetPin { id, old, new } => {
                    let now = self.options.clock.wall();
                    self.with_pin(id, |store| store.change(old.as_ref(), new.as_ref(), now));
                }
                Errand::SetAutostart(what) => self.set_autostart(what),
                Errand::RememberWindow(place) => {
                    if let Err(error) = window::write(&self.options.folder, &place) {
                        tracing::warn!("{error}");
                    }
                }
            }
        }
    }

    fn with_pin(
        &mut self,
        id: u64,
        act: impl FnOnce(&mut PinStore) -> Result<PinOutcome, ConfigError>,
    ) {
        let outcome = match &mut self.pin {
            Ok(store) => act(store).map_err(|error| error.to_string()),
            Err(error) => Err(format!("{error}. Remove that file to begin without a PIN.")),
        };
        if let Ok(store) = &self.pin {
            self.pin_is_set.store(store.is_set(), Ordering::Release);
        }
        let outcome = outcome.unwrap_or_else(PinOutcome::Failed);
        self.options.shown.pin.set(PinAnswer { id, outcome });
        self.options.shown.wake();
    }

    fn autostart(&self) -> AutostartStatus {
        if self.options.demo {
            let trouble = Some("The demonstration is not started at sign-in.".into());
            return AutostartStatus { trouble, ..AutostartStatus::default() };
        }
        autostart::status(&self.options.folder)
    }

    fn set_autostart(&self, what: Autostart) {
        let before = self.autostart();
        let status = match &before.trouble {
            Some(_) => before,
            None => autostart::set(&self.options.folder, what).unwrap_or_else(|error| {
                AutostartStatus { trouble: Some(error.to_string()), ..before }
            }),
        };
        self.show_autostart(status);
    }

    fn show_autostart(&self, status: AutostartStatus) {
        self.options.shown.autostart.set(status);
        self.options.shown.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_that_cannot_be_looked_at_is_answered() {
        let shown = Arc::new(Shown::default());
        let (wanted, waiting) = bounded(1);
        let errands = Errands {
            wanted,
            shown: Arc::clone(&shown),
            pin_is_set: Arc::default(),
            worker: Worker::spawn("errands", || ()).expect("starts"),
        };
        let pin = || Password::new("2468".into());
        errands.send(Errand::EnterPin { id: 1, pin: pin() }).expect("there is room");
        assert!(shown.pin.get().is_none());
        for errand in [
            Errand::EnterPin { id: 2, pin: pin() },
            Errand::SetPin { id: 3, old: None, new: Some(pin()) },
        ] {
            let (Errand::EnterPin { id, .. } | Errand::SetPin { id, .. }) = errand else {
                panic!("a PIN");
            };
            errands.send(errand).expect("answered");
            let answer = shown.pin.get().expect("answered");
            assert_eq!(answer.id, id);
            assert!(matches!(&answer.outcome, PinOutcome::Failed(why) if why.contains("busy")));
        }
        errands.send(Errand::SetAutostart(Autostart::default())).expect_err("told as a notice");
        drop(waiting);
        errands.stop(Duration::from_secs(10)).expect("ends");
    }
}
