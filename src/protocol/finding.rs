//! Finding cameras and testing them before they are added.
//!
//! Must not do: show a password, or hold an address with one.

use std::fmt;
use std::sync::Arc;

use crate::model::{CameraId, Password, Picture, Transport};

/// Asks what an address sends. A newer question takes the place of one under way.
#[derive(Clone, PartialEq, Eq)]
pub struct ProbeQuery {
    /// For the answer.
    pub generation: u64,
    /// Whose stored password is used when none is typed.
    pub camera: Option<CameraId>,
    /// The RTSP address as it was typed.
    pub url: String,
    /// The user, when the camera asks for one.
    pub user: Option<String>,
    /// The password that was typed.
    pub password: Option<Password>,
    /// TCP or UDP.
    pub transport: Transport,
}

impl fmt::Debug for ProbeQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A typed address may hold a password.
        write!(f, "ProbeQuery({})", self.generation)
    }
}

/// What an address sends.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeAnswer {
    /// To which question.
    pub generation: u64,
    /// How far it is.
    pub outcome: ProbeOutcome,
}

/// How far a test is.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeOutcome {
    /// It is being watched; takes up to 15 seconds.
    Running,
    /// It can be recorded.
    Found(Box<FoundStream>),
    /// Why it cannot be recorded, and what to do, in a sentence.
    Failed(String),
}

/// What a stream sends.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundStream {
    /// `H.264` with its profile.
    pub codec: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Frames a second, in thousandths; 0 when too few arrived.
    pub frame_rate_milli: u32,
    /// Pictures from one full picture to the next; none when no second one arrived in time.
    pub gop_length: Option<u32>,
    /// Bits a second.
    pub bit_rate: u64,
    /// RTP packets, or pictures that the camera left out, missing.
    pub lost_packets: u64,
    /// The camera's wall clock less ours, in microseconds; none when it did not tell.
    pub clock_offset: Option<i64>,
    /// Whether it offers sound, which is not recorded.
    pub has_audio: bool,
    /// Microseconds from the first word to the first picture.
    pub first_picture_after: i64,
    /// The first picture, at most 1280x720; none when it cannot be decoded here.
    pub picture: Option<Arc<Picture>>,
    /// What an operator should know although it can be recorded, each a sentence.
    pub warnings: Vec<String>,
}

/// How a search for cameras goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchAnswer {
    /// Of which question.
    pub generation: u64,
    /// Whether more may be found.
    pub running: bool,
    /// What was found so far, ordered by address.
    pub devices: Vec<FoundDevice>,
    /// Why nothing can be found, in a sentence.
    pub trouble: Option<String>,
}

/// A device that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDevice {
    /// Host and port of its ONVIF service.
    pub address: String,
    /// What it calls itself; its address when it does not.
    pub name: String,
    /// Its make or model; empty when it does not tell.
    pub model: String,
    /// Where it says it stands; empty when it does not tell.
    pub location: String,
    /// Address of its ONVIF service, for [`DeviceQuery::service`].
    pub service: String,
    /// Whether a camera of the settings has this host.
    pub known: bool,
}

/// Asks a device for its streams. A newer question takes the place of one under way.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceQuery {
    /// For the answer.
    pub generation: u64,
    /// As found, or a host with or without port.
    pub service: String,
    /// The user, when the device asks for one.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Password>,
}

impl fmt::Debug for DeviceQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceQuery({})", self.generation)
    }
}

/// What a device tells of its streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAnswer {
    /// To which question.
    pub generation: u64,
    /// How far it is.
    pub outcome: DeviceOutcome,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceOutcome {
    /// It is being asked.
    Running,
    /// It wants a user and a password.
    NeedsPassword,
    /// It refuses these.
    WrongPassword,
    /// Its streams.
    Found(Box<DeviceStreams>),
    /// Why they are not known, and what to do, in a sentence.
    Failed(String),
}

/// The streams of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceStreams {
    /// Manufacturer and model, as it tells them.
    pub name: String,
    /// RTSP address of the largest H.264 stream, without user and password.
    pub main: String,
    /// RTSP address of the smallest H.264 stream of the same view, where that is another one.
    pub sub: Option<String>,
    /// All that it offers, as it orders them.
    pub profiles: Vec<DeviceProfile>,
    /// The device's wall clock less ours, in microseconds; none when it did not tell.
    pub clock_offset: Option<i64>,
}

/// A stream that a device offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceProfile {
    /// What the device calls it.
    pub name: String,
    /// `H.264`, `H.265`, ...
    pub encoding: String,
    /// Width and height in pixels; none when it does not tell.
    pub size: Option<(u32, u32)>,
    /// Frames a second at most, 0 when it does not tell.
    pub frame_rate: u32,
    /// Kilobits a second at most, 0 when it does not tell.
    pub bit_rate_kbit: u32,
    /// RTSP address without user and password; none for what cannot be recorded, or was not asked for.
    pub url: Option<String>,
}
