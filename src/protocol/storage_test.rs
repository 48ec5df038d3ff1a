//! The test of a place elsewhere, before recordings are brought there.
//!
//! Must not do: show a password.

use serde::{Deserialize, Serialize};

use crate::model::Password;
use crate::model::settings::ArchivePlace;

/// Asks whether recordings can be brought to a place. A newer question takes the place of one under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageTest {
    /// For the answer.
    pub id: u64,
    /// Where to.
    pub place: ArchivePlace,
    /// The password that was typed; none: the stored one of exactly this address.
    pub password: Option<Password>,
}

/// How a test goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageTestAnswer {
    /// Of which question.
    pub id: u64,
    /// What has been done so far, first to last.
    pub done: Vec<StorageStep>,
    /// How far it is.
    pub outcome: StorageOutcome,
}

/// What a test does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageStep {
    /// Looks the name up.
    Resolve,
    /// Connects.
    Connect,
    /// Signs in.
    SignIn,
    /// Opens the share or the bucket, and our folder in it.
    Open,
    /// Writes a file.
    Write,
    /// Reads it, and compares.
    Read,
    /// Removes it.
    Remove,
}

/// How far a test is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageOutcome {
    /// This is being done.
    Running(StorageStep),
    /// Recordings can be brought there.
    Passed(StoragePassed),
    /// They cannot.
    Failed {
        /// What could not be done; none when the test could not begin.
        step: Option<StorageStep>,
        /// Why, and what to do, in a sentence.
        why: String,
    },
}

/// What a test has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoragePassed {
    /// Free bytes; none where the place does not tell.
    pub free: Option<u64>,
    /// Bytes in all.
    pub total: Option<u64>,
    /// Bytes a second that were written; a short test tells roughly.
    pub write_rate: u64,
    /// Bytes a second that were read.
    pub read_rate: u64,
    /// What protects them on their way.
    pub protection: StorageProtection,
}

/// What protects recordings on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageProtection {
    /// Nothing.
    #[default]
    None,
    /// They cannot be changed unnoticed.
    Signed,
    /// They cannot be read either.
    Encrypted,
}
