//! The thread `notices`: keeps the history of notices in its file.
//!
//! Must not do: make the engine wait for a disk, or write at every change.

use std::time::Duration;

use crate::config::{DataFolder, KeptNotice, notices};
use crate::runtime::thread::JoinError;
use crate::runtime::{Newest, Worker};

/// Time between two writes: a camera that comes and goes is no reason for more.
const PAUSE: Duration = Duration::from_secs(5);

/// The thread.
pub struct NoticeKeeper {
    lists: Newest<Vec<KeptNotice>>,
    /// Changed since the last write.
    pending: Option<Vec<KeptNotice>>,
    written: Option<Duration>,
    worker: Worker,
}

impl NoticeKeeper {
    /// Starts the thread, which writes into `folder`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(folder: DataFolder) -> std::io::Result<Self> {
        let lists: Newest<Vec<KeptNotice>> = Newest::new();
        let waiting = lists.receiver();
        let worker = Worker::spawn("notices", move || {
            for list in waiting {
                if let Err(error) = notices::write(&folder, &list) {
                    tracing::warn!("the notices cannot be kept: {error}");
                }
            }
        })?;
        Ok(Self { lists, pending: None, written: None, worker })
    }

    /// Keeps this list instead of the one before, when it is time.
    pub fn keep(&mut self, list: Vec<KeptNotice>) {
        self.pending = Some(list);
    }

    /// Lets time pass.
    pub fn pass(&mut self, now: Duration) {
        let is_due = self.written.is_none_or(|at| now.saturating_sub(at) >= PAUSE);
        if let Some(list) = self.pending.take_if(|_| is_due) {
            self.written = Some(now);
            self.lists.send(list);
        }
    }

    /// Writes what is pending, and ends.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        let Self { lists, pending, worker, .. } = self;
        if let Some(list) = pending {
            lists.send(list);
        }
        drop(lists);
        worker.join(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::notices::Notices;
    use crate::model::WallTime;
    use crate::protocol::Severity;

    #[test]
    fn changes_are_gathered_and_the_last_one_is_there_at_the_end() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let mut keeper = NoticeKeeper::start(folder.clone()).expect("started");
        let mut notices = Notices::default();
        for number in 0..20 {
            let (at, text) = (WallTime::default(), format!("{number}"));
            notices.raise(text.clone(), at, Severity::Info, None, text);
            keeper.keep(notices.all());
            keeper.pass(Duration::from_secs(number / 10));
        }
        assert!(keeper.pending.is_some(), "written once, and then not for a while");
        keeper.stop(Duration::from_secs(10)).expect("ended");
        assert_eq!(notices::read(&folder).expect("read"), notices.all());
    }
}
