//! What can go wrong in the simulator.
//!
//! Must not do: name a password.

use std::io;
use std::net::SocketAddr;

/// Why simulated cameras could not be made or served.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The port is taken, or the address is not this machine's.
    #[error("simulated cameras cannot listen on {address}: {source}; choose another port")]
    Listen {
        /// Where they were to listen.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no thread.
    #[error("no thread for the simulated cameras: {0}")]
    Thread(io::Error),
    /// A size, rate or length outside what the encoder and the burnt-in number allow.
    #[error("scene {scene} at {width}x{height}, {frames} frames: {reason}")]
    Unusable {
        /// Number of the scene.
        scene: usize,
        /// Width asked for, in pixels.
        width: u32,
        /// Height asked for, in pixels.
        height: u32,
        /// Frames in the loop.
        frames: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The encoder failed.
    #[error("scene {scene}, frame {frame}: encoder: {reason}")]
    Encoder {
        /// Number of the scene.
        scene: usize,
        /// Number of the frame in its loop.
        frame: u32,
        /// What the encoder said.
        reason: String,
    },
    /// The simulator is being stopped.
    #[error("the simulated cameras are being stopped")]
    Stopped,
}
