//! What can go wrong with a camera's stream, each as one sentence for an operator.
//!
//! Must not do: show a user, a password, or the path of an address: many cameras carry a password in it.

use std::time::Duration;

/// Most characters of a camera's or library's own words that are shown.
const MAX_DETAIL: usize = 160;

/// Why a stream cannot be had. The camera is named by whoever shows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// 401 although a password was sent.
    #[error(
        "The camera refuses this user and password: correct them in the camera's settings here"
    )]
    WrongPassword,
    /// 401 and there is no password to send.
    #[error("The camera asks for a user and a password: enter them in the camera's settings here")]
    PasswordNeeded,
    /// 403.
    #[error(
        "This user may not see the stream: allow live view for it in the camera, or use another"
    )]
    Forbidden,
    /// 404.
    #[error("{address} knows no stream under this path: check the path of the address")]
    NotFound {
        /// Host and port.
        address: String,
    },
    /// Another video codec than H.264.
    #[error(
        "The camera sends {codec}, which cannot be recorded: set this stream to H.264 in the camera"
    )]
    Unsupported {
        /// The codec as the camera calls it.
        codec: String,
    },
    /// Sound, or data, and no video.
    #[error("The stream carries no video, only {media}: use the address of a video stream")]
    NoVideo {
        /// What it carries.
        media: String,
    },
    /// RTSP over TLS.
    #[error("Encrypted RTSP (rtsps) is not supported: use an rtsp:// address")]
    Encrypted,
    /// The port is closed.
    #[error(
        "{address} refuses the connection: check the port, and that RTSP is enabled in the camera"
    )]
    Refused {
        /// Host and port.
        address: String,
    },
    /// No way to the host.
    #[error("{address} cannot be reached: check the network and that the camera has power")]
    Unreachable {
        /// Host and port.
        address: String,
    },
    /// The name has no address.
    #[error("The name of {address} is unknown: check the address, or use the camera's IP address")]
    UnknownHost {
        /// Host and port.
        address: String,
    },
    /// It did not answer in time.
    #[error("{address} does not answer within {} s: check the network and the camera", limit.as_secs())]
    NoAnswer {
        /// Host and port.
        address: String,
        /// How long it had.
        limit: Duration,
    },
    /// Connected, but no picture arrives any more.
    #[error("No picture has arrived for {} s: the camera or the network hangs", limit.as_secs())]
    Stalled {
        /// How long it had.
        limit: Duration,
    },
    /// The other end closed the connection.
    #[error("The camera closed the connection: it may have restarted, or have too many viewers")]
    Closed,
    /// Something else than an RTSP server.
    #[error("{address} answers, but does not speak RTSP: check the port (RTSP has usually 554)")]
    NotRtsp {
        /// Host and port.
        address: String,
    },
    /// Any other RTSP status.
    #[error("The camera answers with RTSP status {status}{}", status_hint(*status))]
    Status {
        /// RTSP status code (RFC 2326, 7.1.1).
        status: u16,
    },
    /// The connection broke.
    #[error("The connection to the camera broke: {detail}")]
    Connection {
        /// The system's words.
        detail: String,
    },
    /// The camera breaks the protocol.
    #[error("The camera sends what cannot be understood: {detail}")]
    Protocol {
        /// What exactly.
        detail: String,
    },
    /// The limit of `probe` was over before the first picture.
    #[error("No picture to start from arrived within {} s: shorten the key frame interval", limit.as_secs())]
    NoPicture {
        /// How long it had.
        limit: Duration,
    },
    /// Nobody wants the answer of `probe` any more.
    #[error("The test was given up")]
    Abandoned,
    /// Our own fault or the system's: no thread, no runtime.
    #[error("Capture cannot start: {detail}")]
    Start {
        /// The system's words.
        detail: String,
    },
}

impl CaptureError {
    /// Whether trying again soon can help; else a person must change something first.
    #[must_use]
    pub const fn retry(&self) -> bool {
        !matches!(
            self,
            Self::WrongPassword
                | Self::PasswordNeeded
                | Self::Forbidden
                | Self::Unsupported { .. }
                | Self::NoVideo { .. }
                | Self::Encrypted
        )
    }
}

const fn status_hint(status: u16) -> &'static str {
    match status {
        406 | 415 => " (not acceptable): check the path of the address",
        453 | 503 => " (too busy): it may have too many viewers",
        454 => " (session not found): it may have restarted",
        461 => " (transport not supported): change between TCP and UDP",
        500..=599 => " (its own fault): restarting it may help",
        _ => "",
    }
}

/// Where in a session an error came up; the same words mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the first answer.
    Describe,
    /// After it.
    Later,
}

/// What an error must and must not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// Host and port.
    pub address: &'a str,
    /// Whether a password was sent.
    pub has_password: bool,
    /// Never to be shown.
    pub secrets: [&'a str; 2],
}

/// What an error of the RTSP library means. It tells the status; the rest is in its words.
pub(super) fn classify(
    status: Option<u16>,
    words: &str,
    phase: Phase,
    context: Context<'_>,
) -> CaptureError {
    let address = || context.address.to_owned();
    if let Some(error) = status.and_then(|status| from_status(status, context)) {
        return error;
    }
    let has = |part: &str| words.contains(part);
    let code = |numbers: &[u32]| numbers.iter().any(|n| words.contains(&format!("(os error {n})")));
    if has("Unable to connect") {
        // Numbers of Linux, macOS and Windows: the words are in the user's language there.
        return if code(&[111, 61, 10061]) {
            CaptureError::Refused { address: address() }
        } else if code(&[101, 113, 51, 65, 10051, 10065, 110, 60, 10060]) {
            CaptureError::Unreachable { address: address() }
        } else if has("lookup") || code(&[11001]) {
            CaptureError::UnknownHost { address: address() }
        } else {
            CaptureError::Connection { detail: detail(words, context) }
        };
    }
    if phase == Phase::Describe && (has("Invalid RTSP message") || has("Incomplete RTSP message")) {
        return CaptureError::NotRtsp { address: address() };
    }
    if has("EOF") || has("Incomplete RTSP message at EOF") {
        return CaptureError::Closed;
    }
    if has("Error reading from RTSP peer") || has("Error writing to RTSP peer") {
        return CaptureError::Connection { detail: detail(words, context) };
    }
    CaptureError::Protocol { detail: detail(words, context) }
}

/// None for the statuses of success, under which the library reports an answer that it cannot use.
fn from_status(status: u16, context: Context<'_>) -> Option<CaptureError> {
    Some(match status {
        200..=299 => return None,
        401 if context.has_password => CaptureError::WrongPassword,
        401 => CaptureError::PasswordNeeded,
        403 => CaptureError::Forbidden,
        404 => CaptureError::NotFound { address: context.address.to_owned() },
        status => CaptureError::Status { status },
    })
}

/// The first line of `words`, shortened, without secrets and addresses.
fn detail(words: &str, context: Context<'_>) -> String {
    let line = words.lines().next().unwrap_or_default();
    let mut line = line.chars().take(MAX_DETAIL).collect::<String>();
    for secret in context.secrets.into_iter().filter(|secret| !secret.is_empty()) {
        line = line.replace(secret, "(hidden)");
    }
    match line.find("rtsp://") {
        Some(start) => format!("{}(address)", &line[..start]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context<'_> =
        Context { address: "cam:554", has_password: true, secrets: ["secret", "joe"] };

    fn of(status: Option<u16>, words: &str, phase: Phase) -> CaptureError {
        classify(status, words, phase, CONTEXT)
    }

    #[test]
    fn statuses_have_their_sentences() {
        assert_eq!(of(Some(401), "", Phase::Describe), CaptureError::WrongPassword);
        let none = Context { has_password: false, ..CONTEXT };
        assert_eq!(classify(Some(401), "", Phase::Describe, none), CaptureError::PasswordNeeded);
        let not_found = CaptureError::NotFound { address: "cam:554".into() };
        assert_eq!(of(Some(404), "", Phase::Describe), not_found);
        let busy = of(Some(453), "", Phase::Later).to_string();
        assert_eq!(
            busy,
            "The camera answers with RTSP status 453 (too busy): it may have too many viewers"
        );
        assert!(matches!(of(Some(200), "bad sdp", Phase::Later), CaptureError::Protocol { .. }));
    }

    #[test]
    fn connection_errors_are_told_apart_in_any_language() {
        let of = |words: &str| {
            of(None, &format!("Unable to connect to RTSP server: {words}"), Phase::Describe)
        };
        assert!(matches!(of("Connection refused (os error 111)"), CaptureError::Refused { .. }));
        assert!(matches!(of("Zielcomputer (os error 10061)"), CaptureError::Refused { .. }));
        assert!(matches!(of("No route to host (os error 113)"), CaptureError::Unreachable { .. }));
        let lookup = "failed to lookup address information: Name or service not known";
        assert!(matches!(of(lookup), CaptureError::UnknownHost { .. }));
    }

    #[test]
    fn a_web_server_is_not_rtsp_and_an_end_is_closed() {
        let http = "RTSP framing error: Invalid RTSP message: bad version; buffered:\nHTTP/1.1";
        assert!(matches!(of(None, http, Phase::Describe), CaptureError::NotRtsp { .. }));
        let end = "Error reading from RTSP peer: EOF while expecting response to PLAY";
        assert_eq!(of(None, end, Phase::Later), CaptureError::Closed);
    }

    #[test]
    fn texts_hide_user_password_and_path() {
        let words = "odd joe:secret in rtsp://cam/user=joe&password=secret\nmore secret";
        let text = of(None, words, Phase::Later).to_string();
        assert!(
            !text.contains("secret") && !text.contains("joe") && !text.contains("cam/"),
            "{text}"
        );
    }

    #[test]
    fn only_what_can_mend_itself_is_retried_soon() {
        assert!(!CaptureError::WrongPassword.retry());
        assert!(!CaptureError::Unsupported { codec: "H.265".into() }.retry());
        assert!(CaptureError::Closed.retry());
        assert!(CaptureError::NotFound { address: String::new() }.retry());
    }
}
