//! Cameras that are removed together with their footage.
//!
//! Must not do: delete anything itself; the retention does, by the rule that the settings give it.

use super::EngineError;
use super::service::Service;
use crate::model::{CameraId, Lock, StreamId, StreamKind};
use crate::protocol::Severity;

/// What is left of the footage of a camera that goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Left {
    /// Files that are yet to go.
    going: usize,
    /// Files that locks keep.
    locked: usize,
}

impl Service {
    /// Removes a camera, with its footage or without.
    pub(super) fn remove_camera(
        &mut self,
        id: &CameraId,
        footage: bool,
    ) -> Result<(), EngineError> {
        self.store.change(|settings| {
            settings.remove_camera(id, footage);
            Ok(())
        })?;
        let forgotten = self.secrets.set(id, None);
        self.reconcile();
        Ok(forgotten?)
    }

    /// Ends orders to delete footage that have been carried out, and tells what locks keep.
    pub(super) fn look_at_erased(&mut self) {
        for (id, name) in self.store.settings().erase.clone() {
            if let Err(error) = self.end_erasing(&id, &name) {
                tracing::error!("{id}: {error}");
            }
        }
    }

    fn end_erasing(&mut self, id: &CameraId, name: &str) -> Result<(), EngineError> {
        let is_back = self.store.settings().cameras.iter().any(|camera| camera.id == *id);
        let left = if is_back { Left::default() } else { self.left_of(id)? };
        if left.going > 0 {
            return Ok(());
        }
        self.store.change(|settings| {
            settings.erase.remove(id);
            Ok(())
        })?;
        self.reconcile();
        let (severity, text) = match (is_back, left.locked) {
            (true, _) => return Ok(()),
            (false, 0) => (Severity::Info, format!("The footage of {name} has been deleted.")),
            (false, locked) => {
                let recordings = if locked == 1 { "recording" } else { "recordings" };
                let text = format!(
                    "The footage of {name} has been deleted, except for {locked} locked {recordings}."
                );
                (Severity::Warning, text)
            }
        };
        self.tell(severity, None, text);
        Ok(())
    }

    fn left_of(&self, id: &CameraId) -> Result<Left, EngineError> {
        let locks: Vec<Lock> = self.locks.list();
        let open = self.recordings.open.rows();
        let mut left =
            Left { going: open.iter().filter(|row| row.stream.camera == *id).count(), locked: 0 };
        for kind in [StreamKind::Main, StreamKind::Sub] {
            for row in self.recordings.reader.segments_of(&StreamId::new(id.clone(), kind))? {
                let keeps = |lock: &Lock| lock.camera == *id && lock.span.overlaps(row.span());
                if locks.iter().any(keeps) {
                    left.locked += 1;
                } else {
                    left.going += 1;
                }
            }
        }
        Ok(left)
    }
}
