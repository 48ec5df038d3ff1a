//! The PIN of the kiosk: a hash, and how many wrong ones there were. Both survive a restart.
//!
//! Hashing takes 0.1 s of one core: whoever calls this has a thread for it.
//! Must not do: keep or print a PIN.

use std::path::PathBuf;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use serde::{Deserialize, Serialize};

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::{Password, WallTime};
use crate::protocol::PinOutcome;

/// Shortest PIN in characters.
const MIN_LENGTH: usize = 4;

/// Longest PIN in characters.
const MAX_LENGTH: usize = 64;

/// Longest wait between two attempts.
const MAX_DELAY: Duration = Duration::from_secs(5 * 60);

/// Random bytes by which equal PINs have different hashes.
const SALT_LENGTH: usize = 16;

/// What is on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// As a PHC string.
    hash: String,
    /// Wrong ones since the last right one.
    #[serde(default)]
    wrong: u32,
    /// When the last wrong one was entered, in microseconds since 1970.
    #[serde(default)]
    wrong_at: i64,
}

/// The PIN of a data folder.
#[derive(Debug)]
pub struct PinStore {
    path: PathBuf,
    kept: Option<Kept>,
}

/// Time for which no other PIN is looked at after this many wrong ones: it doubles.
#[must_use]
pub fn delay(wrong: u32) -> Duration {
    match wrong.checked_sub(1) {
        None => Duration::ZERO,
        Some(doublings) => {
            let seconds = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
            Duration::from_secs(seconds).min(MAX_DELAY)
        }
    }
}

/// Before which moment no other is looked at. A clock that was set back makes nobody wait longer than the delay.
#[must_use]
pub fn next_try(wrong: u32, wrong_at: WallTime, now: WallTime) -> WallTime {
    wrong_at.min(now) + delay(wrong)
}

/// Whether `pin` can be a PIN.
///
/// # Errors
/// Why not, in a sentence.
pub fn check(pin: &Password) -> Result<(), ConfigError> {
    let length = pin.reveal().chars().count();
    match (MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        true => Ok(()),
        false => Err(ConfigError::Refused(format!(
            "A PIN has {MIN_LENGTH} to {MAX_LENGTH} digits or other characters."
        ))),
    }
}

impl PinStore {
    /// Reads what is known of the PIN of `folder`.
    ///
    /// # Errors
    /// [`ConfigError::Damaged`], [`ConfigError::Io`]: whether there is a PIN is not known then.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.pin();
        let damaged = |reason: String| ConfigError::Damaged { path: path.clone(), reason };
        let kept = match read_if_there(&path)? {
            None => None,
            Some(text) => {
                let kept: Kept =
                    serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
                PasswordHash::new(&kept.hash).map_err(|_| damaged("no hash is in it".into()))?;
                Some(kept)
            }
        };
        Ok(Self { path, kept })
    }

    /// Whether there is a PIN.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        self.kept.is_some()
    }

    /// Looks at a PIN that was entered at `now`. Where there is none, anything is right.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when that it was entered cannot be written down: it is not looked at then.
    pub fn enter(&mut self, pin: &Password, now: WallTime) -> Result<PinOutcome, ConfigError> {
        let Some(mut before) = self.kept.clone() else { return Ok(PinOutcome::Right) };
        if before.wrong > 0 && before.wrong_at > now.as_micros() {
            // The clock was set back: the delay runs from now, once.
            before.wrong_at = now.as_micros();
            self.save(before.clone())?;
        }
        let until = next_try(before.wrong, WallTime::from_micros(before.wrong_at), now);
        if before.wrong > 0 && now < until {
            return Ok(PinOutcome::Wait { until });
        }
        // It counts as wrong until it is known to be right: pulling the plug gains no attempt.
        let wrong = before.wrong.saturating_add(1);
        self.save(Kept { wrong, wrong_at: now.as_micros(), ..before.clone() })?;
        if !is_right(pin, &before.hash) {
            return Ok(PinOutcome::Wrong { next_try_at: next_try(wrong, now, now) });
        }
        self.save(Kept { wrong: 0, wrong_at: 0, ..before })?;
        Ok(PinOutcome::Right)
    }

    /// Sets, changes or (with none) removes the PIN; the one in force must be entered too.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] when it can be none, [`ConfigError::Io`]; the old one stays in force then.
    pub fn change(
        &mut self,
        old: Option<&Password>,
        new: Option<&Password>,
        now: WallTime,
    ) -> Result<PinOutcome, ConfigError> {
        new.map_or(Ok(()), check)?;
        if self.is_set() {
            let nothing = Password::new(String::new());
            match self.enter(old.unwrap_or(&nothing), now)? {
                PinOutcome::Right => {}
                refused => return Ok(refused),
            }
        }
        match new {
            Some(pin) => {
                let hash = hash(pin).ok_or_else(|| {
                    ConfigError::Refused("The PIN was not changed: no random numbers.".into())
                })?;
                self.save(Kept { hash, wrong: 0, wrong_at: 0 })?;
            }
            None => self.remove()?,
        }
        Ok(PinOutcome::Right)
    }

    fn save(&mut self, kept: Kept) -> Result<(), ConfigError> {
        let text = serde_json::to_string_pretty(&kept).unwrap_or_default();
        atomic::replace(&self.path, text.as_bytes(), Readers::Owner)?;
        self.kept = Some(kept);
        Ok(())
    }

    fn remove(&mut self) -> Result<(), ConfigError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(ConfigError::io("remove", &self.path)(error))
            }
            _ => {
                self.kept = None;
                Ok(())
            }
        }
    }
}

fn hash(pin: &Password) -> Option<String> {
    let mut salt = [0; SALT_LENGTH];
    getrandom::fill(&mut salt).ok()?;
    let hash = Argon2::default().hash_password_with_salt(pin.reveal().as_bytes(), &salt);
    hash.ok().map(|hash| hash.to_string())
}

fn is_right(pin: &Password, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(pin.reveal().as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pin(text: &str) -> Password {
        Password::new(text.into())
    }

    #[test]
    fn the_delay_doubles_and_ends_at_five_minutes() {
        let seconds: Vec<u64> = (0..=11).map(|wrong| delay(wrong).as_secs()).collect();
        assert_eq!(seconds, [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(delay(u32::MAX), MAX_DELAY);
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_delay(wrong in 0_u32..100, at in 0_i64..1 << 50, now in 0_i64..1 << 50) {
            let (at, now) = (WallTime::from_micros(at), WallTime::from_micros(now));
            prop_assert!(next_try(wrong, at, now) <= now + delay(wrong));
        }
    }

    #[test]
    fn wrong_pins_make_wait_also_after_a_restart() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let start = WallTime::from_micros(1_000_000_000);
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut store = PinStore::open(&folder).expect("none yet");
        assert!(!store.is_set());
        assert!(store.change(None, Some(&pin("12")), start).is_err(), "too short");
        assert_eq!(store.change(None, Some(&pin("2580")), start).expect("set"), PinOutcome::Right);
        let wrong = store.enter(&pin("0000"), start).expect("looked at");
        assert_eq!(wrong, PinOutcome::Wrong { next_try_at: at(1) });
        let mut store = PinStore::open(&folder).expect("reopened");
        let wait = store.enter(&pin("2580"), start).expect("not looked at");
        assert_eq!(wait, PinOutcome::Wait { until: at(1) });
        let wrong = store.enter(&pin("0001"), at(1)).expect("looked at");
        assert_eq!(wrong, PinOutcome::Wrong { next_try_at: at(3) });
        assert_eq!(store.enter(&pin("2580"), at(3)).expect("looked at"), PinOutcome::Right);
        assert_eq!(store.enter(&pin("2580"), at(3)).expect("looked at"), PinOutcome::Right);
        let text = std::fs::read_to_string(folder.pin()).expect("there");
        assert!(text.contains("$argon2id$") && !text.contains("2580"), "{text}");
        let refused = store.change(Some(&pin("1111")), None, at(9)).expect("looked at");
        assert!(matches!(refused, PinOutcome::Wrong { .. }) && store.is_set());
        let removed = store.change(Some(&pin("2580")), None, at(99)).expect("removed");
        assert!(removed == PinOutcome::Right && !folder.pin().exists());
    }

    #[test]
    fn a_damaged_file_does_not_count_as_no_pin() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        std::fs::write(folder.pin(), "{\"hash\":\"x\"}").expect("written");
        assert!(matches!(PinStore::open(&folder), Err(ConfigError::Damaged { .. })));
    }
}
