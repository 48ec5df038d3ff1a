//! `simulate`: serves simulated cameras, for tests and to see how many cameras a computer can take.
//!
//! Must not do: listen on anything but the loopback address.

use std::sync::Arc;

use anyhow::Result;

use super::args::SimulateOptions;
use super::{print, record};
use crate::model::Password;
use crate::model::StreamKind;
use crate::runtime::SystemClock;
use crate::simulate::{Simulator, SimulatorConfig};

/// Runs the verb until Ctrl-C.
///
/// # Errors
/// When the port is taken.
pub fn run(options: &SimulateOptions) -> Result<()> {
    let cameras = usize::from(options.cameras);
    let config = SimulatorConfig {
        cameras,
        port: options.port,
        user: options.user.clone(),
        password: options.password.clone().map(Password::new),
        size: options.size,
        fps: options.fps,
        ..SimulatorConfig::default()
    };
    let interrupted = record::interrupts()?;
    let simulator = Simulator::start(config, Arc::new(SystemClock::new()))?;
    for number in 0..cameras {
        let url = |kind| simulator.url(number, kind);
        print::line(&format!("{}  {}", url(StreamKind::Main), url(StreamKind::Sub)))?;
    }
    print::line("serving until Ctrl-C")?;
    // The sender lives as long as the program.
    let _told = interrupted.recv();
    Ok(simulator.stop()?)
}
