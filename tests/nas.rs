//! Recordings on a NAS: a real Samba that is killed, frozen, full, closed, or wants more than we say.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod nas_server;

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;

use nas_server::{Nas, PASSWORD, password};
use watchkeeper::container::ReadAt;
use watchkeeper::model::settings::{ArchivePlace, NasSettings, Port};
use watchkeeper::storage::archive::{CHECKPOINT_BYTES, WRITE_BYTES};
use watchkeeper::storage::trial::{self, Step, Trial, TrialError};
use watchkeeper::storage::{Archive, FoundFile, Owner, SmbVolume, StorageError, Volume};

/// A file as long as a real segment is at least, and longer than two checkpoints.
const BYTES: usize = (2 << 24) + 5_000_123;

/// Another camera's.
const PARTIAL: &str = "back/2026-03-03/15-00-00.000+0100_main.mp4";

const PATH: &str = "front/2026-03-03/14-00-00.000+0100_main.mp4";

fn volume(nas: &Nas) -> SmbVolume {
    SmbVolume::open(&nas.settings(), password(PASSWORD)).expect("a place")
}

fn us() -> Owner {
    Owner::new("0".repeat(32))
}

fn them() -> Owner {
    Owner::new("1".repeat(32))
}

/// Bytes that no compression and no shift goes unnoticed in.
fn footage(bytes: usize) -> Vec<u8> {
    let mut footage = vec![0; bytes];
    fastrand::Rng::with_seed(7).fill(&mut footage);
    footage
}

/// Brings what is not there yet, as the uploader does; `before` is told how many bytes were written so far.
fn bring(
    volume: &SmbVolume,
    path: &str,
    footage: &[u8],
    mut before: impl FnMut(usize),
) -> Result<(), StorageError> {
    let mut upload = volume.upload(path, footage.len() as u64)?;
    let mut at = usize::try_from(upload.durable()).expect("small");
    while at < footage.len() {
        before(at);
        let end = footage.len().min(at + WRITE_BYTES);
        upload.write(&footage[at..end])?;
        at = end;
        if (at as u64).is_multiple_of(CHECKPOINT_BYTES) {
            assert_eq!(upload.checkpoint()?, at as u64);
        }
    }
    upload.finish()
}

fn read(file: &dyn ReadAt) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(file.length()?).expect("small")];
    for (index, part) in bytes.chunks_mut(300_001).enumerate() {
        file.read_exact_at(index as u64 * 300_001, part)?;
    }
    Ok(bytes)
}

fn read_all(volume: &SmbVolume, path: &str) -> Vec<u8> {
    read(&*volume.open_read(path).expect("opens")).expect("reads")
}

fn assert_same(found: &[u8], expected: &[u8]) {
    let different = found.iter().zip(expected).position(|(a, b)| a != b);
    assert_eq!((found.len(), different), (expected.len(), None));
}

fn why<T>(result: Result<T, StorageError>) -> String {
    match result {
        Ok(_) => panic!("it should have failed"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_file_is_brought_listed_read_and_removed() {
    let nas = Nas::start("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    assert_eq!(volume.identity().expect("asked"), None);
    assert_eq!(volume.list().expect("nothing is there"), []);
    let id = volume.mark(None, &us()).expect("marked");
    assert_eq!(volume.identity().expect("asked"), Some(id.clone()));
    let marker = fs::read_to_string(nas.shared().join("cctv/.watchkeeper-volume")).expect("a file");
    assert!(marker.starts_with(&id));

    bring(&volume, PATH, &footage, |_| ()).expect("brought");
    let short = "front/2026-03-04/a.mp4";
    bring(&volume, short, &footage[..10], |_| ()).expect("brought");
    drop(volume.upload(PARTIAL, 100).expect("begun"));
    fs::create_dir_all(nas.shared().join("cctv/front/@eaDir/x")).expect("made");
    fs::write(nas.shared().join("cctv/front/@eaDir/x/small.jpg"), "x").expect("written");
    // Others call what they write so, too.
    let others = ["front/2026-03-03/film.mkv.part", "front/film.mp4.part", "download.mp4.part"];
    for other in others {
        fs::write(nas.shared().join("cctv").join(other), "x").expect("written");
    }
    let found = |path: &str, bytes: usize| FoundFile { path: path.into(), bytes: bytes as u64 };
    let listed = [found(PATH, BYTES), found(short, 10)];
    assert_eq!(volume.list().expect("listed"), listed);
    assert_eq!(volume.unfinished().expect("listed"), [PARTIAL]);
    volume.abandon(PARTIAL).expect("gone");
    volume.abandon(PARTIAL).expect("still gone");
    assert_eq!(volume.unfinished().expect("listed"), [""; 0]);
    assert!(others.iter().all(|other| nas.shared().join("cctv").join(other).exists()));

    let on_disk = fs::read(nas.shared().join("cctv").join(PATH)).expect("a file");
    assert_same(&on_disk, &footage);
    assert_same(&read_all(&volume, PATH), &footage);
    let file = volume.open_read(PATH).expect("opens");
    let mut tail = [0; 9];
    file.read_exact_at(BYTES as u64 - 9, &mut tail).expect("reads");
    assert_eq!(tail, footage[BYTES - 9..]);
    let beyond = file.read_exact_at(BYTES as u64 - 8, &mut tail).expect_err("too long");
    assert_eq!(beyond.kind(), io::ErrorKind::UnexpectedEof);

    bring(&volume, short, &footage[..20], |_| ()).expect("replaced");
    assert_same(&read_all(&volume, short), &footage[..20]);
    // A file that somebody has just read may still be open there.
    let unread = "front/2026-03-05/c.mp4";
    bring(&volume, unread, &footage[..20], |_| ()).expect("brought");
    volume.remove(unread).expect("removed");
    assert!(!nas.shared().join("cctv/front/2026-03-05").exists());
    volume.remove(short).expect("removed");
    assert!(matches!(volume.remove(short), Err(StorageError::NotFound { .. })));
    assert!(matches!(volume.open_read(short), Err(StorageError::NotFound { .. })));
    assert!(matches!(volume.open_read("../x"), Err(StorageError::Path { .. })));
    assert!(matches!(volume.create(short), Err(StorageError::NotInPlace { .. })));
    assert!(matches!(volume.open(PATH), Err(StorageError::NotInPlace { .. })));
    let space = volume.space().expect("known");
    assert!(space.free > 0 && space.total >= space.free);
    assert!(volume.describe().ends_with("/rec/cctv") && !volume.describe().contains("nvr"));
}

#[test]
fn the_share_is_known_by_its_marker() {
    let nas = Nas::start("plain");
    let id = volume(&nas).mark(None, &us()).expect("marked");
    let again = volume(&nas);
    assert_eq!(again.mark(Some(&id), &us()).expect("known"), id);
    assert_eq!(again.mark(None, &us()).expect("known"), id);
    fs::remove_file(nas.shared().join("cctv/.watchkeeper-volume")).expect("removed");
    assert!(matches!(again.list(), Err(StorageError::Gone { .. })), "half a list is never given");
    let other = volume(&nas);
    assert!(matches!(other.mark(Some(&id), &us()), Err(StorageError::Gone { .. })));
    assert!(matches!(other.upload(PATH, 1), Err(StorageError::Gone { .. })));
    let new = volume(&nas).mark(None, &us()).expect("marked");
    assert_ne!(new, id);
    assert!(matches!(volume(&nas).mark(Some(&id), &us()), Err(StorageError::Gone { .. })));
}

#[test]
fn two_recorders_do_not_bring_to_one_folder() {
    let nas = Nas::start("plain");
    let (first, second) = (volume(&nas), volume(&nas));
    let id = first.mark(None, &us()).expect("marked");
    for known in [None, Some(id.as_str())] {
        assert!(matches!(second.mark(known, &them()), Err(StorageError::Taken { .. })));
    }
    bring(&first, PATH, b"ours", |_| {}).expect("brought");
    let takes = Owner { takes_over: true, ..them() };
    assert_eq!(second.mark(None, &takes).expect("taken over"), id);
    assert!(
        matches!(first.remove(PATH), Err(StorageError::Taken { .. })),
        "over an open connection"
    );
    assert!(matches!(first.list(), Err(StorageError::Taken { .. })));
    assert!(matches!(first.identity(), Err(StorageError::Taken { .. })));
    let again = volume(&nas);
    assert!(matches!(again.mark(Some(&id), &us()), Err(StorageError::Taken { .. })));
    assert!(matches!(again.remove(PATH), Err(StorageError::Taken { .. })));
    assert_eq!(read_all(&again, PATH), b"ours", "what is ours can be read");
    assert_eq!(second.list().expect("listed").len(), 1);
}

#[test]
fn an_upload_survives_a_server_that_is_killed_again_and_again() {
    let mut nas = Nas::start("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    let mut dice = fastrand::Rng::with_seed(fastrand::u64(..));
    println!("seed {}", dice.get_seed());
    let mut written = 0;
    for _ in 0..4 {
        let mut left = dice.usize(0..30);
        let broken = bring(&volume, PATH, &footage, |_| {
            written += WRITE_BYTES;
            match left.checked_sub(1) {
                None if nas.is_running() => nas.kill(),
                None => {}
                Some(fewer) => left = fewer,
            }
        });
        if broken.is_ok() {
            assert!(nas.is_running(), "it is not there");
            nas.kill();
        }
        let offline = volume.upload(PATH, BYTES as u64);
        assert!(matches!(offline, Err(StorageError::Offline { .. })));
        assert!(matches!(volume.list(), Err(StorageError::Offline { .. })));
        nas.serve("plain");
    }
    bring(&volume, PATH, &footage, |_| written += WRITE_BYTES).expect("brought");
    assert_same(&fs::read(nas.shared().join("cctv").join(PATH)).expect("a file"), &footage);
    assert_eq!(volume.unfinished().expect("listed"), [""; 0]);
}

#[test]
fn what_lasts_is_not_brought_again() {
    let mut nas = Nas::start("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    let broken = bring(&volume, PATH, &footage, |at| {
        if at == (2 << 24) + WRITE_BYTES {
            nas.kill();
        }
    });
    assert!(matches!(broken, Err(StorageError::Offline { .. })));
    nas.serve("plain");
    let durable = volume.upload(PATH, BYTES as u64).expect("goes on").durable();
    assert!([1 << 24, 2 << 24].contains(&durable), "{durable}");
    // What stands behind it is not believed.
    let part = nas.shared().join("cctv").join(format!("{PATH}.part"));
    let mut left = fs::read(&part).expect("a part");
    left[usize::try_from(durable).expect("small")..].fill(0);
    fs::write(&part, left).expect("spoiled");
    bring(&volume, PATH, &footage, |at| assert!(at as u64 >= durable)).expect("brought");
    assert_same(&read_all(&volume, PATH), &footage);
    // One that is longer than the file should be is another file's.
    fs::write(&part, vec![1; 3 << 24]).expect("spoiled");
    fs::set_permissions(&part, fs::Permissions::from_mode(0o666)).expect("the server's as well");
    assert_eq!(volume.upload(PATH, 2 << 24).expect("begins").durable(), 0);
}

#[test]
fn a_frozen_server_is_noticed_and_used_again() {
    let nas = Nas::start("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    bring(&volume, PATH, &footage, |_| ()).expect("brought");
    let file = volume.open_read(PATH).expect("opens");
    nas.signal("STOP");
    let (listed, read_it, brought) = std::thread::scope(|scope| {
        let listed = scope.spawn(|| volume.list());
        let read_it = scope.spawn(|| read(&*file));
        let brought = bring(&volume, "front/2026-03-03/b.mp4", &footage, |_| ());
        (listed.join().expect("ends"), read_it.join().expect("ends"), brought)
    });
    nas.signal("CONT");
    for failed in [listed.map(|_| ()), brought] {
        assert!(matches!(&failed, Err(StorageError::Offline { .. })), "{failed:?}");
    }
    assert_eq!(read_it.expect_err("frozen").kind(), io::ErrorKind::NotConnected);
    assert_same(&read(&*file).expect("reads"), &footage);
    bring(&volume, "front/2026-03-03/b.mp4", &footage, |_| ()).expect("brought");
    assert_eq!(volume.list().expect("listed").len(), 2);
}

#[test]
fn a_player_reads_on_over_a_restart_and_while_something_is_brought() {
    let mut nas = Nas::start("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    bring(&volume, PATH, &footage, |_| ()).expect("brought");
    let file = volume.open_read(PATH).expect("opens");
    let mut first = [0; 1_000];
    file.read_exact_at(0, &mut first).expect("reads");
    nas.kill();
    nas.serve("plain");
    assert_same(&read(&*file).expect("reads on"), &footage);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| read_all(&volume, PATH));
        bring(&volume, PARTIAL, &footage, |_| ()).expect("brought");
        assert_same(&reading.join().expect("ends"), &footage);
    });
}

#[test]
fn what_is_read_ahead_survives_a_server_that_is_killed_again_and_again() {
    let mut nas = Nas::start("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    bring(&volume, PATH, &footage, |_| ()).expect("brought");
    let file = volume.open_read(PATH).expect("opens");
    let mut dice = fastrand::Rng::with_seed(fastrand::u64(..));
    println!("seed {}", dice.get_seed());
    let (mut at, mut kills) = (0, 0);
    while at < BYTES {
        let mut part = vec![0; dice.usize(1..200_000).min(BYTES - at)];
        if let Err(error) = file.read_exact_at(at as u64, &mut part) {
            assert!(!nas.is_running(), "{error}");
            assert_eq!(error.kind(), io::ErrorKind::NotConnected);
            nas.serve("plain");
            continue;
        }
        assert_same(&part, &footage[at..at + part.len()]);
        at += part.len();
        if at > (kills + 1) * BYTES / 7 && nas.is_running() {
            nas.kill();
            kills += 1;
            if kills % 2 == 0 {
                nas.serve("plain");
            }
        }
    }
    assert!(kills >= 6, "{kills}");
}

#[test]
fn refusals_are_told_from_absence() {
    let mut nas = Nas::start("plain");
    let wrong = SmbVolume::open(&nas.settings(), password("wrong")).expect("a place");
    let text = why(wrong.list());
    assert!(text.ends_with("refuses: the password or user name is wrong"), "{text}");
    let running = volume(&nas);
    running.mark(None, &us()).expect("marked");

    nas.set_password("another");
    running.list().expect("who has signed in already stays");
    assert!(
        matches!(running.upload(PATH, 10), Err(StorageError::Denied { .. })),
        "no fault of the file: it must not be tried again and again"
    );
    nas.kill();
    let text = why(running.list());
    assert!(text.contains("cannot be reached: 127.0.0.1 refuses the connection"), "{text}");
    nas.serve("plain");
    assert!(matches!(running.list(), Err(StorageError::Denied { .. })));
    assert!(matches!(running.upload(PATH, 10), Err(StorageError::Denied { .. })));
    let changed = SmbVolume::open(&nas.settings(), password("another")).expect("a place");
    changed.list().expect("the new one is right");

    nas.kill();
    nas.serve("noshare");
    let text = why(changed.list());
    assert!(text.ends_with("refuses: there is no share called rec"), "{text}");
    assert!(matches!(changed.upload(PATH, 10), Err(StorageError::Denied { .. })));

    let mut closed = nas.settings();
    closed.share = "closed".into();
    let closed = SmbVolume::open(&closed, password("another")).expect("a place");
    assert!(why(closed.space()).ends_with("the user may not open the share closed"));
    let mut read_only = nas.settings();
    read_only.share = "frozen".into();
    let read_only = SmbVolume::open(&read_only, password("another")).expect("a place");
    assert!(matches!(read_only.upload(PATH, 10), Err(StorageError::Forbidden { .. })));
}

#[test]
fn signing_and_encryption_may_be_demanded() {
    for mode in ["sign", "enc"] {
        let nas = Nas::start(mode);
        let volume = volume(&nas);
        let footage = footage(5_000_000);
        volume.mark(None, &us()).expect("marked");
        bring(&volume, PATH, &footage, |_| ()).expect("brought");
        assert_same(&read_all(&volume, PATH), &footage);
        assert_eq!(volume.list().expect("listed").len(), 1);
    }
}

#[test]
fn a_full_share_is_told_and_used_again_when_there_is_room() {
    let mut nas = Nas::off();
    assert!(nas.mount_small_disk(48 << 20), "the test runs as root");
    nas.serve("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    bring(&volume, PATH, &footage, |_| ()).expect("brought");
    let second = "front/2026-03-03/b.mp4";
    let full = bring(&volume, second, &footage, |_| ());
    assert!(full.as_ref().is_err_and(StorageError::is_full), "{full:?}");
    assert!(volume.space().expect("known").free < BYTES as u64);
    assert_same(&read_all(&volume, PATH), &footage);
    volume.remove(PATH).expect("removed");
    bring(&volume, second, &footage, |_| ()).expect("brought");
    assert_same(&read_all(&volume, second), &footage);
}

#[test]
fn a_write_that_fails_under_way_is_told_and_never_counts() {
    let mut nas = Nas::off();
    assert!(nas.mount_small_disk(24 << 20), "the test runs as root");
    nas.serve("plain");
    let volume = volume(&nas);
    let footage = footage(BYTES);
    let mut upload = volume.upload(PATH, BYTES as u64).expect("begun");
    let mut lasts = 0;
    let failed = footage.chunks(WRITE_BYTES).enumerate().find_map(|(index, part)| {
        let added = upload.write(part).and_then(|()| match index % 5 {
            4 => upload.checkpoint().map(|durable| lasts = durable),
            _ => Ok(()),
        });
        added.err()
    });
    assert!(failed.as_ref().is_some_and(StorageError::is_full), "{failed:?}");
    assert!(upload.checkpoint().is_err(), "nothing is known of what was under way");
    assert!(upload.write(&footage[..1]).is_err());
    assert_eq!(upload.durable(), lasts);
    let lasts = usize::try_from(lasts).expect("small");
    assert!((20 << 20..=24 << 20).contains(&lasts), "{lasts}");
    let part = nas.shared().join("cctv").join(format!("{PATH}.part"));
    assert_same(&fs::read(part).expect("a part")[..lasts], &footage[..lasts]);
}

/// What the test button says, and the steps that it went through.
fn tried(nas: &NasSettings, secret: &str) -> (Result<Trial, TrialError>, Vec<Step>) {
    let mut steps = Vec::new();
    let place = ArchivePlace::Nas(nas.clone());
    let began = std::time::Instant::now();
    let result = trial::run(&place, password(secret).as_ref(), &mut |step| steps.push(step));
    let limit = if result.is_ok() { 30 } else { 6 };
    assert!(began.elapsed().as_secs() < limit, "{:?} for {result:?}", began.elapsed());
    (result, steps)
}

#[test]
fn a_trial_goes_through_all_steps_and_leaves_nothing() {
    for (mode, encrypted) in [("plain", false), ("sign", false), ("enc", true)] {
        let nas = Nas::start(mode);
        let (result, steps) = tried(&nas.settings(), PASSWORD);
        let trial = result.expect("it works");
        assert!(trial.up > 0 && trial.down > 0 && trial.space.is_some_and(|space| space.free > 0));
        assert_eq!((trial.signed, trial.encrypted), (true, encrypted));
        assert!(steps.is_sorted() && steps.len() == 9, "{steps:?}");
        let left = fs::read_dir(nas.shared().join("cctv")).expect("the folder was made").count();
        assert_eq!(left, 0);
    }
}

#[test]
fn each_mistake_in_the_settings_has_its_own_sentence() {
    let nas = Nas::start("plain");
    fs::write(nas.shared().join("notes.txt"), "a file").expect("written");
    let right = nas.settings();
    let says = |wrong: NasSettings, secret: &str, sentence: &str| {
        let (result, steps) = tried(&wrong, secret);
        let error = result.expect_err(sentence);
        assert_eq!(error.to_string(), sentence);
        assert_eq!(steps.last().copied().unwrap_or(Step::Resolve), error.step);
    };
    says(
        NasSettings { host: "nas.invalid".into(), ..right.clone() },
        PASSWORD,
        "looking the server up failed: no computer called nas.invalid is known in this network",
    );
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("bound").port();
    // It accepts and says nothing.
    says(
        NasSettings { port: Port(port), ..right.clone() },
        PASSWORD,
        "signing in failed: the server does not answer",
    );
    drop(free);
    says(
        NasSettings { port: Port(port), ..right.clone() },
        PASSWORD,
        "connecting failed: 127.0.0.1 refuses the connection: file sharing (SMB) is not on, or the port is wrong",
    );
    let wrong_login = "signing in failed: the password or user name is wrong";
    says(right.clone(), "wrong", wrong_login);
    says(NasSettings { user: "nobody else".into(), ..right.clone() }, PASSWORD, wrong_login);
    says(
        NasSettings { share: "recc".into(), ..right.clone() },
        PASSWORD,
        "opening the share failed: there is no share called recc",
    );
    says(
        NasSettings { share: "closed".into(), ..right.clone() },
        PASSWORD,
        "opening the share failed: the user may not open the share closed",
    );
    says(
        NasSettings { path: "notes.txt/cctv".into(), ..right.clone() },
        PASSWORD,
        "making the folder failed: a file is in the place of a folder",
    );
    says(
        NasSettings { path: "../cctv".into(), ..right.clone() },
        PASSWORD,
        "looking the server up failed: \"../cctv\" is no folder in a share",
    );
    says(
        NasSettings { share: "frozen".into(), path: String::new(), ..right.clone() },
        PASSWORD,
        "writing a file failed: the user has not the right to do this there",
    );
    nas.signal("STOP");
    says(right, PASSWORD, "signing in failed: the server does not answer");
    nas.signal("CONT");
}
