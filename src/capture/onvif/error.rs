//! What can go wrong with a device's ONVIF service, each as one sentence for an operator.
//!
//! Must not do: show a user or a password.

use std::time::Duration;

/// Why a device cannot be found or does not tell of its streams.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnvifError {
    /// It asks who wants to know.
    #[error("The camera asks for a user and a password: enter them")]
    NeedsPassword,
    /// It was told, and refuses.
    #[error(
        "The camera refuses this user and password: check them, and that the user may use ONVIF (many \
         cameras keep users of their own for it)"
    )]
    WrongPassword,
    /// The address is none.
    #[error(
        "This is not the address of an ONVIF service: write a host, or http://HOST:PORT/onvif/device_service"
    )]
    Address,
    /// TLS.
    #[error(
        "The camera's ONVIF service is reached over https alone, which is not supported: allow http in the \
         camera, or add it by its stream address"
    )]
    Encrypted,
    /// The port is closed.
    #[error(
        "{address} refuses the connection: check the port, and that ONVIF is enabled in the camera"
    )]
    Refused {
        /// Host and port.
        address: String,
    },
    /// No way to the host, or no such name.
    #[error(
        "{address} cannot be reached: check the address, the network and that the camera has power"
    )]
    Unreachable {
        /// Host and port.
        address: String,
    },
    /// It did not answer in time.
    #[error("{address} does not answer within {} s: check the network and the camera", limit.as_secs_f32())]
    NoAnswer {
        /// Host and port.
        address: String,
        /// How long it had.
        limit: Duration,
    },
    /// Something else than an ONVIF service.
    #[error(
        "{address} answers, but not as an ONVIF service ({detail}): check the port, and that ONVIF is enabled \
         in the camera"
    )]
    NotOnvif {
        /// Host and port.
        address: String,
        /// What is odd.
        detail: String,
    },
    /// The device says why not.
    #[error("The camera refuses the question: {reason}")]
    Fault {
        /// In its words.
        reason: String,
    },
    /// It offers pictures, but none that can be recorded.
    #[error(
        "The camera offers {codecs} alone, which cannot be recorded: set one of its streams to H.264 in the \
         camera"
    )]
    OtherCodecs {
        /// Which.
        codecs: String,
    },
    /// No profile carries pictures.
    #[error("The camera offers no video stream over ONVIF: add it by its stream address")]
    NoVideo,
    /// This computer has no network.
    #[error("This computer is connected to no network: cameras cannot be searched for")]
    NoNetwork,
    /// Nothing could be sent.
    #[error("The search for cameras cannot be sent: {detail}")]
    NotSent {
        /// The system's words.
        detail: String,
    },
    /// Nobody wants to know any more.
    #[error("The question was given up")]
    Abandoned,
}
