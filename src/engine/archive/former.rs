//! Archives of former settings, from which footage is still played: what is on them still ages. Those that hold
//! recordings are asked now and then whether they answer, and what the retention orders on them is carried out.
//!
//! Must not do: bring anything there, decide what goes, or have the archive of today wait for more than one question
//! and the files of one order in a round.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;
use std::time::Duration;

use super::courier::Courier;
use super::deletions::Deletions;
use super::{ArchiveState, Order};
use crate::engine::EngineError;
use crate::model::VolumeId;
use crate::runtime::Now;
use crate::storage::{Archive, Owner, StorageError};

/// Time between two questions to one: ages are counted in hours at least, and one that is off takes seconds to say nothing.
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

impl FormerArchive {
    /// Whether it is the same, reached in the same way.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.archive, &other.archive)
            && (self.volume, &self.marker, &self.owner)
                == (other.volume, &other.marker, &other.owner)
    }
}

/// What the thread `upload` keeps of them.
#[derive(Default)]
pub struct Former {
    /// Each by itself: one that is away holds up no other.
    deletions: BTreeMap<VolumeId, Deletions>,
    /// Which there are.
    known: Arc<Vec<FormerArchive>>,
    now: FormerReport,
    /// When they are asked again, on the monotonic clock.
    due: Duration,
    /// Those that are still to be asked, the next one last.
    unasked: Vec<FormerArchive>,
    /// How those stand that have refused or not answered.
    refusals: BTreeMap<VolumeId, Discriminant<ArchiveState>>,
}

impl Former {
    /// Nothing is done any more on others than these.
    fn keep(&mut self, archives: &[FormerArchive]) {
        let is_kept = |volume: VolumeId| archives.iter().any(|it| it.volume == volume);
        self.now.there.retain(|volume| is_kept(*volume));
        self.refusals.retain(|volume, _| is_kept(*volume));
        self.deletions.retain(|volume, _| is_kept(*volume));
    }

    /// Logs what an archive has answered when that is something else than before.
    fn note(&mut self, asked: &FormerArchive, answer: Result<(), &StorageError>) {
        let address = asked.archive.describe();
        match answer.map_err(|error| (discriminant(&ArchiveState::of(error)), error)) {
            Ok(()) if self.refusals.remove(&asked.volume).is_some() => {
                tracing::info!("recordings on {address} age again");
            }
            Ok(()) => {}
            Err((state, error)) => {
                if self.refusals.insert(asked.volume, state) != Some(state) {
                    tracing::warn!("recordings on {address} do not age now: {error}");
                }
            }
        }
    }
}

impl Courier {
    /// Sorts what was ordered; of several orders the newest counts.
    pub(super) fn take_orders(&mut self) {
        while let Ok(order) = self.options.orders.try_recv() {
            let is_former = self.former.known.iter().any(|it| it.volume == order.volume);
            let deletions = match is_former {
                true => self.deletions_on(order.volume),
                false => &mut self.deletions,
            };
            deletions.order(order);
        }
    }

    /// Asks one of them when that is due, and deletes some of what is to go there.
    pub(super) fn tend_former(&mut self) {
        let known = self.options.desk.former();
        if let Some(known) = known.filter(|known| !Arc::ptr_eq(known, &self.former.known)) {
            self.former.keep(&known);
            self.former.known = known;
            self.former.due = Duration::ZERO;
        }
        let now = self.options.clock.now();
        if let Err(error) = self.ask_former(now.monotonic) {
            tracing::warn!("what is on former archives does not age now: {error}");
        }
        if let Err(error) = self.delete_former(now) {
            tracing::warn!("old recordings on former archives stay for now: {error}");
        }
    }

    /// Asks the next of those that hold recordings whether it answers, and goes on with what was interrupted there.
    fn ask_former(&mut self, now: Duration) -> Result<(), EngineError> {
        let before = self.former.now.there.clone();
        if now >= self.former.due {
            self.former.due = now.saturating_add(ASK);
            self.former.unasked = self.occupied_former()?;
            let occupied = self.former.unasked.clone();
            self.former.keep(&occupied);
        }
        if let Some(asked) = self.former.unasked.pop() {
            self.ask_whether_there(&asked)?;
        }
        if self.former.now.there != before {
            self.options.desk.show_former(self.former.now.clone());
        }
        Ok(())
    }

    /// Those that hold recordings, the first one last.
    fn occupied_former(&self) -> Result<Vec<FormerArchive>, EngineError> {
        let known = &self.former.known;
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let occupied = self.options.recordings.reader.occupied()?;
        let holds = |it: &&FormerArchive| it.marker.is_some() && occupied.contains_key(&it.volume);
        Ok(known.iter().rev().filter(holds).cloned().collect())
    }

    fn ask_whether_there(&mut self, asked: &FormerArchive) -> Result<(), EngineError> {
        // Without the identity that it had anything there would be marked as ours.
        let Some(marker) = asked.marker.as_deref() else { return Ok(()) };
        let answer = asked.archive.mark(Some(marker), &Owner::new(asked.owner.clone()));
        let former = &mut self.former;
        former.note(asked, answer.as_ref().map(|_| ()));
        former.now.there.remove(&asked.volume);
        if answer.is_ok() {
            former.now.there.insert(asked.volume);
            let leaving = self.options.recordings.reader.leaving(asked.volume)?;
            self.deletions_on(asked.volume).take_up(leaving);
        }
        Ok(())
    }

    fn deletions_on(&mut self, volume: VolumeId) -> &mut Deletions {
        let options = &self.options;
        self.former.deletions.entry(volume).or_insert_with(|| Deletions::new(options))
    }

    /// Deletes on one of those that are there; one that fails is left alone until it is asked again.
    fn delete_former(&mut self, now: Now) -> Result<(), EngineError> {
        let former = &mut self.former;
        for volume in former.now.there.clone() {
            let Some(deletions) = former.deletions.get_mut(&volume) else { continue };
            let serial = former.now.serial;
            let valid = |order: &Order| order.serial == serial;
            let Some(removed) = deletions.carry_out(valid, &self.options.locks, now)? else {
                continue;
            };
            if removed.failed > 0 {
                former.now.there.remove(&volume);
            }
            former.now.serial += 1;
            self.options.desk.show_former(former.now.clone());
            break;
        }
        Ok(())
    }
}
