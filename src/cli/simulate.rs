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
use crate::simulate::{OnvifConfig, OnvifSimulator, Simulator, SimulatorConfig};

/// Where devices are searched for (WS-Discovery, 2.4).
const DISCOVERY_PORT: u16 = 3702;

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
    let devices = options.onvif.then(|| devices(options, &simulator)).transpose()?;
    print::line("serving until Ctrl-C")?;
    // The sender lives as long as the program.
    let _told = interrupted.recv();
    devices.map_or(Ok(()), OnvifSimulator::stop)?;
    Ok(simulator.stop()?)
}

/// The cameras as ONVIF devices, on the port where searches are answered.
fn devices(options: &SimulateOptions, simulator: &Simulator) -> Result<OnvifSimulator> {
    let config = OnvifConfig {
        discovery_port: Some(DISCOVERY_PORT),
        user: options.user.clone(),
        password: options.password.clone().map(Password::new),
        ..OnvifConfig::default()
    };
    let devices = OnvifSimulator::start(config, simulator, Arc::new(SystemClock::new()))?;
    for number in 0..usize::from(options.cameras) {
        print::line(&format!("ONVIF  {}", devices.service(number)))?;
    }
    Ok(devices)
}
