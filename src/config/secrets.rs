//! Camera passwords: encrypted at rest, one entry for each camera.
//!
//! Each password is sealed with ChaCha20-Poly1305 (RFC 8439) under a random key that lies in a file of
//! its own, both readable by the owner alone. This keeps passwords out of settings, backups of settings
//! and chance looks; it does not keep them from somebody who can read the owner's files.
//! Must not do: print a password, or write one in the clear.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use zeroize::Zeroizing;

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder, Password};
use crate::model::CameraId;

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 12;

/// The stored passwords of a data folder.
pub struct Secrets {
    path: PathBuf,
    key: Zeroizing<[u8; KEY_LENGTH]>,
    /// Nonce and sealed password in base64, by camera.
    sealed: BTreeMap<CameraId, String>,
}

impl Secrets {
    /// Opens the secrets of `folder`, making a key when there is none.
    ///
    /// # Errors
    /// [`ConfigError::Secrets`] when a file is there but not ours; nothing is overwritten then.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.root().join("secrets.json");
        let key_path = folder.root().join("secrets.key");
        let damaged =
            |reason: &str| ConfigError::Secrets { path: path.clone(), reason: reason.to_owned() };
        let text = read_if_there(&path)?;
        let sealed: BTreeMap<CameraId, String> = match &text {
            Some(text) => serde_json::from_str(text).map_err(|_| damaged("it is damaged"))?,
            None => BTreeMap::new(),
        };
        let key = match read_if_there(&key_path)? {
            Some(text) => decode_key(&text).ok_or_else(|| damaged("its key is damaged"))?,
            None if sealed.is_empty() => {
                let key = random::<KEY_LENGTH>().map_err(|_| damaged("no random numbers"))?;
                let text = Zeroizing::new(BASE64.encode(&key[..]));
                atomic::replace(&key_path, text.as_bytes(), Readers::Owner)?;
                key
            }
            None => return Err(damaged("its key is missing")),
        };
        Ok(Self { path, key, sealed })
    }

    /// The password of `camera`, if one is stored.
    ///
    /// # Errors
    /// [`ConfigError::Secrets`] when it cannot be unsealed.
    pub fn get(&self, camera: &CameraId) -> Result<Option<Password>, ConfigError> {
        let Some(sealed) = self.sealed.get(camera) else {
            return Ok(None);
        };
        self.unseal(camera, sealed).map(Some).ok_or_else(|| ConfigError::Secrets {
            path: self.path.clone(),
            reason: format!("the entry of {camera} does not fit its key"),
        })
    }

    /// Stores, replaces or (with none) forgets the password of `camera`.
    ///
    /// # Errors
    /// [`ConfigError`] when it cannot be saved; the stored ones are as before then.
    pub fn set(
        &mut self,
        camera: &CameraId,
        password: Option<&Password>,
    ) -> Result<(), ConfigError> {
        let mut sealed = self.sealed.clone();
        match password {
            Some(password) => {
                let entry = self.seal(camera, password).ok_or_else(|| ConfigError::Secrets {
                    path: self.path.clone(),
                    reason: "no random numbers".into(),
                })?;
                sealed.insert(camera.clone(), entry);
            }
            None => {
                if sealed.remove(camera).is_none() {
                    return Ok(());
                }
            }
        }
        let text = serde_json::to_string_pretty(&sealed).unwrap_or_default();
        atomic::replace(&self.path, text.as_bytes(), Readers::Owner)?;
        self.sealed = sealed;
        Ok(())
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.key))
    }

    /// The camera's identity is authenticated, so that entries cannot be swapped.
    fn seal(&self, camera: &CameraId, password: &Password) -> Option<String> {
        let nonce = random::<NONCE_LENGTH>().ok()?;
        let payload =
            Payload { msg: password.reveal().as_bytes(), aad: camera.as_str().as_bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(*nonce), payload).ok()?;
        Some(BASE64.encode([&nonce[..], &sealed[..]].concat()))
    }

    fn unseal(&self, camera: &CameraId, entry: &str) -> Option<Password> {
        let bytes = BASE64.decode(entry).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: sealed, aad: camera.as_str().as_bytes() };
        let plain = self.cipher().decrypt(&Nonce::from(*nonce), payload).ok()?;
        String::from_utf8(plain).ok().map(Password::new)
    }
}

fn decode_key(text: &str) -> Option<Zeroizing<[u8; KEY_LENGTH]>> {
    let bytes = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
    <[u8; KEY_LENGTH]>::try_from(&bytes[..]).ok().map(Zeroizing::new)
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut bytes[..])?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn passwords_come_back_and_lie_nowhere_in_the_clear() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let (a, b) = (CameraId::from_name("a"), CameraId::from_name("b"));
        let password = Password::new("correct horse".into());
        let mut secrets = Secrets::open(&folder).expect("new");
        secrets.set(&a, Some(&password)).expect("stored");
        secrets.set(&b, Some(&password)).expect("stored");
        secrets.set(&b, None).expect("forgotten");
        let again = Secrets::open(&folder).expect("reopened");
        assert_eq!(again.get(&a).expect("unsealed"), Some(password));
        assert_eq!(again.get(&b).expect("none"), None);
        for entry in fs::read_dir(folder.root()).expect("listed") {
            let path = entry.expect("entry").path();
            let text = fs::read_to_string(&path).expect("text");
            assert!(!text.contains("correct horse"), "{}", path.display());
        }
    }

    #[test]
    fn damaged_or_swapped_entries_are_refused_and_kept() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let (a, b) = (CameraId::from_name("a"), CameraId::from_name("b"));
        let mut secrets = Secrets::open(&folder).expect("new");
        secrets.set(&a, Some(&Password::new("one".into()))).expect("stored");
        let path = folder.root().join("secrets.json");
        let swapped = fs::read_to_string(&path).expect("there").replace("\"a\"", "\"b\"");
        fs::write(&path, &swapped).expect("written");
        assert!(Secrets::open(&folder).expect("well formed").get(&b).is_err());
        fs::write(&path, "{").expect("written");
        assert!(matches!(Secrets::open(&folder), Err(ConfigError::Secrets { .. })));
        assert_eq!(fs::read_to_string(&path).expect("there"), "{");
    }
}
