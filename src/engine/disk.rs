//! The thread `disk`: looks at the recordings folder, whose disk may take as long as it likes to answer. Who asks
//! waits a bounded time.
//!
//! Must not do: judge what was found.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam::channel::{Sender, bounded};

use crate::runtime::Worker;
use crate::runtime::thread::JoinError;
use crate::storage::{Place, probe};

/// A disk that sleeps needs some seconds to wake up, and one that records does not sleep.
const PATIENCE: Duration = Duration::from_secs(5);

/// Questions that wait for a disk; one more need not wait to know that it does not answer.
const QUEUE: usize = 4;

/// A thread that waits for a disk which does not answer is given up after this time.
const HANGING: Duration = Duration::from_secs(1);

struct Ask {
    folder: PathBuf,
    answer: Sender<Place>,
}

/// Asks the thread, which ends with the last of these.
#[derive(Clone)]
pub struct DiskLook {
    asks: Sender<Ask>,
    patience: Duration,
}

impl DiskLook {
    /// Looks at `folder`; waits 5 s at most, and less while older questions wait for the disk.
    #[must_use]
    pub fn at(&self, folder: &Path) -> Place {
        let (answer, found) = bounded(1);
        let ask = Ask { folder: folder.to_path_buf(), answer };
        let asked = self.asks.try_send(ask).is_ok();
        let found = asked.then(|| found.recv_timeout(self.patience).ok()).flatten();
        found.unwrap_or(Place::Silent)
    }
}

/// The thread.
pub struct Disk {
    look: DiskLook,
    worker: Worker,
}

impl Disk {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> std::io::Result<Self> {
        Self::with(probe::look, PATIENCE)
    }

    pub(super) fn with(
        mut look: impl FnMut(&Path) -> Place + Send + 'static,
        patience: Duration,
    ) -> std::io::Result<Self> {
        let (asks, waiting) = bounded::<Ask>(QUEUE);
        let worker = Worker::spawn("disk", move || {
            for Ask { folder, answer } in waiting {
                // Whoever asked has lost patience, or waits.
                let _nobody_waits = answer.send(look(&folder));
            }
        })?;
        Ok(Self { look: DiskLook { asks, patience }, worker })
    }

    /// For who asks.
    #[must_use]
    pub fn look(&self) -> DiskLook {
        self.look.clone()
    }

    /// Ends the thread, when nobody else can ask any more. A disk that does not answer is not waited for.
    ///
    /// # Errors
    /// When the thread panicked.
    pub fn stop(self) -> Result<(), JoinError> {
        drop(self.look);
        match self.worker.join(HANGING) {
            Err(JoinError::Hangs(_)) => {
                tracing::warn!("the disk of the recordings has not answered");
                Ok(())
            }
            ended => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_hangs_holds_nobody_up_and_is_heard_again() {
        let (release, hangs) = bounded::<()>(0);
        let hanging = move |_: &Path| {
            // Answers as soon as there is nobody who could release it.
            let _released = hangs.recv();
            Place::Writable
        };
        let disk = Disk::with(hanging, Duration::ZERO).expect("starts");
        let look = disk.look();
        for _ in 0..QUEUE + 2 {
            assert_eq!(look.at(Path::new("/recordings")), Place::Silent);
        }
        drop(release);
        let patient = DiskLook { patience: Duration::from_secs(60), ..look };
        while patient.at(Path::new("/recordings")) == Place::Silent {
            // Older questions are answered first.
            std::thread::yield_now();
        }
        drop(patient);
        disk.stop().expect("ends");
    }

    #[test]
    fn a_folder_is_looked_at() {
        let root = tempfile::tempdir().expect("temporary folder");
        let disk = Disk::start().expect("starts");
        assert_eq!(disk.look().at(root.path()), Place::Writable);
        assert_eq!(disk.look().at(&root.path().join("nowhere")), Place::Missing);
        disk.stop().expect("ends");
    }
}
