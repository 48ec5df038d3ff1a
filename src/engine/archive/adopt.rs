//! Recordings on an archive that the index does not know: added to it when an operator wants it, a few at a time
//! between recordings that are brought.
//!
//! Must not do: add anything unasked, or make rows of its own; `index::check` does, as for a repair.

use std::sync::Arc;

use super::ArchiveOptions;
use super::backoff::rest_after_read;
use super::bring::Failed;
use super::courier::{Courier, Rest};
use crate::index::rebuilt::journal_of_footage;
use crate::index::{Adopter, Finding, Outcome, Problem};
use crate::model::CameraId;
use crate::protocol::{Adoption, NotAdded};
use crate::storage::FoundFile;

/// Files that are looked into before the index is told: a NAS gives the heads of so many within a second, and a
/// recording that waits has its turn then.
const BATCH: usize = 16;

/// Why nothing can be added now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotAdopt {
    /// Recordings stay on this computer.
    #[error("Recordings are not being brought away now, so that none can be added from there.")]
    NoArchive,
    /// The archive is away or refuses us; the text says how it stands.
    #[error("Recordings there cannot be added to the catalogue now. {0}")]
    Away(String),
}

/// How far it is.
#[derive(Debug)]
pub enum Adopting {
    /// It is wanted.
    Wanted,
    /// These have not been looked into. The last is the next: of a stream the newest, since the end of a row is cut
    /// where the next one begins.
    Left(Vec<FoundFile>),
}

/// What came of some files.
struct LookedInto {
    /// What each of the first ones turned out to be; none when the archive is not open.
    files: Vec<Option<Problem>>,
    /// Why the others were not looked into.
    ended: Result<(), Failed>,
}

impl Courier {
    /// Hears at the desk whether they are wanted; does nothing while they are being added.
    pub(super) fn heed(&mut self) {
        if self.options.desk.take_wish() && self.standing.adopting.is_none() {
            self.standing.adopting = Some(Adopting::Wanted);
            self.now.adoption = Some(Adoption::default());
            self.show();
        }
    }

    /// Does a part of what is wanted. What was not done is left for the next time.
    pub(super) fn adopt(
        &mut self,
        archive: &ArchiveOptions,
        rest: &mut Rest<'_>,
    ) -> Result<(), Failed> {
        if matches!(self.standing.adopting, Some(Adopting::Wanted)) {
            let Some(files) = self.look_for_strangers(archive)? else {
                (self.standing.adopting, self.now.adoption) = (None, None);
                return Ok(());
            };
            self.now.adoption = Some(Adoption { of: files.len() as u64, ..Adoption::default() });
            self.standing.adopting = Some(Adopting::Left(files));
        }
        let Some(Adopting::Left(left)) = &self.standing.adopting else { return Ok(()) };
        let batch: Vec<FoundFile> = left.iter().rev().take(BATCH).cloned().collect();
        if batch.is_empty() {
            return self.end_adoption();
        }
        let LookedInto { files: looked_into, ended } = self.look_into(archive, &batch, rest)?;
        if let Some(Adopting::Left(left)) = &mut self.standing.adopting {
            left.truncate(left.len().saturating_sub(looked_into.len()));
        }
        for (file, problem) in batch.iter().zip(looked_into) {
            self.count(file, problem.as_ref());
        }
        self.show();
        ended
    }

    /// Looks into one file after another and tells the index; what each turned out to be, until the archive went away
    /// or there was something else to do.
    fn look_into(
        &mut self,
        archive: &ArchiveOptions,
        batch: &[FoundFile],
        rest: &mut Rest<'_>,
    ) -> Result<LookedInto, Failed> {
        let (recordings, id) = (Arc::clone(&self.options.recordings), archive.volume_id);
        let volumes = recordings.volumes.all();
        let mut adopter = Adopter::new(&recordings.reader, &volumes);
        let (mut looked_into, mut ended) = (Vec::new(), Ok(()));
        for file in batch {
            let begun = self.options.clock.monotonic();
            let mut problem = adopter.look_into(id, file)?;
            if reason(problem.as_ref()) == Some(NotAdded::Failed) {
                // The archive is away, or this file alone cannot be read.
                if let Err(error) = self.ask(archive) {
                    ended = Err(error);
                    break;
                }
                problem = adopter.look_into(id, file)?;
            }
            looked_into.push(problem);
            let took = self.options.clock.monotonic().saturating_sub(begun);
            if rest(rest_after_read(took)).is_break() {
                ended = Err(Failed::Stopped);
                break;
            }
        }
        self.tell_index(adopter.into_changes()?)?;
        Ok(LookedInto { files: looked_into, ended })
    }

    fn count(&mut self, file: &FoundFile, problem: Option<&Problem>) {
        let adoption = self.now.adoption.get_or_insert_default();
        adoption.done += 1;
        let why = reason(problem);
        match (why, problem.and_then(|problem| problem.stream.as_ref())) {
            (None, Some(stream)) => {
                *adoption.added.entry(stream.camera.clone()).or_default() += 1;
                adoption.added_bytes = adoption.added_bytes.saturating_add(file.bytes);
            }
            (why, _) => {
                *adoption.left.entry(why.unwrap_or(NotAdded::Unreadable)).or_default() += 1;
                problem.inspect(|problem| tracing::warn!("{problem}"));
            }
        }
        if why == Some(NotAdded::Failed) {
            return;
        }
        if let Some(found) = &mut self.now.found {
            found.strangers = found.strangers.without(file.bytes);
        }
        if why.is_some() {
            self.standing.not_addable.insert(file.path.clone());
        }
    }

    /// A camera of which nothing was known has no journal, and gets one.
    fn end_adoption(&mut self) -> Result<(), Failed> {
        let adoption = self.now.adoption.clone().unwrap_or_default();
        let reader = &self.options.recordings.reader;
        let is_new = |camera: &CameraId| adoption.added.contains_key(camera);
        self.tell_index(journal_of_footage(reader, is_new)?)?;
        let (added, of) = (adoption.added.values().sum::<u64>(), adoption.of);
        tracing::info!("{added} of {of} recordings on {} are in the index now", self.now.address);
        self.now.adoption = Some(Adoption { is_over: true, ..adoption });
        self.standing.adopting = None;
        self.show();
        Ok(())
    }
}

/// Why a file is not added; none when it is.
fn reason(problem: Option<&Problem>) -> Option<NotAdded> {
    let Some(problem) = problem else { return Some(NotAdded::Failed) };
    match (&problem.finding, &problem.outcome) {
        (_, Outcome::Failed(_)) => Some(NotAdded::Failed),
        (Finding::Duplicate | Finding::Brought, _) => Some(NotAdded::Known),
        (Finding::Empty, _) => Some(NotAdded::Empty),
        (Finding::NotClosed, Outcome::LeftAlone) => Some(NotAdded::Unfinished),
        (_, Outcome::Repaired) => None,
        _ => Some(NotAdded::Unreadable),
    }
}
