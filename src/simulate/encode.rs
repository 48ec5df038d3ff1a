//! Encodes a scene once as a loop of access units.
//!
//! Must not do: packetise, or keep anything between two loops.

use bytes::Bytes;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, IntraFramePeriod, Profile, QpRange,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::formats::YUVSlices;
use openh264::{OpenH264API, Timestamp, nal_units};

use super::error::SimulateError;
use super::overlay::{MAX_FRAMES, burn};
use super::raster::Picture;
use super::sample_entry::avc1;
use super::scenes::{SCENE_COUNT, Scene};
use crate::media::{StreamParameters, nal};

/// How often a frame is offered that rate control leaves out. Each refusal pays back a frame's worth of
/// bits, so a few are enough at any sensible rate.
const MAX_ATTEMPTS: u32 = 50;

/// Which loop is wanted. The same order always gives the same bytes on the same processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoopSpec {
    /// Number of the scene; those from [`SCENE_COUNT`] on begin again at the first.
    pub scene: usize,
    /// Width and height in pixels, both even and at least 160x90.
    pub size: (u32, u32),
    /// Frames per second, 1 to 60.
    pub fps: u32,
    /// Frames in the loop; at most [`MAX_FRAMES`].
    pub frames: u32,
    /// Frames from one random access point to the next.
    pub gop: u32,
    /// Bits per second that the encoder aims at.
    pub bit_rate: u32,
}

impl LoopSpec {
    /// A loop of `seconds` with a random access point every 2 seconds.
    #[must_use]
    pub fn new(scene: usize, size: (u32, u32), fps: u32, seconds: u32, bit_rate: u32) -> Self {
        let scene = scene % SCENE_COUNT;
        Self { scene, size, fps, frames: fps * seconds, gop: fps * 2, bit_rate }
    }

    fn check(&self) -> Result<(), SimulateError> {
        let (width, height) = self.size;
        let wrong = |reason| {
            let Self { scene, frames, .. } = *self;
            Err(SimulateError::Unusable { scene, width, height, frames, reason })
        };
        if width % 2 + height % 2 != 0 || width < 160 || height < 90 {
            return wrong("sides must be even and at least 160x90");
        }
        // The encoder's own limit.
        if width.max(height) > 3840 || width.min(height) > 2160 {
            return wrong("at most 3840x2160");
        }
        if !(1..=60).contains(&self.fps) || self.gop == 0 || self.bit_rate == 0 {
            return wrong("1 to 60 frames per second, a GOP and a bit rate above 0");
        }
        if self.frames == 0 || self.frames as usize > MAX_FRAMES {
            return wrong("a loop has 1 to 65536 frames");
        }
        Ok(())
    }
}

/// One access unit of a loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopUnit {
    /// NAL units, each behind its length in 4 bytes; parameter sets are left out.
    pub data: Bytes,
    /// Whether decoding can begin here.
    pub random_access: bool,
}

/// A scene, encoded. Unit `n` shows the number `n`; after the last comes the first again.
#[derive(Clone, Debug)]
pub struct EncodedLoop {
    /// What a decoder and a file need to know.
    pub parameters: StreamParameters,
    /// The access units in decoding order, which is the order of showing.
    pub units: Vec<LoopUnit>,
    /// Frames per second.
    pub fps: u32,
}

impl EncodedLoop {
    /// Paints and encodes a loop; takes some 10 ms of one processor for each frame of 1080 lines.
    ///
    /// # Errors
    /// [`SimulateError::Unusable`] for an order outside the limits, [`SimulateError::Encoder`].
    pub fn make(spec: &LoopSpec) -> Result<Self, SimulateError> {
        Self::make_while(spec, || true)
    }

    /// As [`Self::make`], asking before each frame whether to go on.
    pub(super) fn make_while(
        spec: &LoopSpec,
        go_on: impl Fn() -> bool,
    ) -> Result<Self, SimulateError> {
        spec.check()?;
        let mut painter = Painter::new(spec);
        let mut encoder = encoder(spec)?;
        let mut sets = ParameterSets::default();
        let mut units = Vec::with_capacity(spec.frames as usize);
        for frame in 0..spec.frames {
            if !go_on() {
                return Err(SimulateError::Stopped);
            }
            let unit = encode_frame(spec, &mut encoder, painter.paint(frame), frame, &mut sets)?;
            units.push(unit);
        }
        let entry = avc1(&sets.sps, &sets.pps, spec.size);
        let parameters = StreamParameters::from_sample_entry(entry)
            .map_err(|error| encoder_error(spec, 0, error.to_string()))?;
        Ok(Self { parameters, units, fps: spec.fps })
    }
}

/// Paints one frame after the other.
struct Painter {
    scene: Scene,
    number: usize,
    frames: u32,
    still: Picture,
    picture: Picture,
    noise: Vec<u8>,
    random: fastrand::Rng,
}

impl Painter {
    /// Samples of noise that are made once; each line of a picture begins somewhere in them.
    const NOISE_SAMPLES: usize = 1 << 16;

    fn new(spec: &LoopSpec) -> Self {
        let scene = Scene::of(spec.scene);
        let (width, height) = (spec.size.0 as usize, spec.size.1 as usize);
        let mut still = Picture::new(width, height);
        scene.paint_still(&mut still);
        let mut random = fastrand::Rng::with_seed(spec.scene as u64);
        let most = scene.noise;
        let noise = (0..Self::NOISE_SAMPLES + width)
            .map(|_| random.u8(0..=most).wrapping_sub(random.u8(0..=most)))
            .collect();
        let picture = still.clone();
        Self { scene, number: spec.scene, frames: spec.frames, still, picture, noise, random }
    }

    fn paint(&mut self, frame: u32) -> &Picture {
        self.picture.copy_from(&self.still);
        self.scene.paint_actors(&mut self.picture, frame as f32 / self.frames as f32);
        for line in self.picture.y.chunks_exact_mut(self.picture.width) {
            let from = self.random.usize(..Self::NOISE_SAMPLES);
            for (sample, noise) in line.iter_mut().zip(&self.noise[from..]) {
                *sample = sample.wrapping_add(*noise);
            }
        }
        burn(&mut self.picture, self.number + 1, self.scene.name, frame);
        &self.picture
    }
}

fn encoder(spec: &LoopSpec) -> Result<Encoder, SimulateError> {
    let config = EncoderConfig::new()
        .profile(Profile::High)
        .usage_type(UsageType::CameraVideoRealTime)
        .complexity(Complexity::Low)
        .rate_control_mode(RateControlMode::Bitrate)
        .bitrate(BitRate::from_bps(spec.bit_rate))
        .max_frame_rate(FrameRate::from_hz(spec.fps as f32))
        // None by itself: frames that are offered twice would be counted twice.
        .intra_frame_period(IntraFramePeriod::from_num_frames(0))
        // A frame that is left out, or a random access point elsewhere, would break the numbering.
        .skip_frames(true)
        .scene_change_detect(false)
        .background_detection(false)
        .adaptive_quantization(false)
        // Finer than 14 is beyond any camera, and the bar must survive the coarse end.
        .qp(QpRange::new(14, 42))
        .num_threads(1)
        .vui(VuiConfig::bt709());
    Encoder::with_api_config(OpenH264API::from_source(), config)
        .map_err(|error| encoder_error(spec, 0, error.to_string()))
}

fn encoder_error(spec: &LoopSpec, frame: u32, reason: String) -> SimulateError {
    SimulateError::Encoder { scene: spec.scene, frame, reason }
}

#[derive(Default)]
struct ParameterSets {
    sps: Vec<u8>,
    pps: Vec<u8>,
}

fn encode_frame(
    spec: &LoopSpec,
    encoder: &mut Encoder,
    picture: &Picture,
    frame: u32,
    sets: &mut ParameterSets,
) -> Result<LoopUnit, SimulateError> {
    let (width, height) = (picture.width, picture.height);
    let planes = (picture.y.as_slice(), picture.u.as_slice(), picture.v.as_slice());
    let source = YUVSlices::new(planes, (width, height), (width, width / 2, width / 2));
    let at = Timestamp::from_millis(u64::from(frame) * 1000 / u64::from(spec.fps));
    if frame.is_multiple_of(spec.gop) {
        encoder.force_intra_frame();
    }
    let mut coded = Vec::new();
    for _ in 0..MAX_ATTEMPTS {
        encoder
            .encode_at(&source, at)
            .map_err(|error| encoder_error(spec, frame, error.to_string()))?
            .write_vec(&mut coded);
        if !coded.is_empty() {
            break;
        }
    }
    let mut data = Vec::with_capacity(coded.len());
    let mut random_access = false;
    for unit in nal_units(&coded) {
        let unit = without_start_code(unit);
        match nal::nal_type(unit) {
            nal::SPS => keep_same(spec, frame, &mut sets.sps, unit)?,
            nal::PPS => keep_same(spec, frame, &mut sets.pps, unit)?,
            kind => {
                random_access |= kind == nal::IDR_SLICE;
                data.extend_from_slice(&(unit.len() as u32).to_be_bytes());
                data.extend_from_slice(unit);
            }
        }
    }
    if data.is_empty() || random_access != frame.is_multiple_of(spec.gop) {
        return Err(encoder_error(
            spec,
            frame,
            "not the kind of picture that was asked for".into(),
        ));
    }
    Ok(LoopUnit { data: data.into(), random_access })
}

/// Takes a parameter set, which may be repeated but not change within a loop.
fn keep_same(
    spec: &LoopSpec,
    frame: u32,
    kept: &mut Vec<u8>,
    nal: &[u8],
) -> Result<(), SimulateError> {
    if kept.is_empty() {
        *kept = nal.to_vec();
    }
    if kept == nal {
        return Ok(());
    }
    Err(encoder_error(spec, frame, "the parameters changed within the loop".into()))
}

/// The NAL unit alone. Zeros behind it belong to the next start code: none ends with one (ITU-T H.264,
/// 7.4.1).
fn without_start_code(unit: &[u8]) -> &[u8] {
    let start = unit.iter().take_while(|byte| **byte == 0).count() + 1;
    let end = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    unit.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: LoopSpec =
        LoopSpec { scene: 3, size: (320, 180), fps: 10, frames: 25, gop: 10, bit_rate: 150_000 };

    #[test]
    fn the_same_order_gives_the_same_bytes() {
        let [one, two] = [(); 2].map(|()| EncodedLoop::make(&SPEC).expect("a loop"));
        assert_eq!((&one.units, &one.parameters), (&two.units, &two.parameters));
        let points: Vec<usize> = (0..25).filter(|unit| one.units[*unit].random_access).collect();
        assert_eq!(points, [0, 10, 20]);
        let nals = one.units.iter().flat_map(|unit| nal::units(&unit.data));
        let sets = [one.parameters.sps.as_slice(), one.parameters.pps.as_slice()];
        for nal in nals.map(|nal| nal.expect("whole")).chain(sets) {
            assert_ne!(nal.last(), Some(&0), "a NAL unit does not end with a zero");
        }
        assert_eq!((one.parameters.video.width, one.parameters.video.height), (320, 180));
    }

    #[test]
    fn a_starved_encoder_leaves_out_no_frame() {
        let made = EncodedLoop::make(&LoopSpec { bit_rate: 20_000, ..SPEC });
        assert_eq!(made.expect("a loop").units.len(), 25);
    }

    #[test]
    fn orders_outside_the_limits_are_refused() {
        for spec in [
            LoopSpec { size: (321, 180), ..SPEC },
            LoopSpec { size: (8_000, 4_000), ..SPEC },
            LoopSpec { fps: 0, ..SPEC },
            LoopSpec { frames: 0, ..SPEC },
            LoopSpec { frames: 70_000, ..SPEC },
        ] {
            let made = EncodedLoop::make(&spec);
            assert!(matches!(made, Err(SimulateError::Unusable { .. })), "{spec:?}");
        }
    }

    #[test]
    fn encoding_can_be_stopped() {
        let made = EncodedLoop::make_while(&SPEC, || false);
        assert!(matches!(made, Err(SimulateError::Stopped)));
    }
}
