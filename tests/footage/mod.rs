//! Footage for tests: a film whose every frame is known, and archives of segments made of it.
//! Needs `ffmpeg`.

#![allow(dead_code, clippy::expect_used)]

pub mod rig;

use std::collections::{BTreeMap, HashMap};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use chrono::FixedOffset;
use tempfile::TempDir;
use watchkeeper::codec::{Converter, open_decoder};
use watchkeeper::container::{
    FragmentCursor, PackedFragment, PendingSample, SampleTable, TrackHeader, finish, fragment,
    init, read, swallow_header,
};
use watchkeeper::index::{Change, Index};
use watchkeeper::media::StreamParameters;
use watchkeeper::model::time::ticks_to_micros;
use watchkeeper::model::{
    CameraId, CoverageKind, GapReason, JournalEntry, MediaTime, RecordingState, RunId,
    SegmentIdentity, SegmentRow, SegmentState, StreamId, VolumeId, WallSpan, WallTime,
};
use watchkeeper::playback::Footage;
use watchkeeper::recorder::OpenSegments;
use watchkeeper::simulate::EncodedLoop;
use watchkeeper::storage::layout::segment_path;
use watchkeeper::storage::{LocalVolume, Volume};

/// Frames a second of every film here.
pub const FPS: usize = 25;
/// Ticks from one frame to the next.
pub const FRAME: i64 = 3_600;
/// Frames from one random access point to the next.
pub const GOP: usize = 50;
/// The tile that films are known at.
pub const TILE: (usize, usize) = (160, 90);

/// Whether pictures are sent in the order in which they are shown.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    InOrder,
    Reordered,
}

/// One coded picture.
pub struct Unit {
    pub data: Vec<u8>,
    /// In ticks; the first picture shown has 0.
    pub pts: i64,
    pub random_access: bool,
}

/// A film in decoding order, of which every picture can be told from all others.
pub struct Film {
    pub parameters: Arc<StreamParameters>,
    pub units: Vec<Unit>,
    numbers: HashMap<Vec<u8>, usize>,
}

impl Film {
    /// `frames` frames of `size`, encoded with `options`.
    pub fn make(size: &str, frames: usize, options: &[&str]) -> Self {
        let mut film = Self::encode(size, frames, options);
        film.know_pictures();
        film
    }

    /// As [`Film::make`], without learning what its pictures look like.
    pub fn encode(size: &str, frames: usize, options: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("film.mp4");
        let (source, count) = (format!("testsrc2=size={size}:rate={FPS}"), frames.to_string());
        let gop = GOP.to_string();
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", &source, "-frames:v", &count])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-g", &gop])
            .args(["-keyint_min", &gop, "-sc_threshold", "0", "-pix_fmt", "yuv420p"])
            .args(options)
            .arg(&path)
            .output()
            .expect("ffmpeg is needed for this test");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let bytes = std::fs::read(&path).expect("ffmpeg wrote it");
        let opened = read(&bytes).expect("an MP4");
        let parameters = StreamParameters::from_sample_entry(opened.sample_entry).expect("avc1");
        let first = opened.table.samples.iter().map(|sample| sample.pts).min().expect("samples");
        let units = opened.table.samples.iter().map(|sample| Unit {
            data: bytes[sample.offset as usize..][..sample.size as usize].to_vec(),
            pts: sample.pts - first,
            random_access: sample.random_access,
        });
        Self { units: units.collect(), parameters: Arc::new(parameters), numbers: HashMap::new() }
    }

    /// As [`Film::encode`] at `rate` (as ffmpeg writes it: `4M`), without reordering, as cameras send.
    pub fn at_rate(size: &str, frames: usize, rate: &str) -> Self {
        let options = ["-bf", "0", "-b:v", rate, "-maxrate", rate, "-bufsize", rate];
        Self::encode(size, frames, &options)
    }

    /// As [`Film::make`] at 320x180 with 6 groups of pictures, made once for each kind.
    pub fn shared(kind: Kind) -> Arc<Self> {
        static FILMS: [OnceLock<Arc<Film>>; 2] = [const { OnceLock::new() }; 2];
        let film = FILMS[kind as usize].get_or_init(|| {
            let options: &[&str] = match kind {
                Kind::InOrder => &["-bf", "0"],
                Kind::Reordered => &["-bf", "2", "-b_strategy", "0"],
            };
            Arc::new(Self::make("320x180", 6 * GOP, options))
        });
        Arc::clone(film)
    }

    fn know_pictures(&mut self) {
        let mut decoder = open_decoder(&self.parameters).expect("a decoder");
        let (mut converter, mut frames) = (Converter::new(), Vec::new());
        for unit in &self.units {
            decoder.decode(&unit.data, unit.pts, &mut frames).expect("decodes");
            for frame in frames.drain(..) {
                let pixels = converter.convert(&frame, &self.parameters.video, TILE, Vec::new());
                let number = (frame.pts / FRAME) as usize;
                let known = self.numbers.insert(pixels.expect("converts").rgba, number);
                assert_eq!(known, None, "all pictures differ");
            }
        }
        assert_eq!(self.numbers.len(), self.units.len());
    }

    /// A simulated camera's loop.
    pub fn simulated(encoded: EncodedLoop) -> Self {
        let units = encoded.units.iter().zip(0..).map(|(unit, n)| Unit {
            data: unit.data.to_vec(),
            pts: n * FRAME,
            random_access: unit.random_access,
        });
        Self {
            units: units.collect(),
            parameters: Arc::new(encoded.parameters),
            numbers: HashMap::new(),
        }
    }

    /// The number, in the order of display, of the frame that looks like this at [`TILE`].
    pub fn number(&self, rgba: &[u8]) -> Option<usize> {
        self.numbers.get(rgba).copied()
    }
}

/// Segments of cameras in a temporary folder, and the index over them.
pub struct Archive {
    pub folder: TempDir,
    pub volume: Arc<LocalVolume>,
    pub index: Index,
    pub open: OpenSegments,
}

impl Archive {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let volume = LocalVolume::open(folder.path().join("footage")).expect("a volume");
        let index = Index::open(folder.path().join("index.redb")).expect("an index").index;
        Self { folder, volume: Arc::new(volume), index, open: OpenSegments::default() }
    }

    /// All that it holds, as playback sees it.
    pub fn footage(&self) -> Arc<Footage> {
        let volume: Arc<dyn Volume> = self.volume.clone();
        let volumes = BTreeMap::from([(VolumeId(0), volume)]);
        Arc::new(Footage::new(self.index.reader(), self.open.clone(), volumes))
    }

    /// Writes a finished segment of these units of `film`, which begin with a random access point.
    pub fn write(
        &self,
        stream: &StreamId,
        start: WallTime,
        film: &Film,
        units: &[usize],
    ) -> SegmentRow {
        let mut segment = Growing::new(stream, start, film);
        for gop in units.chunks(GOP) {
            segment.fragment(film, gop);
        }
        let row = segment.finish(film);
        let mut file = self.volume.create(&row.path).expect("a file");
        file.append(&[&segment.bytes]).expect("written");
        self.index.apply(&[Change::PutSegment(row.clone())]).expect("indexed");
        row
    }

    /// Notes what recording of `camera` did from `at` on.
    pub fn journal(&self, camera: &CameraId, at: WallTime, reason: Option<GapReason>) {
        let recording = RecordingState::Recording(CoverageKind::Continuous);
        let state = reason.map_or(recording, RecordingState::Idle);
        let entry = JournalEntry { camera: camera.clone(), at, state };
        self.index.apply(&[Change::Journal(entry)]).expect("indexed");
    }
}

/// A segment while it is being written.
pub struct Growing {
    pub row: SegmentRow,
    pub bytes: Vec<u8>,
    cursor: FragmentCursor,
    table: SampleTable,
    /// Units that went in, so that a film can be repeated.
    written: i64,
}

impl Growing {
    pub fn new(stream: &StreamId, start: WallTime, film: &Film) -> Self {
        let row = SegmentRow {
            stream: stream.clone(),
            start,
            end: start,
            media_duration: 0,
            frames: 0,
            bytes: 0,
            run: RunId(start.as_micros()),
            run_offset: MediaTime::default(),
            volume: VolumeId(0),
            path: segment_path(stream, start, FixedOffset::east_opt(0).expect("UTC")),
            state: SegmentState::Recording,
        };
        let identity = identity(&row);
        let bytes = init(&header(film, &identity));
        let cursor = FragmentCursor::new(bytes.len(), film.parameters.video.may_reorder);
        Self { row, bytes, cursor, table: SampleTable::default(), written: 0 }
    }

    /// Adds these units as one fragment; gives its samples.
    pub fn fragment(&mut self, film: &Film, units: &[usize]) -> Arc<PackedFragment> {
        let units: Vec<&Unit> = units.iter().map(|&n| &film.units[n]).collect();
        let base = self.written * FRAME - units.iter().map(|unit| unit.pts).min().expect("units");
        let pending: Vec<_> = units
            .iter()
            .map(|unit| PendingSample {
                pts: base + unit.pts,
                size: unit.data.len() as u32,
                random_access: unit.random_access,
            })
            .collect();
        self.written += units.len() as i64;
        let made = fragment(&self.cursor, &pending, Some(self.written * FRAME));
        self.bytes.extend_from_slice(&made.header);
        for unit in units {
            self.bytes.extend_from_slice(&unit.data);
        }
        self.cursor = made.next;
        self.table.samples.extend_from_slice(&made.samples);
        self.table.duration = self.written * FRAME;
        self.row.media_duration = self.table.duration;
        self.row.end = self.row.start.plus_micros(ticks_to_micros(self.table.duration));
        self.row.frames = self.written as u64;
        self.row.bytes = self.bytes.len() as u64;
        Arc::new(PackedFragment::new(&made.samples))
    }

    /// Makes it an ordinary MP4.
    pub fn finish(&mut self, film: &Film) -> SegmentRow {
        let moov = finish(&header(film, &identity(&self.row)), &self.table);
        let (at, slot) = swallow_header(self.bytes.len() as u64);
        self.bytes.extend_from_slice(&moov);
        self.bytes[at as usize..][..slot.len()].copy_from_slice(&slot);
        self.row.bytes = self.bytes.len() as u64;
        self.row.state = SegmentState::Finished;
        self.row.clone()
    }
}

fn identity(row: &SegmentRow) -> SegmentIdentity {
    SegmentIdentity {
        stream: row.stream.clone(),
        start: row.start,
        run: row.run,
        run_offset: row.run_offset,
    }
}

fn header<'a>(film: &'a Film, identity: &'a SegmentIdentity) -> TrackHeader<'a> {
    let video = &film.parameters.video;
    TrackHeader {
        sample_entry: &film.parameters.sample_entry,
        width: video.width,
        height: video.height,
        identity,
        may_reorder: video.may_reorder,
    }
}

/// What the rows say is shown at `at`: which row, and the place of its frame in the order of display.
pub fn expected(rows: &[SegmentRow], at: WallTime) -> Option<(usize, usize)> {
    let row = rows.iter().position(|row| WallSpan::new(row.start, row.end).contains(at))?;
    let frame = rows[row].ticks_at(at) / FRAME;
    Some((row, (frame as usize).min(rows[row].frames as usize - 1)))
}
