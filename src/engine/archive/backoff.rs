//! When an archive is tried again, and how long the thread that brings recordings rests: the policy, pure.
//!
//! Must not do: wait, or read a clock.

use std::time::Duration;

use crate::storage::StorageError;

/// Waits after the first, second, ... failure in a row; the last one for all that follow. A NAS that restarts is
/// back within minutes, and then what waits should be on its way soon.
const STEPS: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(30),
];

/// Wait after an error that only a person can mend: accounts are locked after a few wrong passwords within some
/// minutes.
const RARELY: Duration = Duration::from_secs(300);

/// Wait while there is no room and nothing has made some.
const FULL: Duration = Duration::from_secs(60);

/// No rest is longer: a server that stalls for once is no reason to stand still.
const LONGEST_REST: Duration = Duration::from_millis(250);

/// What is in the way, as far as it decides what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It cannot be reached, or failed in some way that may pass.
    Away,
    /// A person must do something.
    Person,
    /// There is no room.
    Full,
}

impl Obstacle {
    /// What `error` means.
    #[must_use]
    pub const fn of(error: &StorageError) -> Self {
        match error {
            StorageError::Full { .. } => Self::Full,
            StorageError::Denied { .. }
            | StorageError::Forbidden { .. }
            | StorageError::Gone { .. }
            | StorageError::Taken { .. }
            | StorageError::NotInPlace { .. }
            | StorageError::Path { .. } => Self::Person,
            _ => Self::Away,
        }
    }
}

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: usize,
}

impl Backoff {
    /// How long to wait after a failure.
    pub fn after(&mut self, obstacle: Obstacle) -> Duration {
        match obstacle {
            Obstacle::Person => RARELY,
            Obstacle::Full => FULL,
            Obstacle::Away => {
                let step = STEPS[self.failures.min(STEPS.len() - 1)];
                self.failures = self.failures.saturating_add(1);
                step
            }
        }
    }

    /// Something has succeeded, or an operator asks for an attempt now: the waits begin anew.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// How long to rest after a write that took so long: a fifth of the time disk and network are others'.
#[must_use]
pub fn rest_after_write(took: Duration) -> Duration {
    (took / 4).min(LONGEST_REST)
}

/// How long to rest after a part was read back, which nobody waits for: half of the time.
#[must_use]
pub fn rest_after_read(took: Duration) -> Duration {
    took.min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        let mut waits = || backoff.after(Obstacle::Away).as_secs();
        let seconds: Vec<u64> = (0..8).map(|_| waits()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.after(Obstacle::Away), Duration::from_secs(1));
    }

    #[test]
    fn what_a_person_must_mend_is_asked_for_every_few_minutes() {
        let (path, why) = (String::from("smb://nas/video"), String::from("the password is wrong"));
        let denied = StorageError::Denied { path: path.clone(), why };
        assert_eq!(Backoff::default().after(Obstacle::of(&denied)), RARELY);
        let full = StorageError::Full { path: path.clone() };
        assert_eq!(Backoff::default().after(Obstacle::of(&full)), FULL);
        let offline = StorageError::Offline { path, why: "no route".into() };
        assert_eq!(Obstacle::of(&offline), Obstacle::Away);
    }

    #[test]
    fn it_never_takes_all_of_the_time() {
        let millis = Duration::from_millis;
        assert_eq!(rest_after_write(millis(80)), millis(20));
        assert_eq!(rest_after_read(millis(80)), millis(80));
        assert_eq!(rest_after_write(millis(60_000)), LONGEST_REST);
    }
}
