//! One question over HTTP: bounded in time and size.
//!
//! Must not do: follow a redirection, use a proxy, speak TLS, or read an answer without an end.

use std::io::ErrorKind;
use std::time::Duration;

use http_auth::parser::ChallengeParser;
use http_auth::{DigestClient, PasswordParams};
use ureq::Agent;
use ureq::config::AutoHeaderValue;
use url::Url;

use super::xml::MAX_DOCUMENT;
use super::{Login, OnvifError};

/// HTTP's own port.
const DEFAULT_PORT: u16 = 80;

/// What a device answered.
pub(super) struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// The Digest that it asks for, when it does.
    pub challenge: Option<DigestClient>,
}

/// The client.
pub(super) struct Http {
    agent: Agent,
}

impl Http {
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AutoHeaderValue::Provided(
                concat!("Watchkeeper/", env!("CARGO_PKG_VERSION")).to_owned().into(),
            ))
            .build();
        Self { agent: config.into() }
    }

    /// Sends `envelope`, and `authorization` when there is one; the answer arrives within `limit` or not at
    /// all.
    pub fn post(
        &self,
        url: &Url,
        envelope: &str,
        authorization: Option<&str>,
        limit: Duration,
    ) -> Result<Reply, OnvifError> {
        let mut request = self
            .agent
            .post(url.as_str())
            .config()
            .timeout_global(Some(limit))
            .build()
            .header("Content-Type", "application/soap+xml; charset=utf-8");
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let failed = |error: &ureq::Error| failure(error, url, limit);
        let mut response = request.send(envelope).map_err(|error| failed(&error))?;
        let challenges = response.headers().get_all("WWW-Authenticate");
        let challenge = challenges.iter().filter_map(|value| value.to_str().ok()).find_map(digest);
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_DOCUMENT as u64).read_to_vec();
        Ok(Reply { status, body: body.map_err(|error| failed(&error))?, challenge })
    }
}

/// The first Digest among the challenges of a header. Basic is never answered: it would show the password to
/// whoever calls itself a camera.
fn digest(header: &str) -> Option<DigestClient> {
    ChallengeParser::new(header)
        .map_while(Result::ok)
        .filter(|challenge| challenge.scheme.eq_ignore_ascii_case("Digest"))
        .find_map(|challenge| DigestClient::try_from(&challenge).ok())
}

/// What goes into `Authorization` to answer a Digest (RFC 7616).
pub(super) fn authorization(
    client: &mut DigestClient,
    login: &Login,
    url: &Url,
    body: &str,
) -> Option<String> {
    let uri = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let parameters = PasswordParams {
        username: &login.user,
        password: login.password.reveal(),
        uri,
        method: "POST",
        body: Some(body.as_bytes()),
    };
    client.respond(&parameters).ok()
}

/// Host and port of `url`.
pub(super) fn address(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{host}:{}", url.port().unwrap_or(DEFAULT_PORT))
}

fn failure(error: &ureq::Error, url: &Url, limit: Duration) -> OnvifError {
    let address = address(url);
    let odd =
        |detail: &str| OnvifError::NotOnvif { address: address.clone(), detail: detail.into() };
    match error {
        ureq::Error::Timeout(_) | ureq::Error::BodyStalled => {
            OnvifError::NoAnswer { address, limit }
        }
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => {
            OnvifError::Unreachable { address }
        }
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => OnvifError::Refused { address },
            ErrorKind::TimedOut | ErrorKind::WouldBlock => OnvifError::NoAnswer { address, limit },
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                OnvifError::Unreachable { address }
            }
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => {
                odd("it closes the connection")
            }
            _ => odd("the connection breaks"),
        },
        ureq::Error::BodyExceedsLimit(_) => odd("the answer is too large"),
        _ => odd("it does not speak HTTP"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_taken_and_basic_is_not() {
        let both = r#"Basic realm="x", Digest realm="cam", nonce="abc", qop="auth""#;
        let mut client = digest(both).expect("offered");
        let login = Login::of(Some("joe".into()), Some(crate::model::Password::new("p".into())));
        let url = Url::parse("http://cam/onvif/device_service").expect("an address");
        let text = authorization(&mut client, &login.expect("given"), &url, "").expect("answered");
        assert!(
            text.starts_with("Digest username=\"joe\"") && text.contains("/onvif/device_service")
        );
        assert!(digest("Basic realm=\"x\"").is_none() && digest("\u{1}, =").is_none());
    }

    #[test]
    fn addresses_have_their_port() {
        let of = |text| address(&Url::parse(text).expect("an address"));
        assert_eq!(of("http://10.0.0.2/onvif"), "10.0.0.2:80");
        assert_eq!(of("http://cam:8899/x"), "cam:8899");
    }
}
