//! How everything ends: what is kept of the last orders, and in which order the threads stop.
//!
//! Must not do: wait for a thread without a bound.

use crossbeam::channel::Receiver;

use super::service::Service;
use super::{EngineError, SHUTDOWN_LIMIT};
use crate::protocol::Command;

impl Service {
    /// What the operator wanted kept just before the end.
    pub(super) fn obey_last(&mut self, commands: &Receiver<Command>) {
        for command in commands.try_iter() {
            if matches!(command, Command::ChangeSettings(_) | Command::RememberWindow(_)) {
                self.obey(command);
            }
        }
        self.finish_changes();
    }

    /// Stops what brings footage first, then what writes it, then what knows of it, then what reads it. What may
    /// take long over reading is told at once, and waited for when no recording depends on it any more.
    pub(super) fn shut_down(mut self) -> Result<(), EngineError> {
        self.end_trial();
        self.views.want(Vec::new());
        self.views.reconcile(&self.capture, &self.shown, |_| false);
        let limit = SHUTDOWN_LIMIT;
        let readers = [self.exports.end(), self.export_plans.end(), self.thumbnails.end()];
        let results = [
            self.capture.stop().map_err(EngineError::from),
            self.detection.stop(limit).map_err(EngineError::from),
            self.recorder.stop(limit).map_err(EngineError::from),
            self.cleaner.stop(limit).map_err(EngineError::from),
            self.door.map_or(Ok(()), |door| door.close(limit).map_err(EngineError::from)),
            self.indexer.stop(limit).map_err(EngineError::from),
            self.marking.stop(limit).map_err(EngineError::from),
            self.camera_lists.stop(limit).map_err(EngineError::from),
            self.opening.stop(limit).map_err(EngineError::from),
            self.reporting.stop(limit).map_err(EngineError::from),
            self.desktop.map_or(Ok(()), |desktop| desktop.stop(limit).map_err(EngineError::from)),
            self.keeper.stop(limit).map_err(EngineError::from),
            self.errands.stop(limit).map_err(EngineError::from),
            self.awake.stop(limit).map_err(EngineError::from),
            self.unlocking.stop(limit).map_err(EngineError::from),
            self.finding.stop(limit).map_err(EngineError::from),
            self.playback.stop().map_err(EngineError::from),
            self.snapshots.stop(limit).map_err(EngineError::from),
            self.previews.stop(limit).map_err(EngineError::from),
            {
                drop(self.stop_queries);
                self.queries.join(limit).map_err(EngineError::from)
            },
            self.diagnoses.stop(limit).map_err(EngineError::from),
            self.disk.stop().map_err(EngineError::from),
            self.simulator.map_or(Ok(()), |simulator| simulator.stop().map_err(EngineError::from)),
        ];
        let ended = readers.map(|reader| reader.join(limit).map_err(EngineError::from));
        drop((self.ways, self.watched, self.seen));
        drop(self.lock);
        let mut errors = results.into_iter().chain(ended).filter_map(Result::err);
        let first = errors.next();
        for error in errors {
            tracing::error!("{error}");
        }
        first.map_or(Ok(()), Err)
    }
}
