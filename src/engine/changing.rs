//! Changes of settings while everything runs.
//!
//! Must not do: change a setting by itself.

use super::EngineError;
use super::service::Service;
use crate::config::ConfigError;
use crate::model::settings::merge;
use crate::model::{CameraId, Settings};
use crate::protocol::{ChangeAnswer, SettingsChange};

impl Service {
    /// Puts a change in force, and tells what became of it.
    pub fn change_settings(&mut self, change: SettingsChange) {
        let id = change.id;
        let outcome = self.put_in_force(change).map_err(|error| error.to_string());
        let outcome = outcome.map(|()| self.store.shared());
        self.shown.changed.set(ChangeAnswer { id, outcome });
        self.shown.wake();
    }

    fn put_in_force(&mut self, change: SettingsChange) -> Result<(), EngineError> {
        let before = self.store.shared();
        let merged = merge(&before, &change.before, &change.after).map_err(ConfigError::Refused)?;
        self.store.change(|settings| {
            *settings = merged;
            Ok(())
        })?;
        let kept = self.keep_passwords(&change, &before);
        // A zone that was chosen is in force at once.
        self.zone_due = std::time::Duration::ZERO;
        self.look_at_zone();
        self.reconcile();
        kept
    }

    /// Stores what was typed, and forgets what belongs to cameras that are gone.
    fn keep_passwords(
        &mut self,
        change: &SettingsChange,
        before: &Settings,
    ) -> Result<(), EngineError> {
        let now = self.store.shared();
        let is_there = |id: &CameraId| now.cameras.iter().any(|camera| camera.id == *id);
        for (id, password) in change.passwords.iter().filter(|(id, _)| is_there(id)) {
            self.secrets.set(id, password.as_ref())?;
        }
        for camera in before.cameras.iter().filter(|camera| !is_there(&camera.id)) {
            self.secrets.set(&camera.id, None)?;
        }
        Ok(())
    }
}
