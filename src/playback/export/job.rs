//! An export of one camera, from rows to files under their names.
//!
//! Must not do: leave anything behind that is not whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;

use super::manifest::{Manifest, manifest_of};
use super::plan::{FilmPlan, Planner, Stretch};
use super::write::{Watch, open, write_film};
use super::{ExportError, Recorded, check_space, stretches};
use crate::container;
use crate::media::StreamParameters;
use crate::model::time::scale;
use crate::model::{CameraId, GapReason, SegmentRow, VolumeId, WallSpan, WallTime};
use crate::playback::{GopWalk, PlaybackError};
use crate::protocol::ExportGaps;
use crate::storage::part_file::{PartFile, is_taken, make_folder, settle};
use crate::storage::{StorageError, Volume};

/// Files of one name that are looked at for a free one.
const MAX_SAME_NAME: usize = 10_000;

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
    /// What the system says.
    pub fn commit(self) -> Result<PathBuf, ExportError> {
        let path = self.film.commit()?;
        self.manifest.commit()?;
        Ok(path)
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
pub fn surplus(
    rows: &[SegmentRow],
    span: WallSpan,
    volumes: &BTreeMap<VolumeId, Arc<dyn Volume>>,
) -> Result<i64, ExportError> {
    let first = stretches(rows, span).into_iter().take(1);
    let films = plan(rows, first, ExportGaps::Closed, volumes, &|| false)?;
    Ok(films.first().map_or(0, |film| film.surplus))
}

/// Writes all films of a job, one after the other. They have their names only after [`Made::commit`].
///
/// # Errors
/// [`ExportError`]; nothing is left then.
pub fn export(
    job: &Job,
    volumes: &BTreeMap<VolumeId, Arc<dyn Volume>>,
    watch: &mut dyn Watch,
) -> Result<Vec<Made>, ExportError> {
    let parts = stretches(&job.rows, job.span);
    let films = plan(&job.rows, parts, job.gaps, volumes, &|| watch.is_cancelled())?;
    if films.is_empty() {
        let WallSpan { start: from, end: to } = job.span;
        return Err(ExportError::NoFootage { camera: job.camera.clone(), from, to });
    }
    let folder = match &job.place {
        Place::Folder(folder) => folder.as_path(),
        Place::File(file) => file.parent().unwrap_or(Path::new(".")),
    };
    let total: u64 = films.iter().map(|film| film.head().len() as u64 + film.media_bytes()).sum();
    make_folder(folder)?;
    let recorded = job.recorded.as_ref();
    check_space(folder, total, recorded)?;
    let mut made = Vec::new();
    for (number, film) in films.iter().enumerate() {
        let mut out = create(job, films[0].span.start, number)?;
        write_film(film, volumes, recorded, &mut out, watch)?;
        let fingerprint = (out.bytes(), out.sha256());
        let part = (number + 1, films.len());
        let told = Manifest::new(job, film, part, out.path(), fingerprint);
        let mut manifest = PartFile::create(manifest_of(out.path()))?;
        let text = serde_json::to_string_pretty(&told)
            .map_err(|error| ExportError::Manifest(error.to_string()))?;
        manifest.write(text.as_bytes())?;
        manifest.write(b"\n")?;
        manifest.close()?;
        made.push(Made { film: out, manifest, told });
    }
    Ok(made)
}

/// The films of these stretches.
fn plan(
    rows: &[SegmentRow],
    stretches: impl IntoIterator<Item = (usize, WallSpan)>,
    gaps: ExportGaps,
    volumes: &BTreeMap<VolumeId, Arc<dyn Volume>>,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Vec<FilmPlan>, ExportError> {
    let mut planner = Planner::new(gaps);
    for (n, span) in stretches {
        if is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        let row = &rows[n];
        let file = open(row, volumes)?;
        let path = || row.path.clone();
        let opened = container::read(file.as_ref())
            .map_err(|source| PlaybackError::Container { path: path(), source })?;
        let parameters = StreamParameters::from_sample_entry(opened.sample_entry)
            .map_err(|source| PlaybackError::Parameters { path: path(), source })?;
        let duration = opened.table.duration;
        let walk = GopWalk::new(opened.table);
        let stretch = Stretch { row, parameters: &parameters, walk: &walk, duration, span };
        planner.add(&stretch);
        if planner.is_too_long() {
            return Err(ExportError::TooLong { camera: row.stream.camera.clone() });
        }
    }
    Ok(planner.finish())
}

/// Begins the file of the export's film number `number`, counted from 0, under a name that nobody has.
fn create(job: &Job, start: WallTime, number: usize) -> Result<PartFile, ExportError> {
    let (folder, stem, fixed) = match &job.place {
        Place::Folder(folder) => (folder.clone(), stem(&job.camera, start, job.zone), false),
        Place::File(file) => {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
            if number == 0 {
                return begin(file.clone());
            }
            (folder, stem, true)
        }
    };
    for count in number + 1..MAX_SAME_NAME {
        let suffix = if count == 1 { String::new() } else { format!("_{count}") };
        match begin(folder.join(format!("{stem}{suffix}.mp4"))) {
            Err(ExportError::Storage(StorageError::Exists { .. })) if !fixed => {}
            begun => return begun,
        }
    }
    Err(StorageError::Exists { path: folder.join(stem).display().to_string() }.into())
}

fn begin(path: PathBuf) -> Result<PartFile, ExportError> {
    let manifest = manifest_of(&path);
    settle(&manifest)?;
    let film = PartFile::create(path)?;
    if is_taken(&manifest) {
        return Err(StorageError::Exists { path: manifest.display().to_string() }.into());
    }
    Ok(film)
}

/// `yard_2026-03-03_14-00-00_+0100`: legal on FAT and NTFS, and the repeated hour in autumn has two names.
fn stem(camera: &CameraId, start: WallTime, zone: Tz) -> String {
    let local = start.to_utc().with_timezone(&zone);
    format!("{camera}_{}", local.format("%Y-%m-%d_%H-%M-%S_%z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_camera_local_time_and_offset() {
        let start = WallTime::parse_rfc3339("2026-10-25T01:30:07Z").expect("a time");
        let name = stem(&CameraId::from_name("Yard"), start, chrono_tz::Europe::Berlin);
        assert_eq!(name, "yard_2026-10-25_02-30-07_+0100");
    }
}
