//! Setup > Recording > Storage with a NAS or object storage as an operator meets it: each field, the password, the test
//! of the connection, and how it looks.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "ui_storage/bringing.rs"]
mod bringing;
#[path = "ui_storage/fields.rs"]
mod fields;
#[path = "ui_storage/password.rs"]
mod password;
#[path = "ui_storage/testing.rs"]
mod testing;
mod ui_fixture;

use std::sync::Arc;

use egui::Vec2;
use egui::accesskit::Role;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use ui_fixture::week::{answer_storage, settings, snapshot};
use watchkeeper::model::Settings;
use watchkeeper::model::settings::archive::SpoolGigabytes;
use watchkeeper::model::settings::{NasSettings, ObjectSettings, StorageKind, ThemeChoice};
use watchkeeper::protocol::{
    ArchiveOverview, ChangeAnswer, Command, PasswordsStatus, SettingsChange, Snapshot,
    StorageAnswer, StorageOutcome, StorageOverview, StoragePassed, StorageProtection, StorageStep,
};

/// A window in which the whole page has room.
const TALL: Vec2 = Vec2::new(1280.0, 2200.0);

const ADDRESS: &str = "smb://nas.local/video/cctv/shop";

/// Recordings are brought to a NAS.
fn nas() -> Settings {
    let mut settings = settings();
    settings.storage.kind = StorageKind::Nas;
    settings.storage.nas = NasSettings {
        host: "nas.local".into(),
        share: "video".into(),
        path: "cctv/shop".into(),
        user: "watchkeeper".into(),
        ..NasSettings::default()
    };
    settings.storage.spool.max_gb = SpoolGigabytes(800);
    settings
}

/// Recordings are brought to a bucket.
fn object() -> Settings {
    let mut settings = settings();
    settings.storage.kind = StorageKind::Object;
    settings.storage.object = ObjectSettings {
        endpoint: "https://s3.example.com:9000".into(),
        bucket: "cctv".into(),
        prefix: "shop".into(),
        access_key: "AKIDEXAMPLE".into(),
        ..ObjectSettings::default()
    };
    settings
}

/// The page with these settings in force, and passwords stored for these addresses.
fn shown(settings: Settings, addresses: &[&str]) -> Snapshot {
    let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
    Snapshot {
        settings: Arc::new(settings),
        passwords: PasswordsStatus { addresses, ..PasswordsStatus::default() },
        ..snapshot()
    }
}

fn opened(snapshot: Snapshot, size: Vec2) -> Desk {
    let mut desk = Desk::sized(snapshot, size);
    desk.click("Recording");
    answer_storage(&mut desk);
    desk
}

fn tall(settings: Settings) -> Desk {
    opened(shown(settings, &[ADDRESS]), TALL)
}

fn is_unchanged(desk: &Desk) -> bool {
    desk.harness.query_by_label("Save").is_none()
}

/// Saves; the engine puts it in force.
fn saved(desk: &mut Desk) -> SettingsChange {
    desk.click("Save");
    let change = answer_storage(desk).expect("a change");
    let after = Arc::new((*change.after).clone());
    let mut addresses = vec![ADDRESS];
    let typed = change.archive_password.as_ref();
    addresses.extend(typed.filter(|typed| typed.password.is_some()).map(|typed| &*typed.address));
    desk.shown.snapshot.set(shown((*after).clone(), &addresses));
    desk.shown.changed.set(ChangeAnswer { id: change.id, outcome: Ok(after) });
    desk.harness.run();
    change
}

fn passed() -> StorageOutcome {
    StorageOutcome::Passed(StoragePassed {
        free: Some(6_800_000_000_000),
        total: Some(12_000_000_000_000),
        write_rate: 92_000_000,
        read_rate: 104_000_000,
        protection: StorageProtection::Signed,
    })
}

/// All steps, in order.
const STEPS: [StorageStep; 7] = [
    StorageStep::Resolve,
    StorageStep::Connect,
    StorageStep::SignIn,
    StorageStep::Open,
    StorageStep::Write,
    StorageStep::Read,
    StorageStep::Remove,
];

/// The card scrolled into view in the smallest window, in both looks.
fn pictures(name: &str, settings: Settings, archive: &ArchiveOverview, test: impl Fn(&mut Desk)) {
    let mut results = SnapshotResults::new();
    for (look, theme) in [("dark", ThemeChoice::Dark), ("light", ThemeChoice::Light)] {
        let mut settings = settings.clone();
        settings.console.theme = theme;
        let mut desk = opened(shown(settings, &[ADDRESS]), Vec2::new(1280.0, 720.0));
        desk.harness.get_by_role_and_label(Role::Button, "Test connection").scroll_to_me();
        desk.harness.run();
        test(&mut desk);
        bringing::show(&mut desk, archive.clone());
        desk.harness.snapshot(format!("storage_{name}_{look}"));
        results.extend(desk.harness.take_snapshot_results());
    }
}

#[test]
fn a_nas_that_was_tested() {
    pictures("nas", nas(), &bringing::away(), |desk| {
        desk.click("Test connection");
        let test = testing::asked(desk);
        testing::answer(desk, test.id, &STEPS, passed());
    });
}

#[test]
fn recordings_that_are_not_in_the_catalogue() {
    pictures("strangers", nas(), &bringing::strange(), |_| ());
}

#[test]
fn recordings_that_were_added_to_the_catalogue() {
    let adoption = Some(bringing::added());
    let over = ArchiveOverview { adoption, strangers: 0, ..bringing::strange() };
    pictures("added", nas(), &over, |_| ());
}

#[test]
fn a_bucket_that_is_not_there() {
    pictures("object", object(), &bringing::there(), |desk| {
        desk.click("Test connection");
        let test = testing::asked(desk);
        let why = "There is no bucket \"cctv\". Correct its name, or make it on the server.";
        let outcome = StorageOutcome::Failed { step: Some(StorageStep::Open), why: why.into() };
        testing::answer(desk, test.id, &STEPS[..3], outcome);
    });
}
