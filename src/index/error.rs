//! What can go wrong with the index.
//!
//! Must not do: decide what follows from it.

use std::path::PathBuf;

/// An error of the index. Each text is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process has it open.
    #[error("Watchkeeper already runs with this data folder ({})", folder.display())]
    AlreadyOpen {
        /// The folder that the index is in.
        folder: PathBuf,
    },
    /// The file cannot be opened, and not because it is damaged.
    #[error("the index {} cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What redb or the system says.
        source: Box<redb::Error>,
    },
    /// A damaged index cannot be put aside.
    #[error("the damaged index {} cannot be put aside: {source}", path.display())]
    PutAside {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A newer version of the program has written it.
    #[error("the index {} was written by a newer Watchkeeper (format {version})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        version: i64,
    },
    /// Reading or writing failed.
    #[error("the index cannot be read or written: {0}")]
    Database(Box<redb::Error>),
    /// What is stored makes no sense.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// It was closed after a failure; the next change opens it again.
    #[error("the index is closed after an error and is opened again soon")]
    Closed,
}

macro_rules! from_redb {
    ($($error:ty),*) => {$(
        impl From<$error> for IndexError {
            fn from(error: $error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        }
    )*};
}

from_redb!(
    redb::TransactionError,
    redb::TableError,
    redb::StorageError,
    redb::CommitError,
    redb::SetDurabilityError
);

/// Runs `work`, in which redb may panic when its file is damaged; that becomes an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        Err(IndexError::Damaged(text.unwrap_or_else(|| "redb gave up".into())))
    })
}
