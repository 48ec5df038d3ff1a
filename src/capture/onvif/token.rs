//! WS-Security `UsernameToken` with `PasswordDigest` (OASIS Username Token Profile 1.0, 3.1), pure.
//!
//! Must not do: put a password into the token as it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::escape::escape;
use sha1::{Digest, Sha1};

use crate::model::{Password, WallTime};

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password, which may be empty.
    pub password: Password,
}

impl Login {
    /// None when neither is given.
    #[must_use]
    pub fn of(user: Option<String>, password: Option<Password>) -> Option<Self> {
        if user.is_none() && password.is_none() {
            return None;
        }
        let password = password.unwrap_or_else(|| Password::new(String::new()));
        Some(Self { user: user.unwrap_or_default(), password })
    }
}

/// The SOAP header that proves who asks; `created` is by the device's own clock, which it compares it with.
pub(super) fn header(login: &Login, nonce: [u8; 16], created: WallTime) -> String {
    let created = created.to_utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let digest = digest(&nonce, &created, login.password.reveal());
    let (user, nonce) = (escape(login.user.as_str()), BASE64.encode(nonce));
    format!(
        r#"<wsse:Security s:mustUnderstand="1" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><wsse:UsernameToken><wsse:Username>{user}</wsse:Username><wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">{digest}</wsse:Password><wsse:Nonce EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary">{nonce}</wsse:Nonce><wsu:Created>{created}</wsu:Created></wsse:UsernameToken></wsse:Security>"#
    )
}

fn digest(nonce: &[u8], created: &str, password: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(nonce);
    hash.update(created);
    hash.update(password);
    BASE64.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ONVIF Application Programmer's Guide, 6.1.1.3.
    #[test]
    fn the_digest_is_that_of_the_programmers_guide() {
        let nonce = BASE64.decode("LKqI6G/AikKCQrN0zqZFlg==").expect("base64");
        let digest = digest(&nonce, "2010-09-16T07:50:45Z", "userpassword");
        assert_eq!(digest, "tuOSpGlFlIXsozq4HFNeeGeFLEI=");
    }

    #[test]
    fn names_are_escaped_and_the_password_is_not_told() {
        let login = Login::of(Some("a<b&\"c".into()), Some(Password::new("secret".into())));
        let text = header(&login.expect("given"), [7; 16], WallTime::from_micros(0));
        assert!(text.contains("<wsse:Username>a&lt;b&amp;&quot;c<"), "{text}");
        assert!(
            text.contains("<wsu:Created>1970-01-01T00:00:00.000Z<") && !text.contains("secret")
        );
        assert!(Login::of(None, None).is_none());
    }
}
