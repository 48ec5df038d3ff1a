//! The simulated cameras as ONVIF devices: they are found by WS-Discovery and tell of their streams over SOAP.
//!
//! Each camera is a device with a path of its own, `/cam0/device_service`, on one HTTP port. Thread:
//! `simulate-onvif`. Must not do: know anything of `capture`, or listen on anything but loopback.

mod answers;
mod config;
mod discovery;
mod guard;
mod request;
mod server;

pub use config::{OnvifConfig, OnvifFault};
pub use server::OnvifSimulator;
