//! Addresses, accounts and paths, as the server wants them; pure.
//!
//! Must not do: reach anything.

use crate::model::settings::NasSettings;
use crate::storage::StorageError;
use crate::storage::archive::PART_SUFFIX;

/// Host and port, as sockets are opened; the brackets of an IPv6 address may be left out by operators.
pub(super) fn address(nas: &NasSettings) -> String {
    let host = nas.host.trim().trim_start_matches('[').trim_end_matches(']');
    let port = nas.port.0;
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Domain and user of what an operator wrote, `DOMAIN\user` or `user`.
pub(super) fn account(user: &str) -> (&str, &str) {
    user.split_once('\\').unwrap_or(("", user))
}

/// The folder of ours in the share, without `/` at its ends; empty for the share itself.
pub(super) fn root(nas: &NasSettings) -> &str {
    nas.path.trim_matches('/')
}

/// What is wrong with a place, whatever the server says.
pub(super) fn check(nas: &NasSettings) -> Result<(), String> {
    if nas.host.trim().is_empty() || nas.host.contains(['/', '\\', ' ', '\0']) {
        return Err("the server's name or address is missing, or is none".into());
    }
    if nas.share.is_empty() || nas.share.contains(['/', '\\', '\0']) {
        return Err("the share's name is missing, or is none: it has no / in it".into());
    }
    let root = root(nas);
    if !root.is_empty() && !root.split('/').all(is_plain) {
        return Err(format!("\"{root}\" is no folder in a share"));
    }
    Ok(())
}

/// Whether a part of a path means itself.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0'])
}

/// Where the file `path` of the volume is in the share.
///
/// # Errors
/// [`StorageError::Path`] for what would lead elsewhere.
pub(super) fn locate(root: &str, path: &str) -> Result<String, StorageError> {
    if path.split('/').all(is_plain) {
        Ok(join(root, path))
    } else {
        Err(StorageError::Path { path: path.into() })
    }
}

/// `name` in `folder`.
pub(super) fn join(folder: &str, name: &str) -> String {
    match folder {
        "" => name.into(),
        folder => format!("{folder}/{name}"),
    }
}

/// What a file is called while it is being brought.
pub(super) fn part(path: &str) -> String {
    format!("{path}{PART_SUFFIX}")
}

/// The folder that a path is in; empty for the share itself.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a folder is the server's own: recycle bins, snapshots and small pictures of Synology and QNAP.
pub(super) fn is_servers_own(name: &str) -> bool {
    name.starts_with(['@', '#', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nas(host: &str, share: &str, path: &str) -> NasSettings {
        NasSettings {
            host: host.into(),
            share: share.into(),
            path: path.into(),
            ..NasSettings::default()
        }
    }

    #[test]
    fn addresses_are_as_sockets_want_them() {
        for (host, expected) in [
            ("nas.local", "nas.local:445"),
            (" 192.0.2.7 ", "192.0.2.7:445"),
            ("2001:db8::7", "[2001:db8::7]:445"),
            ("[2001:db8::7]", "[2001:db8::7]:445"),
        ] {
            assert_eq!(address(&nas(host, "a", "")), expected);
        }
        assert_eq!(account("OFFICE\\guard"), ("OFFICE", "guard"));
        assert_eq!(account("guard"), ("", "guard"));
    }

    #[test]
    fn a_place_that_cannot_be_is_told() {
        assert_eq!(check(&nas("nas", "video", "/cctv/front door/")), Ok(()));
        for (host, share, path) in [
            ("", "a", ""),
            ("//nas", "a", ""),
            ("nas", "", ""),
            ("nas", "a/b", ""),
            ("nas", "a", "../b"),
            ("nas", "a", "b//c"),
        ] {
            assert!(check(&nas(host, share, path)).is_err(), "{host} {share} {path}");
        }
    }

    #[test]
    fn paths_stay_below_the_root() {
        assert_eq!(locate("cctv", "front/a.mp4").expect("a path"), "cctv/front/a.mp4");
        assert_eq!(locate("", "a.mp4").expect("a path"), "a.mp4");
        for path in ["", "..", "../a", "a//b", "/etc", "a\\b", "C:/x", "a/./b"] {
            assert!(matches!(locate("cctv", path), Err(StorageError::Path { .. })), "{path}");
        }
        assert_eq!(folder_of("cctv/front/a.mp4"), "cctv/front");
        assert_eq!(folder_of("a.mp4"), "");
    }
}
