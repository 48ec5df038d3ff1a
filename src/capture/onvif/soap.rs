//! SOAP questions to one device, signed as it wants.
//!
//! Must not do: go on asking after a password was refused: devices lock a user out after a few attempts.

use std::time::Duration;

use http_auth::DigestClient;
use url::Url;

use super::http::{Http, Reply, address, authorization};
use super::xml::{Element, shown};
use super::{Login, OnvifError, token};
use crate::runtime::Clock;

/// Most characters of a device's own words that are shown.
const MAX_REASON: usize = 160;

/// A device that is being asked.
pub(super) struct Session<'a> {
    http: Http,
    login: Option<&'a Login>,
    clock: &'a dyn Clock,
    /// The device's wall clock less ours, in microseconds.
    pub clock_offset: Option<i64>,
    /// The Digest that the device has asked for.
    digest: Option<DigestClient>,
}

impl<'a> Session<'a> {
    pub fn new(login: Option<&'a Login>, clock: &'a dyn Clock) -> Self {
        Self { http: Http::new(), login, clock, clock_offset: None, digest: None }
    }

    /// Asks without saying who asks, as it must be possible for the time of day (Core Specification, 5.9.1).
    pub fn ask_unsigned(
        &self,
        url: &Url,
        body: &str,
        limit: Duration,
    ) -> Result<Element, OnvifError> {
        read(&self.http.post(url, &envelope("", body), None, limit)?, url, false)
    }

    /// Asks, and says who asks. A device that wants HTTP Digest instead of a token is asked once more with
    /// that; both attempts take at most `limit` each.
    pub fn ask(&mut self, url: &Url, body: &str, limit: Duration) -> Result<Element, OnvifError> {
        if self.digest.is_none() {
            let envelope = envelope(&self.token(), body);
            let reply = self.http.post(url, &envelope, None, limit)?;
            match reply.challenge {
                Some(challenge) if reply.status == 401 && self.login.is_some() => {
                    self.digest = Some(challenge);
                }
                _ => return read(&reply, url, self.login.is_some()),
            }
        }
        let mut reply = self.digested(url, body, limit)?;
        // A nonce that has grown old; one that is refused when it is new stands for a wrong password.
        if let Some(challenge) = reply.challenge.take().filter(DigestClient::stale) {
            self.digest = Some(challenge);
            reply = self.digested(url, body, limit)?;
        }
        read(&reply, url, true)
    }

    fn digested(&mut self, url: &Url, body: &str, limit: Duration) -> Result<Reply, OnvifError> {
        let envelope = envelope("", body);
        let signed = self.login.zip(self.digest.as_mut());
        let signed = signed.and_then(|(login, d)| authorization(d, login, url, &envelope));
        self.http.post(url, &envelope, signed.as_deref(), limit)
    }

    /// Empty without a login, or where no random numbers can be had: the device then refuses by itself.
    fn token(&self) -> String {
        let mut nonce = [0; 16];
        let Some(login) = self.login.filter(|_| getrandom::fill(&mut nonce).is_ok()) else {
            return String::new();
        };
        let now = self.clock.wall().plus_micros(self.clock_offset.unwrap_or(0));
        token::header(login, nonce, now)
    }
}

fn envelope(header: &str, body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

/// The body of an answer, or what it says is wrong.
fn read(reply: &Reply, url: &Url, signed: bool) -> Result<Element, OnvifError> {
    let refused = || if signed { OnvifError::WrongPassword } else { OnvifError::NeedsPassword };
    if matches!(reply.status, 401 | 403) {
        return Err(refused());
    }
    let odd = |detail: String| OnvifError::NotOnvif { address: address(url), detail };
    let status = |_| odd(format!("HTTP status {}", reply.status));
    let document = match Element::parse(&reply.body) {
        Ok(document) => document,
        Err(error) if reply.status == 200 => return Err(odd(error.to_string())),
        Err(error) => return Err(status(error)),
    };
    let body = document.children.into_iter().find(|child| child.name == "Body");
    let body = body.filter(|_| document.name == "Envelope");
    let body = body.ok_or_else(|| odd("the answer is no SOAP".to_owned()))?;
    match body.child("Fault") {
        Some(fault) if is_about_login(fault) => Err(refused()),
        Some(fault) => Err(OnvifError::Fault { reason: reason(fault) }),
        None => Ok(body),
    }
}

/// Whether a fault is about who asks (Core Specification, 5.8.2.3, and what WS-Security calls it).
fn is_about_login(fault: &Element) -> bool {
    let words = ["NotAuthorized", "FailedAuthentication", "FailedCheck", "InvalidSecurity"];
    let codes = fault.all("Value").into_iter().chain(fault.all("faultcode"));
    let mut codes = codes.map(|code| code.text.trim());
    codes.any(|code| words.iter().any(|word| code.ends_with(word)))
        || reason(fault).to_lowercase().contains("not authorized")
}

fn reason(fault: &Element) -> String {
    let text = ["Reason", "faultstring"].into_iter().find_map(|name| fault.find(name));
    let text = text.map(|reason| reason.text_of("Text").unwrap_or(&reason.text));
    match text.map(|text| shown(text, MAX_REASON)).filter(|text| !text.is_empty()) {
        Some(text) => text,
        None => "it does not say why".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str, signed: bool) -> Result<Element, OnvifError> {
        let reply = Reply { status, body: body.as_bytes().to_vec(), challenge: None };
        read(&reply, &Url::parse("http://cam:81/x").expect("an address"), signed)
    }

    fn fault(code: &str, text: &str) -> String {
        format!(
            "<e:Envelope><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>{code}\
             </e:Value></e:Subcode></e:Code><e:Reason><e:Text>{text}</e:Text></e:Reason></e:Fault></e:Body>\
             </e:Envelope>"
        )
    }

    #[test]
    fn a_password_that_is_missing_or_wrong_is_told_apart() {
        for code in ["ter:NotAuthorized", "wsse:FailedAuthentication"] {
            assert_eq!(of(400, &fault(code, "no"), false), Err(OnvifError::NeedsPassword));
            assert_eq!(of(400, &fault(code, "no"), true), Err(OnvifError::WrongPassword));
        }
        assert_eq!(of(401, "", false), Err(OnvifError::NeedsPassword));
        let other = of(500, &fault("ter:ActionNotSupported", "Not\nhere"), true);
        assert_eq!(other, Err(OnvifError::Fault { reason: "Not here".into() }));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let detail = |status, body: &str| match of(status, body, false) {
            Err(OnvifError::NotOnvif { address, detail }) if address == "cam:81" => detail,
            other => panic!("{other:?}"),
        };
        assert_eq!(detail(404, "<html>"), "HTTP status 404");
        assert_eq!(detail(200, "<html>"), "the answer is no XML");
        assert_eq!(detail(200, "<html></html>"), "the answer is no SOAP");
        assert!(of(200, "<s:Envelope><s:Body><x/></s:Body></s:Envelope>", false).is_ok());
    }
}
