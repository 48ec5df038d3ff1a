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
use crate::protocol::{
    Shown, StorageOutcome, StoragePassed, StorageProtection, StorageStep, StorageTest,
    StorageTestAnswer,
};
use crate::runtime::thread::JoinError;
use crate::storage::trial::{self, Step, Trial};

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
            run(&test, &tell);
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

/// Tests a place: `tell` is told each step as it begins, and what came of it. What is wrong with the settings is
/// known within 6 s.
pub fn run(test: &StorageTest, tell: &dyn Fn(&[StorageStep], StorageOutcome)) -> StorageOutcome {
    let mut done: Vec<StorageStep> = Vec::new();
    let mut doing = None;
    let tried = trial::run(&test.place, test.password.as_ref(), &mut |step| {
        let step = shown(step);
        // Several steps of the trial may be one for operators.
        if doing != Some(step) {
            done.extend(doing.replace(step));
            tell(&done, StorageOutcome::Running(step));
        }
    });
    let outcome = match tried {
        Ok(trial) => {
            done.extend(doing);
            StorageOutcome::Passed(passed(&trial))
        }
        Err(error) => {
            let step = Some(shown(error.step));
            StorageOutcome::Failed { step, why: sentence(&error.why) }
        }
    };
    tell(&done, outcome.clone());
    outcome
}

const fn shown(step: Step) -> StorageStep {
    match step {
        Step::Resolve => StorageStep::Resolve,
        Step::Connect => StorageStep::Connect,
        Step::SignIn => StorageStep::SignIn,
        Step::OpenShare | Step::MakeFolder => StorageStep::Open,
        Step::Write => StorageStep::Write,
        Step::ReadBack | Step::Compare => StorageStep::Read,
        Step::Delete => StorageStep::Remove,
    }
}

fn passed(trial: &Trial) -> StoragePassed {
    let protection = match (trial.encrypted, trial.signed) {
        (true, _) => StorageProtection::Encrypted,
        (false, true) => StorageProtection::Signed,
        (false, false) => StorageProtection::None,
    };
    StoragePassed {
        free: trial.space.map(|space| space.free),
        total: trial.space.map(|space| space.total),
        write_rate: trial.up,
        read_rate: trial.down,
        protection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DataFolder;
    use crate::model::Password;
    use crate::model::settings::archive::Port;
    use crate::model::settings::{ArchivePlace, NasSettings};
    use std::net::TcpListener;

    fn place(port: u16) -> ArchivePlace {
        ArchivePlace::Nas(NasSettings {
            host: "127.0.0.1".into(),
            port: Port(port),
            share: "video".into(),
            user: "guard".into(),
            ..NasSettings::default()
        })
    }

    fn tests() -> (StorageTests, Arc<Shown>, tempfile::TempDir, Secrets) {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let shown = Arc::new(Shown::default());
        let tests = StorageTests::start(Arc::clone(&shown)).expect("a thread");
        (tests, shown, root, Secrets::open(&folder).expect("new"))
    }

    /// What came of the question `id`.
    fn outcome(shown: &Shown, id: u64) -> StorageOutcome {
        loop {
            let answer = shown.storage_test.get().filter(|answer| answer.id == id);
            match answer.as_deref().map(|answer| &answer.outcome) {
                None | Some(StorageOutcome::Running(_)) => std::thread::yield_now(),
                Some(outcome) => return outcome.clone(),
            }
        }
    }

    #[test]
    fn a_port_where_nobody_listens_is_told_with_its_step() {
        let (tests, shown, _root, secrets) = tests();
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let password = Some(Password::new("correct horse".into()));
        tests.test(StorageTest { id: 1, place: place(port), password }, &secrets);
        let StorageOutcome::Failed { step, why } = outcome(&shown, 1) else { panic!("passed") };
        assert_eq!(step, Some(StorageStep::Connect));
        assert!(why.starts_with("127.0.0.1 refuses the connection") && why.ends_with('.'), "{why}");
        assert!(!why.contains("horse"));
        let done = shown.storage_test.get().expect("told").done.clone();
        assert_eq!(done, [StorageStep::Resolve]);
        tests.stop(Duration::from_secs(10)).expect("ends");
    }

    #[test]
    fn what_cannot_be_a_place_is_not_tried_and_locked_passwords_are_told() {
        let (tests, shown, root, mut secrets) = tests();
        let nowhere = ArchivePlace::Nas(NasSettings::default());
        tests.test(StorageTest { id: 1, place: nowhere, password: None }, &secrets);
        let why = "Write the name or the address of the NAS.".into();
        assert_eq!(outcome(&shown, 1), StorageOutcome::Failed { step: None, why });
        let place = place(1);
        let (password, passphrase) =
            (Password::new("correct horse".into()), Password::new("a long walk".into()));
        secrets.set_at(&place.address(), Some(&password)).expect("stored");
        secrets.keep_sealed(&passphrase).expect("sealed");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("there");
        let locked = Secrets::open(&folder).expect("locked");
        tests.test(StorageTest { id: 2, place, password: None }, &locked);
        let why = "Passwords are locked: enter the passphrase.".into();
        assert_eq!(outcome(&shown, 2), StorageOutcome::Failed { step: None, why });
        tests.stop(Duration::from_secs(10)).expect("ends");
    }

    #[test]
    fn the_newest_question_is_answered() {
        let (tests, shown, _root, secrets) = tests();
        // Takes connections and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = silent.local_addr().expect("bound").port();
        let ask = |id, place| tests.test(StorageTest { id, place, password: None }, &secrets);
        ask(1, place(port));
        ask(2, place(1));
        let StorageOutcome::Failed { step, .. } = outcome(&shown, 2) else { panic!("passed") };
        assert_eq!(step, Some(StorageStep::Connect));
        tests.stop(Duration::from_secs(10)).expect("ends");
    }
}
