//! `export` and `verify`: footage as files that any player opens, and whether such a file is still what it was.
//!
//! The films are written here, from what the running recorder (or the index) says there is: it goes on undisturbed.
//! Must not do: leave anything behind that is not whole.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;

use super::export_args::{ExportOptions, GapsArg, VerifyOptions};
use super::{Args, print, record, session};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::desk::{Request, Response};
use crate::engine::export_plan::why_missing;
use crate::engine::offline;
use crate::engine::recordings::{Answer, Question};
use crate::model::{CameraId, WallSpan};
use crate::playback::export::{
    ExportError, Job, Made, Place, Recorded, Watch, estimate, export_all, idle, verify as look_at,
};
use crate::protocol::ExportGaps;
use crate::runtime::{Clock, SystemClock};
use crate::storage::part_file::is_folder;

/// Time between two looks of the progress line.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Runs `export`.
///
/// # Errors
/// When there is no footage, or a file cannot be read or written; nothing is left then.
pub fn run(args: &Args, options: &ExportOptions) -> Result<()> {
    if options.to <= options.from {
        bail!("the span is empty: --to must be later than --from");
    }
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let into_folder = options.camera.len() > 1 || is_folder(&options.output);
    let place = if into_folder {
        Place::Folder(options.output.clone())
    } else {
        Place::File(film_name(&options.output)?)
    };
    let (mut jobs, recorded) = (Vec::new(), recorded(&folder)?);
    for name in &options.camera {
        let camera = session::camera_id(&store, name)?;
        let job = job(&folder, &store, camera, options, place.clone())?;
        jobs.push(Job { recorded: recorded.clone(), ..job });
    }
    let volumes = offline::volumes_to_read(&folder, &store)?;
    let mut line = Line::new(jobs.iter().map(|job| estimate(&job.rows, job.span)).sum())?;
    let made = export_all(&jobs, &volumes, &mut line, Line::empty);
    line.end();
    finish(made?, &store, options.json)
}

/// Gives all films their names, and tells of them.
fn finish(made: Vec<Made>, store: &SettingsStore, as_json: bool) -> Result<()> {
    let (mut list, mut lines) = (Vec::new(), Vec::new());
    let zone = session::zone(store);
    for film in made {
        let told = film.told.clone();
        let path = film.commit()?;
        let local = |text: &str| text.parse::<chrono::DateTime<chrono::FixedOffset>>();
        let time = |text: &str| local(text).map(|at| print::local(at.into(), zone));
        lines.push(format!(
            "{}: {}, {} to {}, {} pictures, {}",
            path.display(),
            told.camera,
            time(&told.shown.start)?,
            time(&told.shown.end)?,
            told.pictures,
            print::bytes(told.bytes),
        ));
        if told.parts > 1 && told.part == 1 {
            lines.push(format!(
                "  {} films of {}: the stream or the size of the picture changes in between",
                told.parts, told.camera
            ));
        }
        for gap in told.gaps.iter().filter(|_| told.part == 1) {
            let (from, to) = (time(&gap.span.start)?, time(&gap.span.end)?);
            lines.push(format!("  no footage from {from} to {to}: {}", gap.reason));
        }
        list.push(json!({ "output": path.to_string_lossy(), "manifest": told }));
    }
    if as_json {
        return print::json(&list);
    }
    lines.iter().try_for_each(|text| print::line(text))
}

fn job(
    folder: &DataFolder,
    store: &SettingsStore,
    camera: CameraId,
    options: &ExportOptions,
    place: Place,
) -> Result<Job> {
    let (from, to) = (options.from, options.to);
    let question = Question::Recordings { camera: Some(camera.clone()), from, to };
    let Answer::Recordings(rows) = session::ask(folder, &question)? else {
        bail!(session::OTHER_VERSION);
    };
    let now = SystemClock::new().wall();
    let span = WallSpan::new(from, to);
    let question = why_missing(camera.clone(), span, now);
    let Answer::Explain(told) = session::ask(folder, &question)? else {
        bail!(session::OTHER_VERSION);
    };
    Ok(Job {
        name: session::name_of(store, &camera),
        camera,
        rows,
        missing: idle(told),
        span,
        gaps: match options.gaps {
            GapsArg::Closed => ExportGaps::Closed,
            GapsArg::Kept => ExportGaps::Kept,
        },
        zone: session::zone(store),
        place,
        recorded: None,
    })
}

/// What the export must leave to recording.
fn recorded(folder: &DataFolder) -> Result<Option<Recorded>> {
    let Response::Storage(storage) = session::request(folder, &Request::Storage)? else {
        bail!(session::OTHER_VERSION);
    };
    // A disk that is not connected has no path.
    let is_there = !storage.path.is_empty();
    Ok(is_there.then(|| Recorded { folder: storage.path.into(), reserve: storage.reserve }))
}

/// A film's name ends in `.mp4`: players go by it.
fn film_name(output: &Path) -> Result<PathBuf> {
    let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if ending.as_deref() != Some("mp4") {
        bail!("{} is no folder, and a film's name ends in .mp4", output.display());
    }
    Ok(std::path::absolute(output)?)
}

/// The progress line, on a terminal, and Ctrl-C.
struct Line {
    done: u64,
    total: u64,
    told: Option<Duration>,
    clock: SystemClock,
    on_terminal: bool,
    cancelled: Arc<AtomicBool>,
}

impl Line {
    fn new(total: u64) -> Result<Self> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        record::on_interrupt(move || flag.store(true, Ordering::Relaxed))?;
        let on_terminal = std::io::stderr().is_terminal();
        Ok(Self { done: 0, total, told: None, clock: SystemClock::new(), on_terminal, cancelled })
    }

    /// A camera without footage in that time.
    fn empty(&self, error: &ExportError) {
        let _gone = writeln!(std::io::stderr(), "{error}");
    }

    fn end(&self) {
        if self.on_terminal && self.told.is_some() {
            // A terminal that has gone away needs no line.
            let _gone = writeln!(std::io::stderr());
        }
    }
}

impl Watch for Line {
    fn step(&mut self, bytes: u64) {
        self.done += bytes;
        let now = self.clock.monotonic();
        if self.on_terminal && self.told.is_none_or(|told| now.saturating_sub(told) >= TOLD_EVERY) {
            self.told = Some(now);
            let (done, total) = (print::bytes(self.done), print::bytes(self.total.max(self.done)));
            let _gone = write!(std::io::stderr(), "\r{done} of about {total}    ");
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Runs `verify`.
///
/// # Errors
/// When the film cannot be read, or is not as its manifest says.
pub fn verify(options: &VerifyOptions) -> Result<()> {
    let found = look_at(&options.file, |_| ())?;
    let wrong: Vec<String> = found.mismatches.iter().map(ToString::to_string).collect();
    if options.json {
        print::json(&json!({
            "file": options.file.to_string_lossy(),
            "ok": wrong.is_empty(),
            "sha256": found.sha256,
            "bytes": found.bytes,
            "samples": found.samples,
            "problems": wrong,
            "remarks": found.remarks,
            "manifest": found.manifest,
        }))?;
    } else if let (Some(told), true) = (&found.manifest, wrong.is_empty()) {
        let file = options.file.display();
        print::line(&format!("{file}: as it was exported, SHA-256 {}", found.sha256))?;
        let (from, to) = (&told.shown.start, &told.shown.end);
        let shows = format!("{} from {from} to {to}, {} pictures", told.camera, told.pictures);
        let warning = "Camera and times are as the manifest says; nothing is signed.".to_owned();
        let lines = [shows].into_iter().chain(found.remarks).chain([warning]);
        lines
            .map(|text| print::plain(&text))
            .try_for_each(|text| print::line(&format!("  {text}")))?;
    }
    if !wrong.is_empty() {
        bail!("{}: {}", options.file.display(), wrong.join("; "));
    }
    Ok(())
}
