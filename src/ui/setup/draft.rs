//! Settings on a page of Setup while they are edited: nothing is in force until they are saved.
//!
//! Must not do: paint, or send anything unasked.

use std::sync::Arc;

use crate::model::settings::{Key, merge};
use crate::model::{CameraId, Password, Settings};
use crate::protocol::{ArchivePassword, Command, SettingsChange};
use crate::ui::desk::{Desk, Stage};

/// Passwords that were typed: to be stored, or (with none) forgotten.
type Passwords = Vec<(CameraId, Option<Password>)>;

/// A password that was typed for the place that recordings are brought to, or (with none) the wish to forget the stored
/// one.
type TypedPassword = Option<Option<Password>>;

/// The draft of a page.
#[derive(Default)]
pub struct Draft {
    base: Arc<Settings>,
    edited: Option<Box<Settings>>,
    passwords: Passwords,
    archive_password: TypedPassword,
    /// The change that was sent and is not answered yet.
    waiting: Option<u64>,
    /// What it holds.
    sent: Option<(Box<Settings>, Passwords, TypedPassword)>,
    refused: Option<String>,
}

impl Draft {
    /// Takes what is new: the answer to what was sent, and the settings in force while nothing is edited.
    /// Returns true when the draft has just been saved.
    pub fn follow(&mut self, stage: &Stage<'_>) -> bool {
        if let Some(answer) = self.waiting.and_then(|id| stage.shown.changed.to(id)) {
            self.waiting = None;
            match &answer.outcome {
                Ok(settings) => {
                    self.keep_later_edits(settings);
                    return true;
                }
                Err(text) => self.refused = Some(text.clone()),
            }
        }
        if !self.is_changed() {
            self.base = Arc::clone(&stage.snapshot.settings);
        }
        false
    }

    /// The change is in force: what was edited after it was sent stays in the draft.
    fn keep_later_edits(&mut self, settings: &Arc<Settings>) {
        self.base = Arc::clone(settings);
        let Some((sent, passwords, of_archive)) = self.sent.take() else { return self.discard() };
        self.passwords.retain(|typed| !passwords.contains(typed));
        if self.archive_password == of_archive {
            self.archive_password = None;
        }
        let edited = self.edited.take().filter(|edited| *edited != sent);
        let merged = edited.and_then(|edited| merge(settings, &sent, &edited).ok());
        self.edited = merged.filter(|merged| merged != &**settings).map(Box::new);
    }

    /// The settings as they are on the page.
    pub fn get(&self) -> &Settings {
        self.edited.as_deref().unwrap_or(&self.base)
    }

    /// The settings as they were when the first change was made.
    pub fn base(&self) -> &Arc<Settings> {
        &self.base
    }

    /// Changes something; a change that changes nothing leaves no mark.
    pub fn edit(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut edited =
            self.edited.take().unwrap_or_else(|| Box::new(Settings::clone(&self.base)));
        change(&mut edited);
        self.refused = None;
        self.edited = (*edited != *self.base).then_some(edited);
    }

    /// A password that was typed, to be stored with the rest.
    pub fn set_password(&mut self, camera: &CameraId, password: Option<Password>) {
        self.passwords.retain(|(id, _)| id != camera);
        self.passwords.push((camera.clone(), password));
        self.refused = None;
    }

    /// Leaves the stored password of `camera` as it is.
    pub fn keep_password(&mut self, camera: &CameraId) {
        self.passwords.retain(|(id, _)| id != camera);
    }

    /// A password for the place that recordings are brought to, to be stored with the rest; none forgets the stored one.
    pub fn set_archive_password(&mut self, password: Option<Password>) {
        self.archive_password = Some(password);
        self.refused = None;
    }

    /// Leaves the stored password of that place as it is.
    pub fn keep_archive_password(&mut self) {
        self.archive_password = None;
    }

    /// What is to become of that password; none when it stays.
    pub const fn archive_password(&self) -> Option<&Option<Password>> {
        self.archive_password.as_ref()
    }

    /// Whether there is something to save.
    pub fn is_changed(&self) -> bool {
        self.edited.is_some() || !self.passwords.is_empty() || self.archive_password.is_some()
    }

    /// Whether the answer to Save is still awaited.
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// What the engine said against it.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Which setting is not valid, and why.
    pub fn problem(&self) -> Option<(Vec<Key>, String)> {
        self.get().validate().err()
    }

    /// Goes back to what is in force.
    pub fn discard(&mut self) {
        self.edited = None;
        self.passwords.clear();
        self.archive_password = None;
        self.waiting = None;
        self.sent = None;
        self.refused = None;
    }

    /// Asks the engine to put it in force.
    pub fn save(&mut self, desk: &mut Desk) {
        if !self.is_changed() || self.is_waiting() || self.problem().is_some() {
            return;
        }
        let id = desk.next_id();
        // The password is for the address that is on the page beside it.
        let place = self.get().storage.archive();
        let archive_password = place
            .zip(self.archive_password.clone())
            .map(|(place, password)| ArchivePassword { address: place.address(), password });
        let change = SettingsChange {
            id,
            archive_password,
            before: Arc::clone(&self.base),
            after: Box::new(self.get().clone()),
            passwords: self.passwords.clone(),
        };
        if desk.send(Command::ChangeSettings(change)) {
            self.waiting = Some(id);
            let (passwords, of_archive) = (self.passwords.clone(), self.archive_password.clone());
            self.sent = Some((Box::new(self.get().clone()), passwords, of_archive));
        }
    }
}
