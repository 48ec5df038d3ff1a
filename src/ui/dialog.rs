//! The system's dialog for files, on a thread of its own.
//!
//! Must not do: touch a file, or make the console wait. Where no dialog can come up the caller has a field.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, TryRecvError, bounded};

use crate::protocol::Shown;
use crate::runtime::Worker;

/// A dialog that is still open when the sheet is closed is left to the system after this time.
const PATIENCE: Duration = Duration::from_millis(100);

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
        let (receiver, _) = self.open.as_ref()?;
        let path = match receiver.try_recv() {
            Ok(path) => path,
            Err(TryRecvError::Disconnected) => None,
            Err(TryRecvError::Empty) => return None,
        };
        self.end();
        self.nothing = path.is_none();
        path
    }

    fn end(&mut self) {
        if let Some((_, worker)) = self.open.take()
            && let Err(error) = worker.join(PATIENCE)
        {
            tracing::debug!("{error}");
        }
    }
}

impl Drop for Dialog {
    fn drop(&mut self) {
        self.end();
    }
}
