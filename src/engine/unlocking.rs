//! The thread `secrets`: gets the key of the stored passwords from a passphrase or from the system's key store,
//! and keeps it in another way. And what the engine does with the key.
//!
//! Must not do: hold up the engine; a key store may ask its user something first.

use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

use super::service::Service;
use crate::config::data_key::{DataKey, KeptKey, SealedKey, SystemKey};
use crate::config::key_store::{self, KeyStoreError};
use crate::config::passphrase::wrong_passphrase;
use crate::config::{ConfigError, Secrets};
use crate::model::{KeyPlace, Password};
use crate::protocol::{PasswordsStatus, Protection, Severity, Shown, UnlockAnswer};
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Jobs that wait at most; an operator gives one at a time.
const QUEUE: usize = 4;

/// Time between two questions to a key store that did not answer: each may open a window before somebody who has
/// closed the last one.
const ASK_AGAIN: Duration = Duration::from_secs(120);

/// A thread that waits for whoever the key store asks is given up after this time.
const HANGING: Duration = Duration::from_secs(1);

/// What is to be done.
enum Job {
    /// Ask the key store.
    Ask(SystemKey),
    /// Open with a passphrase.
    Open { id: u64, sealed: SealedKey, passphrase: Password },
    /// Keep in another way.
    Keep { id: u64, key: DataKey, protection: Protection },
    /// Take out of the key store.
    Forget(SystemKey),
}

/// What came of it.
pub enum Found {
    /// Of the key store.
    Asked(Result<DataKey, KeyStoreError>),
    /// Of a passphrase.
    Opened {
        /// Of the command.
        id: u64,
        /// None: it is another passphrase.
        key: Option<DataKey>,
    },
    /// Of another way of keeping.
    Kept {
        /// Of the command.
        id: u64,
        /// The key and how it can be kept now.
        kept: Result<(DataKey, KeptKey), ConfigError>,
    },
}

/// The thread.
pub struct Unlocking {
    jobs: Sender<Job>,
    shown: Arc<Shown>,
    found: Receiver<Found>,
    worker: Worker,
    /// Whether the key store has been asked and has not answered.
    is_asking: bool,
    /// When it is asked again.
    due: Duration,
}

impl Unlocking {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(shown: Arc<Shown>) -> std::io::Result<Self> {
        let (jobs, waiting) = bounded::<Job>(QUEUE);
        // Jobs that wait, and the one that is done, have room.
        let (tell, found) = bounded(2 * QUEUE);
        let worker = Worker::spawn("secrets", move || {
            for job in waiting {
                if let Some(found) = work(job)
                    && tell.send(found).is_err()
                {
                    break;
                }
            }
        })?;
        Ok(Self { jobs, shown, found, worker, is_asking: false, due: Duration::ZERO })
    }

    /// What came of it.
    pub const fn found(&self) -> &Receiver<Found> {
        &self.found
    }

    /// At the start: gets the key where no operator is needed for it. Waits for a key store as long as one that
    /// runs takes; later, its answer comes from [`Unlocking::found`].
    ///
    /// # Errors
    /// When `passphrase` is wrong.
    pub fn begin(
        &mut self,
        secrets: &mut Secrets,
        passphrase: Option<&Password>,
        now: Duration,
    ) -> Result<(), ConfigError> {
        secrets.prepare();
        match secrets.locked() {
            Some(KeptKey::System(id)) => {
                self.ask(id.clone(), now);
                if let Ok(found) = self.found.recv_timeout(key_store::LIMIT) {
                    self.is_asking = false;
                    take_asked(secrets, found);
                }
                Ok(())
            }
            Some(KeptKey::Sealed(_)) if passphrase.is_some() => secrets.unlock_now(passphrase),
            Some(KeptKey::Sealed(_) | KeptKey::Plain(_)) | None => Ok(()),
        }
    }

    fn ask(&mut self, id: SystemKey, now: Duration) {
        self.is_asking = self.jobs.try_send(Job::Ask(id)).is_ok();
        self.due = now + ASK_AGAIN;
    }

    /// Has a job done, or answers that it cannot be done now.
    fn send(&self, job: Job) {
        match self.jobs.try_send(job).map_err(TrySendError::into_inner) {
            Ok(()) => {}
            Err(Job::Open { id, .. } | Job::Keep { id, .. }) => {
                let text = "The passwords are being opened already; please wait, and try again.";
                self.answer(id, Err(text.into()));
            }
            Err(Job::Ask(_) | Job::Forget(_)) => {
                tracing::warn!("the key store is asked for too much at once");
            }
        }
    }

    fn answer(&self, id: u64, outcome: Result<(), String>) {
        self.shown.unlocked.set(UnlockAnswer { id, outcome });
        self.shown.wake();
    }

    /// Ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` though no key store keeps it, or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop((self.jobs, self.found));
        match self.worker.join(if self.is_asking { HANGING } else { limit }) {
            Err(JoinError::Hangs(_)) if self.is_asking => {
                tracing::info!("the system's key store has not answered");
                Ok(())
            }
            ended => ended,
        }
    }
}

fn work(job: Job) -> Option<Found> {
    Some(match job {
        Job::Ask(id) => Found::Asked(key_store::read(&id)),
        Job::Open { id, sealed, passphrase } => Found::Opened { id, key: sealed.open(&passphrase) },
        Job::Keep { id, key, protection } => {
            let kept = keep(&key, protection).map(|kept| (key, kept));
            Found::Kept { id, kept }
        }
        Job::Forget(id) => {
            if let Err(error) = key_store::within_limit(move || key_store::forget(&id)) {
                tracing::warn!("the key store keeps a key that is not needed any more: {error}");
            }
            return None;
        }
    })
}

fn keep(key: &DataKey, protection: Protection) -> Result<KeptKey, ConfigError> {
    match protection {
        Protection::File => Ok(KeptKey::Plain(key.clone())),
        Protection::KeyStore => Secrets::put_in_key_store(key).map(KeptKey::System),
        Protection::Passphrase(passphrase) => {
            Secrets::sealed_under(key, &passphrase).map(KeptKey::Sealed)
        }
    }
}

/// False when the key store did not answer.
fn take_asked(secrets: &mut Secrets, found: Found) -> bool {
    match found {
        Found::Asked(Ok(key)) => secrets.unlock(key),
        Found::Asked(Err(KeyStoreError::Missing)) => secrets.give_up_key(),
        Found::Asked(Err(error)) => {
            tracing::warn!("{error}");
            return false;
        }
        Found::Opened { .. } | Found::Kept { .. } => {}
    }
    true
}

impl Service {
    /// Asks a key store again that did not answer.
    pub fn ask_key_store_again(&mut self) {
        let now = self.clock.monotonic();
        if self.unlocking.is_asking || now < self.unlocking.due {
            return;
        }
        if let Some(KeptKey::System(id)) = self.secrets.locked() {
            self.unlocking.ask(id.clone(), now);
        }
    }

    /// Tries a passphrase.
    pub fn unlock(&mut self, id: u64, passphrase: Password) {
        match self.secrets.locked() {
            Some(KeptKey::Sealed(sealed)) => {
                self.unlocking.send(Job::Open { id, sealed: sealed.clone(), passphrase });
            }
            Some(KeptKey::System(_) | KeptKey::Plain(_)) | None => {
                self.unlocking.answer(id, Ok(()));
            }
        }
    }

    /// Protects the passwords in another way.
    pub fn protect(&mut self, id: u64, protection: Protection) {
        let key = protection_allowed(&protection, self.folder.is_portable())
            .and_then(|()| self.secrets.key_or_new());
        match key {
            Ok(key) => self.unlocking.send(Job::Keep { id, key, protection }),
            Err(error) => self.unlocking.answer(id, Err(error.to_string())),
        }
    }

    /// Something has come of a passphrase, a key store, or another way of keeping.
    pub fn take_found(&mut self, found: Found) {
        match found {
            Found::Asked(_) => {
                self.unlocking.is_asking = false;
                if take_asked(&mut self.secrets, found) {
                    self.passwords_changed();
                }
            }
            Found::Opened { id, key: Some(key) } => {
                self.secrets.unlock(key);
                self.passwords_changed();
                self.unlocking.answer(id, Ok(()));
            }
            Found::Opened { id, key: None } => {
                self.unlocking.answer(id, Err(wrong_passphrase().to_string()));
            }
            Found::Kept { id, kept } => {
                let outcome = kept.and_then(|(key, kept)| self.secrets.keep_as(key, kept));
                let outcome = outcome.map(|before| {
                    if let Some(key) = before {
                        self.unlocking.send(Job::Forget(key));
                    }
                });
                self.notices.clear(PORTABLE_KEY);
                self.unlocking.answer(id, outcome.map_err(|error| error.to_string()));
            }
        }
    }

    fn passwords_changed(&mut self) {
        self.notices.clear(LOCKED);
        self.reconcile();
    }

    /// How the passwords stand.
    pub fn passwords_status(&self) -> PasswordsStatus {
        let locked = self.secrets.locked_words().filter(|_| !self.secrets.is_empty());
        PasswordsStatus { place: self.secrets.place(), locked: locked.map(str::to_owned) }
    }

    /// Tells what an operator must know of the passwords at the start.
    pub fn tell_passwords(&mut self, wrong: Option<&ConfigError>) {
        let now = self.clock.wall();
        if let Some(words) = self.passwords_status().locked {
            let text = match wrong {
                Some(error) => format!("{words}. {error}."),
                None => format!("{words}. Cameras that need one are not recorded until then."),
            };
            self.notices.raise(LOCKED.into(), now, Severity::Alarm, None, text);
        }
        let is_bare = self.secrets.place() == KeyPlace::File && !self.secrets.is_empty();
        if self.folder.is_portable() && is_bare {
            let text = "Whoever has this portable folder can read the cameras' passwords in it. Protect them by a \
                        passphrase, with \"watchkeeper passwords protect passphrase\".";
            self.notices.raise(PORTABLE_KEY.into(), now, Severity::Info, None, text.into());
        }
    }
}

/// Key of the notice that passwords are locked.
const LOCKED: &str = "passwords locked";

/// Key of the notice that a portable folder has no passphrase.
const PORTABLE_KEY: &str = "portable key";

/// Whether passwords may be protected so here.
///
/// # Errors
/// Why not, in a sentence.
pub fn protection_allowed(protection: &Protection, is_portable: bool) -> Result<(), ConfigError> {
    let text = match protection {
        Protection::KeyStore if is_portable => {
            "A portable Watchkeeper does not use the key store of the computer that it visits; use a passphrase."
        }
        Protection::Passphrase(passphrase) if passphrase.reveal().is_empty() => {
            "The passphrase is empty."
        }
        Protection::Passphrase(_) | Protection::KeyStore | Protection::File => return Ok(()),
    };
    Err(ConfigError::Refused(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_or_protected_now_is_answered() {
        let shown = Arc::new(Shown::default());
        let (jobs, waiting) = bounded(1);
        let unlocking = Unlocking {
            jobs,
            shown: Arc::clone(&shown),
            found: bounded(1).1,
            worker: Worker::spawn("secrets", || ()).expect("starts"),
            is_asking: false,
            due: Duration::ZERO,
        };
        let keep = |id| {
            let key = DataKey::random().expect("random numbers");
            Job::Keep { id, key, protection: Protection::File }
        };
        unlocking.send(keep(1));
        assert!(shown.unlocked.get().is_none());
        unlocking.send(keep(2));
        let answer = shown.unlocked.get().expect("answered");
        assert_eq!(answer.id, 2);
        assert!(answer.outcome.as_ref().is_err_and(|why| why.contains("please wait")));
        drop(waiting);
        unlocking.stop(Duration::from_secs(10)).expect("ends");
    }
}
