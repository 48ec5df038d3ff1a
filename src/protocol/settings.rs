//! Settings as the console changes them.
//!
//! Must not do: decide whether a change can be; the engine answers.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{CameraId, Password, Settings};

/// What an operator wants changed: all that differs between `before` and `after`.
#[derive(Clone)]
pub struct SettingsChange {
    /// For the answer.
    pub id: u64,
    /// What the operator saw.
    pub before: Arc<Settings>,
    /// What the operator wants.
    pub after: Box<Settings>,
    /// Passwords to be stored, or (with none) forgotten.
    pub passwords: Vec<(CameraId, Option<Password>)>,
    /// The password of the place that recordings are brought to; none leaves the stored one.
    pub archive_password: Option<ArchivePassword>,
}

/// A password for a place elsewhere, to be stored, or forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivePassword {
    /// The address that it was typed for: it is used for no other one.
    pub address: String,
    /// None: the stored one is to be forgotten.
    pub password: Option<Password>,
}

impl fmt::Debug for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingsChange({})", self.id)
    }
}

/// Answers that are kept: several pages may wait for theirs while another one is shown.
const KEPT: usize = 32;

/// The newest answers to changes.
#[derive(Default)]
pub struct Changed(Mutex<VecDeque<Arc<ChangeAnswer>>>);

impl Changed {
    /// Adds an answer; the oldest makes room.
    pub fn set(&self, answer: ChangeAnswer) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::new(answer));
    }

    /// The answer to the change `id`.
    #[must_use]
    pub fn to(&self, id: u64) -> Option<Arc<ChangeAnswer>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|answer| answer.id == id).cloned()
    }
}

/// What became of a change.
#[derive(Clone, Debug)]
pub struct ChangeAnswer {
    /// Of which.
    pub id: u64,
    /// The settings that are in force now, or why it cannot be, in a sentence.
    pub outcome: Result<Arc<Settings>, String>,
}
