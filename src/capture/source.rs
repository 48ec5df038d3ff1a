//! Where a stream comes from, and how a typed address is taken apart.
//!
//! Must not do: keep a user or password inside an address, or repeat a typed address in an error.

use std::fmt;

use url::Url;

use crate::model::Password;
use crate::model::{StreamId, Transport};

/// RTSP's own port (RFC 2326, 3.2).
const DEFAULT_PORT: u16 = 554;

/// One stream and how to reach it.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamSource {
    /// Which stream it is.
    pub id: StreamId,
    /// Its address, without user and password.
    pub url: Url,
    /// The user, when the camera asks for one.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Password>,
    /// TCP or UDP.
    pub transport: Transport,
    /// Also set up the camera's ONVIF metadata, when it has any, to hear of motion.
    pub metadata: bool,
}

impl StreamSource {
    /// Host and port: all of the address that may be shown. The path may carry a password too.
    #[must_use]
    pub fn address(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{host}:{}", self.url.port().unwrap_or(DEFAULT_PORT))
    }
}

impl fmt::Debug for StreamSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamSource({} at {})", self.id, self.address())
    }
}

/// Why a typed address cannot be used. Never repeats it, since a password may be inside.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// RTSP over TLS.
    #[error("encrypted RTSP (rtsps) is not supported: use an rtsp:// address")]
    Encrypted,
    /// Another scheme.
    #[error("the address begins with {0}://, but cameras are recorded over RTSP: rtsp://HOST/PATH")]
    Scheme(String),
    /// No host.
    #[error("the address names no host: write rtsp://HOST/PATH")]
    NoHost,
    /// Anything else.
    #[error(
        "this is not an address like rtsp://HOST:PORT/PATH ({0}); if user or password contain signs \
         like @ / # or ?, give them separately"
    )]
    Malformed(url::ParseError),
    /// `%` in user or password without two hexadecimal digits, or not UTF-8.
    #[error("the user or password in the address is not percent-encoded: give them separately")]
    Encoding,
}

/// Takes a typed address apart into the address alone, user and password.
///
/// # Errors
/// [`AddressError`] when it is no `rtsp` address.
pub fn split_credentials(
    typed: &str,
) -> Result<(Url, Option<String>, Option<Password>), AddressError> {
    let mut url = Url::parse(typed.trim()).map_err(|error| match error {
        url::ParseError::EmptyHost => AddressError::NoHost,
        error => AddressError::Malformed(error),
    })?;
    match url.scheme() {
        "rtsp" | "rtspt" if url.host_str().is_none_or(str::is_empty) => {
            return Err(AddressError::NoHost);
        }
        "rtsp" => {}
        "rtsps" => return Err(AddressError::Encrypted),
        // "cam.local:554/x" and "user:password@host" parse as schemes; they are not repeated.
        _ if !typed.contains("://") => {
            return Err(AddressError::Malformed(url::ParseError::RelativeUrlWithoutBase));
        }
        other => return Err(AddressError::Scheme(other.to_owned())),
    }
    let user = (!url.username().is_empty()).then(|| decode(url.username())).transpose()?;
    let password = url.password().map(decode).transpose()?.map(Password::new);
    // Both fail only for an address without host, which was refused above.
    url.set_username("").map_err(|()| AddressError::NoHost)?;
    url.set_password(None).map_err(|()| AddressError::NoHost)?;
    Ok((url, user, password))
}

/// Undoes percent-encoding (RFC 3986, 2.1).
pub(super) fn decode(text: &str) -> Result<String, AddressError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
        let value = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes.push(value.ok_or(AddressError::Encoding)?);
    }
    String::from_utf8(bytes).map_err(|_| AddressError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_leave_the_address() {
        let typed = " rtsp://joe:p%40ss%2Fword@cam.local:8554/ch1/main?x=1 ";
        let (url, user, password) = split_credentials(typed).expect("valid");
        assert_eq!(url.as_str(), "rtsp://cam.local:8554/ch1/main?x=1");
        assert_eq!(user.as_deref(), Some("joe"));
        assert_eq!(password.map(|p| p.reveal().to_owned()).as_deref(), Some("p@ss/word"));
        let (url, user, password) = split_credentials("rtsp://10.0.0.2/").expect("valid");
        assert_eq!((url.as_str(), user, password.is_none()), ("rtsp://10.0.0.2/", None, true));
    }

    #[test]
    fn errors_are_clear_and_repeat_no_password() {
        let error = |typed: &str| split_credentials(typed).expect_err("invalid");
        assert_eq!(error("rtsps://cam/"), AddressError::Encrypted);
        assert_eq!(error("http://cam/"), AddressError::Scheme("http".into()));
        assert_eq!(error("rtsp:///path"), AddressError::NoHost);
        assert_eq!(error("rtsp://joe:a%zz@cam/"), AddressError::Encoding);
        for typed in
            ["joe:secret@cam/x", "rtsp://joe:se#cret@cam/", "cam.local/x", "", "secret:1/x"]
        {
            let text = error(typed).to_string();
            assert!(!text.contains("secret") && !text.contains("joe"), "{text}");
        }
    }

    #[test]
    fn only_host_and_port_are_shown() {
        let (url, ..) = split_credentials("rtsp://cam/user=a&password=b").expect("valid");
        let id = StreamId::new("cam".parse().expect("valid"), crate::model::StreamKind::Main);
        let password = Some(Password::new("secret".into()));
        let (user, transport) = (Some("joe".into()), Transport::Tcp);
        let source = StreamSource { id, url, user, password, transport, metadata: false };
        assert_eq!(format!("{source:?}"), "StreamSource(cam/main at cam:554)");
    }
}
