//! An export of one camera, from rows to files under their names.
//!
//! Must not do: leave anything behind that is not whole.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::manifest::{Manifest, manifest_of};
use super::missing::{Missing, missing, undelivered};
use super::plan::{FilmPlan, Planner, Stretch};
use super::seal::seal;
use super::write::{Watch, write_film};
use super::{ExportError, Recorded, check_space, names, stretches};
use crate::model::time::scale;
use crate::model::{CameraId, GapReason, SegmentRow, WallSpan};
use crate::playback::{LoadedSegment, PlaybackError};
use crate::protocol::ExportGaps;
use crate::storage::StorageError;
use crate::storage::Volumes;
use crate::storage::part_file::{PartFile, make_folder};

/// Where the files go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into this folder, named by camera and local time.
    Folder(PathBuf),
    /// To this file; further films of the export have a number behind its name.
    File(PathBuf),
}

/// What is exported of a camera.
#[derive(Clone, Debug)]
pub struct Job {
    /// Whose footage.
    pub camera: CameraId,
    /// What operators call it.
    pub name: String,
    /// Its segments that overlap the span, of both streams.
    pub rows: Vec<SegmentRow>,
    /// Time without footage in the span, and why.
    pub missing: Vec<(WallSpan, GapReason)>,
    /// From "in" until "out".
    pub span: WallSpan,
    /// What becomes of time without footage.
    pub gaps: ExportGaps,
    /// The zone of local times.
    pub zone: Tz,
    /// Where the files go.
    pub place: Place,
    /// Where is recorded; none where nobody records.
    pub recorded: Option<Recorded>,
}

/// A film and its manifest, whole and on the disk, but without their names: dropped, they are gone.
#[derive(Debug)]
pub struct Made {
    film: PartFile,
    manifest: PartFile,
    /// What the manifest says.
    pub told: Manifest,
}

impl Made {
    /// Where the film will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.film.path()
    }

    /// Gives both their names.
    ///
    /// # Errors
    /// What the system says; neither has its name then.
    pub fn commit(self) -> Result<PathBuf, ExportError> {
        Ok(self.film.commit_with(self.manifest)?)
    }
}

/// About how many bytes the footage of `rows` in `span` has.
#[must_use]
pub fn estimate(rows: &[SegmentRow], span: WallSpan) -> u64 {
    let share = |(n, part): (usize, WallSpan)| {
        let row = &rows[n];
        let bytes = i64::try_from(row.bytes).unwrap_or(i64::MAX);
        let share = scale(bytes, part.micros(), row.span().micros().max(1));
        u64::try_from(share).unwrap_or(0)
    };
    stretches(rows, span).into_iter().map(share).sum()
}

/// Microseconds that the first film would begin before the first picture shown.
///
/// # Errors
/// When the first segment cannot be read.
pub fn surplus(rows: &[SegmentRow], span: WallSpan, volumes: &Volumes) -> Result<i64, ExportError> {
    let first = stretches(rows, span).into_iter().take(1);
    let planned = plan(rows, first, ExportGaps::Closed, volumes, &|| false)?;
    Ok(planned.films.first().map_or(0, |film| film.surplus))
}

/// Writes all films of a job, one after the other. They have their names only after [`Made::commit`].
///
/// # Errors
/// [`ExportError`]; nothing is left then.
pub fn export(
    job: &Job,
    volumes: &Volumes,
    watch: &mut dyn Watch,
) -> Result<Vec<Made>, ExportError> {
    let parts = stretches(&job.rows, job.span);
    let planned = plan(&job.rows, parts, job.gaps, volumes, &|| watch.is_cancelled())?;
    let missing = missing(job.span, &planned.shown, &job.missing, &planned.lost);
    let Planned { films, lost, .. } = planned;
    if films.is_empty() {
        let WallSpan { start: from, end: to } = job.span;
        let why = lost.first().map_or(String::new(), |(_, why)| format!(": {why}"));
        return Err(ExportError::NoFootage { camera: job.camera.clone(), from, to, why });
    }
    let folder = match &job.place {
        Place::Folder(folder) => folder.as_path(),
        Place::File(file) => file.parent().unwrap_or(Path::new(".")),
    };
    let total: u64 = films.iter().map(|film| film.head().len() as u64 + film.media_bytes()).sum();
    make_folder(folder)?;
    let recorded = job.recorded.as_ref();
    check_space(folder, total, recorded)?;
    let mut made: Vec<Made> = Vec::new();
    for (film, part) in films.iter().zip(1..) {
        let mut out = match made.first() {
            None => names::first(job, film.span.start)?,
            Some(first) => names::further(job, first.path(), part)?,
        };
        write_film(film, volumes, recorded, &mut out, watch)?;
        let told = Manifest::new(job, film, &missing, (part, films.len()), out.path());
        made.push(finish(out, told)?);
    }
    Ok(made)
}

/// Writes the films of several jobs. One without footage keeps nobody from having that of the others; it is told to
/// `empty`.
///
/// # Errors
/// As [`export`]; [`ExportError::NoFootage`] when there is nothing of any.
pub fn export_all<W: Watch>(
    jobs: &[Job],
    volumes: &Volumes,
    watch: &mut W,
    empty: impl Fn(&W, &ExportError),
) -> Result<Vec<Made>, ExportError> {
    let (mut made, mut nothing) = (Vec::new(), None);
    for job in jobs {
        match export(job, volumes, watch) {
            Err(error @ ExportError::NoFootage { .. }) => {
                if jobs.len() > 1 {
                    empty(watch, &error);
                }
                nothing = Some(error);
            }
            films => made.extend(films?),
        }
    }
    match nothing {
        Some(error) if made.is_empty() => Err(error),
        _ => Ok(made),
    }
}

/// Seals and closes a film, and writes its manifest.
fn finish(mut film: PartFile, mut told: Manifest) -> Result<Made, ExportError> {
    let fail = |error: serde_json::Error| ExportError::Manifest(error.to_string());
    film.write(&seal(&serde_json::to_value(&told).map_err(fail)?))?;
    film.close()?;
    (told.bytes, told.sha256) = (film.bytes(), film.sha256());
    let mut manifest = PartFile::create(manifest_of(film.path()))?;
    manifest.write(serde_json::to_string_pretty(&told).map_err(fail)?.as_bytes())?;
    manifest.write(b"\n")?;
    manifest.close()?;
    Ok(Made { film, manifest, told })
}

/// What becomes of the stretches of an export.
#[derive(Default)]
struct Planned {
    films: Vec<FilmPlan>,
    /// What the films show.
    shown: Vec<WallSpan>,
    /// What they should show and cannot.
    lost: Vec<Missing>,
}

/// The films of these stretches. What is damaged or gone keeps nobody from having the rest.
fn plan(
    rows: &[SegmentRow],
    stretches: impl IntoIterator<Item = (usize, WallSpan)>,
    gaps: ExportGaps,
    volumes: &Volumes,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Planned, ExportError> {
    let (mut planner, mut planned) = (Planner::new(gaps), Planned::default());
    for (n, span) in stretches {
        if is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        let row = &rows[n];
        let (shown, why) = match add(&mut planner, row, span, volumes) {
            Ok(shown) => {
                (shown, format!("The file is damaged: {} has no pictures of that time", row.path))
            }
            Err(error) if is_of_the_file(&error) => (None, format!("No usable file: {error}")),
            Err(error) => return Err(error.into()),
        };
        planned.shown.extend(shown);
        let lost = undelivered(span, shown).into_iter().map(|part| (part, why.clone()));
        planned.lost.extend(lost);
        if planner.is_too_long() {
            return Err(ExportError::TooLong { camera: row.stream.camera.clone() });
        }
    }
    planned.films = planner.finish();
    Ok(planned)
}

/// Adds the stretch `span` of a segment; the part of it that is shown.
fn add(
    planner: &mut Planner,
    row: &SegmentRow,
    span: WallSpan,
    volumes: &Volumes,
) -> Result<Option<WallSpan>, PlaybackError> {
    let segment = LoadedSegment::open(row, volumes)?;
    let (parameters, walk) = (&*segment.parameters, &segment.walk);
    let stretch = Stretch { row, parameters, walk, duration: walk.duration(), span };
    Ok(planner.add(&stretch))
}

/// Whether it is this one file that is damaged or gone: a volume that is not there comes back.
const fn is_of_the_file(error: &PlaybackError) -> bool {
    matches!(
        error,
        PlaybackError::Open { source: StorageError::NotFound { .. }, .. }
            | PlaybackError::Container { .. }
            | PlaybackError::Parameters { .. }
    )
}
