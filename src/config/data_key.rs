//! The key under which passwords are sealed, and the three ways of keeping it: in a file, in the system's key
//! store, or sealed under a passphrase.
//!
//! Must not do: read or write a file, print a key, or take part in what a key seals.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::model::{KeyPlace, Password};

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 12;
const SALT_LENGTH: usize = 16;

/// Memory of Argon2id in KiB: a guess of the passphrase costs as much, and half a second of one core.
const MEMORY_KIB: u32 = 64 << 10;

/// Passes over that memory.
const PASSES: u32 = 3;

/// Most memory that a key file may ask for, in KiB, so that a forged one does not fill the computer's.
const MAX_MEMORY_KIB: u32 = 1 << 20;

/// Most passes that it may ask for.
const MAX_PASSES: u32 = 16;

/// Says of a sealed key what it is.
const KEY_LABEL: &[u8] = b"watchkeeper data key";

/// A random key.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey(Zeroizing<[u8; KEY_LENGTH]>);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(..)")
    }
}

impl DataKey {
    /// A new one; none when the system has no random numbers.
    #[must_use]
    pub fn random() -> Option<Self> {
        random().map(Self)
    }

    /// What [`DataKey::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
        <[u8; KEY_LENGTH]>::try_from(&bytes[..]).ok().map(|key| Self(Zeroizing::new(key)))
    }

    /// For the one place that keeps it.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64.encode(&self.0[..]))
    }

    /// Seals `plain`, bound to `label`; nonce and ciphertext in base64.
    #[must_use]
    pub fn seal(&self, plain: &[u8], label: &[u8]) -> Option<String> {
        let nonce = random::<NONCE_LENGTH>()?;
        let payload = Payload { msg: plain, aad: label };
        let sealed = self.cipher().encrypt(&Nonce::from(*nonce), payload).ok()?;
        Some(BASE64.encode([&nonce[..], &sealed[..]].concat()))
    }

    /// What [`DataKey::seal`] sealed under the same label.
    #[must_use]
    pub fn unseal(&self, sealed: &str, label: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = BASE64.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: sealed, aad: label };
        self.cipher().decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

/// How a data key is kept, as its file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptKey {
    /// In the file itself, which the owner alone can read.
    Plain(DataKey),
    /// In the system's key store.
    System(SystemKey),
    /// In the file, sealed under a passphrase.
    Sealed(SealedKey),
}

/// A key in the system's key store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemKey {
    /// By what the key store knows it.
    pub id: String,
}

/// A key that only its passphrase opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedKey {
    salt: String,
    memory_kib: u32,
    passes: u32,
    sealed: String,
}

/// The file of a key that is not plain.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "snake_case")]
enum KeyFile {
    System(SystemKey),
    Passphrase(SealedKey),
}

impl KeptKey {
    /// What [`KeptKey::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if text.trim_start().starts_with('{') {
            return match serde_json::from_str(text).ok()? {
                KeyFile::System(key) => Some(Self::System(key)),
                KeyFile::Passphrase(key) => Some(Self::Sealed(key)),
            };
        }
        DataKey::from_text(text).map(Self::Plain)
    }

    /// For the file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let file = match self {
            Self::Plain(key) => return key.to_text(),
            Self::System(key) => KeyFile::System(key.clone()),
            Self::Sealed(key) => KeyFile::Passphrase(key.clone()),
        };
        Zeroizing::new(serde_json::to_string_pretty(&file).unwrap_or_default())
    }

    /// In a word.
    #[must_use]
    pub const fn place(&self) -> KeyPlace {
        match self {
            Self::Plain(_) => KeyPlace::File,
            Self::System(_) => KeyPlace::KeyStore,
            Self::Sealed(_) => KeyPlace::Passphrase,
        }
    }
}

impl SystemKey {
    /// A new name; none when the system has no random numbers.
    #[must_use]
    pub fn random() -> Option<Self> {
        let bytes = random::<SALT_LENGTH>()?;
        Some(Self { id: bytes.iter().map(|byte| format!("{byte:02x}")).collect() })
    }
}

impl SealedKey {
    /// Seals `key` under `passphrase`; takes half a second. None when there are no random numbers or there is
    /// too little memory.
    #[must_use]
    pub fn seal(key: &DataKey, passphrase: &Password) -> Option<Self> {
        let salt = random::<SALT_LENGTH>()?;
        let lid = derive(passphrase, &salt[..], MEMORY_KIB, PASSES)?;
        let sealed = lid.seal(&key.0[..], KEY_LABEL)?;
        let salt = BASE64.encode(&salt[..]);
        Some(Self { salt, memory_kib: MEMORY_KIB, passes: PASSES, sealed })
    }

    /// The key; takes half a second. None when the passphrase is another one.
    #[must_use]
    pub fn open(&self, passphrase: &Password) -> Option<DataKey> {
        if self.memory_kib > MAX_MEMORY_KIB || self.passes > MAX_PASSES {
            return None;
        }
        let salt = BASE64.decode(&self.salt).ok()?;
        let lid = derive(passphrase, &salt, self.memory_kib, self.passes)?;
        let bytes = lid.unseal(&self.sealed, KEY_LABEL)?;
        <[u8; KEY_LENGTH]>::try_from(&bytes[..]).ok().map(|key| DataKey(Zeroizing::new(key)))
    }
}

fn derive(passphrase: &Password, salt: &[u8], memory_kib: u32, passes: u32) -> Option<DataKey> {
    let params = Params::new(memory_kib, passes, 1, Some(KEY_LENGTH)).ok()?;
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.reveal().as_bytes(), salt, &mut key[..])
        .ok()?;
    Some(DataKey(key))
}

fn random<const N: usize>() -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut bytes[..]).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_is_opened_by_its_passphrase_alone() {
        let key = DataKey::random().expect("random");
        let right = Password::new("a long walk".into());
        let sealed = SealedKey::seal(&key, &right).expect("sealed");
        let text = KeptKey::Sealed(sealed.clone()).to_text();
        assert!(!text.contains(&*key.to_text()), "the key lies in the clear");
        assert_eq!(KeptKey::from_text(&text), Some(KeptKey::Sealed(sealed.clone())));
        assert_eq!(sealed.open(&right), Some(key));
        assert_eq!(sealed.open(&Password::new("a long wall".into())), None);
        let greedy = SealedKey { memory_kib: u32::MAX, ..sealed };
        assert_eq!(greedy.open(&right), None);
    }

    #[test]
    fn every_way_of_keeping_is_read_back() {
        let key = DataKey::random().expect("random");
        let system = SystemKey::random().expect("random");
        for kept in [KeptKey::Plain(key), KeptKey::System(system)] {
            assert_eq!(KeptKey::from_text(&kept.to_text()), Some(kept));
        }
        assert_eq!(KeptKey::from_text("{}"), None);
        assert_eq!(KeptKey::from_text("x"), None);
    }
}
