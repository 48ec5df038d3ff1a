//! What the simulated ONVIF devices are like.
//!
//! Must not do: serve.

use crate::model::{Password, StreamKind};
use crate::simulate::{Simulator, camera_name};

/// How the devices behave. [`Default`] is a camera as most are, without a password.
#[derive(Clone, Debug)]
pub struct OnvifConfig {
    /// TCP port of the service, 0 for any that is free.
    pub port: u16,
    /// UDP port on which searches are answered, 0 for any that is free; none to stay unfound.
    pub discovery_port: Option<u16>,
    /// Name that clients must give, if any.
    pub user: Option<String>,
    /// Password that belongs to [`Self::user`].
    pub password: Option<Password>,
    /// Ask for HTTP Digest instead of a `UsernameToken`.
    pub http_digest: bool,
    /// Offer the second generation of the media service too.
    pub media_2: bool,
    /// The codec that both streams claim to have.
    pub encoding: &'static str,
    /// The devices' clock less the computer's, in microseconds.
    pub clock_offset: i64,
    /// What goes wrong.
    pub fault: Option<OnvifFault>,
}

impl Default for OnvifConfig {
    fn default() -> Self {
        Self {
            port: 0,
            discovery_port: Some(0),
            user: None,
            password: None,
            http_digest: false,
            media_2: true,
            encoding: "H264",
            clock_offset: 0,
            fault: None,
        }
    }
}

/// What goes wrong with every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnvifFault {
    /// Connections are taken, and nothing is answered.
    Silent,
    /// The answers, and those to searches, are no XML.
    Garbage,
    /// The answers are larger than any client should read.
    Huge,
    /// The stream addresses name user and password, and a host that cannot be reached.
    OddAddresses,
}

/// One camera as a device.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub name: &'static str,
    /// Main and sub.
    pub streams: [Stream; 2],
}

/// One of its streams.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub kind: StreamKind,
    pub url: String,
    pub size: (u32, u32),
    pub fps: u32,
    pub bit_rate_kbit: u32,
}

impl Device {
    /// The cameras of `simulator`.
    pub fn all(simulator: &Simulator) -> Vec<Self> {
        let config = simulator.config();
        let stream = |camera, kind| {
            let spec = config.loop_spec(camera, kind);
            Stream {
                kind,
                url: simulator.url(camera, kind).to_string(),
                size: spec.size,
                fps: spec.fps,
                bit_rate_kbit: spec.bit_rate / 1_000,
            }
        };
        let device = |camera| Self {
            name: camera_name(camera),
            streams: [StreamKind::Main, StreamKind::Sub].map(|kind| stream(camera, kind)),
        };
        (0..config.cameras).map(device).collect()
    }
}
