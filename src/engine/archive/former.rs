//! Archives of former settings, from which footage is still played: what is on them still ages. Those that hold
//! recordings are asked now and then whether they answer, and what the retention orders on them is carried out.
//!
//! Must not do: bring anything there, decide what goes, or have the archive of today wait for more than one call.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::courier::Courier;
use super::upkeep::taken_up;
use super::{ORDER, Order};
use crate::engine::EngineError;
use crate::engine::removal::{Doomed, Removal};
use crate::model::VolumeId;
use crate::runtime::Now;
use crate::storage::{Archive, Owner};

/// Time between two questions: ages are counted in hours at least, and one that is off takes seconds to say nothing.
const ASK: Duration = Duration::from_secs(600);

/// An archive of former settings.
#[derive(Clone)]
pub struct FormerArchive {
    /// Its number in the index.
    pub volume: VolumeId,
    /// Itself.
    pub archive: Arc<dyn Archive>,
    /// The identity that it had; one that was never reached holds nothing.
    pub marker: Option<String>,
    /// Who has brought recordings there: us. What belongs to somebody else by now is left alone.
    pub owner: String,
}

/// Which archives of former settings deletions can be ordered on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormerReport {
    /// Those that answered last time.
    pub there: BTreeSet<VolumeId>,
    /// Grows with each deletion: what was planned before is planned anew.
    pub serial: u64,
}

/// What the thread `upload` keeps of them.
pub struct Former {
    removal: Removal,
    /// Which there are.
    known: Arc<Vec<FormerArchive>>,
    now: FormerReport,
    /// When they are asked again, on the monotonic clock.
    due: Duration,
    /// What is to go there, as it was ordered last.
    ordered: Option<Order>,
    /// Deletions that an end has interrupted.
    interrupted: Vec<Doomed>,
}

impl Former {
    /// None are known yet.
    pub(super) fn new(removal: Removal) -> Self {
        Self {
            removal,
            known: Arc::default(),
            now: FormerReport::default(),
            due: Duration::ZERO,
            ordered: None,
            interrupted: Vec::new(),
        }
    }
}

impl Courier {
    /// Sorts what was ordered; of several orders the newest counts.
    pub(super) fn take_orders(&mut self) {
        while let Ok(order) = self.options.orders.try_recv() {
            let is_former = self.former.known.iter().any(|it| it.volume == order.volume);
            *(if is_former { &mut self.former.ordered } else { &mut self.ordered }) = Some(order);
        }
    }

    /// Asks them when that is due, and deletes some of what is to go there.
    pub(super) fn tend_former(&mut self) {
        let known = self.options.desk.former();
        if let Some(known) = known.filter(|known| !Arc::ptr_eq(known, &self.former.known)) {
            self.former.known = known;
            self.former.due = Duration::ZERO;
        }
        let now = self.options.clock.now();
        if now.monotonic >= self.former.due {
            self.former.due = now.monotonic.saturating_add(ASK);
            if let Err(error) = self.ask_former() {
                tracing::warn!("what is on former archives does not age now: {error}");
            }
        }
        if let Err(error) = self.delete_former(now) {
            tracing::warn!("old recordings on former archives stay for now: {error}");
        }
    }

    /// Finds out which of those that hold recordings answer, and what was interrupted there.
    fn ask_former(&mut self) -> Result<(), EngineError> {
        let mut there = BTreeSet::new();
        self.former.interrupted.clear();
        let reader = self.options.recordings.reader.clone();
        let occupied = if self.former.known.is_empty() { None } else { Some(reader.occupied()?) };
        for former in self.former.known.iter() {
            let holds = occupied.as_ref().is_some_and(|all| all.contains_key(&former.volume));
            let Some(marker) = former.marker.as_deref().filter(|_| holds) else { continue };
            let us = Owner::new(former.owner.clone());
            if let Err(error) = former.archive.mark(Some(marker), &us) {
                tracing::debug!("nothing is deleted on a former archive: {error}");
                continue;
            }
            there.insert(former.volume);
            let rows = reader.leaving(former.volume)?.into_iter();
            let new = rows.filter(|row| !self.former.removal.holds(row));
            self.former.interrupted.extend(new.filter_map(taken_up));
        }
        if there != self.former.now.there {
            self.former.now.there = there;
            self.options.desk.show_former(self.former.now.clone());
        }
        Ok(())
    }

    fn delete_former(&mut self, now: Now) -> Result<(), EngineError> {
        let former = &mut self.former;
        let mut doomed = Vec::new();
        if former.removal.has_room() {
            let some = former.interrupted.len().min(ORDER);
            doomed.extend(former.interrupted.drain(..some));
            let FormerReport { there, serial } = &former.now;
            let valid = |o: &Order| there.contains(&o.volume) && o.serial == *serial;
            let order = former.ordered.take().filter(|order| doomed.is_empty() && valid(order));
            doomed.extend(order.into_iter().flat_map(|order| order.doomed));
        }
        if doomed.is_empty() && !former.removal.is_due(now.monotonic) {
            return Ok(());
        }
        let locks = self.options.locks.clone();
        let marked = locks.hold(|locks| former.removal.mark(doomed, locks, false, now.monotonic));
        let marked = marked.transpose()?.unwrap_or_default();
        let (count, removed) = (marked.len(), former.removal.remove(marked, now)?);
        if removed.files < count {
            former.removal.trouble().into_iter().for_each(|trouble| tracing::warn!("{trouble}"));
            // It may be away by now.
            former.due = now.monotonic;
        }
        former.now.serial += 1;
        self.options.desk.show_former(former.now.clone());
        Ok(())
    }
}
