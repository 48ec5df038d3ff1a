//! What the operator must know: what is not acknowledged yet, and what came before.
//!
//! Must not do: detect anything; others raise and clear by key. Write a file.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::KeptNotice;
use crate::model::{CameraId, WallTime};
use crate::protocol::{Acknowledged, Notice, Severity, Topic};

/// Most notices that wait to be acknowledged; beyond, the oldest of the least severe goes.
const MAX_LISTED: usize = 100;

/// Most notices that are kept in all.
const MAX_KEPT: usize = 500;

/// How long a notice is kept whose cause is gone, in microseconds: 30 days.
const KEPT_MICROS: i64 = 30 * 86_400_000_000;

/// After a start, causes that lasted before it are looked for again so long, in microseconds.
const CARRIED_MICROS: i64 = 120_000_000;

/// What a notice tells.
#[derive(Clone, Debug)]
pub struct Cause {
    /// What it is about.
    pub topic: Topic,
    /// When it began.
    pub at: WallTime,
    /// How bad it is.
    pub severity: Severity,
    /// The one concerned.
    pub camera: Option<CameraId>,
    /// A sentence for operators.
    pub text: String,
}

impl Cause {
    /// About the camera concerned, or the program.
    fn new(at: WallTime, severity: Severity, camera: Option<CameraId>, text: String) -> Self {
        let topic = if camera.is_some() { Topic::Camera } else { Topic::Program };
        Self { topic, at, severity, camera, text }
    }
}

/// The notices of a running engine.
#[derive(Debug, Default)]
pub struct Notices {
    next_id: u64,
    kept: BTreeMap<u64, KeptNotice>,
    /// Keys of causes that last, and the notices that tell of them.
    raised: BTreeMap<String, u64>,
    /// Those of the run before, not seen again yet, and when it is too late for that.
    carried: BTreeSet<String>,
    carried_until: WallTime,
    now: WallTime,
    is_changed: bool,
    /// Raised since the last call of [`Notices::take_fresh`].
    fresh: Vec<Notice>,
}

impl Notices {
    /// Goes on with what was kept by an earlier run.
    #[must_use]
    pub fn resume(kept: Vec<KeptNotice>, now: WallTime) -> Self {
        let lasting = kept.iter().filter(|kept| kept.notice.gone.is_none());
        let raised: BTreeMap<String, u64> =
            lasting.map(|kept| (kept.key.clone(), kept.notice.id)).collect();
        let mut notices = Self {
            next_id: kept.iter().map(|kept| kept.notice.id + 1).max().unwrap_or(0),
            carried: raised.keys().cloned().collect(),
            carried_until: now.plus_micros(CARRIED_MICROS),
            raised,
            kept: kept.into_iter().map(|kept| (kept.notice.id, kept)).collect(),
            now,
            is_changed: true,
            fresh: Vec::new(),
        };
        notices.forget_old();
        notices
    }

    /// Lets time pass: a cause of the run before that has not come back is gone.
    pub fn pass(&mut self, now: WallTime) {
        self.now = now;
        if now >= self.carried_until {
            for key in std::mem::take(&mut self.carried) {
                self.clear(&key);
            }
        }
    }

    /// Raises a notice unless one of this `key` is raised already. Returns whether it is new.
    pub fn raise(
        &mut self,
        key: String,
        at: WallTime,
        severity: Severity,
        camera: Option<CameraId>,
        text: String,
    ) -> bool {
        self.raise_about(key, Cause::new(at, severity, camera, text))
    }

    /// [`Notices::raise`], about another topic than the camera or the program.
    pub fn raise_about(&mut self, key: String, cause: Cause) -> bool {
        self.carried.remove(&key);
        if self.raised.contains_key(&key) {
            return false;
        }
        self.make_room();
        let id = self.next_id;
        self.next_id += 1;
        let Cause { topic, at, severity, camera, text } = cause;
        let notice =
            Notice { id, at, severity, camera, topic, text, gone: None, acknowledged: None };
        self.fresh.push(notice.clone());
        self.raised.insert(key.clone(), id);
        self.kept.insert(id, KeptNotice { key, notice });
        self.is_changed = true;
        true
    }

    /// Tells of something that has happened and is over.
    pub fn tell(
        &mut self,
        at: WallTime,
        severity: Severity,
        camera: Option<CameraId>,
        text: String,
    ) {
        self.tell_about(Cause::new(at, severity, camera, text));
    }

    /// [`Notices::tell`], about another topic than the camera or the program.
    pub fn tell_about(&mut self, cause: Cause) {
        let (key, at) = (format!("told {}", cause.text), cause.at);
        self.raise_about(key.clone(), cause);
        if let Some(kept) = self.raised.remove(&key).and_then(|id| self.kept.get_mut(&id)) {
            kept.notice.gone = Some(at);
        }
    }

    /// The cause is gone: the notice stays listed until it is acknowledged, and may be raised anew.
    pub fn clear(&mut self, key: &str) {
        self.carried.remove(key);
        let Some(id) = self.raised.remove(key) else { return };
        if let Some(kept) = self.kept.get_mut(&id) {
            kept.notice.gone = Some(self.now.max(kept.notice.at));
            self.is_changed = true;
        }
    }

    /// Causes of cameras that are not there any more are gone.
    pub fn clear_others(&mut self, is_there: impl Fn(&CameraId) -> bool) {
        let of_gone = |id: &u64| {
            let camera = self.kept.get(id).and_then(|kept| kept.notice.camera.as_ref());
            camera.is_some_and(|camera| !is_there(camera))
        };
        let keys = self.raised.iter().filter(|(_, id)| of_gone(id)).map(|(key, _)| key.clone());
        for key in keys.collect::<Vec<_>>() {
            self.clear(&key);
        }
    }

    /// The operator called `by` has seen it.
    pub fn acknowledge(&mut self, id: u64, at: WallTime, by: String) {
        if let Some(kept) = self.kept.get_mut(&id)
            && kept.notice.acknowledged.is_none()
        {
            kept.notice.acknowledged = Some(Acknowledged { at, by });
            self.is_changed = true;
        }
    }

    /// Those that wait to be acknowledged, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Notice> {
        self.listed().cloned().collect()
    }

    fn listed(&self) -> impl Iterator<Item = &Notice> {
        let all = self.kept.values().map(|kept| &kept.notice);
        all.filter(|notice| notice.acknowledged.is_none())
    }

    /// All with their keys, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<KeptNotice> {
        self.kept.values().cloned().collect()
    }

    /// Whether something has changed since the last call.
    pub const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    /// Those that are new since the last call.
    pub fn take_fresh(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.fresh)
    }

    fn make_room(&mut self) {
        self.forget_old();
        if self.listed().count() >= MAX_LISTED {
            let least = self.listed().min_by_key(|notice| (notice.severity, notice.id));
            if let Some(id) = least.map(|notice| notice.id) {
                self.kept.remove(&id);
            }
        }
        while self.kept.len() >= MAX_KEPT {
            let all = self.kept.values().map(|kept| &kept.notice);
            let least = all.min_by_key(|n| (n.acknowledged.is_none(), n.gone.is_none(), n.id));
            match least.map(|notice| notice.id) {
                Some(id) => self.kept.remove(&id),
                None => break,
            };
        }
    }

    fn forget_old(&mut self) {
        let now = self.now;
        let is_old = |gone: WallTime| now.micros_since(gone) > KEPT_MICROS;
        self.kept.retain(|_, kept| !kept.notice.gone.is_some_and(is_old));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(notices: &mut Notices, key: &str, severity: Severity) -> bool {
        notices.raise(key.into(), notices.now, severity, None, key.into())
    }

    fn acknowledge(notices: &mut Notices, id: u64) {
        notices.acknowledge(id, notices.now, "ann".into());
    }

    fn at(seconds: i64) -> WallTime {
        WallTime::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_cause_is_told_once_until_it_comes_back() {
        let mut notices = Notices::default();
        assert!(raise(&mut notices, "a", Severity::Warning));
        assert!(!raise(&mut notices, "a", Severity::Warning));
        let id = notices.list()[0].id;
        acknowledge(&mut notices, id);
        assert!(notices.list().is_empty() && !raise(&mut notices, "a", Severity::Warning));
        notices.clear("a");
        assert!(raise(&mut notices, "a", Severity::Warning) && notices.list()[0].id > id);
        assert_eq!(notices.take_fresh().len(), 2);
        assert!(notices.take_fresh().is_empty());
    }

    #[test]
    fn what_was_acknowledged_stays_in_the_history_with_who_and_when() {
        let mut notices = Notices::default();
        notices.pass(at(10));
        raise(&mut notices, "a", Severity::Warning);
        notices.pass(at(20));
        notices.clear("a");
        notices.pass(at(30));
        acknowledge(&mut notices, 0);
        acknowledge(&mut notices, 0);
        let kept = notices.all().remove(0).notice;
        assert_eq!((kept.at, kept.gone), (at(10), Some(at(20))));
        assert_eq!(kept.acknowledged, Some(Acknowledged { at: at(30), by: "ann".into() }));
        assert!(!kept.is_momentary());
        notices.pass(at(30 + 31 * 86_400));
        raise(&mut notices, "b", Severity::Info);
        assert_eq!(notices.all().len(), 1, "a month is enough");
    }

    #[test]
    fn a_cause_that_lasts_over_a_restart_is_one_notice() {
        let mut before = Notices::default();
        for key in ["lasts", "over", "clears"] {
            raise(&mut before, key, Severity::Warning);
        }
        acknowledge(&mut before, 0);
        let mut after = Notices::resume(before.all(), at(100));
        assert!(!raise(&mut after, "lasts", Severity::Warning), "known, and acknowledged");
        after.pass(at(110));
        after.clear("clears");
        after.pass(at(300));
        let gone: Vec<Option<WallTime>> = after.all().iter().map(|k| k.notice.gone).collect();
        assert_eq!(gone, [None, Some(at(300)), Some(at(110))]);
        assert!(raise(&mut after, "over", Severity::Warning), "it came back");
        assert_eq!(after.all().last().map(|kept| kept.notice.id), Some(3));
    }

    #[test]
    fn what_belongs_to_a_camera_that_is_gone_is_over() {
        let mut notices = Notices::default();
        let camera = CameraId::from_name("a");
        let (now, severity) = (at(0), Severity::Warning);
        notices.raise("offline a".into(), now, severity, Some(camera.clone()), "a".into());
        notices.clear_others(|id| *id == camera);
        assert_eq!(notices.list()[0].gone, None);
        notices.clear_others(|_| false);
        assert_eq!(notices.list()[0].gone, Some(now));
    }

    #[test]
    fn alarms_outlive_a_flood_of_lesser_notices() {
        let mut notices = Notices::default();
        raise(&mut notices, "alarm", Severity::Alarm);
        for number in 0..1_000 {
            raise(&mut notices, &number.to_string(), Severity::Info);
        }
        assert_eq!(notices.list().len(), MAX_LISTED);
        assert_eq!(notices.list()[0].text, "alarm");
        for number in 0..1_000 {
            let id = notices.next_id;
            raise(&mut notices, &format!("seen {number}"), Severity::Info);
            acknowledge(&mut notices, id);
        }
        assert_eq!(notices.all().len(), MAX_KEPT);
        assert_eq!(notices.list()[0].text, "alarm");
    }
}
