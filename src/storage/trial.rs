//! Whether a place elsewhere can be used as it is set: everything that recording to it needs, once, step by step.
//!
//! Must not do: change anything of what is there; leave anything but the folder of ours behind.

use std::fmt;

use super::{Space, smb};
use crate::model::Password;
use crate::model::settings::ArchivePlace;

/// What is tried, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Whether the name leads to a computer.
    Resolve,
    /// Whether it answers on its port.
    Connect,
    /// Whether it takes user and password.
    SignIn,
    /// Whether the share, or the bucket, is there for this user.
    OpenShare,
    /// Whether the folder of ours is there, or can be made.
    MakeFolder,
    /// Whether a file can be written.
    Write,
    /// Whether it can be read.
    ReadBack,
    /// Whether it is what was written.
    Compare,
    /// Whether it can be deleted.
    Delete,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "looking the server up",
            Self::Connect => "connecting",
            Self::SignIn => "signing in",
            Self::OpenShare => "opening the share",
            Self::MakeFolder => "making the folder",
            Self::Write => "writing a file",
            Self::ReadBack => "reading it back",
            Self::Compare => "comparing it",
            Self::Delete => "deleting it",
        })
    }
}

/// A trial that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Room, where the other side tells.
    pub space: Option<Space>,
    /// Bytes a second while writing, with making them last.
    pub up: u64,
    /// Bytes a second while reading.
    pub down: u64,
    /// Whether nothing can be changed on the way.
    pub signed: bool,
    /// Whether nothing can be read on the way.
    pub encrypted: bool,
}

/// A trial that did not: at which step, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{step} failed: {why}")]
pub struct TrialError {
    /// The step.
    pub step: Step,
    /// What happened, in a clause.
    pub why: String,
}

/// Tries `place`, and says each step to `told` as it begins. What is wrong with the settings is known within 6 s, all
/// of it within 30 s.
///
/// # Errors
/// The step that failed.
pub fn run(
    place: &ArchivePlace,
    password: Option<&Password>,
    told: &mut dyn FnMut(Step),
) -> Result<Trial, TrialError> {
    match place {
        ArchivePlace::Nas(nas) => smb::trial::run(nas, password, told),
        #[cfg(feature = "object-storage")]
        ArchivePlace::Object(bucket) => super::object::trial::run(bucket, password, told),
        #[cfg(not(feature = "object-storage"))]
        ArchivePlace::Object(_) => Err(TrialError {
            step: Step::Resolve,
            why: "this program was built without object storage".into(),
        }),
    }
}
