//! `camera search`: which cameras are in the network, and which streams they offer.
//!
//! Must not do: print a password, or add a camera.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};

use super::args::Login;
use super::{camera, print};
use crate::capture::onvif::{
    self, Device, DeviceReport, Limits, Login as OnvifLogin, OnvifError, Places,
};
use crate::engine::finding::{CALL_LIMIT, DEVICE_LIMIT, SEARCH_LIMIT};
use crate::runtime::{Clock, SystemClock};

/// A device, and what it told of its streams if it was asked.
struct Found {
    device: Device,
    streams: Option<Result<DeviceReport, OnvifError>>,
}

/// Runs the verb: searches the network, or asks the device `at` an address alone.
///
/// # Errors
/// When the network cannot be searched, or the address is none. What a device refuses is part of the answer.
pub fn run(at: Option<&str>, login: &Login, json: bool) -> Result<()> {
    let password = camera::read_password(login)?;
    let login = OnvifLogin::of(login.user.clone(), password);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let devices = match at {
        Some(typed) => vec![named(typed)?],
        None => onvif::search(&Places::Network, SEARCH_LIMIT, &*clock, &mut |_| true)?,
    };
    let ask = |device: &Device| {
        let limits = Limits { call: CALL_LIMIT, all: DEVICE_LIMIT, wanted: &|| true };
        onvif::ask(&device.service, login.as_ref(), limits, &*clock)
    };
    let asked = at.is_some() || login.is_some();
    let mut found: Vec<Found> = devices
        .into_iter()
        .map(|device| Found { streams: asked.then(|| ask(&device)), device })
        .collect();
    found.sort_by_key(|found| found.device.address());
    if json {
        return print::json(&found.iter().map(as_json).collect::<Vec<_>>());
    }
    if found.is_empty() {
        return print::line(
            "No camera answered. Check that it is in this network, that ONVIF and WS-Discovery are enabled in \
             it, and that the firewall lets answers from UDP port 3702 through; or name it with --at.",
        );
    }
    print_found(&found)
}

/// A device that was not searched for.
fn named(typed: &str) -> Result<Device, OnvifError> {
    let service = onvif::service_address(typed)?;
    let nothing = String::new;
    Ok(Device {
        endpoint: nothing(),
        service,
        name: nothing(),
        hardware: nothing(),
        location: nothing(),
    })
}

fn as_json(found: &Found) -> Value {
    let Found { device, streams } = found;
    let mut value = json!({
        "address": device.address(),
        "name": device.name,
        "model": device.hardware,
        "location": device.location,
        "service": device.service.as_str(),
    });
    match streams {
        None => {}
        Some(Err(error)) => value["trouble"] = error.to_string().into(),
        Some(Ok(report)) => {
            value["made_by"] = report.name.as_str().into();
            value["main"] = report.main.as_str().into();
            value["sub"] = report.sub.as_ref().map(url::Url::as_str).into();
            value["clock_offset_seconds"] =
                report.clock_offset.map(|micros| micros as f64 / 1e6).into();
            let profiles = report.streams.iter().map(|stream| {
                json!({
                    "name": stream.profile.name,
                    "codec": stream.profile.encoding,
                    "size": stream.profile.size,
                    "frame_rate": stream.profile.frame_rate,
                    "kbit": stream.profile.bit_rate_kbit,
                    "url": stream.address.as_ref().map(url::Url::as_str),
                })
            });
            value["profiles"] = profiles.collect();
        }
    }
    value
}

fn print_found(found: &[Found]) -> Result<()> {
    let row = |found: &Found| {
        let Device { name, hardware, service, .. } = &found.device;
        [found.device.address(), name.clone(), hardware.clone(), service.to_string()]
    };
    let rows: Vec<[String; 4]> = found.iter().map(row).collect();
    print::table(["ADDRESS", "NAME", "MODEL", "SERVICE"], &rows)?;
    for Found { device, streams } in found {
        match streams {
            None => {}
            Some(Err(error)) => print::line(&format!("{}: {error}", device.address()))?,
            Some(Ok(report)) => {
                let plain = |text: &str| print::plain(text);
                let line = |words: String| print::line(&plain(&words));
                line(format!("{}: {}", device.address(), report.name))?;
                line(format!("  main  {}", report.main))?;
                if let Some(sub) = &report.sub {
                    line(format!("  sub   {sub}"))?;
                }
            }
        }
    }
    Ok(())
}
