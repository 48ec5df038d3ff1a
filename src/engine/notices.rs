//! What the operator must know and has not acknowledged yet.
//!
//! Must not do: detect anything; others raise and clear by key.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CameraId, WallTime};
use crate::protocol::{Notice, Severity};

/// Most notices that are kept; beyond, the oldest of the least severe goes.
const MAX_NOTICES: usize = 100;

/// The notices of a running engine.
#[derive(Debug, Default)]
pub struct Notices {
    next_id: u64,
    listed: BTreeMap<u64, (String, Notice)>,
    /// Keys that are raised, listed or acknowledged.
    raised: BTreeSet<String>,
}

impl Notices {
    /// Raises a notice unless one of this `key` is raised already. Returns whether it is new.
    pub fn raise(
        &mut self,
        key: String,
        at: WallTime,
        severity: Severity,
        camera: Option<CameraId>,
        text: String,
    ) -> bool {
        if !self.raised.insert(key.clone()) {
            return false;
        }
        self.make_room();
        let id = self.next_id;
        self.next_id += 1;
        self.listed.insert(id, (key, Notice { id, at, severity, camera, text }));
        true
    }

    /// The cause is gone: the notice stays listed until it is acknowledged, and may be raised anew.
    pub fn clear(&mut self, key: &str) {
        self.raised.remove(key);
    }

    /// The operator has seen it.
    pub fn acknowledge(&mut self, id: u64) {
        self.listed.remove(&id);
    }

    /// All listed, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Notice> {
        self.listed.values().map(|(_, notice)| notice.clone()).collect()
    }

    fn make_room(&mut self) {
        if self.listed.len() < MAX_NOTICES {
            return;
        }
        let least = self.listed.iter().min_by_key(|(id, (_, n))| (n.severity, **id));
        if let Some(id) = least.map(|(id, _)| *id) {
            self.listed.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(notices: &mut Notices, key: &str, severity: Severity) -> bool {
        notices.raise(key.into(), WallTime::default(), severity, None, key.into())
    }

    #[test]
    fn a_cause_is_told_once_until_it_comes_back() {
        let mut notices = Notices::default();
        assert!(raise(&mut notices, "a", Severity::Warning));
        assert!(!raise(&mut notices, "a", Severity::Warning));
        let id = notices.list()[0].id;
        notices.acknowledge(id);
        assert!(notices.list().is_empty() && !raise(&mut notices, "a", Severity::Warning));
        notices.clear("a");
        assert!(raise(&mut notices, "a", Severity::Warning) && notices.list()[0].id > id);
    }

    #[test]
    fn alarms_outlive_a_flood_of_lesser_notices() {
        let mut notices = Notices::default();
        raise(&mut notices, "alarm", Severity::Alarm);
        for number in 0..1_000 {
            raise(&mut notices, &number.to_string(), Severity::Info);
        }
        assert_eq!(notices.list().len(), MAX_NOTICES);
        assert_eq!(notices.list()[0].text, "alarm");
    }
}
