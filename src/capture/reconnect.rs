//! When to try again, and when to do so without a camera's metadata: the policy, pure.
//!
//! A camera that restarts is back within seconds, one that is gone for the night must not be hammered, and
//! one that refuses the password locks the account if it is asked often. Must not do: wait, or read a
//! clock.

use std::time::Duration;

use super::CaptureError;

/// Waits after the first, second, ... failure in a row; the last one for all that follow. An attempt in
/// eight seconds is nothing to a network, and footage of a camera that is back must not wait for longer.
const STEPS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// Wait after an error that only a person can mend. Cameras lock an account after five or so wrong
/// passwords within some minutes; one in five minutes is below that everywhere.
const RARELY: Duration = Duration::from_secs(300);

/// A run at least this long means that the camera is well: the next wait is the shortest again.
pub const HEALTHY_RUN: Duration = Duration::from_secs(10);

/// Waits are made up to this many thousandths longer, so that 16 cameras behind one switch do not come
/// back in step.
const JITTER_PERMILLE: u32 = 250;

/// Attempts in a row with the camera's metadata that may fail soon. One can do so by chance; pictures do
/// not wait for more than two.
const METADATA_TRIES: u32 = 2;

/// Counts failures in a row of one stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: usize,
}

impl Backoff {
    /// How long to wait after `error`. `run` is how long pictures had arrived before it, `random` any
    /// number for the jitter.
    pub fn after(&mut self, error: &CaptureError, run: Duration, random: u32) -> Duration {
        if run >= HEALTHY_RUN {
            self.failures = 0;
        }
        let step = STEPS[self.failures.min(STEPS.len() - 1)];
        self.failures = self.failures.saturating_add(1);
        let wait = if error.retry() { step } else { RARELY };
        wait + wait * (random % (JITTER_PERMILLE + 1)) / 1_000
    }

    /// An operator asks for an attempt now: the waits begin anew.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Whether a camera's metadata is what its sessions fail of. Pictures matter more: when in doubt, they are
/// tried alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct MetadataDoubt {
    failures: u32,
}

impl MetadataDoubt {
    /// Whether the next attempt may ask for metadata.
    #[must_use]
    pub const fn allows(self) -> bool {
        self.failures < METADATA_TRIES
    }

    /// An attempt ended after pictures had arrived for `run`; `asked` is whether it asked for metadata.
    /// One that fails soon without metadata clears it of the doubt.
    pub fn ended(&mut self, asked: bool, run: Duration) {
        let healthy = run >= HEALTHY_RUN;
        if asked && !healthy {
            self.failures = self.failures.saturating_add(1);
        } else if asked || !healthy {
            self.failures = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone() -> CaptureError {
        CaptureError::Refused { address: "10.0.0.9:554".into() }
    }

    #[test]
    fn waits_grow_up_to_a_cap() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> =
            (0..8).map(|_| backoff.after(&gone(), Duration::ZERO, 0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 8, 8, 8, 8]);
    }

    #[test]
    fn a_healthy_run_or_an_operator_begins_anew() {
        let mut backoff = Backoff::default();
        for _ in 0..5 {
            backoff.after(&gone(), Duration::from_secs(9), 0);
        }
        assert_eq!(backoff.after(&gone(), HEALTHY_RUN, 0), Duration::from_secs(1));
        backoff.after(&gone(), Duration::ZERO, 0);
        backoff.reset();
        assert_eq!(backoff.after(&gone(), Duration::ZERO, 0), Duration::from_secs(1));
    }

    #[test]
    fn metadata_is_left_out_when_it_alone_fails() {
        let mut doubt = MetadataDoubt::default();
        doubt.ended(true, Duration::ZERO);
        doubt.ended(true, HEALTHY_RUN);
        doubt.ended(true, Duration::ZERO);
        assert!(doubt.allows(), "that was by chance");
        doubt.ended(true, Duration::ZERO);
        assert!(!doubt.allows());
        doubt.ended(false, HEALTHY_RUN);
        assert!(!doubt.allows(), "without it all is well");
        doubt.ended(false, Duration::ZERO);
        assert!(doubt.allows(), "without it things are no better");
    }

    #[test]
    fn jitter_only_lengthens_and_is_bounded() {
        for random in [0, 1, 250, 251, u32::MAX] {
            let wait = Backoff::default().after(&gone(), Duration::ZERO, random);
            assert!(wait >= Duration::from_secs(1) && wait <= Duration::from_millis(1_250));
        }
    }

    #[test]
    fn a_wrong_password_is_tried_rarely() {
        for error in
            [CaptureError::WrongPassword, CaptureError::Unsupported { codec: "H.265".into() }]
        {
            let wait = Backoff::default().after(&error, Duration::ZERO, 0);
            assert_eq!(wait, Duration::from_secs(300), "{error}");
        }
    }
}
