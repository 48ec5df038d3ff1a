//! ONVIF: which cameras are in the network, and which streams each offers (Core Specification, and the Media
//! and Media2 Service Specifications).
//!
//! Everything that a device answers is taken as hostile: answers are bounded in size and time, names are
//! compared without their namespace prefix, and no answer can lead us, and with us a password, to another
//! host. Must not do: send a password in the clear, speak TLS, or change anything in a device.

pub mod choose;
pub mod device;
pub mod discovery;
pub mod error;
mod http;
pub mod messages;
pub mod search;
mod soap;
mod token;
pub mod xml;

pub use choose::Profile;
pub use device::{DeviceReport, Limits, OfferedStream, ask, service_address};
pub use discovery::Device;
pub use error::OnvifError;
pub use search::{Places, search};
pub use token::Login;
