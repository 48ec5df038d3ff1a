//! Changes of settings while everything runs.
//!
//! Must not do: change a setting by itself, but for the only schedule that a mode can mean.

use std::collections::BTreeSet;
use std::time::Duration;

use super::EngineError;
use super::notices::Cause;
use super::opening::Opened;
use super::service::Service;
use crate::config::ConfigError;
use crate::model::settings::merge;
use crate::model::{CameraId, CameraSettings, Mode, Settings};
use crate::protocol::{ChangeAnswer, SettingsChange, Severity, Topic};

impl Service {
    /// Puts a change in force, and tells what became of it. One that names another folder for recordings waits
    /// until that is open; recording goes on meanwhile.
    pub fn change_settings(&mut self, mut change: SettingsChange) {
        let after = &mut change.after.storage.path;
        *after = self.folder.storage_in_settings(after);
        let moves = *after != self.folder.storage_in_settings(&change.before.storage.path);
        let wanted = match self.merged(&change) {
            Ok(_) if moves => match self.opening.open(change) {
                Ok(()) => return,
                Err(change) => {
                    let text = "Another folder is being opened for recordings; please try again.";
                    (change.id, Err(ConfigError::Refused(text.into()).into()))
                }
            },
            Ok(_) => (change.id, self.put_in_force(&change)),
            Err(error) => (change.id, Err(error)),
        };
        self.answer(wanted.0, wanted.1);
    }

    /// Changes when a camera is recorded. A rule that needs a schedule takes the only one there is.
    pub fn set_mode(&mut self, id: &CameraId, mode: Mode) -> Result<(), EngineError> {
        self.store.change(|settings| {
            let only = match settings.schedules.as_slice() {
                [only] if settings.recording.schedule.is_none() => Some(only.name.clone()),
                _ => None,
            };
            for camera in settings.cameras.iter_mut().filter(|camera| camera.id == *id) {
                let recording = &mut camera.recording;
                recording.mode = mode;
                if recording.needs_schedule() && recording.schedule.is_none() {
                    recording.schedule.clone_from(&only);
                }
            }
            Ok(())
        })?;
        self.reconcile();
        Ok(())
    }

    /// The folder of a change is open, or cannot be had.
    pub fn take_volume(&mut self, opened: Opened) {
        let Opened { change, volume } = opened;
        self.opening.arrived(change.id);
        let outcome = volume.and_then(|(id, volume)| {
            self.recordings.volumes.put(id, volume);
            let before = std::mem::replace(&mut self.volume_id, id);
            let outcome = self.put_in_force(&change);
            if self.store.settings().storage.path != change.after.storage.path {
                self.volume_id = before;
            }
            outcome
        });
        self.answer(change.id, outcome);
    }

    /// At the end: puts changes in force whose folder opens soon, and answers the others.
    pub fn finish_changes(&mut self) {
        while let Some(opened) = self.opening.last() {
            self.take_volume(opened);
        }
        let late = self.opening.under_way().to_vec();
        for id in &late {
            let text = "Watchkeeper was ended before the other folder for recordings was open; the one before \
                        stays in use.";
            self.answer(*id, Err(ConfigError::Refused(text.into()).into()));
        }
        if !late.is_empty() {
            // Is kept for the next start.
            self.show();
        }
    }

    fn answer(&mut self, id: u64, outcome: Result<(), EngineError>) {
        let outcome = outcome.map(|()| self.store.shared()).map_err(|error| error.to_string());
        if let Err(why) = &outcome {
            let text = format!("A change of settings was refused: {why}");
            let now = self.clock.wall();
            let (topic, at, severity) = (Topic::Settings, now, Severity::Warning);
            self.notices.tell_about(Cause { topic, at, severity, camera: None, text });
        }
        self.shown.changed.set(ChangeAnswer { id, outcome });
        self.shown.wake();
    }

    /// The settings as the change wants them.
    fn merged(&self, change: &SettingsChange) -> Result<Settings, EngineError> {
        let now = self.store.settings();
        let merged = merge(now, &change.before, &change.after).map_err(ConfigError::Refused)?;
        merged.validate().map_err(ConfigError::from)?;
        self.check_new(&merged)?;
        Ok(merged)
    }

    /// A new camera takes over no footage of an earlier one, and stops no order to delete that.
    fn check_new(&self, merged: &Settings) -> Result<(), EngineError> {
        let now = self.store.settings();
        let is_new = |camera: &&CameraSettings| now.cameras.iter().all(|old| old.id != camera.id);
        let mut new = merged.cameras.iter().filter(is_new).peekable();
        if new.peek().is_none() {
            return Ok(());
        }
        let recorded = self.recorded_cameras()?;
        match new.find(|camera| recorded.contains(&camera.id) || now.erase.contains_key(&camera.id))
        {
            None => Ok(()),
            Some(CameraSettings { name, id, .. }) => {
                let text = format!(
                    "{name} cannot be added as \"{id}\": there is footage of an earlier camera of that identity. \
                     Add it under Devices, where it gets another one."
                );
                Err(ConfigError::Refused(text).into())
            }
        }
    }

    /// Cameras of which there is footage, be they in the settings or not.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn recorded_cameras(&self) -> Result<BTreeSet<CameraId>, EngineError> {
        let open = self.recordings.open.rows().into_iter().map(|row| row.stream);
        let finished = self.recordings.reader.streams()?;
        Ok(open.chain(finished).map(|stream| stream.camera).collect())
    }

    fn put_in_force(&mut self, change: &SettingsChange) -> Result<(), EngineError> {
        let (before, merged) = (self.store.shared(), self.merged(change)?);
        self.store.change(|settings| {
            *settings = merged;
            Ok(())
        })?;
        let kept = self.keep_passwords(change, &before);
        // A zone that was chosen is in force at once.
        self.zone_due = Duration::ZERO;
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
        let mut kept = Ok(());
        for camera in before.cameras.iter().filter(|camera| !is_there(&camera.id)) {
            kept = kept.and(self.secrets.set(&camera.id, None));
        }
        for (id, password) in change.passwords.iter().filter(|(id, _)| is_there(id)) {
            kept = kept.and(self.secrets.set(id, password.as_ref()));
        }
        Ok(kept?)
    }
}
