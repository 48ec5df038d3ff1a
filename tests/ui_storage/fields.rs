//! Field by field: what is set is sent, is in force, and is there again; what cannot be has its sentence beside the
//! field and is not sent.

use super::*;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::NodeT;
use ui_fixture::hand::{choose, fill, flip, told, value_of};
use watchkeeper::model::settings::SpoolFull;
use watchkeeper::model::settings::archive::Port;

/// Sets something by hand and saves: exactly that is sent. Once it is in force it is shown on the page, also when that
/// is left and opened again, and by a console that is started then.
fn is_set(
    before: fn() -> Settings,
    hand: impl Fn(&mut Desk),
    set: impl Fn(&mut Settings),
    check: impl Fn(&Desk),
) {
    let mut desk = tall(before());
    hand(&mut desk);
    let change = saved(&mut desk);
    let mut expected = before();
    set(&mut expected);
    assert_ne!(expected, before(), "the test sets nothing");
    assert_eq!((&*change.before, &*change.after), (&before(), &expected));
    assert_eq!((change.passwords.len(), &change.archive_password), (0, &None));
    assert!(is_unchanged(&desk));
    check(&desk);
    desk.click("Live");
    desk.click("Recording");
    check(&desk);
    check(&tall(expected));
}

fn is_written(before: fn() -> Settings, name: &str, text: &str, set: impl Fn(&mut Settings)) {
    let same = |desk: &Desk| assert_eq!(value_of(desk, name), text, "{name}");
    is_set(before, |desk| fill(desk, name, text), set, same);
}

/// Each of `texts` is refused with its sentence beside the field, and goes with Discard.
fn is_refused(before: fn() -> Settings, name: &str, texts: &[(&str, &str)]) {
    let mut desk = tall(before());
    let was = value_of(&desk, name);
    for (text, sentence) in texts {
        fill(&mut desk, name, text);
        is_beside(&desk, name, sentence);
        let test = desk.harness.get_by_role_and_label(Role::Button, "Test connection");
        assert!(test.accesskit_node().is_disabled(), "{name}: {text:?} can be tested");
        desk.click("Save");
        assert!(answer_storage(&mut desk).is_none(), "{name}: {text:?} was sent");
        assert!(told(&desk, "Nothing was saved: correct the fields that are marked first."));
    }
    desk.click("Discard");
    assert!(is_unchanged(&desk));
    assert_eq!(value_of(&desk, name), was);
}

#[test]
fn what_stands_in_a_row_is_level() {
    let desk = tall(nas());
    let field = |name| desk.harness.get_by_role_and_label(Role::TextInput, name).rect();
    let days = field("Retention days");
    for name in ["Retention hours", "Retention minutes"] {
        assert_eq!(field(name).y_range(), days.y_range(), "{name}");
    }
    let middle = |name| desk.harness.get_by_role_and_label(Role::Label, name).rect().center().y;
    for (name, field) in [("Retention period", days), ("Host", field("Host"))] {
        assert!((middle(name) - field.center().y).abs() <= 1.0, "{name}");
    }
    let choice = "Recorded stream: Main";
    let choice = desk.harness.get_by_role_and_label(Role::Button, choice).rect().center().y;
    assert!((middle("Recorded stream") - choice).abs() <= 1.0);
}

fn is_beside(desk: &Desk, name: &str, sentence: &str) {
    let field = desk.harness.get_by_role_and_label(Role::TextInput, name).rect();
    let below = desk.harness.get_by_label(sentence).rect();
    let gap = below.top() - field.bottom();
    assert!((0.0..24.0).contains(&gap), "{name}: {sentence:?} is {gap} points apart");
    assert!((below.left() - field.left()).abs() < 40.0, "{name}: {below} by {field}");
}

#[test]
fn the_type_is_chosen_and_what_it_needs_is_asked_for() {
    let mut desk = tall(settings());
    assert!(desk.harness.query_by_label("Host").is_none());
    choose(&mut desk, "Storage type", "Synology NAS (SMB/CIFS network share)");
    desk.click("Save");
    assert!(answer_storage(&mut desk).is_none(), "a NAS without a name was sent");
    is_beside(&desk, "Host", "Write the name or the address of the NAS.");
    fill(&mut desk, "Host", "nas.local");
    is_beside(&desk, "Share", "Write the name of the shared folder, as the NAS lists it.");
    fill(&mut desk, "Share", "video");
    is_beside(&desk, "User", "Write the user who signs in to the NAS.");
    fill(&mut desk, "User", "watchkeeper");
    fill(&mut desk, "Folder in the share", "cctv/shop");
    fill(&mut desk, "Spool limit", "800");
    let change = saved(&mut desk);
    assert_eq!(*change.after, nas());
    assert!(is_unchanged(&desk));
    choose(&mut desk, "Storage type", "Object storage (S3)");
    for (name, text) in [
        ("Endpoint", "https://s3.example.com:9000"),
        ("Bucket", "cctv"),
        ("Prefix", "shop"),
        ("Access key", "AKIDEXAMPLE"),
    ] {
        fill(&mut desk, name, text);
    }
    let storage = saved(&mut desk).after.storage;
    let (wanted, kept) = (object().storage, nas().storage);
    assert_eq!((storage.kind, &storage.object), (StorageKind::Object, &wanted.object));
    assert_eq!(storage.nas, kept.nas, "the NAS is there again when it is chosen again");
    choose(&mut desk, "Storage type", "Local folder");
    assert_eq!(saved(&mut desk).after.storage.kind, StorageKind::Local);
    assert!(desk.harness.query_by_label("Endpoint").is_none());
}

#[test]
fn the_nas() {
    is_written(nas, "Host", "192.168.1.50", |s| s.storage.nas.host = "192.168.1.50".into());
    is_written(nas, "Port", "1445", |s| s.storage.nas.port = Port(1445));
    is_written(nas, "Share", "CCTV 2", |s| s.storage.nas.share = "CCTV 2".into());
    is_written(nas, "Folder in the share", "", |s| s.storage.nas.path = String::new());
    is_written(nas, "User", "SHOP\\guard", |s| s.storage.nas.user = "SHOP\\guard".into());
}

#[test]
fn what_no_nas_can_be() {
    let name = "this is no name or address of a computer; one is nas.local or 192.168.1.50.";
    let name = name.replacen('t', "T", 1);
    let own = "Write only the name or the address of the NAS, such as nas.local: share, folder and user have fields \
               of their own.";
    let port = "Write only the name or the address of the NAS: the port has a field of its own.";
    is_refused(
        nas,
        "Host",
        &[
            ("", "Write the name or the address of the NAS."),
            ("smb://nas/video", own),
            ("nas:445", port),
            ("my nas", &name),
        ],
    );
    let range = "Write a whole number from 1 to 65535.";
    is_refused(nas, "Port", &[("0", range), ("65536", range), ("smb", range)]);
    let slashes = "Write the name of the share alone, without slashes: folders in it have a field of their own.";
    is_refused(
        nas,
        "Share",
        &[
            ("", "Write the name of the shared folder, as the NAS lists it."),
            ("video/cctv", slashes),
            ("a:b", "This cannot be the name of a share."),
        ],
    );
    is_refused(
        nas,
        "Folder in the share",
        &[
            ("../other", "Write the folder as it is, without \".\" and \"..\"."),
            ("a\\b", "Write / between the parts of the folder."),
            ("a//b", "This cannot be a folder; one is cctv/shop."),
        ],
    );
    is_refused(nas, "User", &[("", "Write the user who signs in to the NAS.")]);
}

#[test]
fn the_bucket() {
    is_written(object, "Endpoint", "http://10.0.0.6:9000", |s| {
        s.storage.object.endpoint = "http://10.0.0.6:9000".into();
    });
    is_written(object, "Bucket", "cctv-2", |s| s.storage.object.bucket = "cctv-2".into());
    is_written(object, "Prefix", "", |s| s.storage.object.prefix = String::new());
    is_written(object, "Region", "garage", |s| s.storage.object.region = "garage".into());
    is_written(object, "Access key", "GK31", |s| s.storage.object.access_key = "GK31".into());
}

#[test]
fn what_no_bucket_can_be() {
    let none = "This is no address; one is https://s3.example.com or http://192.168.1.60:9000.";
    let login = "Write the address without access key and secret: these have fields of their own.";
    let longer =
        "Write the address up to host and port: bucket and prefix have fields of their own.";
    is_refused(
        object,
        "Endpoint",
        &[
            ("", "Write the address of the object storage."),
            ("s3.example.com", none),
            ("https://key:secret@s3.example.com", login),
            ("https://s3.example.com/cctv", longer),
        ],
    );
    let bucket = "A bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots.";
    is_refused(object, "Bucket", &[("", "Write the name of the bucket."), ("CCTV", bucket)]);
    let dots = "Write the folder as it is, without \".\" and \"..\".";
    is_refused(object, "Prefix", &[("../x", dots)]);
    let region = "Write the region as one word; us-east-1 where the server has none.";
    is_refused(object, "Region", &[("", region), ("eu west", region)]);
    let key = "This cannot be an access key: it has letters, digits and signs, and no spaces.";
    is_refused(object, "Access key", &[("", "Write the access key."), ("a b", key)]);
}

#[test]
fn the_spool() {
    is_written(nas, "Spool folder", "/mnt/ssd", |s| s.storage.path = "/mnt/ssd".into());
    is_written(nas, "Spool limit", "0", |s| s.storage.spool.max_gb = SpoolGigabytes(0));
    let range = "Write a whole number from 0 to 10000000.";
    is_refused(nas, "Spool limit", &[("-1", range), ("10000001", range), ("all", range)]);
    let chosen = |desk: &Desk, text: &str| {
        let menu = desk.harness.get_by_role_and_label(Role::ComboBox, "When the spool is full");
        assert_eq!(menu.value().as_deref(), Some(text));
    };
    is_set(
        nas,
        |desk| choose(desk, "When the spool is full", "Stop recording"),
        |settings| settings.storage.spool.when_full = SpoolFull::Stop,
        |desk| chosen(desk, "Stop recording"),
    );
    is_set(
        nas,
        |desk| flip(desk, "Verify"),
        |settings| settings.storage.verify = false,
        |desk| {
            let switch = desk.harness.get_by_role_and_label(Role::Switch, "Verify");
            assert_eq!(switch.accesskit_node().toggled(), Some(Toggled::False));
        },
    );
}

#[test]
fn fields_of_another_type_are_no_hindrance() {
    let mut desk = tall(nas());
    fill(&mut desk, "Host", "no host");
    choose(&mut desk, "Storage type", "Local folder");
    let change = saved(&mut desk);
    assert_eq!(change.after.storage.kind, StorageKind::Local);
    assert_eq!(change.after.storage.nas, nas().storage.nas);
}
