//! How many simulated cameras there are, and what they send.
//!
//! Must not do: parse a command line; `cli` does.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::encode::LoopSpec;
use super::scenes::SCENE_COUNT;
use crate::model::Password;
use crate::model::StreamKind;

/// What is simulated. [`Default`] gives four cameras as most are: 1920x1080 at 25 frames and 4 Mbit/s.
#[derive(Clone, Debug)]
pub struct SimulatorConfig {
    /// Number of cameras; they share [`Self::scenes`] scenes.
    pub cameras: usize,
    /// How many different scenes are encoded, 1 to [`SCENE_COUNT`]; fewer are ready sooner.
    pub scenes: usize,
    /// Address to listen on. Anything but loopback shows the pictures to the network.
    pub bind: IpAddr,
    /// TCP port, 0 for any that is free.
    pub port: u16,
    /// Name that clients must give, if any.
    pub user: Option<String>,
    /// Password that belongs to [`Self::user`].
    pub password: Option<Password>,
    /// Ask for Digest (RFC 2617 with MD5) instead of Basic.
    pub digest: bool,
    /// Width and height of the main stream in pixels.
    pub size: (u32, u32),
    /// Width and height of the sub stream in pixels.
    pub sub_size: (u32, u32),
    /// Frames per second of both streams.
    pub fps: u32,
    /// Length of the loops; two seconds are a GOP.
    pub loop_seconds: u32,
    /// Bits per second of the main stream.
    pub bit_rate: u32,
    /// Bits per second of the sub stream.
    pub sub_bit_rate: u32,
    /// Offer ONVIF metadata beside the pictures, which tells of motion.
    pub metadata: bool,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            cameras: 4,
            scenes: SCENE_COUNT,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            user: None,
            password: None,
            digest: true,
            size: (1920, 1080),
            sub_size: (640, 360),
            fps: 25,
            loop_seconds: 8,
            bit_rate: 4_000_000,
            sub_bit_rate: 500_000,
            metadata: false,
        }
    }
}

impl SimulatorConfig {
    /// Small enough that a laptop shows moving pictures a moment after the start.
    #[must_use]
    pub fn demo(cameras: usize) -> Self {
        Self {
            cameras,
            size: (1280, 720),
            fps: 20,
            loop_seconds: 6,
            bit_rate: 2_000_000,
            sub_bit_rate: 400_000,
            ..Self::default()
        }
    }

    /// What a camera's stream is made of, so that the same footage can be written without RTSP.
    #[must_use]
    pub fn loop_spec(&self, camera: usize, kind: StreamKind) -> LoopSpec {
        let scene = camera % self.scenes.clamp(1, SCENE_COUNT);
        let (size, rate) = match kind {
            StreamKind::Main => (self.size, self.bit_rate),
            StreamKind::Sub => (self.sub_size, self.sub_bit_rate),
        };
        LoopSpec::new(scene, size, self.fps, self.loop_seconds, rate)
    }

    /// The number shown by the first picture of every session with `camera`: cameras that share a scene
    /// begin at different random access points of its loop.
    #[must_use]
    pub fn first_frame(&self, camera: usize) -> u32 {
        let spec = self.loop_spec(camera, StreamKind::Main);
        let round = camera / self.scenes.clamp(1, SCENE_COUNT);
        let points = spec.frames.div_ceil(spec.gop.max(1)).max(1);
        (round as u32 % points) * spec.gop
    }

    /// The same scene at three quarters of its size, for a change of parameters in mid-stream.
    pub(super) fn other_spec(&self, camera: usize, kind: StreamKind) -> LoopSpec {
        let mut spec = self.loop_spec(camera, kind);
        let shrink = |side: u32| (side * 3 / 4) & !1;
        spec.size = (shrink(spec.size.0), shrink(spec.size.1));
        spec
    }
}

/// What goes wrong with a camera. It befalls both of its streams, and every client of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are closed; new ones are welcome.
    Drop,
    /// Nothing is sent and no request is answered for this long; connections stay open. Then the camera
    /// goes on at a random access point, its own clock having run on.
    Stall(Duration),
    /// Bytes that are no RTSP are sent once in between.
    Garbage,
    /// RTP times jump by this many ticks of 90 kHz.
    TimestampJump(i64),
    /// The packets of this many access units are left out; sequence numbers show it.
    LoseUnits(u32),
    /// The picture changes to three quarters of its size in mid-stream, or back again.
    NewParameters,
    /// Connections are closed, and new ones as soon as they name this camera, for this long.
    Refuse(Duration),
    /// The camera is not found (404) until [`Fault::Restore`]; connections are closed.
    Remove,
    /// The metadata track cannot be set up (500) until [`Fault::Restore`].
    RefuseMetadata,
    /// Connections that ask for the metadata track are closed until [`Fault::Restore`].
    HangUpOnMetadata,
    /// A document of metadata that breaks off and one that is no XML are sent once.
    GarbageMetadata,
    /// Ends [`Fault::Remove`], [`Fault::Stall`], [`Fault::Refuse`], [`Fault::RefuseMetadata`] and
    /// [`Fault::HangUpOnMetadata`].
    Restore,
}
