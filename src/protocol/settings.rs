//! Settings as the console changes them.
//!
//! Must not do: decide whether a change can be; the engine answers.

use std::fmt;
use std::sync::Arc;

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
}

impl fmt::Debug for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingsChange({})", self.id)
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
