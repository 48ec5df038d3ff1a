//! Exports of an archive: which pictures a film holds, what players show of it, and what is left when it is
//! cancelled or the disk is full. Needs `ffmpeg` and GStreamer.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod footage;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use footage::rig::{at, main_stream};
use footage::{Archive, FPS, FRAME, Film, GOP, Kind};
use watchkeeper::container;
use watchkeeper::model::{
    GapReason, SegmentRow, StreamId, StreamKind, VolumeId, WallSpan, WallTime,
};
use watchkeeper::playback::export::{
    ExportError, Job, Made, Mismatch, Place, Recorded, Watch, estimate, export, manifest_of,
    surplus, verify,
};
use watchkeeper::protocol::ExportGaps;
use watchkeeper::storage::Volume;

/// Cancels after so many steps, if at all.
#[derive(Default)]
struct Patience {
    steps: usize,
    bytes: u64,
    cancel_after: Option<usize>,
}

impl Watch for Patience {
    fn step(&mut self, bytes: u64) {
        self.steps += 1;
        self.bytes += bytes;
    }

    fn is_cancelled(&self) -> bool {
        self.cancel_after.is_some_and(|limit| self.steps >= limit)
    }
}

fn volumes(archive: &Archive) -> BTreeMap<VolumeId, Arc<dyn Volume>> {
    let volume: Arc<dyn Volume> = archive.volume.clone();
    BTreeMap::from([(VolumeId(0), volume)])
}

fn job(rows: &[SegmentRow], span: (f64, f64), gaps: ExportGaps, place: Place) -> Job {
    Job {
        camera: main_stream().camera,
        name: "Yard".into(),
        rows: rows.to_vec(),
        missing: vec![(WallSpan::new(at(12.0), at(17.0)), GapReason::NotRunning)],
        span: WallSpan::new(at(span.0), at(span.1)),
        gaps,
        zone: chrono_tz::Europe::Berlin,
        place,
        recorded: None,
    }
}

fn write(archive: &Archive, job: &Job) -> Vec<PathBuf> {
    let made = export(job, &volumes(archive), &mut Patience::default()).expect("exported");
    made.into_iter().map(|made| made.commit().expect("named")).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("listed");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The access units of a film in decoding order, and when each is shown.
fn units(path: &Path) -> Vec<(Vec<u8>, i64)> {
    let bytes = std::fs::read(path).expect("a film");
    let opened = container::read(&bytes).expect("an MP4");
    let unit = |s: &container::SampleInfo| bytes[s.offset as usize..][..s.size as usize].to_vec();
    opened.table.samples.iter().map(|s| (unit(s), s.pts)).collect()
}

fn output(program: &str, arguments: &[&str]) -> (String, String) {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|e| panic!("{program} is needed for this test: {e}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{program}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// What ffmpeg shows of a film: a checksum and a time in microseconds for each picture; it may say nothing.
fn shown(path: &Path) -> Vec<(String, i64)> {
    let path = path.to_str().expect("UTF-8");
    let (text, said) = output(
        "ffmpeg",
        &[
            "-v",
            "warning",
            "-i",
            path,
            "-fps_mode",
            "passthrough",
            "-copyts",
            "-f",
            "framemd5",
            "-",
        ],
    );
    assert_eq!(said, "", "{path}");
    let base = text.lines().find_map(|line| line.strip_prefix("#tb 0: ")).expect("a time base");
    let (one, per) = base.split_once('/').expect("a fraction");
    let (one, per): (i64, i64) = (one.parse().expect("a number"), per.parse().expect("a number"));
    let line = |line: &str| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let pts: i64 = fields[2].parse().expect("a time");
        (fields[5].to_owned(), pts * one * 1_000_000 / per)
    };
    text.lines().filter(|text| !text.starts_with('#')).map(line).collect()
}

/// Pictures that GStreamer shows of a film.
fn gstreamer(path: &Path) -> usize {
    let location = format!("location={}", path.display());
    let (text, said) = output(
        "gst-launch-1.0",
        &[
            &["-v", "filesrc", &location, "!", "qtdemux", "!", "h264parse", "!"][..],
            &["avdec_h264", "!", "identity", "silent=false", "!", "fakesink", "sync=false"],
        ]
        .concat(),
    );
    assert!(!said.contains("ERROR"), "{said}");
    text.lines().filter(|line| line.contains("last-message = chain")).count()
}

/// Three segments of one film: A and B without a seam, 5 s after B's end C.
struct Rig {
    film: Arc<Film>,
    archive: Archive,
    rows: Vec<SegmentRow>,
    folder: tempfile::TempDir,
    /// Checksums of the film's pictures, in the order of display.
    pictures: Vec<String>,
}

impl Rig {
    fn new(kind: Kind) -> Self {
        let film = Film::shared(kind);
        let archive = Archive::new();
        let all: Vec<usize> = (0..film.units.len()).collect();
        let a = archive.write(&main_stream(), at(0.0), &film, &all[..3 * GOP]);
        let b = archive.write(&main_stream(), a.end, &film, &all[3 * GOP..]);
        let c = archive.write(&main_stream(), at(17.0), &film, &all[..2 * GOP]);
        let folder = tempfile::tempdir().expect("temporary folder");
        let mut rig = Self { film, archive, rows: vec![a, b, c], folder, pictures: Vec::new() };
        let whole = rig.write((0.0, 12.0), ExportGaps::Closed);
        rig.pictures = shown(&whole).into_iter().map(|(checksum, _)| checksum).collect();
        assert_eq!(rig.pictures.len(), rig.film.units.len());
        rig
    }

    fn job(&self, span: (f64, f64), gaps: ExportGaps) -> Job {
        job(&self.rows, span, gaps, Place::Folder(self.folder.path().to_path_buf()))
    }

    fn write(&self, span: (f64, f64), gaps: ExportGaps) -> PathBuf {
        let written = write(&self.archive, &self.job(span, gaps));
        assert_eq!(written.len(), 1);
        written.into_iter().next().expect("one film")
    }
}

/// Time of frame `n`, in seconds, a moment after it began.
fn frame(n: usize) -> f64 {
    n as f64 / FPS as f64 + 0.001
}

#[test]
fn players_show_exactly_what_was_asked_for() {
    for kind in [Kind::InOrder, Kind::Reordered] {
        let rig = Rig::new(kind);
        // Within a GOP, across a GOP, across a segment, one picture, from a random access point.
        let cuts = [(70, 90), (73, 149), (120, 171), (140, 141), (100, 299), (151, 160), (3, 4)];
        for (first, last) in cuts {
            let path = rig.write((frame(first), frame(last)), ExportGaps::Closed);
            let found = shown(&path);
            let checksums: Vec<&String> = found.iter().map(|(checksum, _)| checksum).collect();
            let expected: Vec<&String> = rig.pictures[first..=last].iter().collect();
            assert_eq!(checksums, expected, "{kind:?} {first} to {last}");
            let times: Vec<i64> = found.iter().map(|(_, time)| time - found[0].1).collect();
            let steps: Vec<i64> = (0..=(last - first) as i64).map(|n| n * 40_000).collect();
            assert_eq!(times, steps, "{kind:?} {first} to {last}");
            assert_eq!(gstreamer(&path), last - first + 1, "{kind:?} {first} to {last}");
            let told = verify(&path, |_| ()).expect("read");
            assert_eq!(told.mismatches, []);
            let manifest = told.manifest.expect("a manifest");
            assert_eq!(manifest.pictures as usize, last - first + 1);
            assert!(manifest.hidden_micros < GOP as i64 * 40_000);
            assert_eq!(manifest.hidden_micros, (first % GOP) as i64 * 40_000);
        }
    }
}

#[test]
fn a_film_holds_the_access_units_as_they_were_sent() {
    let rig = Rig::new(Kind::Reordered);
    let path = rig.write((frame(70), frame(199)), ExportGaps::Closed);
    let found = units(&path);
    let sent = &rig.film.units[GOP..4 * GOP];
    assert_eq!(found.len(), sent.len());
    for ((unit, pts), sent) in found.iter().zip(sent) {
        assert!(*unit == sent.data, "an access unit differs");
        assert_eq!(*pts, sent.pts - 70 * FRAME);
    }
    // The same bytes stand in the file that the manifest speaks of.
    assert!(estimate(&rig.rows, WallSpan::new(at(2.8), at(8.0))) > 1_000);
    let span = WallSpan::new(at(frame(70)), at(8.0));
    assert_eq!(surplus(&rig.rows, span, &volumes(&rig.archive)).expect("read"), 800_000);
}

#[test]
fn gaps_are_closed_or_kept() {
    for kind in [Kind::InOrder, Kind::Reordered] {
        let rig = Rig::new(kind);
        for (gaps, pause) in [(ExportGaps::Closed, 0), (ExportGaps::Kept, 5_000_000)] {
            let path = rig.write((frame(260), 17.0 + frame(39)), gaps);
            let found = shown(&path);
            let expected: Vec<&String> =
                rig.pictures[260..].iter().chain(&rig.pictures[..40]).collect();
            let checksums: Vec<&String> = found.iter().map(|(checksum, _)| checksum).collect();
            assert_eq!(checksums, expected, "{kind:?} {gaps:?}");
            let times: Vec<i64> = found.iter().map(|(_, time)| time - found[0].1).collect();
            let step = |n: i64| n * 40_000 + if n < 40 { 0 } else { pause };
            assert_eq!(times, (0..80).map(step).collect::<Vec<i64>>(), "{kind:?} {gaps:?}");
            assert_eq!(gstreamer(&path), 80, "{kind:?} {gaps:?}");
        }
    }
}

#[test]
fn other_parameter_sets_of_the_same_size_stay_in_one_film() {
    let archive = Archive::new();
    let first = Film::shared(Kind::InOrder);
    let second = Film::encode("320x180", 2 * GOP, &["-bf", "0", "-profile:v", "baseline"]);
    assert_ne!(first.parameters.sample_entry, second.parameters.sample_entry);
    let all: Vec<usize> = (0..2 * GOP).collect();
    let a = archive.write(&main_stream(), at(0.0), &first, &all);
    let b = archive.write(&main_stream(), at(10.0), &second, &all);
    let c = archive.write(&main_stream(), at(20.0), &first, &all);
    let folder = tempfile::tempdir().expect("temporary folder");
    let place = Place::Folder(folder.path().to_path_buf());
    let written = write(&archive, &job(&[a, b, c], (1.0, 60.0), ExportGaps::Closed, place));
    assert_eq!(written.len(), 1);
    assert_eq!(shown(&written[0]).len(), 6 * GOP - 25);
    assert_eq!(gstreamer(&written[0]), 6 * GOP - 25);
}

#[test]
fn another_size_or_stream_begins_another_film() {
    let archive = Archive::new();
    let (large, small) =
        (Film::shared(Kind::InOrder), Film::encode("160x90", 6 * GOP, &["-bf", "0"]));
    let all: Vec<usize> = (0..6 * GOP).collect();
    let sub = StreamId::new(main_stream().camera, StreamKind::Sub);
    let rows = [
        archive.write(&sub, at(0.0), &small, &all),
        archive.write(&main_stream(), at(5.0), &large, &all[..2 * GOP]),
    ];
    let folder = tempfile::tempdir().expect("temporary folder");
    let place = Place::Folder(folder.path().to_path_buf());
    let written = write(&archive, &job(&rows, (1.0, 11.0), ExportGaps::Closed, place));
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    let names: Vec<String> = written.iter().map(name).collect();
    let name = "yard_2026-03-03_15-00-01_+0100";
    assert_eq!(names, ["", "_part2", "_part3"].map(|number| format!("{name}{number}.mp4")));
    let pictures: Vec<usize> = written.iter().map(|path| shown(path).len()).collect();
    assert_eq!(pictures, [4 * FPS, 4 * FPS, 2 * FPS]);
    let place = Place::Folder(folder.path().to_path_buf());
    let again = write(&archive, &job(&rows, (1.0, 11.0), ExportGaps::Closed, place));
    let endings: Vec<bool> = again
        .iter()
        .zip(["00_2.mp4", "00_2_part2.mp4", "00_2_part3.mp4"])
        .map(|(path, ending)| path.to_string_lossy().ends_with(ending))
        .collect();
    assert_eq!(endings, [true; 3], "{again:?}");
}

#[test]
fn what_is_still_being_written_is_exported_up_to_its_last_fragment() {
    let film = Film::shared(Kind::Reordered);
    let archive = Archive::new();
    let mut growing = footage::Growing::new(&main_stream(), at(0.0), &film);
    let all: Vec<usize> = (0..film.units.len()).collect();
    for gop in all.chunks(GOP).take(2) {
        growing.fragment(&film, gop);
    }
    let row = growing.row.clone();
    // Written since the row was read: not exported. Torn: not exported either.
    growing.fragment(&film, &all[2 * GOP..3 * GOP]);
    let bytes = &growing.bytes[..growing.bytes.len() - 100];
    archive.volume.create(&row.path).expect("a file").append(&[bytes]).expect("written");
    let folder = tempfile::tempdir().expect("temporary folder");
    let place = Place::File(folder.path().join("film.mp4"));
    let asked = job(std::slice::from_ref(&row), (1.0, 60.0), ExportGaps::Closed, place);
    let written = write(&archive, &asked);
    assert_eq!(shown(&written[0]).len(), 2 * GOP - 25);

    // Whole by the time that the file is opened, and still not what the row says.
    let mut file = std::fs::File::create(archive.folder.path().join("footage").join(&row.path))
        .expect("a file");
    file.write_all(&growing.bytes).expect("written");
    let place = Place::File(folder.path().join("later.mp4"));
    let span = (1.0, 5.0);
    let asked = Job { missing: Vec::new(), ..job(&[row], span, ExportGaps::Closed, place) };
    let written = write(&archive, &asked);
    assert_eq!(shown(&written[0]).len(), 2 * GOP - 25);
    let told = verify(&written[0], |_| ()).expect("read").manifest.expect("a manifest");
    assert!(told.shown.end.contains("15:00:04.000000"), "{}", told.shown.end);
    assert_eq!(missing(&written[0]), [(4.0, 5.0, "Not recorded yet".into())]);
}

#[test]
fn a_cancelled_export_leaves_nothing() {
    let rig = Rig::new(Kind::InOrder);
    let before = names(rig.folder.path());
    for cancel_after in 0..3 {
        let mut watch = Patience { cancel_after: Some(cancel_after), ..Patience::default() };
        let job = rig.job((0.0, 30.0), ExportGaps::Closed);
        let result = export(&job, &volumes(&rig.archive), &mut watch);
        assert!(matches!(result, Err(ExportError::Cancelled)), "{cancel_after}");
        assert_eq!(names(rig.folder.path()), before);
    }
    // Whole, but given up before it has its name.
    let job = rig.job((0.0, 30.0), ExportGaps::Closed);
    let made: Vec<Made> =
        export(&job, &volumes(&rig.archive), &mut Patience::default()).expect("exported");
    drop(made);
    assert_eq!(names(rig.folder.path()), before);
    let nothing = rig.job((12.5, 16.0), ExportGaps::Closed);
    let result = export(&nothing, &volumes(&rig.archive), &mut Patience::default());
    assert!(matches!(result, Err(ExportError::NoFootage { .. })));
}

/// What a film's manifest says is missing: seconds from `at(0.0)`, and why.
fn missing(path: &Path) -> Vec<(f64, f64, String)> {
    let told = verify(path, |_| ()).expect("read").manifest.expect("a manifest");
    let seconds = |text: &str| {
        let time = WallTime::parse_rfc3339(text).expect("a time");
        time.micros_since(at(0.0)) as f64 / 1e6
    };
    let gap = |gap: &watchkeeper::playback::export::Gap| {
        (seconds(&gap.span.start), seconds(&gap.span.end), gap.reason.clone())
    };
    told.gaps.iter().map(gap).collect()
}

#[test]
fn what_a_damaged_file_has_no_more_is_told_and_shifts_nothing() {
    let rig = Rig::new(Kind::InOrder);
    let path = rig.archive.folder.path().join("footage").join(&rig.rows[0].path);
    let bytes = std::fs::read(&path).expect("a segment");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut");
    let film = rig.write((0.0, 12.0), ExportGaps::Kept);
    let times: Vec<i64> = shown(&film).into_iter().map(|(_, time)| time).collect();
    let left = times.len() - 3 * GOP;
    assert!((GOP..3 * GOP).contains(&left), "{left}");
    assert_eq!(times[left] - times[0], 6_000_000, "the second segment is where it was");
    let gaps = missing(&film);
    let [(from, to, why), _] = &gaps[..] else { panic!("{gaps:?}") };
    assert_eq!((*from, *to), (left as f64 / FPS as f64, 6.0));
    assert!(why.contains("damaged"), "{why}");
    // All that is asked for lies behind its end.
    let result = export(
        &rig.job((5.5, 5.9), ExportGaps::Kept),
        &volumes(&rig.archive),
        &mut Patience::default(),
    );
    let Err(error @ ExportError::NoFootage { .. }) = result else { panic!("{result:?}") };
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[test]
fn a_file_that_is_gone_or_garbage_keeps_nobody_from_the_rest() {
    let mut rig = Rig::new(Kind::InOrder);
    rig.rows[1].path = "yard/2026-03-03/elsewhere.mp4".into();
    let garbage = rig.archive.folder.path().join("footage").join(&rig.rows[2].path);
    std::fs::write(garbage, "garbage").expect("written");
    let film = rig.write((0.0, 30.0), ExportGaps::Closed);
    assert_eq!(shown(&film).len(), 3 * GOP);
    let gaps = missing(&film);
    let spans: Vec<(f64, f64)> = gaps.iter().map(|(from, to, _)| (*from, *to)).collect();
    assert_eq!(spans, [(6.0, 12.0), (12.0, 17.0), (17.0, 21.0), (21.0, 30.0)]);
    assert!(gaps[0].2.contains("not there") && gaps[2].2.contains("cannot be read"), "{gaps:?}");
    assert_eq!(gaps[3].2, "Not recorded yet");
    rig.rows.remove(0);
    let job = rig.job((0.0, 30.0), ExportGaps::Closed);
    let result = export(&job, &volumes(&rig.archive), &mut Patience::default());
    let Err(error @ ExportError::NoFootage { .. }) = result else { panic!("{result:?}") };
    assert!(error.to_string().contains("elsewhere.mp4"), "{error}");
}

#[test]
fn a_name_that_is_taken_gets_a_number_and_a_file_is_never_overwritten() {
    let rig = Rig::new(Kind::InOrder);
    let first = rig.write((0.0, 1.0), ExportGaps::Closed);
    assert!(first.to_string_lossy().ends_with("_2.mp4"), "{}", first.display());
    let file = Place::File(first.clone());
    let again = job(&rig.rows, (0.0, 1.0), ExportGaps::Closed, file);
    assert!(export(&again, &volumes(&rig.archive), &mut Patience::default()).is_err());
    // What a killed export left of that name makes room.
    let place = rig.folder.path().join("new.mp4");
    std::fs::write(rig.folder.path().join("new.mp4.part"), "left").expect("written");
    let new = job(&rig.rows, (0.0, 1.0), ExportGaps::Closed, Place::File(place.clone()));
    assert_eq!(write(&rig.archive, &new), [place]);
    assert!(!names(rig.folder.path()).iter().any(|name| name.ends_with(".part")));
}

#[test]
fn one_changed_byte_is_found() {
    let rig = Rig::new(Kind::InOrder);
    let path = rig.write((0.0, 1.0), ExportGaps::Closed);
    let whole = std::fs::read(&path).expect("read");
    let mismatches = || verify(&path, |_| ()).expect("read").mismatches;
    assert_eq!(mismatches(), []);
    let mut changed = whole.clone();
    *changed.last_mut().expect("bytes") ^= 1;
    std::fs::write(&path, &changed).expect("written");
    assert_eq!(mismatches(), [Mismatch::Content]);
    std::fs::write(&path, &whole[..whole.len() - 100]).expect("written");
    assert!(matches!(mismatches()[..], [Mismatch::Size { .. }, Mismatch::Structure(_)]));
    std::fs::write(&path, &whole).expect("written");
    let manifest = std::fs::read_to_string(manifest_of(&path)).expect("read");
    for (old, new) in [("Yard", "Gate"), ("15:00:01.000000", "16:00:01.000000")] {
        assert!(manifest.contains(old), "{manifest}");
        std::fs::write(manifest_of(&path), manifest.replace(old, new)).expect("written");
        assert_eq!(mismatches(), [Mismatch::Facts]);
    }
    // A program that was killed between the two names leaves a whole manifest.
    let part = manifest_of(&path).with_extension("json.part");
    std::fs::remove_file(manifest_of(&path)).expect("removed");
    std::fs::write(&part, &manifest).expect("written");
    assert_eq!(mismatches(), []);
    std::fs::remove_file(part).expect("removed");
    let renamed = rig.folder.path().join("evidence.mp4");
    std::fs::copy(&path, &renamed).expect("copied");
    std::fs::write(manifest_of(&renamed), &manifest).expect("written");
    let found = verify(&renamed, |_| ()).expect("read");
    assert_eq!((found.mismatches, found.remarks.len()), (vec![], 1));
    std::fs::write(manifest_of(&path), "{}").expect("written");
    assert!(matches!(mismatches()[..], [Mismatch::Manifest(_)]));
    std::fs::remove_file(manifest_of(&path)).expect("removed");
    assert_eq!(mismatches(), [Mismatch::NoManifest]);
    assert!(verify(Path::new("nowhere.mp4"), |_| ()).is_err());
}

#[test]
fn the_manifest_tells_where_the_film_is_from() {
    let rig = Rig::new(Kind::InOrder);
    let path = rig.write((frame(70), 17.5), ExportGaps::Kept);
    let told = verify(&path, |_| ()).expect("read").manifest.expect("a manifest");
    assert_eq!((told.camera.as_str(), told.camera_id.as_str()), ("Yard", "yard"));
    assert_eq!((told.zone.as_str(), told.gaps_are.as_str()), ("Europe/Berlin", "kept"));
    assert_eq!(told.asked.start, "2026-03-03T15:00:02.800999+01:00");
    assert_eq!(told.shown.start, "2026-03-03T15:00:02.800000+01:00");
    assert_eq!(told.shown.end, "2026-03-03T15:00:17.500000+01:00");
    assert_eq!(told.segments.len(), 3);
    assert_eq!(told.gaps.len(), 1, "{:?}", told.gaps);
    assert_eq!(told.gaps[0].reason, GapReason::NotRunning.to_string());
    let start: WallTime = WallTime::parse_rfc3339(&told.gaps[0].span.start).expect("a time");
    assert_eq!(start, at(12.0));
}

#[test]
fn what_recording_needs_is_left_on_its_disk() {
    let rig = Rig::new(Kind::InOrder);
    let mut job = rig.job((1.0, 3.0), ExportGaps::Closed);
    let before = names(rig.folder.path());
    job.recorded = Some(Recorded { folder: rig.folder.path().into(), reserve: u64::MAX });
    let refused = export(&job, &volumes(&rig.archive), &mut Patience::default());
    assert!(matches!(refused, Err(ExportError::NoSpaceBeside { .. })));
    assert_eq!(names(rig.folder.path()), before);
    job.recorded = Some(Recorded { folder: rig.folder.path().into(), reserve: 1 });
    assert_eq!(write(&rig.archive, &job).len(), 1);
}
