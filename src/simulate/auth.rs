//! Asks clients for a user and a password: Basic or Digest with MD5 (RFC 2617).
//!
//! Must not do: log what a client sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use crate::model::Password;

const REALM: &str = "Watchkeeper simulated cameras";

/// Whom a server lets in.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    account: Option<(String, Password)>,
    digest: bool,
}

impl Guard {
    /// Everybody when there is no `user`.
    pub(super) fn new(user: Option<String>, password: Option<Password>, digest: bool) -> Self {
        let password = password.unwrap_or_else(|| Password::new(String::new()));
        Self { account: user.map(|user| (user, password)), digest }
    }

    /// What `WWW-Authenticate` says.
    pub(super) fn challenge(&self, nonce: &str) -> String {
        if self.digest {
            format!("Digest realm=\"{REALM}\", nonce=\"{nonce}\", algorithm=MD5")
        } else {
            format!("Basic realm=\"{REALM}\"")
        }
    }

    /// Whether a request with this `Authorization` may pass.
    pub(super) fn admits(&self, method: &str, nonce: &str, authorization: Option<&str>) -> bool {
        let Some((user, password)) = &self.account else { return true };
        let Some((scheme, rest)) = authorization.and_then(|text| text.trim().split_once(' '))
        else {
            return false;
        };
        if self.digest && scheme.eq_ignore_ascii_case("digest") {
            let field = |name| field(rest, name);
            let Some(uri) = field("uri") else { return false };
            let first = hex_md5(&format!("{user}:{REALM}:{}", password.reveal()));
            let second = hex_md5(&format!("{method}:{uri}"));
            let wanted = hex_md5(&format!("{first}:{nonce}:{second}"));
            field("username") == Some(user)
                && field("nonce") == Some(nonce)
                && field("response").is_some_and(|response| response.eq_ignore_ascii_case(&wanted))
        } else if !self.digest && scheme.eq_ignore_ascii_case("basic") {
            rest.trim() == STANDARD.encode(format!("{user}:{}", password.reveal()))
        } else {
            false
        }
    }
}

/// The value of `name` in a list of `name="value"`. Commas inside quotes belong to the value.
fn field<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut quoted = false;
    list.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .filter_map(|part| part.trim().split_once('='))
    .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
    .map(|(_, value)| value.trim().trim_matches('"'))
}

fn hex_md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(digest: bool) -> Guard {
        Guard::new(Some("admin".into()), Some(Password::new("pass:word".into())), digest)
    }

    #[test]
    fn without_a_user_everybody_passes() {
        assert!(Guard::new(None, None, true).admits("OPTIONS", "n", None));
    }

    #[test]
    fn basic_takes_the_right_password_alone() {
        let admits = |text| guard(false).admits("DESCRIBE", "n", Some(text));
        assert!(admits("Basic YWRtaW46cGFzczp3b3Jk"));
        assert!(!admits("Basic YWRtaW46d3Jvbmc=") && !admits("Digest x") && !admits("Basic"));
        assert!(!guard(false).admits("DESCRIBE", "n", None));
    }

    #[test]
    fn digest_binds_method_nonce_and_address() {
        let first = hex_md5(&format!("admin:{REALM}:pass:word"));
        let second = hex_md5("PLAY:rtsp://h/cam0/main,x");
        let response = hex_md5(&format!("{first}:abc:{second}"));
        let text = format!(
            "Digest username=\"admin\", realm=\"{REALM}\", nonce=\"abc\", \
             uri=\"rtsp://h/cam0/main,x\", response=\"{response}\""
        );
        assert!(guard(true).admits("PLAY", "abc", Some(&text)));
        assert!(!guard(true).admits("PLAY", "abd", Some(&text)));
        assert!(!guard(true).admits("SETUP", "abc", Some(&text)));
        assert!(!guard(false).admits("PLAY", "abc", Some(&text)));
    }

    #[test]
    fn challenges_name_the_realm_and_the_nonce() {
        assert!(guard(true).challenge("q1").contains("nonce=\"q1\""));
        assert!(guard(false).challenge("q1").starts_with("Basic realm="));
        assert_eq!(hex_md5(""), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
