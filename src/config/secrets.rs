//! Passwords: encrypted at rest, one entry for each camera and each place elsewhere.
//!
//! Each password is sealed with ChaCha20-Poly1305 (RFC 8439) under a random key. Where that is kept,
//! [`super::data_key`] tells; in a file it keeps passwords out of settings, backups of settings and chance
//! looks, but not from somebody who can read the owner's files.
//! Must not do: print a password, or write one in the clear.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::atomic::{self, Readers};
use super::data_key::{DataKey, KeptKey, SealedKey, SystemKey};
use super::folder::read_if_there;
use super::key_store::{self, KeyStoreError};
use super::passphrase::wrong_passphrase;
use super::{ConfigError, DataFolder};
use crate::model::settings::archive::is_same_address;
use crate::model::{CameraId, KeyPlace, Password};

/// The key lies beside the passwords, or what leads to it.
const KEY_FILE: &str = "secrets.key";

/// The stored passwords of a data folder.
pub struct Secrets {
    path: PathBuf,
    /// Made when the first password is stored, at the latest.
    key: HeldKey,
    /// Nonce and sealed password in base64, by camera, or by the address of a place elsewhere: that has a `:`, which
    /// no camera's identity has.
    sealed: BTreeMap<String, String>,
    /// Why the stored passwords cannot be read; their files are put aside before new ones are stored.
    damage: Option<String>,
    /// Whether a new key goes to the system's key store.
    prefers_key_store: bool,
}

/// The key, as far as it is at hand.
enum HeldKey {
    None,
    Open(DataKey, KeptKey),
    Locked(KeptKey),
}

impl Secrets {
    /// Opens the secrets of `folder`. Damaged ones are opened too, since
    /// cameras must be recorded that need none: each password is then refused until it is stored anew.
    /// Where the key is not in its file they are locked: see [`Secrets::locked`].
    ///
    /// # Errors
    /// [`ConfigError::Io`] when a file is there but cannot be read.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.root().join("secrets.json");
        let sealed = match read_if_there(&path)? {
            Some(text) => serde_json::from_str(&text).map_err(|_| "it is damaged"),
            None => Ok(BTreeMap::new()),
        };
        let key = read_if_there(&folder.root().join(KEY_FILE))?
            .map(|text| KeptKey::from_text(&text).ok_or("its key is damaged"));
        let (key, sealed, damage) = match (key, sealed) {
            (None, Ok(sealed)) if sealed.is_empty() => (HeldKey::None, sealed, None),
            (Some(Ok(kept)), Ok(sealed)) => (HeldKey::from(kept), sealed, None),
            // The key in force is made when a password is stored anew.
            (Some(Err(why)), _) => (HeldKey::None, BTreeMap::new(), Some(why)),
            (None, _) => (HeldKey::None, BTreeMap::new(), Some("its key is missing")),
            (Some(Ok(_)), Err(why)) => (HeldKey::None, BTreeMap::new(), Some(why)),
        };
        let damage = damage.map(str::to_owned);
        Ok(Self { path, key, sealed, damage, prefers_key_store: folder.prefers_key_store() })
    }

    /// Where the key is kept.
    #[must_use]
    pub fn place(&self) -> KeyPlace {
        self.kept().map_or(KeyPlace::None, KeptKey::place)
    }

    fn kept(&self) -> Option<&KeptKey> {
        match &self.key {
            HeldKey::None => None,
            HeldKey::Open(_, kept) | HeldKey::Locked(kept) => Some(kept),
        }
    }

    /// What leads to the key, while that is not at hand.
    #[must_use]
    pub const fn locked(&self) -> Option<&KeptKey> {
        match &self.key {
            HeldKey::Locked(kept) => Some(kept),
            HeldKey::None | HeldKey::Open(..) => None,
        }
    }

    /// What an operator is told while the passwords are locked.
    #[must_use]
    pub fn locked_words(&self) -> Option<&'static str> {
        Some(match self.locked()? {
            KeptKey::System(_) => {
                "Passwords are locked: unlock the system's key store; it is asked again"
            }
            KeptKey::Sealed(_) | KeptKey::Plain(_) => "Passwords are locked: enter the passphrase",
        })
    }

    /// Whether a password is stored for `camera`, at hand or not.
    #[must_use]
    pub fn has(&self, camera: &CameraId) -> bool {
        self.sealed.contains_key(camera.as_str())
    }

    /// The addresses of the places elsewhere that a password is stored for, at hand or not.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.sealed.keys().map(String::as_str).filter(|key| key.contains(':'))
    }

    /// Whether a password is stored for the place elsewhere at `address`, at hand or not.
    #[must_use]
    pub fn has_at(&self, address: &str) -> bool {
        self.stored_address(address).is_some()
    }

    /// Whether any password is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    /// The key is at hand.
    pub fn unlock(&mut self, key: DataKey) {
        self.key = match std::mem::replace(&mut self.key, HeldKey::None) {
            HeldKey::Locked(kept) => HeldKey::Open(key, kept),
            other => other,
        };
    }

    /// The key store answers that it has no such key: the passwords are as good as damaged.
    pub fn give_up_key(&mut self) {
        if matches!(self.key, HeldKey::Locked(KeptKey::System(_))) {
            self.damage = Some(KeyStoreError::Missing.to_string());
            self.key = HeldKey::None;
            self.sealed.clear();
        }
    }

    /// Gets the key, by `passphrase` where it needs one. Takes as long as a key store may, or Argon2id does.
    ///
    /// # Errors
    /// [`ConfigError::PasswordsLocked`] when it cannot be had.
    pub fn unlock_now(&mut self, passphrase: Option<&Password>) -> Result<(), ConfigError> {
        let locked = |words: String| ConfigError::PasswordsLocked(words);
        match self.locked().cloned() {
            None => Ok(()),
            Some(KeptKey::Plain(key)) => {
                self.unlock(key);
                Ok(())
            }
            Some(KeptKey::Sealed(sealed)) => {
                let words = self.locked_words().unwrap_or_default();
                let passphrase = passphrase.ok_or_else(|| locked(words.into()))?;
                let key = sealed.open(passphrase).ok_or_else(wrong_passphrase)?;
                self.unlock(key);
                Ok(())
            }
            Some(KeptKey::System(id)) => {
                match key_store::within_limit(move || key_store::read(&id)) {
                    Ok(key) => self.unlock(key),
                    Err(KeyStoreError::Missing) => self.give_up_key(),
                    Err(error) => {
                        return Err(locked(format!("Passwords are locked: {error}")));
                    }
                }
                Ok(())
            }
        }
    }

    /// Where a key store is wanted and there is no key yet, makes one there, so that nobody waits for it when the
    /// first password is stored. Without a key store the key will be in its file.
    pub fn prepare(&mut self) {
        let is_new = matches!(self.key, HeldKey::None) && self.damage.is_none();
        if !is_new || !self.prefers_key_store {
            return;
        }
        if let Err(error) = self.keep_in_key_store() {
            tracing::info!("the key of the passwords will be in a file: {error}");
        }
    }

    /// Keeps the key in the system's key store.
    ///
    /// # Errors
    /// What is in the way; it is kept as before then.
    pub fn keep_in_key_store(&mut self) -> Result<(), ConfigError> {
        let key = self.key_or_new()?;
        let id = Self::put_in_key_store(&key)?;
        self.keep(key, KeptKey::System(id))
    }

    /// Keeps the key in its file, readable by the owner alone.
    ///
    /// # Errors
    /// What is in the way; it is kept as before then.
    pub fn keep_in_file(&mut self) -> Result<(), ConfigError> {
        let key = self.key_or_new()?;
        self.keep(key.clone(), KeptKey::Plain(key))
    }

    /// Keeps the key sealed under `passphrase`; takes half a second.
    ///
    /// # Errors
    /// What is in the way; it is kept as before then.
    pub fn keep_sealed(&mut self, passphrase: &Password) -> Result<(), ConfigError> {
        let key = self.key_or_new()?;
        let sealed = Self::sealed_under(&key, passphrase)?;
        self.keep(key, KeptKey::Sealed(sealed))
    }

    fn keep(&mut self, key: DataKey, kept: KeptKey) -> Result<(), ConfigError> {
        if let Some(id) = self.keep_as(key, kept)?
            && let Err(error) = key_store::within_limit(move || key_store::forget(&id))
        {
            tracing::warn!("the key store keeps a key that is not needed any more: {error}");
        }
        Ok(())
    }

    /// Puts `key` into the system's key store under a new name.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] when it does not take it in time.
    pub fn put_in_key_store(key: &DataKey) -> Result<SystemKey, ConfigError> {
        let id = SystemKey::random()
            .ok_or_else(|| ConfigError::Refused("there are no random numbers".into()))?;
        let (kept, there) = (key.clone(), id.clone());
        key_store::within_limit(move || key_store::keep(&there, &kept))
            .map_err(|error| ConfigError::Refused(error.to_string()))?;
        Ok(id)
    }

    /// `key` sealed under `passphrase`; takes half a second.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] when there are no random numbers, or too little memory.
    pub fn sealed_under(key: &DataKey, passphrase: &Password) -> Result<SealedKey, ConfigError> {
        SealedKey::seal(key, passphrase).ok_or_else(|| {
            ConfigError::Refused("there are no random numbers, or too little memory".into())
        })
    }

    /// The key to be kept elsewhere; a new one where there is none.
    ///
    /// # Errors
    /// [`ConfigError::PasswordsLocked`], [`ConfigError::Secrets`].
    pub fn key_or_new(&self) -> Result<DataKey, ConfigError> {
        match &self.key {
            HeldKey::Open(key, _) => Ok(key.clone()),
            HeldKey::Locked(_) => Err(self.locked_error()),
            HeldKey::None => match &self.damage {
                Some(reason) => Err(self.trouble(reason)),
                None => DataKey::random().ok_or_else(|| self.trouble("no random numbers")),
            },
        }
    }

    /// `key`, the one in force or the first one, is kept in another way from now on. Returns the name under which
    /// the key store still has it, and may forget it now.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] when another key is in force by now; what keeps it from being written. It is kept
    /// as before then.
    pub fn keep_as(
        &mut self,
        key: DataKey,
        kept: KeptKey,
    ) -> Result<Option<SystemKey>, ConfigError> {
        let before = match &self.key {
            HeldKey::None => None,
            HeldKey::Open(in_force, kept) if *in_force == key => Some(kept.clone()),
            HeldKey::Open(..) | HeldKey::Locked(_) => {
                let text = "the passwords were changed meanwhile; please try again";
                return Err(ConfigError::Refused(text.into()));
            }
        };
        let path = self.path.with_file_name(KEY_FILE);
        atomic::replace(&path, kept.to_text().as_bytes(), Readers::Owner)?;
        self.key = HeldKey::Open(key, kept);
        Ok(match before {
            Some(KeptKey::System(id)) => Some(id),
            Some(KeptKey::Plain(_) | KeptKey::Sealed(_)) | None => None,
        })
    }

    /// The password of `camera`, if one is stored.
    ///
    /// # Errors
    /// [`ConfigError::Secrets`] when it cannot be unsealed, [`ConfigError::PasswordsLocked`].
    pub fn get(&self, camera: &CameraId) -> Result<Option<Password>, ConfigError> {
        self.unsealed(camera.as_str())
    }

    /// The password for the place elsewhere at this address, if one is stored: it follows to no other one.
    ///
    /// # Errors
    /// As for [`Secrets::get`].
    pub fn at(&self, address: &str) -> Result<Option<Password>, ConfigError> {
        self.unsealed(self.stored_address(address).unwrap_or(address))
    }

    /// `address` as it was written when its password was stored.
    fn stored_address(&self, address: &str) -> Option<&str> {
        self.addresses().find(|stored| is_same_address(stored, address))
    }

    fn unsealed(&self, owner: &str) -> Result<Option<Password>, ConfigError> {
        if let Some(reason) = &self.damage {
            return Err(self.trouble(reason));
        }
        let Some(sealed) = self.sealed.get(owner) else {
            return Ok(None);
        };
        let HeldKey::Open(key, _) = &self.key else {
            return Err(self.locked_error());
        };
        unseal(key, owner, sealed)
            .map(Some)
            .ok_or_else(|| self.trouble(&format!("the entry of {owner} does not fit its key")))
    }

    fn trouble(&self, reason: &str) -> ConfigError {
        ConfigError::Secrets { path: self.path.clone(), reason: reason.into() }
    }

    fn locked_error(&self) -> ConfigError {
        ConfigError::PasswordsLocked(self.locked_words().unwrap_or_default().into())
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
        self.seal(camera.as_str(), password)
    }

    /// Stores, replaces or (with none) forgets the password for the place elsewhere at `address`.
    ///
    /// # Errors
    /// As for [`Secrets::set`].
    pub fn set_at(
        &mut self,
        address: &str,
        password: Option<&Password>,
    ) -> Result<(), ConfigError> {
        let stored = self.stored_address(address).unwrap_or(address).to_owned();
        self.seal(&stored, password)
    }

    fn seal(&mut self, owner: &str, password: Option<&Password>) -> Result<(), ConfigError> {
        let mut sealed = self.sealed.clone();
        match password {
            Some(password) => {
                self.put_aside()?;
                let key = self.made_key()?;
                let entry = key
                    .seal(password.reveal().as_bytes(), owner.as_bytes())
                    .ok_or_else(|| self.trouble("no random numbers"))?;
                sealed.insert(owner.to_owned(), entry);
            }
            None => {
                if sealed.remove(owner).is_none() {
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
        self.key = HeldKey::None;
        self.damage = None;
        Ok(())
    }

    fn made_key(&mut self) -> Result<DataKey, ConfigError> {
        let key = self.key_or_new()?;
        if matches!(self.key, HeldKey::None) {
            self.keep_as(key.clone(), KeptKey::Plain(key.clone()))?;
        }
        Ok(key)
    }
}

impl From<KeptKey> for HeldKey {
    fn from(kept: KeptKey) -> Self {
        match &kept {
            KeptKey::Plain(key) => Self::Open(key.clone(), kept),
            KeptKey::System(_) | KeptKey::Sealed(_) => Self::Locked(kept),
        }
    }
}

/// Whose it is, is authenticated, so that entries cannot be swapped.
fn unseal(key: &DataKey, owner: &str, entry: &str) -> Option<Password> {
    let plain = key.unseal(entry, owner.as_bytes())?;
    std::str::from_utf8(&plain).ok().map(|text| Password::new(text.to_owned()))
}

#[cfg(test)]
mod tests;
