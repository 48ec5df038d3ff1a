//! Whom the simulated devices let in: `UsernameToken` with `PasswordDigest`, or HTTP Digest.
//!
//! Must not do: log what a client sent.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha1::{Digest, Sha1};

use super::config::OnvifConfig;
use super::request::{Request, text_of};
use crate::model::{Password, WallTime};
use crate::simulate::auth;

/// A token is refused when its time differs by more from the device's, in microseconds. 5 minutes, as the Core
/// Specification (5.9.1) and most cameras have it.
const MAX_AGE: i64 = 300 * 1_000_000;

/// Nonces that are remembered, so that no token is used twice.
const NONCES: usize = 1_000;

/// The doorkeeper.
pub(super) struct Guard {
    account: Option<(String, Password)>,
    /// In place of tokens.
    http: Option<(auth::Guard, String)>,
    nonces: VecDeque<String>,
}

impl Guard {
    pub fn new(config: &OnvifConfig, nonce: String) -> Self {
        let password = config.password.clone().unwrap_or_else(|| Password::new(String::new()));
        let account = config.user.clone().map(|user| (user, password));
        let http = config
            .http_digest
            .then(|| (auth::Guard::new(config.user.clone(), config.password.clone(), true), nonce));
        Self { account, http, nonces: VecDeque::new() }
    }

    /// What `WWW-Authenticate` says; none where tokens are wanted.
    pub fn challenge(&self) -> Option<String> {
        self.http.as_ref().map(|(guard, nonce)| guard.challenge(nonce))
    }

    /// Whether the request may pass; `now` is by the device's clock.
    pub fn admits(&mut self, request: &Request, now: WallTime) -> bool {
        if let Some((guard, nonce)) = &self.http {
            return guard.admits("POST", nonce, request.authorization.as_deref());
        }
        let Some((user, password)) = &self.account else { return true };
        let field = |name| text_of(&request.body, name);
        let (Some(named), Some(digest), Some(nonce), Some(created)) =
            (field("Username"), field("Password"), field("Nonce"), field("Created"))
        else {
            return false;
        };
        let (Ok(at), Ok(bytes)) = (WallTime::parse_rfc3339(&created), BASE64.decode(&nonce)) else {
            return false;
        };
        let mut hash = Sha1::new();
        hash.update(&bytes);
        hash.update(&created);
        hash.update(password.reveal());
        let right = named == *user
            && digest == BASE64.encode(hash.finalize())
            && now.micros_since(at).saturating_abs() <= MAX_AGE
            && !self.nonces.contains(&nonce);
        if right {
            if self.nonces.len() == NONCES {
                self.nonces.pop_front();
            }
            self.nonces.push_back(nonce);
        }
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ONVIF Application Programmer's Guide, 6.1.1.3.
    const TOKEN: &str = "<h><Username>user</Username><Password>tuOSpGlFlIXsozq4HFNeeGeFLEI=</Password>\
                         <Nonce>LKqI6G/AikKCQrN0zqZFlg==</Nonce><Created>2010-09-16T07:50:45Z</Created></h>";

    fn request(body: &str) -> Request {
        Request { path: "/".into(), authorization: None, body: body.into() }
    }

    fn guard() -> Guard {
        let password = Some(Password::new("userpassword".into()));
        let config = OnvifConfig { user: Some("user".into()), password, ..OnvifConfig::default() };
        Guard::new(&config, "n".into())
    }

    fn time(text: &str) -> WallTime {
        WallTime::parse_rfc3339(text).expect("a time")
    }

    #[test]
    fn a_token_is_good_once_and_for_five_minutes() {
        let (token, soon) = (request(TOKEN), time("2010-09-16T07:55:45Z"));
        let mut keeper = guard();
        assert!(!keeper.admits(&token, time("2010-09-16T07:55:46Z")), "it is too old");
        assert!(!keeper.admits(&token, time("2010-09-16T07:45:44Z")), "it is of the future");
        assert!(keeper.admits(&token, soon) && !keeper.admits(&token, soon));
        assert!(!guard().admits(&request(&TOKEN.replace(">user<", ">admin<")), soon));
        assert!(!guard().admits(&request(&TOKEN.replace("tuOS", "tuOT")), soon));
        assert!(!guard().admits(&request("<h/>"), soon));
        assert!(Guard::new(&OnvifConfig::default(), String::new()).admits(&request("<h/>"), soon));
    }
}
