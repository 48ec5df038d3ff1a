//! A NAS is chosen and left again while everything runs.

use super::*;
use std::net::TcpListener;
use watchkeeper::config::VolumeStore;
use watchkeeper::model::Password;
use watchkeeper::model::settings::archive::Port;
use watchkeeper::model::settings::{ArchivePlace, NasSettings, StorageKind};
use watchkeeper::protocol::{ArchivePassword, StorageOutcome, StorageStep, StorageTest};

const SECRET: &str = "correct horse battery";

/// A NAS that is away: nobody listens at its port.
fn away() -> NasSettings {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("bound").port();
    NasSettings {
        host: "127.0.0.1".into(),
        port: Port(port),
        share: "video".into(),
        user: "guard".into(),
        ..NasSettings::default()
    }
}

/// Changes where recordings are brought to, as the page does.
fn change(
    stage: &Stage,
    password: Option<&str>,
    change: impl FnOnce(&mut Settings),
) -> Arc<ChangeAnswer> {
    let (before, shown) = (stage.settings(), stage.console.shown());
    let mut after = Box::new(Settings::clone(&before));
    change(&mut after);
    let id = shown.next_id();
    let address = after.storage.archive().map(|place| place.address());
    let archive_password = address.zip(password).map(|(address, password)| ArchivePassword {
        address,
        password: Some(Password::new(password.into())),
    });
    let change = SettingsChange { id, before, after, passwords: Vec::new(), archive_password };
    stage.console.send(Command::ChangeSettings(change)).expect("taken");
    let answer = || shown.changed.to(id);
    wait_for("an answer", SOON, || answer().is_some());
    answer().expect("answered")
}

fn addresses(stage: &Stage) -> Vec<String> {
    stage.console.shown().snapshot.get().expect("a snapshot").passwords.addresses.clone()
}

/// What a test of `place` with the stored password comes to.
fn tested(stage: &Stage, place: ArchivePlace) -> StorageOutcome {
    let shown = stage.console.shown();
    let id = shown.next_id();
    let test = StorageTest { id, place, password: None };
    stage.console.send(Command::TestStorage(test)).expect("taken");
    let outcome = || {
        let answer = shown.storage_test.get().filter(|answer| answer.id == id)?;
        Some(answer.outcome.clone()).filter(|o| !matches!(o, StorageOutcome::Running(_)))
    };
    wait_for("an outcome", SOON, || outcome().is_some());
    outcome().expect("told")
}

#[test]
fn a_nas_that_is_away_is_chosen_and_recording_goes_on() {
    let stage = Stage::begin();
    let folder = stage.bench.recordings_folder();
    wait_for("recording", SOON, || stage.recorded(&folder, 100_000));
    let nas = away();
    let place = ArchivePlace::Nas(nas.clone());
    let nowhere = change(&stage, None, |settings| settings.storage.kind = StorageKind::Nas);
    let why = nowhere.outcome.as_ref().expect_err("a NAS without a name");
    assert!(why.contains("write the name or the address of the NAS"), "{why}");
    let answer = change(&stage, Some(SECRET), |settings| {
        settings.storage.kind = StorageKind::Nas;
        settings.storage.nas = nas.clone();
    });
    let after = answer.outcome.as_ref().expect("in force, though it is away");
    assert_eq!(after.storage.archive(), Some(place.clone()));
    wait_for("the password is stored", SOON, || addresses(&stage) == [place.address()]);
    for entry in std::fs::read_dir(stage.bench.root()).expect("listed").flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{:?}", entry.path());
    }
    let StorageOutcome::Failed { step, why } = tested(&stage, place.clone()) else {
        panic!("nobody listens there")
    };
    assert_eq!(step, Some(StorageStep::Connect), "{why}");
    let known = || {
        let data = DataFolder::at(stage.bench.root().to_path_buf()).expect("the folder");
        VolumeStore::open(&data).expect("read").list().to_vec()
    };
    assert_eq!(known().len(), 2);
    let archive = known().into_iter().find(|volume| volume.archive.is_some()).expect("the NAS");
    assert_eq!((archive.path, archive.archive), (place.address(), Some(place)));
    let length = || files(&folder).iter().map(|f| f.metadata().map_or(0, |m| m.len())).sum::<u64>();
    let before = length();
    wait_for("recording goes on in the folder", SOON, || length() > before + 100_000);
    let back = change(&stage, None, |settings| settings.storage.kind = StorageKind::Local);
    assert!(back.outcome.is_ok());
    assert_eq!(known().len(), 2, "what was brought there is still played");
    let Stage { engine, simulator, .. } = stage;
    engine.stop().expect("ends");
    simulator.stop().expect("ends");
}
