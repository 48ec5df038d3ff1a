//! Simulated cameras: an RTSP server inside the program that serves animated scenes.
//!
//! It serves the demo, the tests (with faults on request), and whoever wants to know how many cameras a
//! computer can take. Each scene is encoded once as a loop, when it is first asked for; every picture
//! carries its number, readable for people and for [`read_frame_number`].
//!
//! Threads: `simulate`, `simulate-onvif`, and `simulate-encode-N` which work only while loops are missing.
//!
//! Must not do: know anything of `capture`. The two meet over RTSP and ONVIF alone.

mod answer;
mod auth;
mod client;
mod config;
mod encode;
mod error;
mod font;
mod library;
mod metadata;
mod onvif;
mod overlay;
mod props;
mod raster;
mod rtp;
mod sample_entry;
mod scenes;
mod sdp;
mod server;
mod session;
mod simulator;
mod view;

pub use config::{Fault, SimulatorConfig};
pub use encode::{EncodedLoop, LoopSpec, LoopUnit};
pub use error::SimulateError;
pub use onvif::{OnvifConfig, OnvifFault, OnvifSimulator};
pub use overlay::{MAX_FRAMES, read_frame_number};
pub use scenes::{SCENE_COUNT, camera_group, camera_name};
pub use simulator::Simulator;
