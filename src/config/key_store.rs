//! The system's key store: Secret Service, Keychain or Credential Manager.
//!
//! It may be missing, locked, or waiting for somebody to answer a question: whoever asks it does so on a thread
//! that may take long, and waits for a bounded time.
//! Must not do: print a key, or decide what is kept here.

use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, bounded};
use keyring_core::{CredentialStore, Entry};
use zeroize::Zeroizing;

use super::data_key::{DataKey, SystemKey};
use crate::runtime::Worker;

/// As what our entries are known there.
const SERVICE: &str = "watchkeeper";

/// A key store that runs answers within milliseconds; one that asks its user something is not waited for longer.
pub const LIMIT: Duration = Duration::from_secs(3);

/// Why a key cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyStoreError {
    /// It answers, and has no such key.
    #[error("the system's key store has no key for it")]
    Missing,
    /// It cannot be asked now.
    #[error("the system's key store does not answer ({0})")]
    Silent(String),
}

/// The key that is kept as `id`; waits as long as the key store does.
///
/// # Errors
/// [`KeyStoreError`].
pub fn read(id: &SystemKey) -> Result<DataKey, KeyStoreError> {
    let text = Zeroizing::new(entry(id)?.get_password().map_err(|error| trouble(&error))?);
    DataKey::from_text(&text).ok_or(KeyStoreError::Missing)
}

/// Keeps `key` as `id`, and reads it back: what comes back is what was kept.
///
/// # Errors
/// [`KeyStoreError`]; nothing may be taken to be kept then.
pub fn keep(id: &SystemKey, key: &DataKey) -> Result<(), KeyStoreError> {
    entry(id)?.set_password(&key.to_text()).map_err(|error| trouble(&error))?;
    match read(id)? == *key {
        true => Ok(()),
        false => Err(KeyStoreError::Silent("it gives back something else".into())),
    }
}

/// Forgets the key that was kept as `id`.
///
/// # Errors
/// [`KeyStoreError`].
pub fn forget(id: &SystemKey) -> Result<(), KeyStoreError> {
    entry(id)?.delete_credential().map_err(|error| trouble(&error))
}

/// Asks on a thread of its own.
///
/// # Errors
/// [`KeyStoreError::Silent`] when there is no answer within [`LIMIT`]; else what `ask` says.
pub fn within_limit<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, KeyStoreError> {
    let (worker, answer) = start(ask)?;
    match answer.recv_timeout(LIMIT) {
        Ok(answer) => {
            if let Err(error) = worker.join(LIMIT) {
                tracing::warn!("{error}");
            }
            answer
        }
        // Its thread still waits for whoever the key store asks, and is left to the end of the program.
        Err(_) => Err(KeyStoreError::Silent(format!("no answer within {} s", LIMIT.as_secs()))),
    }
}

fn start<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<(Worker, Receiver<Result<T, KeyStoreError>>), KeyStoreError> {
    let (sender, answer) = bounded(1);
    let worker = Worker::spawn("key-store", move || {
        // Nobody waits any more for an answer that comes too late.
        let _late = sender.send(ask());
    });
    Ok((worker.map_err(|error| KeyStoreError::Silent(error.to_string()))?, answer))
}

/// A connection of its own for each question: one that could not be had is tried anew the next time.
fn entry(id: &SystemKey) -> Result<Entry, KeyStoreError> {
    Entry::new_in_store(&store()?, SERVICE, &id.id).map_err(|error| trouble(&error))
}

#[cfg(target_os = "linux")]
fn store() -> Result<Arc<CredentialStore>, KeyStoreError> {
    Ok(zbus_secret_service_keyring_store::Store::new().map_err(|error| trouble(&error))?)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, KeyStoreError> {
    Ok(apple_native_keyring_store::keychain::Store::new().map_err(|error| trouble(&error))?)
}

#[cfg(windows)]
fn store() -> Result<Arc<CredentialStore>, KeyStoreError> {
    Ok(windows_native_keyring_store::Store::new().map_err(|error| trouble(&error))?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn store() -> Result<Arc<CredentialStore>, KeyStoreError> {
    Err(KeyStoreError::Silent("none is known for this system".into()))
}

fn trouble(error: &keyring_core::Error) -> KeyStoreError {
    match error {
        keyring_core::Error::NoEntry => KeyStoreError::Missing,
        // What came back may be part of a key: these words alone are repeated.
        keyring_core::Error::BadEncoding(_) | keyring_core::Error::BadDataFormat(..) => {
            KeyStoreError::Missing
        }
        other => KeyStoreError::Silent(other.to_string()),
    }
}
