//! The engine's end of playback: commands go in, never waiting.
//!
//! Must not do: obey; the deck does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Sender, bounded};

use super::deck::Deck;
use super::helpers::Helpers;
use super::player::Tools;
use super::{Footage, PlaybackError, Previews};
use crate::protocol::{PlaybackCommand, Shown};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};

/// Commands that wait at most. Repeated seeks, sizes and speeds replace one another and take one place.
const WAITING_COMMANDS: usize = 64;

/// How long the deck may take to end, with all its players.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// The deck has too much to do; the command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("playback is busy; please try again")]
pub struct Busy;

/// Playback of recorded footage.
///
/// Dropping it asks the deck to end; [`Playback::stop`] also waits for that.
pub struct Playback {
    inbox: Handle,
    worker: Worker,
}

/// The engine's end of the inbox.
struct Handle(Arc<Inbox>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Release);
        self.0.ring();
    }
}

/// Commands on their way to the deck.
pub(super) struct Inbox {
    commands: Mutex<Vec<PlaybackCommand>>,
    pub(super) stop: AtomicBool,
    bell: Sender<()>,
}

impl Playback {
    /// Starts the thread `playback`, which shows nothing until it is told which cameras to show, and those
    /// that help its players. `previews` are what a drag shows first.
    ///
    /// # Errors
    /// [`PlaybackError::Thread`].
    pub fn start(
        footage: Arc<Footage>,
        clock: Arc<dyn Clock>,
        shown: Arc<Shown>,
        previews: Option<Arc<dyn Previews>>,
    ) -> Result<Self, PlaybackError> {
        let (bell, rung) = bounded(1);
        let inbox =
            Arc::new(Inbox { commands: Mutex::default(), stop: AtomicBool::new(false), bell });
        let helpers = Helpers::start()?;
        let tools = Tools { footage, clock, previews, board: Arc::clone(&helpers.board) };
        let deck = Deck::new(tools, helpers, shown, Arc::clone(&inbox));
        let worker = Worker::spawn("playback", move || deck.run(&rung))
            .map_err(|source| PlaybackError::Thread { name: "playback".into(), source })?;
        Ok(Self { inbox: Handle(inbox), worker })
    }

    /// Says what the operator wants; never waits. The newest seek replaces those before it.
    ///
    /// # Errors
    /// [`Busy`] when the deck does not take its commands.
    pub fn send(&self, command: PlaybackCommand) -> Result<(), Busy> {
        self.inbox.0.put(command)
    }

    /// Ends the deck and its players.
    ///
    /// # Errors
    /// [`JoinError`] when the deck hangs or panicked.
    pub fn stop(self) -> Result<(), JoinError> {
        let Self { inbox, worker } = self;
        drop(inbox);
        worker.join(STOP_LIMIT)
    }
}

impl Inbox {
    fn put(&self, command: PlaybackCommand) -> Result<(), Busy> {
        use PlaybackCommand::{Seek, SetSpeed, Show};
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let full = commands.len() >= WAITING_COMMANDS;
        match (commands.last_mut(), &command) {
            (Some(last @ Seek { .. }), Seek { .. })
            | (Some(last @ Show(_)), Show(_))
            | (Some(last @ SetSpeed(_)), SetSpeed(_)) => *last = command,
            _ if full => return Err(Busy),
            _ => commands.push(command),
        }
        drop(commands);
        self.ring();
        Ok(())
    }

    pub(super) fn take(&self) -> Vec<PlaybackCommand> {
        std::mem::take(&mut *self.commands.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn ring(&self) {
        let _already_rung = self.bell.try_send(());
    }
}
