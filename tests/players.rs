//! What players say of our files in every state that a kill can leave. Needs `ffmpeg` and `ffprobe`.
//!
//! An encoder's own MP4 is read with our reader, written again as a segment, and must decode to the same
//! pictures at the same times.

#![allow(clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use watchkeeper::container::{
    FragmentCursor, OpenedSegment, PendingSample, RecoverState, SampleTable, TrackHeader, finish,
    fragment, init, read, recover, swallow_header,
};
use watchkeeper::model::{
    CameraId, MediaTime, RunId, SegmentIdentity, StreamId, StreamKind, WallTime,
};

/// Pictures that the encoder makes.
const PICTURES: usize = 120;

fn run(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"))
}

/// A moving picture as an ordinary MP4 of ffmpeg, with these options for the encoder and the file.
fn encode(folder: &TempDir, options: &[&str]) -> Vec<u8> {
    let path = folder.path().join("encoded.mp4");
    let path_text = path.to_str().expect("UTF-8");
    let mut arguments = vec!["-v", "error", "-y", "-f", "lavfi", "-i"];
    arguments.extend(["testsrc2=size=320x240:rate=25", "-frames:v", "120", "-c:v", "libx264"]);
    arguments.extend(["-preset", "fast", "-threads", "1", "-pix_fmt", "yuv420p", "-g", "50"]);
    arguments.extend(options);
    arguments.push(path_text);
    let output = run("ffmpeg", &arguments);
    assert!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(&path).expect("ffmpeg wrote it")
}

/// A segment made of the samples of another file.
struct Segment {
    bytes: Vec<u8>,
    /// Length and samples after each fragment.
    ends: Vec<(usize, usize)>,
    moov: Vec<u8>,
    table: SampleTable,
}

impl Segment {
    /// `cut` says after how many samples a fragment ends at the latest.
    fn write(original: &[u8], opened: &OpenedSegment, cut: usize, may_reorder: bool) -> Self {
        let identity = SegmentIdentity {
            stream: StreamId::new(CameraId::from_name("yard"), StreamKind::Main),
            start: WallTime::from_micros(1_772_550_000_000_000),
            run: RunId(1_772_550_000_000_000),
            run_offset: MediaTime::default(),
        };
        let sample_entry = opened.sample_entry.as_slice();
        let header =
            TrackHeader { sample_entry, width: 320, height: 240, identity: &identity, may_reorder };
        let mut bytes = init(&header);
        let mut cursor = FragmentCursor::new(bytes.len(), may_reorder);
        let (mut table, mut ends) = (SampleTable::default(), Vec::new());
        let mut rest = opened.table.samples.as_slice();
        while !rest.is_empty() {
            let group = rest.iter().skip(1).position(|s| s.random_access);
            let length = group.map_or(rest.len(), |n| n + 1).min(cut);
            let (these, after) = rest.split_at(length);
            rest = after;
            let pending: Vec<_> = these
                .iter()
                .map(|s| PendingSample { pts: s.pts, size: s.size, random_access: s.random_access })
                .collect();
            let made = fragment(&cursor, &pending, rest.first().map(|s| s.pts));
            bytes.extend_from_slice(&made.header);
            for s in these {
                bytes.extend_from_slice(&original[s.offset as usize..][..s.size as usize]);
            }
            table.samples.extend(made.samples);
            table.duration = made.end;
            cursor = made.next;
            ends.push((bytes.len(), table.samples.len()));
        }
        let moov = finish(&header, &table);
        Self { bytes, ends, moov, table }
    }

    fn finished(&self) -> Vec<u8> {
        let mut bytes = [&self.bytes[..], &self.moov].concat();
        let (at, slot) = swallow_header(self.bytes.len() as u64);
        bytes[at as usize..][..slot.len()].copy_from_slice(&slot);
        bytes
    }
}

/// Number of pictures that ffprobe decodes, and what it complains of.
fn probe(path: &Path) -> (usize, String) {
    let path = path.to_str().expect("UTF-8");
    let entries = "stream=nb_read_frames";
    let options = ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "csv=p=0"];
    let output = run("ffprobe", &[&options[..], &[path]].concat());
    let count = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0);
    (count, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Time and checksum of every picture as it is shown.
fn pictures(path: &Path) -> Vec<String> {
    let path = path.to_str().expect("UTF-8");
    let options = ["-v", "error", "-i", path, "-fps_mode", "passthrough", "-copyts"];
    let format = ["-enc_time_base", "1:90000", "-f", "framemd5", "-"];
    let output = run("ffmpeg", &[&options[..], &format].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let fields = |line: &str| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        format!("{} {}", fields[2], fields[5])
    };
    text.lines().filter(|line| !line.starts_with('#')).map(fields).collect()
}

/// Shows files to ffmpeg.
struct Player {
    folder: TempDir,
    expected: Vec<String>,
}

impl Player {
    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("segment.mp4");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    /// Plays without a word, and shows the expected pictures at the expected times.
    fn plays(&self, state: &str, bytes: &[u8]) {
        let path = self.file(bytes);
        assert_eq!(probe(&path), (PICTURES, String::new()), "{state}");
        assert_eq!(pictures(&path), self.expected, "{state}");
    }
}

/// Writes a segment of `original` in every state and lets ffmpeg judge.
fn judge(folder: TempDir, original: &[u8], cut: usize, may_reorder: bool) {
    let expected = pictures(&folder.path().join("encoded.mp4"));
    assert_eq!(expected.len(), PICTURES);
    let player = Player { folder, expected };
    let opened = read(&original).expect("ffmpeg's own file is readable");
    assert_eq!((opened.table.samples.len(), opened.identity.as_ref()), (PICTURES, None));
    let segment = Segment::write(original, &opened, cut, may_reorder);

    player.plays("between two fragments", &segment.bytes);
    player.plays("finished", &segment.finished());
    let appended = [&segment.bytes[..], &segment.moov].concat();
    for (state, length) in [
        ("final moov appended", appended.len()),
        ("final moov half appended", appended.len() - segment.moov.len() / 2),
    ] {
        player.plays(state, &appended[..length]);
        player.plays(state, &repair(&appended[..length]));
    }
    torn(&player, &segment);
}

/// Torn in the last fragment: playable up to there as it is, and without a word once repaired.
fn torn(player: &Player, segment: &Segment) {
    let [.., (whole, kept), (end, _)] = segment.ends[..] else { panic!("two fragments at least") };
    for length in [whole + 1, whole + 60, (whole + end) / 2, end - 1] {
        let bytes = &segment.bytes[..length];
        let (count, _) = probe(&player.file(bytes));
        assert!(count >= kept, "torn at {length}: {count} of {kept}");
        let repaired = repair(bytes);
        let path = player.file(&repaired);
        assert_eq!(probe(&path), (kept, String::new()), "torn at {length}");
        let samples = &read(&repaired).expect("readable").table.samples;
        assert_eq!(samples[..], segment.table.samples[..kept]);
    }
}

fn repair(bytes: &[u8]) -> Vec<u8> {
    let found = recover(&bytes).expect("recoverable");
    assert_eq!(found.state, RecoverState::NeedsFinish);
    let mut kept = bytes[..found.keep_len as usize].to_vec();
    let (at, slot) = swallow_header(kept.len() as u64);
    kept.extend(finish(&found.track_header().expect("has an identity"), &found.table));
    kept[at as usize..][..slot.len()].copy_from_slice(&slot);
    kept
}

#[test]
fn a_stream_without_reordering_plays_in_every_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let original = encode(&folder, &["-bf", "0", "-video_track_timescale", "90000"]);
    judge(folder, &original, usize::MAX, false);
}

#[test]
fn a_stream_with_b_frames_plays_in_every_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let original = encode(&folder, &["-bf", "3", "-video_track_timescale", "90000"]);
    judge(folder, &original, usize::MAX, true);
}

#[test]
fn fragments_may_end_between_b_frames() {
    let folder = tempfile::tempdir().expect("a folder");
    let original = encode(&folder, &["-bf", "3", "-video_track_timescale", "90000"]);
    judge(folder, &original, 7, true);
}

#[test]
fn a_variable_frame_rate_keeps_its_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let times = "setpts=(N*3600+mod(N*N\\,7)*300)/90000/TB";
    let options = ["-bf", "0", "-vf", times, "-fps_mode", "vfr", "-video_track_timescale", "90000"];
    let original = encode(&folder, &[&options[..], &["-enc_time_base", "1:90000"]].concat());
    judge(folder, &original, usize::MAX, false);
}

#[test]
fn files_of_another_program_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let times = |bytes: &[u8]| {
        let table = read(&bytes).expect("readable").table;
        let pts: Vec<_> = table.samples.iter().map(|s| (s.pts, s.size)).collect();
        (pts, table.duration)
    };
    let plain = times(&encode(&folder, &["-bf", "2", "-video_track_timescale", "12800"]));
    assert_eq!((plain.0.len(), plain.1), (PICTURES, PICTURES as i64 * 3600));
    let fast = encode(&folder, &["-bf", "2", "-movflags", "+faststart"]);
    assert_eq!(times(&fast), plain);
    for flags in [
        "+frag_keyframe+empty_moov",
        "+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets",
        "+frag_keyframe+empty_moov+separate_moof+delay_moov",
    ] {
        let fragmented = encode(&folder, &["-bf", "2", "-movflags", flags]);
        let (pts, _) = times(&fragmented);
        assert_eq!(pts.len(), PICTURES, "{flags}");
        assert!(recover(&fragmented.as_slice()).is_err(), "{flags}: not ours to change");
    }
}
