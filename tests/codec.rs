//! The decoders give exactly the frames that ffmpeg gives, for every kind of stream that a camera may
//! send. Needs `ffmpeg`.

#![allow(clippy::expect_used)]

use std::process::Command;

use tempfile::TempDir;
use watchkeeper::codec::{Converter, Decoder, Frame, Plane, open_decoder};
use watchkeeper::container::{OpenedSegment, read};
use watchkeeper::media::StreamParameters;

const PICTURES: usize = 48;

/// A moving picture as MP4 bytes, and the frames that ffmpeg decodes from it, one after the other.
struct Footage {
    bytes: Vec<u8>,
    opened: OpenedSegment,
    parameters: StreamParameters,
    expected: Vec<u8>,
}

fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).output();
    let output = output.expect("ffmpeg is needed for this test");
    assert!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn make(pixel_format: &str, options: &[&str]) -> Footage {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("made.mp4");
    let path = path.to_str().expect("UTF-8");
    let count = PICTURES.to_string();
    let source = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-frames:v", &count];
    let encoder = ["-c:v", "libx264", "-threads", "1", "-g", "12", "-pix_fmt", pixel_format];
    ffmpeg(&[&source[..], &encoder, options, &[path]].concat());
    let expected = ffmpeg(&["-i", path, "-f", "rawvideo", "-pix_fmt", pixel_format, "-"]);
    let bytes = std::fs::read(path).expect("ffmpeg wrote it");
    let opened = read(&bytes).expect("an MP4");
    let parameters =
        StreamParameters::from_sample_entry(opened.sample_entry.clone()).expect("parameters");
    Footage { bytes, opened, parameters, expected }
}

impl Footage {
    fn unit(&self, sample: usize) -> (&[u8], i64) {
        let info = &self.opened.table.samples[sample];
        (&self.bytes[info.offset as usize..][..info.size as usize], info.pts)
    }

    /// Decodes these samples, and gives the frames in the order of display.
    fn decode(
        &self,
        decoder: &mut dyn Decoder,
        samples: impl Iterator<Item = usize>,
    ) -> Vec<Frame> {
        let mut frames = Vec::new();
        for sample in samples {
            let (unit, pts) = self.unit(sample);
            decoder.decode(unit, pts, &mut frames).expect("decodes");
        }
        decoder.flush(&mut frames).expect("flushes");
        frames.sort_by_key(|frame| frame.pts);
        frames
    }
}

fn rows(plane: &Plane, width: usize, height: usize, bytes: usize) -> Vec<u8> {
    let rows = plane.data.chunks(plane.stride * bytes).take(height);
    rows.flat_map(|row| row[..width * bytes].to_vec()).collect()
}

fn raw(frame: &Frame) -> Vec<u8> {
    let bytes = if frame.bit_depth > 8 { 2 } else { 1 };
    let (width, height) = frame.chroma_size();
    [
        rows(&frame.y, frame.width, frame.height, bytes),
        rows(&frame.u, width, height, bytes),
        rows(&frame.v, width, height, bytes),
    ]
    .concat()
}

fn exact(name: &str, pixel_format: &str, options: &[&str]) {
    let footage = make(pixel_format, options);
    let mut decoder = open_decoder(&footage.parameters).expect("a decoder");
    let count = footage.opened.table.samples.len();
    let frames = footage.decode(decoder.as_mut(), 0..count);
    assert_eq!(frames.len(), PICTURES, "{name}");
    let size = footage.expected.len() / PICTURES;
    for (number, frame) in frames.iter().enumerate() {
        let wanted = &footage.expected[number * size..][..size];
        assert!(raw(frame) == wanted, "{name}: frame {number} differs");
    }
    let times: Vec<i64> = frames.iter().map(|frame| frame.pts).collect();
    let mut wanted: Vec<i64> = footage.opened.table.samples.iter().map(|s| s.pts).collect();
    wanted.sort_unstable();
    assert_eq!(times, wanted, "{name}: each frame has the time of its unit");

    // From each random access point on, with the same decoder: as a seek does.
    let samples = &footage.opened.table.samples;
    for start in (0..count).filter(|&n| samples[n].random_access).rev() {
        decoder.reset();
        let again = footage.decode(decoder.as_mut(), start..count.min(start + 4));
        for frame in again.iter().filter(|frame| frame.pts >= samples[start].pts) {
            let number = wanted.binary_search(&frame.pts).expect("one of them");
            assert!(raw(frame) == footage.expected[number * size..][..size], "{name}: {number}");
        }
    }
    let pixels = Converter::new()
        .convert(&frames[0], &footage.parameters.video, (160, 160), Vec::new())
        .expect("converts");
    assert_eq!((pixels.width, pixels.height), (160, 90), "{name}");
}

#[test]
fn pictures_in_order_are_exact() {
    exact("baseline", "yuv420p", &["-profile:v", "baseline", "-bf", "0"]);
    exact("high", "yuv420p", &["-profile:v", "high", "-bf", "0"]);
    exact("slices", "yuv420p", &["-bf", "0", "-x264-params", "slices=4"]);
    exact("slices inside a row", "yuv420p", &["-bf", "0", "-x264-params", "slice-max-size=300"]);
    exact("CAVLC", "yuv420p", &["-bf", "0", "-x264-params", "cabac=0:ref=4:8x8dct=1"]);
    exact("matrices", "yuv420p", &["-bf", "0", "-x264-params", "cqm=jvt"]);
    exact("weights", "yuv420p", &["-vf", "fade=in:0:24", "-bf", "0"]);
}

#[test]
fn reordered_pictures_are_exact() {
    exact("B-frames", "yuv420p", &["-bf", "3", "-b_strategy", "0"]);
    exact(
        "pyramid",
        "yuv420p",
        &["-bf", "3", "-b_strategy", "0", "-x264-params", "b-pyramid=normal"],
    );
    exact("several slices", "yuv420p", &["-bf", "2", "-x264-params", "slices=4"]);
    exact("slices inside a row", "yuv420p", &["-bf", "2", "-x264-params", "slice-max-size=300"]);
    exact("open GOP", "yuv420p", &["-bf", "2", "-b_strategy", "0", "-x264-params", "open-gop=1"]);
    exact("temporal, CAVLC", "yuv420p", &["-bf", "3", "-x264-params", "direct=temporal:cabac=0"]);
    exact("weights", "yuv420p", &["-vf", "fade=in:0:24", "-bf", "2", "-preset", "slower"]);
}

#[test]
fn interlaced_pictures_are_exact() {
    let field_flags = ["-flags", "+ilme+ildct", "-x264-params", "tff=1"];
    exact("MBAFF", "yuv420p", &[&field_flags[..], &["-bf", "0"]].concat());
    exact("MBAFF with B-frames", "yuv420p", &[&field_flags[..], &["-bf", "2"]].concat());
    exact("only called interlaced", "yuv420p", &["-bf", "0", "-x264-params", "fake-interlaced=1"]);
}

#[test]
fn fine_colours_are_exact() {
    exact("4:2:2", "yuv422p", &["-bf", "2"]);
    exact("10 bits", "yuv420p10le", &["-bf", "2"]);
    exact("4:2:2 with 10 bits", "yuv422p10le", &["-bf", "0"]);
}

#[test]
fn what_cannot_be_decoded_says_so() {
    let footage = make("yuv444p", &[]);
    let error = open_decoder(&footage.parameters).err().expect("refused");
    assert!(error.to_string().contains("4:4:4"), "{error}");
}

/// Kinds of stream that different decoders are chosen for.
const DAMAGED: [(&str, &str, &[&str]); 4] = [
    ("in order", "yuv420p", &["-bf", "0"]),
    ("reordered", "yuv420p", &["-bf", "2", "-b_strategy", "0"]),
    ("interlaced", "yuv420p", &["-bf", "0", "-flags", "+ilme+ildct", "-x264-params", "tff=1"]),
    ("10 bits", "yuv420p10le", &["-bf", "0"]),
];

/// The NAL units of `unit`, each with its length.
fn nals(unit: &[u8]) -> Vec<&[u8]> {
    let mut rest = unit;
    let mut found = Vec::new();
    while let Some(length) = rest.first_chunk::<4>() {
        let (nal, after) = rest.split_at(4 + u32::from_be_bytes(*length) as usize);
        found.push(nal);
        rest = after;
    }
    found
}

impl Footage {
    /// Whether later pictures refer to that of `sample`.
    fn is_reference(&self, sample: usize) -> bool {
        nals(self.unit(sample).0).iter().any(|nal| nal[4] & 0x1f == 1 && nal[4] & 0x60 != 0)
    }

    fn is_exact(&self, frame: &Frame) -> bool {
        let mut times: Vec<i64> = self.opened.table.samples.iter().map(|s| s.pts).collect();
        times.sort_unstable();
        let number = times.binary_search(&frame.pts).expect("one of them");
        let size = self.expected.len() / PICTURES;
        raw(frame) == self.expected[number * size..][..size]
    }

    /// Decodes the first two GOPs with `damaged` instead of `sample`; the number of errors, when no frame
    /// is wrong and the second GOP is whole.
    fn survives(&self, name: &str, sample: usize, damaged: Option<&[u8]>) -> usize {
        let mut decoder = open_decoder(&self.parameters).expect("a decoder");
        let (mut frames, mut errors) = (Vec::new(), 0);
        for n in 0..24 {
            let (unit, pts) = self.unit(n);
            let unit = if n == sample { damaged } else { Some(unit) };
            errors +=
                unit.map_or(0, |unit| usize::from(decoder.decode(unit, pts, &mut frames).is_err()));
        }
        assert!(frames.iter().all(|frame| self.is_exact(frame)), "{name}: a wrong frame is shown");
        let again = self.opened.table.samples[12].pts;
        assert!(frames.iter().filter(|frame| frame.pts >= again).count() >= 12, "{name}");
        errors
    }
}

#[test]
fn after_a_lost_unit_nothing_is_shown_until_the_next_random_access_point() {
    for (name, pixel_format, options) in DAMAGED {
        let footage = make(pixel_format, options);
        for lost in (1..11).filter(|&sample| footage.is_reference(sample)) {
            let errors = footage.survives(name, lost, None);
            assert_eq!(errors, 11 - lost, "{name}: without unit {lost}");
        }
    }
}

#[test]
fn a_missing_first_slice_is_an_error() {
    for (name, pixel_format, options) in DAMAGED {
        let slices = ["-slices", "3"];
        let footage = make(pixel_format, &[options, &slices].concat());
        let lost = (1..11).find(|&sample| footage.is_reference(sample)).expect("a reference");
        let (unit, _) = footage.unit(lost);
        let slices: Vec<&[u8]> = nals(unit);
        let first = slices.iter().position(|nal| nal[4] & 0x1f == 1).expect("a slice");
        let without: Vec<u8> = [&slices[..first], &slices[first + 1..]].concat().concat();
        assert_eq!(footage.survives(name, lost, Some(&without)), 12 - lost, "{name}");
        assert_eq!(
            footage.survives(name, lost, Some(&unit[..unit.len() - 9])),
            12 - lost,
            "{name}"
        );
    }
}

#[test]
fn another_size_in_the_middle_of_a_stream_is_an_error() {
    let small = make("yuv420p", &["-vf", "scale=160:90"]);
    for (name, pixel_format, options) in DAMAGED {
        let footage = make(pixel_format, options);
        let sps = &small.parameters.sps;
        let (unit, _) = footage.unit(12);
        let with: Vec<u8> = [&(sps.len() as u32).to_be_bytes()[..], sps, unit].concat();
        let mut decoder = open_decoder(&footage.parameters).expect("a decoder");
        let error = decoder.decode(&with, 0, &mut Vec::new()).expect_err("refused");
        assert!(error.to_string().contains("160 x 90"), "{name}: {error}");
    }
}

#[test]
fn damage_is_an_error_and_the_next_random_access_point_is_exact_again() {
    for (name, options) in [("in order", ["-bf", "0"]), ("reordered", ["-bf", "2"])] {
        let footage = make("yuv420p", &options);
        let mut decoder = open_decoder(&footage.parameters).expect("a decoder");
        for seed in 0..40_u64 {
            decoder.reset();
            let mut out = Vec::new();
            for sample in 0..3 {
                let (unit, pts) = footage.unit(sample);
                let mut unit = unit.to_vec();
                for n in 0..=seed % 7 {
                    let place = (seed * 7_919 + n * 104_729) as usize % unit.len();
                    unit[place] ^= 1 << (seed % 8);
                }
                // An error or a wrong picture, but never a crash.
                let _damaged = decoder.decode(&unit, pts, &mut out);
            }
        }
        decoder.reset();
        let frames = footage.decode(decoder.as_mut(), 0..6);
        let size = footage.expected.len() / PICTURES;
        assert!(raw(&frames[0]) == footage.expected[..size], "{name}");
    }
}
