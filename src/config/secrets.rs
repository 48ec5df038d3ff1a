//! Camera passwords: encrypted at rest, one entry for each camera.
//!
//! Each password is sealed with ChaCha20-Poly1305 (RFC 8439) under a random key that lies in a file of
//! its own, both readable by the owner alone. This keeps passwords out of settings, backups of settings
//! and chance looks; it does not keep them from somebody who can read the owner's files.
//! Must not do: print a password, or write one in the clear.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use zeroize::Zeroizing;

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::{CameraId, Password};

/// The key lies beside the passwords.
const KEY_FILE: &str = "secrets.key";

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 12;

/// The stored passwords of a data folder.
pub struct Secrets {
    path: PathBuf,
    /// Made when the first password is stored.
    key: Option<Zeroizing<[u8; KEY_LENGTH]>>,
    /// Nonce and sealed password in base64, by camera.
    sealed: BTreeMap<CameraId, String>,
    /// Why the stored passwords cannot be read; their files are put aside before new ones are stored.
    damage: Option<String>,
}

impl Secrets {
    /// Opens the secrets of `folder`. Damaged ones are opened too, since
    /// cameras must be recorded that need none: each password is then refused until it is stored anew.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when a file is there but cannot be read.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.root().join("secrets.json");
        let key_path = folder.root().join(KEY_FILE);
        let sealed = match read_if_there(&path)? {
            Some(text) => serde_json::from_str(&text).map_err(|_| "it is damaged"),
            None => Ok(BTreeMap::new()),
        };
        let key =
            read_if_there(&key_path)?.map(|text| decode_key(&text).ok_or("its key is damaged"));
        let (key, sealed, damage) = match (key, sealed) {
            (None, Ok(sealed)) if sealed.is_empty() => (None, sealed, None),
            (Some(Ok(key)), Ok(sealed)) => (Some(key), sealed, None),
            // The key in force is made when a password is stored anew.
            (Some(Err(why)), _) => (None, BTreeMap::new(), Some(why)),
            (None, _) => (None, BTreeMap::new(), Some("its key is missing")),
            (Some(Ok(_)), Err(why)) => (None, BTreeMap::new(), Some(why)),
        };
        Ok(Self { path, key, sealed, damage: damage.map(str::to_owned) })
    }

    /// The password of `camera`, if one is stored.
    ///
    /// # Errors
    /// [`ConfigError::Secrets`] when it cannot be unsealed.
    pub fn get(&self, camera: &CameraId) -> Result<Option<Password>, ConfigError> {
        if let Some(reason) = &self.damage {
            return Err(ConfigError::Secrets { path: self.path.clone(), reason: reason.clone() });
        }
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
        if password.is_some() {
            self.put_aside()?;
            self.make_key()?;
        }
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

    /// Begins anew where what is stored cannot be read; somebody may still want to look at it.
    fn put_aside(&mut self) -> Result<(), ConfigError> {
        if self.damage.is_none() {
            return Ok(());
        }
        let key_path = self.path.with_file_name(KEY_FILE);
        for path in [&self.path, &key_path] {
            if path.exists() {
                let aside = atomic::put_aside(path).map_err(ConfigError::io("rename", path))?;
                tracing::warn!(
                    "what cannot be read of the passwords is kept as {}",
                    aside.display()
                );
            }
        }
        self.key = None;
        self.damage = None;
        Ok(())
    }

    fn make_key(&mut self) -> Result<(), ConfigError> {
        if self.key.is_none() {
            self.key = Some(new_key(&self.path, &self.path.with_file_name(KEY_FILE))?);
        }
        Ok(())
    }

    fn cipher(&self) -> Option<ChaCha20Poly1305> {
        self.key.as_ref().map(|key| ChaCha20Poly1305::new(&Key::from(**key)))
    }

    /// The camera's identity is authenticated, so that entries cannot be swapped.
    fn seal(&self, camera: &CameraId, password: &Password) -> Option<String> {
        let nonce = random::<NONCE_LENGTH>().ok()?;
        let payload =
            Payload { msg: password.reveal().as_bytes(), aad: camera.as_str().as_bytes() };
        let sealed = self.cipher()?.encrypt(&Nonce::from(*nonce), payload).ok()?;
        Some(BASE64.encode([&nonce[..], &sealed[..]].concat()))
    }

    fn unseal(&self, camera: &CameraId, entry: &str) -> Option<Password> {
        let bytes = BASE64.decode(entry).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: sealed, aad: camera.as_str().as_bytes() };
        let plain = self.cipher()?.decrypt(&Nonce::from(*nonce), payload).ok()?;
        String::from_utf8(plain).ok().map(Password::new)
    }
}

fn new_key(path: &Path, key_path: &Path) -> Result<Zeroizing<[u8; KEY_LENGTH]>, ConfigError> {
    let key = random::<KEY_LENGTH>().map_err(|_| ConfigError::Secrets {
        path: path.to_path_buf(),
        reason: "no random numbers".into(),
    })?;
    let text = Zeroizing::new(BASE64.encode(&key[..]));
    atomic::replace(key_path, text.as_bytes(), Readers::Owner)?;
    Ok(key)
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
        let mut damaged = Secrets::open(&folder).expect("cameras without a password go on");
        assert!(matches!(damaged.get(&a), Err(ConfigError::Secrets { .. })));
        assert_eq!(fs::read_to_string(&path).expect("there"), "{");
        let aside = folder.root().join("secrets.damaged-1.json");
        let password = Password::new("anew".into());
        damaged.set(&a, Some(&password)).expect("entered again, as the error asks");
        assert_eq!(fs::read_to_string(aside).expect("kept"), "{");
        let again = Secrets::open(&folder).expect("whole");
        assert_eq!(again.get(&a).expect("unsealed"), Some(password));
    }

    #[test]
    fn a_lost_key_is_replaced_when_a_password_is_entered_again() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let a = CameraId::from_name("a");
        let password = Password::new("one".into());
        for damage in [None, Some("x")] {
            let mut secrets = Secrets::open(&folder).expect("opened");
            secrets.set(&a, Some(&password)).expect("stored");
            let key = folder.root().join(KEY_FILE);
            fs::remove_file(&key).expect("removed");
            damage.iter().for_each(|text| fs::write(&key, text).expect("written"));
            let mut secrets = Secrets::open(&folder).expect("opened");
            assert!(secrets.get(&a).is_err());
            secrets.set(&a, Some(&password)).expect("stored anew");
            let again = Secrets::open(&folder).expect("opened");
            assert_eq!(again.get(&a).expect("unsealed"), Some(password.clone()));
        }
    }
}
