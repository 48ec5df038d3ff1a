//! The box at a film's end that holds the SHA-256 of what its manifest says, so that a manifest that was edited
//! alone is found out (`uuid`, ISO/IEC 14496-12, 11.1; players skip it).
//!
//! Must not do: protect a film whose manifest and seal are made anew together; nothing here is secret.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::container::ReadAt;

/// What only is known once the film is closed; the film's own bytes vouch for these.
const OF_THE_FILM: [&str; 2] = ["bytes", "sha256"];

/// Size, name and the type of the box, a random UUID.
const HEAD: [u8; 24] = [
    0, 0, 0, 56, b'u', b'u', b'i', b'd', 0x5d, 0x0b, 0x61, 0x8f, 0x2c, 0x97, 0x4e, 0x3a, 0x9f,
    0x42, 0xd1, 0x7e, 0x86, 0x33, 0xa0, 0x54,
];

/// Bytes of the box.
const LENGTH: usize = HEAD.len() + 32;

/// The SHA-256 of a manifest without size and SHA-256 of its film. Keys are in alphabetical order, so that it does
/// not matter how the file is set out.
pub(super) fn digest(manifest: &Value) -> [u8; 32] {
    let mut facts = manifest.clone();
    if let Some(facts) = facts.as_object_mut() {
        facts.retain(|key, _| !OF_THE_FILM.contains(&key.as_str()));
    }
    Sha256::digest(facts.to_string()).into()
}

/// The box for a manifest.
pub(super) fn seal(manifest: &Value) -> Vec<u8> {
    [&HEAD[..], &digest(manifest)].concat()
}

/// What the box at the end of `film` holds; none when the film ends otherwise.
///
/// # Errors
/// What the system says.
pub(super) fn read_seal(film: &dyn ReadAt) -> std::io::Result<Option<[u8; 32]>> {
    let Some(start) = film.length()?.checked_sub(LENGTH as u64) else { return Ok(None) };
    let mut found = [0; LENGTH];
    film.read_exact_at(start, &mut found)?;
    let (head, digest) = found.split_at(HEAD.len());
    Ok(digest.try_into().ok().filter(|_| head == HEAD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_seal_tells_another_manifest_but_not_another_layout() {
        let told =
            json!({ "camera": "Yard", "bytes": 0, "sha256": "", "gaps": [{ "start": "a" }] });
        let film = [b"film".to_vec(), seal(&told)].concat();
        assert_eq!(film.len(), 4 + usize::from(HEAD[3]));
        let sealed = read_seal(&film).expect("read");
        assert_eq!(sealed, Some(digest(&told)));
        let other = r#"{"sha256":"ab","gaps":[{"start":"a"}],"bytes":7,"camera":"Yard"}"#;
        assert_eq!(sealed, Some(digest(&serde_json::from_str(other).expect("JSON"))));
        assert_ne!(
            sealed,
            Some(digest(&serde_json::from_str(&other.replace("Yard", "Gate")).expect("JSON")))
        );
        assert_eq!(read_seal(&film[..film.len() - 1].to_vec()).expect("read"), None);
        assert_eq!(read_seal(&b"film".to_vec()).expect("read"), None);
    }
}
