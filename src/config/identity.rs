//! Identities that nothing else has, and that of a data folder.
//!
//! Must not do: know what is done with them.

use std::io;

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};

/// Random bytes of an identity; written as twice as many hexadecimal digits.
const BYTES: usize = 16;

/// An identity that nothing else has.
///
/// # Errors
/// When the system has no random bytes.
pub fn random() -> io::Result<String> {
    let mut random = [0_u8; BYTES];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether `text` is written as an identity is.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The identity of `folder`, by which recorders are told apart; made now where there is none. A damaged one is
/// replaced: what was marked with it must be taken over then.
///
/// # Errors
/// [`ConfigError::Io`] when it cannot be read or written.
pub fn load_or_make(folder: &DataFolder) -> Result<String, ConfigError> {
    let path = folder.identity();
    match read_if_there(&path)?.map(|text| text.trim().to_owned()) {
        Some(kept) if is_one(&kept) => return Ok(kept),
        Some(_) => tracing::warn!(
            "{} was damaged and is made anew: archives must be taken over",
            path.display()
        ),
        None => {}
    }
    let fresh = random().map_err(ConfigError::io("make", &path))?;
    atomic::replace(&path, format!("{fresh}\n").as_bytes(), Readers::Default)?;
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_keeps_its_identity_and_no_two_have_the_same() {
        let (first, second) = (tempfile::tempdir(), tempfile::tempdir());
        let at = |root: &io::Result<tempfile::TempDir>| {
            let root = root.as_ref().expect("made").path();
            DataFolder::at(root.to_path_buf()).expect("made")
        };
        let (first, second) = (at(&first), at(&second));
        let id = load_or_make(&first).expect("made");
        assert!(is_one(&id));
        assert_eq!(load_or_make(&first).expect("read"), id);
        assert_ne!(load_or_make(&second).expect("made"), id);
        std::fs::write(first.identity(), "rubbish").expect("written");
        assert_ne!(load_or_make(&first).expect("made anew"), id);
    }
}
