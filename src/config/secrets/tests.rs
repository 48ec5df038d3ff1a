//! What the stored passwords keep, and what they refuse.
//!
//! Must not do: ask the system's key store.

use super::*;
use std::fs;

#[test]
fn passwords_come_back_and_lie_nowhere_in_the_clear() {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let (a, b) = (CameraId::from_name("a"), CameraId::from_name("b"));
    let password = Password::new("correct horse".into());
    let mut secrets = Secrets::open(&folder).expect("new");
    secrets.set(&a, Some(&password)).expect("stored");
    secrets.set(&b, Some(&password)).expect("stored");
    secrets.set(&b, None).expect("forgotten");
    let again = Secrets::open(&folder).expect("reopened");
    assert_eq!(again.get(&a).expect("unsealed"), Some(password));
    assert_eq!(again.get(&b).expect("none"), None);
    for entry in fs::read_dir(folder.root()).expect("listed") {
        let path = entry.expect("entry").path();
        let text = fs::read_to_string(&path).expect("text");
        assert!(!text.contains("correct horse"), "{}", path.display());
    }
}

#[test]
fn damaged_or_swapped_entries_are_refused_and_kept() {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let (a, b) = (CameraId::from_name("a"), CameraId::from_name("b"));
    let mut secrets = Secrets::open(&folder).expect("new");
    secrets.set(&a, Some(&Password::new("one".into()))).expect("stored");
    let path = folder.root().join("secrets.json");
    let swapped = fs::read_to_string(&path).expect("there").replace("\"a\"", "\"b\"");
    fs::write(&path, &swapped).expect("written");
    assert!(Secrets::open(&folder).expect("well formed").get(&b).is_err());
    fs::write(&path, "{").expect("written");
    let mut damaged = Secrets::open(&folder).expect("cameras without a password go on");
    assert!(matches!(damaged.get(&a), Err(ConfigError::Secrets { .. })));
    assert_eq!(fs::read_to_string(&path).expect("there"), "{");
    let aside = folder.root().join("secrets.damaged-1.json");
    let password = Password::new("anew".into());
    damaged.set(&a, Some(&password)).expect("entered again, as the error asks");
    assert_eq!(fs::read_to_string(aside).expect("kept"), "{");
    let again = Secrets::open(&folder).expect("whole");
    assert_eq!(again.get(&a).expect("unsealed"), Some(password));
}

#[test]
fn a_lost_key_is_replaced_when_a_password_is_entered_again() {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let a = CameraId::from_name("a");
    let password = Password::new("one".into());
    for damage in [None, Some("x")] {
        let mut secrets = Secrets::open(&folder).expect("opened");
        secrets.set(&a, Some(&password)).expect("stored");
        let key = folder.root().join(KEY_FILE);
        fs::remove_file(&key).expect("removed");
        damage.iter().for_each(|text| fs::write(&key, text).expect("written"));
        let mut secrets = Secrets::open(&folder).expect("opened");
        assert!(secrets.get(&a).is_err());
        secrets.set(&a, Some(&password)).expect("stored anew");
        let again = Secrets::open(&folder).expect("opened");
        assert_eq!(again.get(&a).expect("unsealed"), Some(password.clone()));
    }
}

#[test]
fn a_passphrase_locks_the_passwords_and_nothing_else() {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let (a, b) = (CameraId::from_name("a"), CameraId::from_name("b"));
    let (password, passphrase) = (Password::new("one".into()), Password::new("a long walk".into()));
    let mut secrets = Secrets::open(&folder).expect("new");
    secrets.set(&a, Some(&password)).expect("stored");
    assert_eq!(secrets.place(), KeyPlace::File);
    let plain = fs::read_to_string(folder.root().join(KEY_FILE)).expect("there");
    secrets.keep_sealed(&passphrase).expect("sealed");
    let sealed = fs::read_to_string(folder.root().join(KEY_FILE)).expect("there");
    assert!(!sealed.contains(&plain), "the key is still in the clear");
    let mut again = Secrets::open(&folder).expect("locked");
    assert!(matches!(again.get(&a), Err(ConfigError::PasswordsLocked(_))));
    assert!(matches!(again.set(&b, Some(&password)), Err(ConfigError::PasswordsLocked(_))));
    assert_eq!(again.get(&b).expect("there is none"), None);
    let wrong = again.unlock_now(Some(&Password::new("a long wall".into())));
    assert!(wrong.expect_err("another one").to_string().contains("not the passphrase"));
    again.unlock_now(Some(&passphrase)).expect("the right one");
    assert_eq!(again.get(&a).expect("unsealed"), Some(password.clone()));
    again.keep_in_file().expect("back to a file");
    let last = Secrets::open(&folder).expect("open");
    assert_eq!(last.get(&a).expect("unsealed"), Some(password));
}

#[test]
fn a_passphrase_can_come_before_the_first_password() {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let passphrase = Password::new("a long walk".into());
    Secrets::open(&folder).expect("new").keep_sealed(&passphrase).expect("sealed");
    let secrets = Secrets::open(&folder).expect("locked");
    assert!(secrets.locked().is_some() && secrets.is_empty());
}

#[test]
fn a_password_of_a_place_elsewhere_follows_to_no_other_address() {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
    let camera = CameraId::from_name("nas");
    let password = Password::new("correct horse".into());
    let mut secrets = Secrets::open(&folder).expect("new");
    secrets.set(&camera, Some(&Password::new("other".into()))).expect("stored");
    secrets.set_at("smb://nas/video", Some(&password)).expect("stored");
    let again = Secrets::open(&folder).expect("reopened");
    assert_eq!(again.at("smb://nas/video").expect("unsealed"), Some(password.clone()));
    assert_eq!(
        again.at("smb://NAS/Video").expect("unsealed"),
        Some(password.clone()),
        "in another case"
    );
    assert!(again.has_at("smb://NAS/Video") && !again.has_at("smb://nas/other"));
    assert_eq!(again.at("smb://nas/other").expect("none"), None);
    assert_eq!(again.at("smb://nas2/video").expect("none"), None);
    assert!(again.get(&camera).expect("unsealed").is_some_and(|kept| kept != password));
    assert_eq!(again.addresses().collect::<Vec<_>>(), ["smb://nas/video"]);
    let path = folder.root().join("secrets.json");
    let text = fs::read_to_string(&path).expect("there");
    assert!(!text.contains("correct horse"));
    let moved = text.replace("smb://nas/video", "smb://evil/video");
    fs::write(&path, moved).expect("written");
    assert!(Secrets::open(&folder).expect("well formed").at("smb://evil/video").is_err());
    secrets.set_at("smb://nas/video", None).expect("forgotten");
    assert_eq!(secrets.at("smb://nas/video").expect("none"), None);
    assert!(secrets.has(&camera));
}
