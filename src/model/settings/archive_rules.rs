//! What the parts of a place elsewhere may be: each check gives the reason as a clause.
//!
//! Must not do: ask the network whether there is such a place.

use std::net::IpAddr;

use url::Url;

use super::archive::{ArchivePlace, NasSettings, ObjectSettings};

/// Longest name in the network (RFC 1035).
const MAX_HOST: usize = 253;

/// Longest name of a share (MS-SMB2: NetrShareAdd).
const MAX_SHARE: usize = 80;

/// Longest folder or prefix: leaves room for our own names within 1024 bytes of an S3 key.
const MAX_FOLDER: usize = 512;

/// Longest name of a user or an access key.
const MAX_USER: usize = 256;

/// Length of a bucket's name, as S3 has it.
const BUCKET: std::ops::RangeInclusive<usize> = 3..=63;

/// What no part of a path on a share may hold (MS-FSCC 2.1.5).
const NOT_IN_NAMES: [char; 9] = ['"', '\\', ':', '|', '<', '>', '*', '?', '/'];

/// Which setting of the place is not valid, by its key, and why.
///
/// # Errors
/// The first problem.
pub fn check(place: &ArchivePlace) -> Result<(), (&'static str, String)> {
    let at = |key| move |why| (key, why);
    match place {
        ArchivePlace::Nas(NasSettings { host, port: _, share, path, user }) => {
            check_host(host).map_err(at("host"))?;
            check_share(share).map_err(at("share"))?;
            check_folder(path).map_err(at("path"))?;
            check_user(user).map_err(at("user"))
        }
        ArchivePlace::Object(ObjectSettings { endpoint, bucket, prefix, region, access_key }) => {
            check_endpoint(endpoint).map_err(at("endpoint"))?;
            check_bucket(bucket).map_err(at("bucket"))?;
            check_folder(prefix).map_err(at("prefix"))?;
            check_region(region).map_err(at("region"))?;
            check_access_key(access_key).map_err(at("access_key"))
        }
    }
}

/// A NAS's name or address.
///
/// # Errors
/// Why it is none.
pub fn check_host(host: &str) -> Result<(), String> {
    if host.is_empty() {
        return Err("write the name or the address of the NAS".into());
    }
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if bare.unwrap_or(host).parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    if host.contains(['/', '\\', '@']) {
        return Err("write only the name or the address of the NAS, such as nas.local: \
                    share, folder and user have fields of their own"
            .into());
    }
    if host.contains(':') {
        return Err(
            "write only the name or the address of the NAS: the port has a field of its own".into(),
        );
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let only_numbers = name.split('.').all(|label| label.chars().all(|c| c.is_ascii_digit()));
    if host.len() > MAX_HOST || only_numbers || !name.split('.').all(is_label) {
        return Err(
            "this is no name or address of a computer; one is nas.local or 192.168.1.50".into()
        );
    }
    Ok(())
}

/// The name of a share.
///
/// # Errors
/// Why it is none.
pub fn check_share(share: &str) -> Result<(), String> {
    if share.is_empty() {
        return Err("write the name of the shared folder, as the NAS lists it".into());
    }
    if share.contains(['/', '\\']) {
        return Err(
            "write the name of the share alone, without slashes: folders in it have a field of their own"
                .into(),
        );
    }
    if share.chars().count() > MAX_SHARE || !is_plain(share) {
        return Err("this cannot be the name of a share".into());
    }
    Ok(())
}

/// A folder below a share, or what the names in a bucket begin with.
///
/// # Errors
/// Why it is none.
pub fn check_folder(path: &str) -> Result<(), String> {
    if path.split('/').any(|part| part == "." || part == "..") {
        return Err("write the folder as it is, without \".\" and \"..\"".into());
    }
    if path.contains('\\') {
        return Err("write / between the parts of the folder".into());
    }
    let inner = path.trim_matches('/');
    if path.len() > MAX_FOLDER || (!inner.is_empty() && !inner.split('/').all(is_plain)) {
        return Err("this cannot be a folder; one is cctv/shop".into());
    }
    Ok(())
}

/// Whether it can be one part of a path on any system.
fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part != "."
        && part != ".."
        && !part.ends_with(['.', ' '])
        && !part.starts_with(' ')
        && !part.chars().any(|c| c.is_control() || NOT_IN_NAMES.contains(&c))
}

/// Who signs in to a NAS.
///
/// # Errors
/// Why it is nobody.
pub fn check_user(user: &str) -> Result<(), String> {
    if user.is_empty() {
        return Err("write the user who signs in to the NAS".into());
    }
    if user.chars().count() > MAX_USER || user.chars().any(char::is_control) {
        return Err("this cannot be the name of a user".into());
    }
    Ok(())
}

/// The address of object storage.
///
/// # Errors
/// Why it is none.
pub fn check_endpoint(endpoint: &str) -> Result<(), String> {
    if endpoint.is_empty() {
        return Err("write the address of the object storage".into());
    }
    let no_address =
        "this is no address; one is https://s3.example.com or http://192.168.1.60:9000";
    let url = Url::parse(endpoint).map_err(|_| no_address.to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(no_address.into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "write the address without access key and secret: these have fields of their own"
                .into(),
        );
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(
            "write the address up to host and port: bucket and prefix have fields of their own"
                .into(),
        );
    }
    Ok(())
}

/// The name of a bucket.
///
/// # Errors
/// Why it is none.
pub fn check_bucket(bucket: &str) -> Result<(), String> {
    if bucket.is_empty() {
        return Err("write the name of the bucket".into());
    }
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = BUCKET.contains(&bucket.len())
        && bucket.chars().all(|c| is_end(c) || c == '-' || c == '.')
        && bucket.starts_with(is_end)
        && bucket.ends_with(is_end)
        && !bucket.contains("..");
    match fits {
        true => Ok(()),
        false => {
            Err("a bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots".into())
        }
    }
}

/// The region of object storage.
///
/// # Errors
/// Why it is none.
pub fn check_region(region: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !region.is_empty() && region.len() <= 64 && region.chars().all(fits) {
        true => Ok(()),
        false => Err("write the region as one word; us-east-1 where the server has none".into()),
    }
}

/// The name of an access key.
///
/// # Errors
/// Why it is none.
pub fn check_access_key(key: &str) -> Result<(), String> {
    if key.is_empty() {
        return Err("write the access key".into());
    }
    match key.len() <= MAX_USER && key.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(()),
        false => {
            Err("this cannot be an access key: it has letters, digits and signs, and no spaces"
                .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(check: fn(&str) -> Result<(), String>, good: &[&str], bad: &[(&str, &str)]) {
        for text in good {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
        for (text, why) in bad {
            let reason = check(text).expect_err(text);
            assert!(reason.contains(why), "{text:?}: {reason}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        parts(
            check_host,
            &[
                "nas",
                "nas.local",
                "nas.local.",
                "192.168.1.50",
                "fd00::5",
                "[fd00::5]",
                "my_nas-2",
                "münchen",
            ],
            &[
                ("", "write the name or the address"),
                ("smb://nas", "fields of their own"),
                ("\\\\nas\\video", "fields of their own"),
                ("guard@nas", "fields of their own"),
                ("nas:445", "the port has a field"),
                ("my nas", "no name or address"),
                ("192.168.1.500", "no name or address"),
                ("192.168.1", "no name or address"),
                ("-nas", "no name or address"),
                ("a..b", "no name or address"),
            ],
        );
    }

    #[test]
    fn a_share_and_a_folder_lead_nowhere_else() {
        parts(
            check_share,
            &["video", "CCTV 2026", "hidden$"],
            &[
                ("", "write the name of the shared folder"),
                ("video/cctv", "without slashes"),
                ("\\video", "without slashes"),
                ("a:b", "cannot be"),
                ("..", "cannot be"),
                (" video", "cannot be"),
            ],
        );
        parts(
            check_folder,
            &["", "/", "cctv", "/cctv/shop/", "a b/c"],
            &[
                ("../other", "without"),
                ("a/./b", "without"),
                ("a/..", "without"),
                ("a\\b", "write / between"),
                ("a//b", "cannot be a folder"),
                ("a?", "cannot be a folder"),
                ("a./b", "cannot be a folder"),
            ],
        );
    }

    #[test]
    fn who_signs_in_has_a_name() {
        parts(
            check_user,
            &["guard", "OFFICE\\guard", "guard@office.example"],
            &[("", "write the user"), ("a\nb", "cannot be")],
        );
        parts(
            check_access_key,
            &["AKIDEXAMPLE", "minio-user"],
            &[("", "write the access key"), ("a b", "no spaces"), ("schlüssel", "no spaces")],
        );
    }

    #[test]
    fn object_storage_has_an_address_a_bucket_and_a_region() {
        parts(
            check_endpoint,
            &["https://s3.example.com", "http://192.168.1.60:9000/", "https://[fd00::5]:9000"],
            &[
                ("", "write the address of the object storage"),
                ("s3.example.com", "no address"),
                ("ftp://s3.example.com", "no address"),
                ("https://", "no address"),
                ("https://key:secret@s3.example.com", "without access key and secret"),
                ("https://s3.example.com/cctv", "up to host and port"),
                ("https://s3.example.com/?x=1", "up to host and port"),
            ],
        );
        parts(
            check_bucket,
            &["cctv", "shop-1.cctv"],
            &[
                ("", "write the name"),
                ("ab", "3 to 63"),
                ("CCTV", "3 to 63"),
                ("a/b", "3 to 63"),
                ("-ab", "3 to 63"),
            ],
        );
        parts(check_region, &["us-east-1", "garage"], &[("", "one word"), ("eu west", "one word")]);
    }

    #[test]
    fn the_first_problem_of_a_place_is_named_by_its_key() {
        let place = ArchivePlace::Nas(NasSettings { host: "nas".into(), ..NasSettings::default() });
        assert_eq!(check(&place).expect_err("no share").0, "share");
        let object = ObjectSettings { endpoint: "http://s3:9000".into(), ..Default::default() };
        assert_eq!(check(&ArchivePlace::Object(object)).expect_err("no bucket").0, "bucket");
    }
}
