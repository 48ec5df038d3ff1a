//! A camera's stream address: RTSP, and never with a user or password in it.
//!
//! Must not do: resolve or connect.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// Parts of the names of query parameters that hold a password.
const SECRET_KEYS: [&str; 4] = ["pass", "pwd", "secret", "token"];

/// An `rtsp://` address without user and password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamUrl(Url);

/// Why an address is refused. The text never repeats the address, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// Not an address at all.
    #[error("this is not an address; one looks like rtsp://192.168.1.20:554/stream1")]
    Malformed,
    /// Another scheme.
    #[error("the address must begin with rtsp://")]
    NotRtsp,
    /// User or password inside.
    #[error("user and password do not belong into the address; give them on their own")]
    Credentials,
    /// No host.
    #[error("the address names no host")]
    NoHost,
}

impl StreamUrl {
    /// The address as a URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The address for people: passwords that some cameras want in the query are left out.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut shown = self.0.clone();
        let secret = |key: &str| SECRET_KEYS.iter().any(|part| key.to_lowercase().contains(part));
        if shown.query_pairs().any(|(key, _)| secret(&key)) {
            let pairs: Vec<(String, String)> = shown.query_pairs().into_owned().collect();
            let pairs = pairs.into_iter().map(|(key, value)| {
                let value = if secret(&key) { "***".to_owned() } else { value };
                (key, value)
            });
            shown.query_pairs_mut().clear().extend_pairs(pairs);
        }
        shown.into()
    }

    /// Host and port, for lists.
    #[must_use]
    pub fn host_and_port(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

impl FromStr for StreamUrl {
    type Err = InvalidUrl;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidUrl::Malformed)?;
        Self::try_from(url)
    }
}

impl TryFrom<Url> for StreamUrl {
    type Error = InvalidUrl;
    fn try_from(url: Url) -> Result<Self, Self::Error> {
        if url.scheme() != "rtsp" {
            return Err(InvalidUrl::NotRtsp);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUrl::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidUrl::NoHost);
        }
        Ok(Self(url))
    }
}

impl TryFrom<String> for StreamUrl {
    type Error = InvalidUrl;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<StreamUrl> for String {
    fn from(url: StreamUrl) -> Self {
        url.0.into()
    }
}

impl fmt::Debug for StreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Display for StreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for (text, why) in [
            ("", InvalidUrl::Malformed),
            ("camera", InvalidUrl::Malformed),
            ("http://host/", InvalidUrl::NotRtsp),
            ("rtsp://user@host/", InvalidUrl::Credentials),
            ("rtsp://:secret@host/", InvalidUrl::Credentials),
            ("rtsp:///path", InvalidUrl::NoHost),
        ] {
            assert_eq!(text.parse::<StreamUrl>(), Err(why), "{text}");
        }
        let url: StreamUrl = " rtsp://10.0.0.2:8554/a?b=1 ".parse().expect("valid");
        assert_eq!(url.to_string(), "rtsp://10.0.0.2:8554/a?b=1");
        assert_eq!(url.host_and_port(), "10.0.0.2:8554");
        assert_eq!(url.shown(), url.to_string());
        let url: StreamUrl = "rtsp://h/live?user=a&Password=b&c=1".parse().expect("valid");
        assert_eq!(url.shown(), "rtsp://h/live?user=a&Password=***&c=1");
    }
}
