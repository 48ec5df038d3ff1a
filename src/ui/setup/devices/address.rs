//! Addresses as operators type and paste them.
//!
//! Must not do: repeat a password in a sentence.

use crate::capture::split_credentials;
use crate::model::Password;
use crate::model::settings::StreamUrl;
use crate::ui::words::{devices as words, sentence};

/// An address, and what stood in it that does not belong there.
pub struct Typed {
    /// The address alone.
    pub url: StreamUrl,
    /// The user that stood in it.
    pub user: Option<String>,
    /// The password that stood in it.
    pub password: Option<Password>,
}

/// Reads an address; one without `rtsp://` is taken for one with it.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn read(text: &str) -> Result<Typed, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(words::ADDRESS_EMPTY.to_owned());
    }
    let begun = ["rtsp", "http", "https"].iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    let whole =
        if text.contains("://") || begun { text.to_owned() } else { format!("rtsp://{text}") };
    let (url, user, password) =
        split_credentials(&whole).map_err(|error| sentence(&error.to_string()))?;
    let url = StreamUrl::try_from(url).map_err(|error| sentence(&error.to_string()))?;
    Ok(Typed { url, user, password })
}

/// The name that a camera gets when nobody gives it one: its host, numbered where there is one called so.
pub fn proposed_name(url: &StreamUrl, taken: impl Fn(&str) -> bool) -> String {
    let host = url.url().host_str().unwrap_or_default().to_owned();
    unused(&host, taken)
}

/// `name`, numbered where that is taken.
pub fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut unused = name.to_owned();
    let mut number = 2;
    while taken(&unused) {
        unused = format!("{name} {number}");
        number += 1;
    }
    unused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_split() {
        let typed = read(" rtsp://joe:p%40ss@10.0.0.9:554/main ").expect("an address");
        assert_eq!(typed.url.to_string(), "rtsp://10.0.0.9:554/main");
        assert_eq!(typed.user.as_deref(), Some("joe"));
        assert_eq!(typed.password.expect("one").reveal(), "p@ss");
        let typed = read("10.0.0.9/main").expect("an address");
        assert_eq!((typed.url.to_string().as_str(), typed.user), ("rtsp://10.0.0.9/main", None));
        let typed = read("joe:secret@cam.local").expect("an address");
        assert_eq!(
            (typed.url.to_string().as_str(), typed.user.as_deref()),
            ("rtsp://cam.local", Some("joe"))
        );
    }

    #[test]
    fn what_is_no_address_has_a_sentence_without_the_password() {
        for text in
            ["", "rtsp:", "rtsp://", "rtsp:/x", "http://10.0.0.9/", "rtsps://a/b", "rtsp://a b/"]
        {
            let why = read(text).err().unwrap_or_default();
            assert!(why.ends_with('.') && why.len() > 10, "{text}: {why}");
        }
        let why = read("ftp://joe:hunter2@host/").err().unwrap_or_default();
        assert!(!why.is_empty() && !why.contains("hunter2"), "{why}");
    }

    #[test]
    fn a_name_is_proposed_from_the_host() {
        let url = read("10.0.0.9:554/main").expect("an address").url;
        assert_eq!(proposed_name(&url, |_| false), "10.0.0.9");
        assert_eq!(proposed_name(&url, |name| name == "10.0.0.9"), "10.0.0.9 2");
    }
}
