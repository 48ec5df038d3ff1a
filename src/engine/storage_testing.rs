//! The thread `storage-test`: tests places elsewhere before recordings are brought there.
//!
//! The newest question counts. Must not do: use a password for another address than it was stored or typed for.

use std::sync::Arc;
use std::time::Duration;

use super::EngineError;
use super::asker::Asker;
use super::finding::sentence;
use crate::config::Secrets;
use crate::model::settings::archive_rules;
use crate::protocol::{Shown, StorageOutcome, StorageStep, StorageTest, StorageTestAnswer};
use crate::runtime::thread::JoinError;

/// The thread.
pub struct StorageTests {
    asker: Asker<StorageTest>,
    shown: Arc<Shown>,
}

impl StorageTests {
    /// Starts it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(shown: Arc<Shown>) -> Result<Self, EngineError> {
        let told = Arc::clone(&shown);
        let asker = Asker::start("storage-test", move |test: StorageTest, wanted| {
            let tell = |done: &[StorageStep], outcome| {
                if wanted() {
                    told.storage_test.set(answer(test.id, done, outcome));
                    told.wake();
                }
            };
            run(&test, &tell, wanted);
        })?;
        Ok(Self { asker, shown })
    }

    /// Tests a place; with the stored password of exactly its address, when none was typed.
    pub fn test(&self, mut test: StorageTest, secrets: &Secrets) {
        let begun = archive_rules::check(&test.place).map_err(|(_, why)| why).and_then(|()| {
            if test.password.is_none() {
                let stored = secrets.at(&test.place.address());
                test.password = stored.map_err(|error| error.to_string())?;
            }
            Ok(())
        });
        let outcome = match &begun {
            Ok(()) => StorageOutcome::Running(StorageStep::Resolve),
            Err(why) => StorageOutcome::Failed { step: None, why: sentence(why) },
        };
        self.shown.storage_test.set(answer(test.id, &[], outcome));
        match begun {
            Ok(()) => self.asker.ask(test),
            Err(_) => {
                self.asker.give_up();
            }
        }
    }

    /// Gives up what is under way, and ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        self.asker.end().join(limit)
    }
}

fn answer(id: u64, done: &[StorageStep], outcome: StorageOutcome) -> StorageTestAnswer {
    StorageTestAnswer { id, done: done.to_vec(), outcome }
}

/// Tests a place; `tell` is told how it goes. What is not wanted any more may end early.
pub fn run(
    test: &StorageTest,
    tell: &dyn Fn(&[StorageStep], StorageOutcome),
    _wanted: &dyn Fn() -> bool,
) -> StorageOutcome {
    let outcome = match crate::storage::archive::open(&test.place, test.password.clone()) {
        Ok(_) => StorageOutcome::Passed(Default::default()),
        Err(error) => StorageOutcome::Failed { step: None, why: sentence(&error.to_string()) },
    };
    tell(&[], outcome.clone());
    outcome
}
