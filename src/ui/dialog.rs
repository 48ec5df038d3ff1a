//! The system's dialog for files, on a thread of its own.
//!
//! Must not do: touch a file, or make the console wait. Where no dialog can come up the caller has a field.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, TryRecvError, bounded};

use crate::protocol::Shown;
use crate::runtime::Worker;

/// What the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is read.
    Open,
    /// It is written.
    Save,
}

/// A dialog that is open, or how the last one ended.
#[derive(Default)]
pub struct Dialog {
    open: Option<(Receiver<Option<PathBuf>>, Worker)>,
    /// Has told its file and is about to end.
    ending: Option<Worker>,
    nothing: bool,
}

impl Dialog {
    /// Opens it; `name` is proposed for a file that is written.
    pub fn open(&mut self, purpose: Purpose, name: &'static str, shown: &Arc<Shown>) {
        let (sender, receiver) = bounded(1);
        let shown = Arc::clone(shown);
        let worker = Worker::spawn("dialog", move || {
            let dialog = rfd::FileDialog::new();
            let path = match purpose {
                Purpose::Open => dialog.pick_file(),
                Purpose::Save => dialog.set_file_name(name).save_file(),
            };
            // Nobody waits any more when the sheet was closed.
            let _nobody_waits = sender.send(path);
            shown.wake();
        });
        self.nothing = worker.is_err();
        match worker {
            Ok(worker) => self.open = Some((receiver, worker)),
            Err(error) => tracing::warn!("no dialog can be opened: {error}"),
        }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether the last one ended without a file.
    pub const fn came_to_nothing(&self) -> bool {
        self.nothing
    }

    /// The file, once it has been chosen.
    pub fn chosen(&mut self) -> Option<PathBuf> {
        self.ending = self.ending.take().and_then(join_ended);
        let (receiver, _) = self.open.as_ref()?;
        let path = match receiver.try_recv() {
            Ok(path) => path,
            Err(TryRecvError::Disconnected) => None,
            Err(TryRecvError::Empty) => return None,
        };
        let worker = self.open.take().map(|(_, worker)| worker);
        self.ending = worker.and_then(join_ended);
        self.nothing = path.is_none();
        path
    }
}

/// Joins a thread that has ended; gives back one that has not.
fn join_ended(worker: Worker) -> Option<Worker> {
    if !worker.is_finished() {
        return Some(worker);
    }
    if let Err(error) = worker.join(Duration::ZERO) {
        tracing::warn!("{error}");
    }
    None
}

impl Drop for Dialog {
    fn drop(&mut self) {
        let open = self.open.take().map(|(_, worker)| worker);
        for worker in open.into_iter().chain(self.ending.take()) {
            if join_ended(worker).is_some() {
                tracing::debug!("a dialog of the system is left to itself");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An open dialog in which `path` is chosen, and whose thread lasts until the sender is dropped.
    fn chosen(path: &str) -> (Dialog, crossbeam::channel::Sender<()>) {
        let (tell, told) = bounded(1);
        let (release, lasts) = bounded::<()>(0);
        tell.send(Some(PathBuf::from(path))).expect("there is room");
        let worker = Worker::spawn("dialog", move || {
            let _released = lasts.recv();
        });
        let open = Some((told, worker.expect("starts")));
        (Dialog { open, ending: None, nothing: false }, release)
    }

    #[test]
    fn a_thread_that_has_told_its_file_is_joined_when_it_has_ended() {
        let (mut dialog, release) = chosen("/lists/a.toml");
        assert_eq!(dialog.chosen(), Some(PathBuf::from("/lists/a.toml")));
        assert!(!dialog.is_open() && !dialog.came_to_nothing());
        assert!(dialog.ending.is_some(), "it is not waited for");
        assert_eq!(dialog.chosen(), None);
        drop(release);
        while dialog.ending.is_some() {
            assert_eq!(dialog.chosen(), None);
            std::thread::yield_now();
        }
    }
}
