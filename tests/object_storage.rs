//! Object storage, against a real S3 server (nanio, which tests/run installs): it checks signatures, keeps parts over
//! a restart, and is killed, held and changed here as servers are.
#![cfg(all(target_os = "linux", feature = "object-storage"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "object_storage/server.rs"]
mod server;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant};

use server::{ACCESS_KEY, BUCKET, SECRET, Server, free_port};
use watchkeeper::container::ReadAt;
use watchkeeper::model::Password;
use watchkeeper::model::settings::{ArchivePlace, ObjectSettings};
use watchkeeper::storage::archive::WRITE_BYTES;
use watchkeeper::storage::trial::{self, Step, Trial, TrialError};
use watchkeeper::storage::{Archive, Owner, Space, StorageError, Upload, archive};

const PATH: &str = "front/2026-03-03/10-00-00.000+0100_main.mp4";
const LATER: &str = "front/2026-03-03/11-00-00.000+0100_main.mp4";

/// What an archive makes last on the way.
const PART: u64 = 16 << 20;

fn secret(text: &str) -> Option<Password> {
    Some(Password::new(text.into()))
}

fn open(settings: &ObjectSettings) -> Arc<dyn Archive> {
    archive::open(&ArchivePlace::Object(settings.clone()), secret(SECRET)).expect("a place")
}

fn us() -> Owner {
    Owner::new("0".repeat(32))
}

fn footage(bytes: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(bytes);
    (0..bytes).map(|_| random.u8(..)).collect()
}

/// Brings all from where the other side stands up to `end`.
fn write(upload: &mut dyn Upload, content: &[u8], end: u64) -> Result<(), StorageError> {
    write_watched(upload, content, end, |_| ())
}

/// The same; `watch` is told the length of each piece that was taken.
fn write_watched(
    upload: &mut dyn Upload,
    content: &[u8],
    end: u64,
    mut watch: impl FnMut(u64),
) -> Result<(), StorageError> {
    let from = usize::try_from(upload.durable()).expect("short");
    for piece in content[from..usize::try_from(end).expect("short")].chunks(WRITE_BYTES) {
        upload.write(piece)?;
        watch(piece.len() as u64);
    }
    upload.checkpoint().map(drop)
}

fn bring(archive: &dyn Archive, path: &str, content: &[u8]) -> Result<(), StorageError> {
    let length = content.len() as u64;
    let mut upload = archive.upload(path, length)?;
    write(&mut *upload, content, length)?;
    upload.finish()
}

fn read(archive: &dyn Archive, path: &str) -> Vec<u8> {
    let file = archive.open_read(path).expect("opened");
    let mut bytes = vec![0; usize::try_from(file.length().expect("length")).expect("short")];
    file.read_exact_at(0, &mut bytes).expect("read");
    bytes
}

fn assert_pieces_are_equal(file: &dyn ReadAt, content: &[u8]) {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..50 {
        let from = random.usize(..content.len());
        let length = random.usize(..=(content.len() - from).min(3 << 20));
        let mut piece = vec![0; length];
        file.read_exact_at(from as u64, &mut piece).expect("read");
        assert!(piece == content[from..from + length], "{length} bytes from {from} on");
    }
    let mut beyond = [0; 2];
    let end = content.len() as u64;
    let error = file.read_exact_at(end - 1, &mut beyond).expect_err("behind the end");
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn files_come_back_as_they_were() {
    let server = Server::start();
    let archive = open(&server.settings());
    for length in [0, 1, 300_000, PART, PART + 1, 2 * PART + 7_000_001] {
        let content = footage(length);
        bring(&*archive, PATH, &content).expect("brought; one of that name is replaced");
        assert!(read(&*archive, PATH) == content, "{length} bytes");
        let listed = archive.list().expect("listed");
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].path.as_str(), listed[0].bytes), (PATH, length));
    }
    let content = footage(2 * PART + 7_000_001);
    assert_pieces_are_equal(&*archive.open_read(PATH).expect("opened"), &content);
    assert_eq!(archive.unfinished().expect("told"), [""; 0]);
    archive.remove(PATH).expect("removed");
    assert!(archive.list().expect("listed").is_empty());
    assert!(matches!(archive.open_read(PATH), Err(StorageError::NotFound { .. })));
    assert!(matches!(archive.remove(PATH), Err(StorageError::NotFound { .. })));
    assert!(matches!(archive.create(PATH), Err(StorageError::NotInPlace { .. })));
    assert!(matches!(archive.remove("../x"), Err(StorageError::Path { .. })));
    assert_eq!(archive.space().expect("told"), Space::UNTOLD);
}

/// Fewer or more bytes than were announced are not made a file.
#[test]
fn a_file_of_another_length_gets_no_name() {
    let server = Server::start();
    let archive = open(&server.settings());
    for announced in [10, PART + 10] {
        let mut upload = archive.upload(PATH, announced).expect("begun");
        upload.write(b"short").expect("taken");
        assert!(upload.finish().is_err());
        let mut upload = archive.upload(PATH, announced).expect("begun");
        let content = footage(announced + 1);
        assert!(write(&mut *upload, &content, announced + 1).is_err());
    }
    assert!(archive.list().expect("listed").is_empty());
}

/// The server is killed whenever so many parts of the eight are on their way for the first time.
const KILLED_AFTER: [u64; 3] = [1, 3, 5];

#[test]
fn a_killed_server_costs_a_part_at_most() {
    let mut server = Server::start();
    let settings = server.settings();
    let content = Arc::new(footage(7 * PART + 123_456));
    let (due, kills) = mpsc::sync_channel(KILLED_AFTER.len());
    let uploader = std::thread::spawn({
        let content = Arc::clone(&content);
        move || bring_through_breaks(&settings, &content, &due)
    });
    let mut killed = 0;
    for () in kills {
        // In the middle of a request, or between two.
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..100)));
        server.kill();
        server.restart(SECRET);
        killed += 1;
    }
    let breaks = uploader.join().expect("brought");
    assert!(
        killed == KILLED_AFTER.len() && breaks >= 1,
        "{killed} kills, {breaks} breaks: nothing was tried"
    );
    let archive = open(&server.settings());
    assert!(read(&*archive, PATH) == *content);
    assert_eq!(archive.unfinished().expect("told"), [""; 0]);
}

/// Goes on after each break as the program does, each time as if it had been started anew, and says when the next
/// kill is due; how many breaks there were.
fn bring_through_breaks(settings: &ObjectSettings, content: &[u8], due: &SyncSender<()>) -> usize {
    let length = content.len() as u64;
    let (mut breaks, mut lasts) = (0, 0);
    let mut kills = KILLED_AFTER.iter().map(|parts| parts * PART).peekable();
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        let archive = open(settings);
        let attempt = archive.upload(PATH, length).and_then(|mut upload| {
            assert!(upload.durable() >= lasts, "{} of {lasts} bytes are left", upload.durable());
            let mut at = upload.durable();
            let written = write_watched(&mut *upload, content, length, |piece| {
                at += piece;
                if kills.next_if(|kill| at > *kill).is_some() {
                    due.send(()).expect("killed");
                }
            });
            lasts = upload.durable();
            written?;
            upload.finish()
        });
        match attempt {
            Ok(()) => return breaks,
            Err(StorageError::Offline { .. }) => {
                breaks += 1;
                std::thread::sleep(Duration::from_millis(50));
            }
            // The file was made, and the answer was lost: it is whole, and its parts are gone.
            Err(error) => panic!("{error}"),
        }
    }
    panic!("not brought in time; {lasts} of {length} bytes");
}

#[test]
fn a_server_that_is_held_is_waited_for_and_then_given_up() {
    let server = Server::start();
    let archive = open(&server.settings());
    let content = footage(PART + 5_000_000);
    let mut upload = archive.upload(PATH, content.len() as u64).expect("begun");
    server.signal("STOP");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(1));
            server.signal("CONT");
        });
        write(&mut *upload, &content, content.len() as u64).expect("it answers in the end");
    });
    upload.finish().expect("brought");
    server.signal("STOP");
    let begun = Instant::now();
    let held = archive.list();
    let took = begun.elapsed();
    server.signal("CONT");
    assert!(matches!(held, Err(StorageError::Offline { .. })), "{held:?}");
    assert!(took < Duration::from_secs(25), "{took:?}");
    assert!(read(&*archive, PATH) == content);
}

#[test]
fn changed_keys_are_told_and_the_file_is_gone_on_with() {
    let mut server = Server::start();
    let settings = server.settings();
    let archive = open(&settings);
    let content = footage(2 * PART + 5);
    let mut upload = archive.upload(PATH, content.len() as u64).expect("begun");
    write(&mut *upload, &content, PART).expect("a part");
    server.kill();
    server.restart("another-secret");
    let denied = |result: Result<(), StorageError>, why: &str| {
        let error = result.expect_err("refused");
        let text = format!("{error} {error:?}");
        assert!(matches!(error, StorageError::Denied { .. }) && text.contains(why), "{text}");
        assert!(!text.contains(SECRET) && !text.contains(ACCESS_KEY), "{text}");
    };
    denied(write(&mut *upload, &content, 2 * PART), "the secret key is wrong");
    denied(archive.list().map(drop), "the secret key is wrong");
    denied(archive.open_read(PATH).map(drop), "the secret key is wrong");
    denied(archive.remove(PATH), "the secret key is wrong");
    denied(archive.mark(None, &us()).map(drop), "the secret key is wrong");
    denied(bring(&*archive, "a.mp4", b"x"), "the secret key is wrong");
    let other = ObjectSettings { access_key: "NOBODY".into(), ..settings.clone() };
    denied(open(&other).list().map(drop), "it does not know this access key");

    let place = ArchivePlace::Object(settings);
    let archive = archive::open(&place, secret("another-secret")).expect("a place");
    let mut upload = archive.upload(PATH, content.len() as u64).expect("gone on with");
    assert_eq!(upload.durable(), PART);
    write(&mut *upload, &content, content.len() as u64).expect("brought");
    upload.finish().expect("brought");
    assert!(read(&*archive, PATH) == content);
}

#[test]
fn a_bucket_that_is_gone_is_no_empty_one() {
    let server = Server::start();
    let archive = open(&server.settings());
    bring(&*archive, PATH, b"footage").expect("brought");
    server.remove_bucket();
    let all: [Result<(), StorageError>; 7] = [
        archive.list().map(drop),
        archive.open_read(PATH).map(drop),
        archive.remove(PATH),
        archive.identity().map(drop),
        archive.unfinished().map(drop),
        bring(&*archive, PATH, b"footage"),
        archive.upload(PATH, 2 * PART).map(drop),
    ];
    for result in all {
        let error = result.expect_err("there is no bucket");
        assert!(error.to_string().contains(&format!("there is no bucket \"{BUCKET}\"")), "{error}");
        assert!(matches!(error, StorageError::Denied { .. }), "{error}");
    }
}

#[test]
fn a_place_is_known_by_its_marker() {
    let server = Server::start();
    let settings = server.settings();
    let archive = open(&settings);
    assert_eq!(archive.identity().expect("told"), None);
    let id = archive.mark(None, &us()).expect("marked");
    assert_eq!(archive.mark(None, &us()).expect("known"), id);
    assert_eq!(open(&settings).mark(Some(&id), &us()).expect("known"), id);
    assert_eq!(archive.identity().expect("told"), Some(id.clone()));
    assert!(archive.list().expect("listed").is_empty(), "the marker is no recording");

    let other = open(&ObjectSettings { prefix: "elsewhere".into(), ..settings.clone() });
    assert!(matches!(other.mark(Some(&id), &us()), Err(StorageError::Gone { .. })));
    assert!(matches!(other.list(), Err(StorageError::Gone { .. })), "nothing is taken for removed");
    let whole = open(&ObjectSettings { prefix: String::new(), ..settings.clone() });
    assert_ne!(whole.mark(None, &us()).expect("marked"), id);

    bring(&*archive, PATH, b"footage").expect("brought");
    server.remove_file("cctv/.watchkeeper-volume");
    assert!(matches!(archive.list(), Err(StorageError::Gone { .. })));
    assert!(matches!(archive.remove(PATH), Err(StorageError::Gone { .. })));
    assert!(matches!(open(&settings).mark(Some(&id), &us()), Err(StorageError::Gone { .. })));
}

#[test]
fn two_recorders_do_not_bring_to_one_place() {
    let server = Server::start();
    let (first, second) = (open(&server.settings()), open(&server.settings()));
    let id = first.mark(None, &us()).expect("marked");
    let them = Owner::new("1".repeat(32));
    assert!(matches!(second.mark(None, &them), Err(StorageError::Taken { .. })));
    assert!(matches!(second.mark(Some(&id), &them), Err(StorageError::Taken { .. })));
    assert!(matches!(second.remove(PATH), Err(StorageError::Taken { .. })));
    let takes = Owner { takes_over: true, ..them };
    assert_eq!(second.mark(None, &takes).expect("taken over"), id);
    assert!(matches!(first.list(), Err(StorageError::Taken { .. })));
}

#[test]
fn lists_of_many_pages_are_whole() {
    /// A page of S3 has 1 000 names.
    const FILES: usize = 2_345;
    let server = Server::start();
    for number in 0..FILES {
        server
            .add_file(&format!("cctv/front/2026-03-{:02}/{number:05}.mp4", number % 28 + 1), b"x");
    }
    server.add_file("cctv-of-another/front/1.mp4", b"x");
    server.add_file("cctv/of\tothers", b"x");
    let archive = open(&server.settings());
    let mut found = archive.list().expect("listed");
    assert_eq!(found.len(), FILES + 1);
    assert_eq!(found.pop().map(|file| file.path).as_deref(), Some("of\tothers"), "a strange name");
    assert!(found.is_sorted());
    assert!(found.iter().all(|file| file.path.starts_with("front/2026-03-") && file.bytes == 1));
    assert!(archive.open_read(&found[1_500].path).is_ok());
}

#[test]
fn what_is_not_brought_any_more_is_removed() {
    let server = Server::start();
    let archive = open(&server.settings());
    let content = footage(3 * PART);
    let length = content.len() as u64;
    for path in [PATH, LATER, "of-another-program.bin"] {
        let mut upload = archive.upload(path, length).expect("begun");
        write(&mut *upload, &content, 2 * PART).expect("brought in part");
    }
    assert!(archive.list().expect("listed").is_empty(), "it has no name yet");
    assert_eq!(archive.unfinished().expect("told"), [PATH, LATER]);
    assert_eq!(archive.upload(PATH, length).expect("gone on with").durable(), 2 * PART);
    // Of another length there is no use for the parts beyond it.
    assert_eq!(archive.upload(PATH, PART + 1).expect("gone on with").durable(), PART);
    archive.abandon(PATH).expect("removed");
    archive.abandon(PATH).expect("nothing there is no error");
    assert_eq!(archive.unfinished().expect("told"), [LATER]);
    assert_eq!(archive.upload(PATH, length).expect("begun").durable(), 0);
}

#[test]
fn what_can_be_no_place_is_not_opened() {
    let good = ObjectSettings {
        endpoint: "http://127.0.0.1:1".into(),
        bucket: BUCKET.into(),
        ..ObjectSettings::default()
    };
    let opens = |settings: ObjectSettings| {
        archive::open(&ArchivePlace::Object(settings), None).map(|archive| archive.describe())
    };
    assert_eq!(opens(good.clone()).expect("a place"), "http://127.0.0.1:1/recordings");
    for endpoint in ["", "127.0.0.1:1", "ftp://127.0.0.1", "http://key:secret@127.0.0.1"] {
        let wrong = ObjectSettings { endpoint: endpoint.into(), ..good.clone() };
        assert!(matches!(opens(wrong), Err(StorageError::Denied { .. })), "{endpoint}");
    }
    assert!(opens(ObjectSettings { bucket: "a/b".into(), ..good.clone() }).is_err());
    assert!(opens(ObjectSettings { prefix: "a/../b".into(), ..good }).is_err());
}

/// What an operator waits for at most.
const TRIAL_LIMIT: Duration = Duration::from_secs(6);

/// Tries it; which steps were told, and what came of it.
fn try_out(settings: &ObjectSettings, password: &str) -> (Vec<Step>, Result<Trial, TrialError>) {
    let mut steps = Vec::new();
    let begun = Instant::now();
    let place = ArchivePlace::Object(settings.clone());
    let outcome = trial::run(&place, secret(password).as_ref(), &mut |step| steps.push(step));
    let took = begun.elapsed();
    assert!(took < TRIAL_LIMIT + Duration::from_millis(500), "{outcome:?} took {took:?}");
    (steps, outcome)
}

fn fails(settings: &ObjectSettings, password: &str, step: Step, why: &str) {
    let (steps, outcome) = try_out(settings, password);
    let error = outcome.expect_err(why);
    assert_eq!((error.step, error.why.as_str()), (step, why));
    assert_eq!(steps.last(), Some(&step), "{why}");
    assert!(!error.why.contains(SECRET) && !error.why.contains(ACCESS_KEY), "{error}");
}

#[test]
fn a_trial_goes_through_all_steps_and_leaves_nothing() {
    use Step::{Compare, Connect, Delete, OpenShare, ReadBack, Resolve, SignIn, Write};
    let server = Server::start();
    let (steps, outcome) = try_out(&server.settings(), SECRET);
    let passed = outcome.expect("passed");
    assert!(passed.up > 0 && passed.down > 0 && !passed.encrypted, "{passed:?}");
    assert_eq!(steps, [Resolve, Connect, SignIn, OpenShare, Write, ReadBack, Compare, Delete]);
    let whole = ObjectSettings { prefix: String::new(), ..server.settings() };
    assert!(try_out(&whole, SECRET).1.is_ok());
    assert!(open(&whole).list().expect("listed").is_empty());
}

#[test]
fn a_trial_tells_what_is_wrong_in_a_sentence_of_its_own() {
    let server = Server::start();
    let good = server.settings();
    let port = server.port();
    let at = |endpoint: String| ObjectSettings { endpoint, ..good.clone() };
    fails(
        &at(format!("http://no-such-computer.invalid:{port}")),
        SECRET,
        Step::Resolve,
        "no computer named \"no-such-computer.invalid\" is found; check the address",
    );
    let closed = free_port();
    fails(
        &at(format!("http://127.0.0.1:{closed}")),
        SECRET,
        Step::Connect,
        &format!(
            "127.0.0.1 does not let us connect to port {closed}: nothing listens on this port; check the port, \
             and that the server runs"
        ),
    );
    fails(
        &at(format!("https://127.0.0.1:{port}")),
        SECRET,
        Step::Connect,
        &format!(
            "127.0.0.1 does not encrypt at port {port}; check the port, or begin the address with http://"
        ),
    );
    fails(
        &ObjectSettings { bucket: "recrodings".into(), ..good.clone() },
        SECRET,
        Step::OpenShare,
        "there is no bucket \"recrodings\"; correct its name, or make it on the server",
    );
    fails(
        &ObjectSettings { access_key: "NOBODY".into(), ..good.clone() },
        SECRET,
        Step::SignIn,
        "the server does not know this access key; check it",
    );
    fails(&good, "wrong", Step::SignIn, "the secret key is wrong; type it again");
    server.signal("STOP");
    let why = format!(
        "127.0.0.1 does not answer at port {port}; check the port, and that the server runs"
    );
    fails(&good, SECRET, Step::Connect, &why);
    server.signal("CONT");
    assert!(matches!(try_out(&at("s3.example".into()), SECRET).1, Err(TrialError { .. })));
}

#[test]
fn a_page_of_the_web_is_no_object_storage() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let pages = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("asked");
        let _ = stream.read(&mut [0; 4_096]).expect("a request");
        let page = "<html><body>Welcome</body></html>";
        let length = page.len();
        let head = format!("HTTP/1.1 404 Not Found\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all((head + page).as_bytes()).expect("answered");
    });
    let settings = ObjectSettings {
        endpoint: format!("http://127.0.0.1:{port}"),
        bucket: BUCKET.into(),
        ..ObjectSettings::default()
    };
    let why = format!(
        "what answers at 127.0.0.1, port {port}, does not speak S3; check the port, and https:// or http://"
    );
    fails(&settings, SECRET, Step::Connect, &why);
    pages.join().expect("one page");
}

/// Names the encrypted server to [`who_trusts_the_certificate_is_let_in`].
const ENDPOINT: &str = "WATCHKEEPER_TEST_ENDPOINT";

#[test]
fn only_a_trusted_server_is_spoken_to() {
    if let Ok(endpoint) = std::env::var(ENDPOINT) {
        return who_trusts_the_certificate_is_let_in(endpoint);
    }
    let server = Server::start_encrypted();
    let (_, outcome) = try_out(&server.settings(), SECRET);
    let error = outcome.expect_err("not trusted");
    assert_eq!(error.step, Step::Connect);
    assert!(error.why.starts_with("127.0.0.1 cannot be trusted: its certificate"), "{error}");
    let refused = open(&server.settings()).list().expect_err("not trusted");
    assert!(matches!(refused, StorageError::Denied { .. }), "{refused}");

    // The system's certificates are read once in a process.
    let trusting = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "only_a_trusted_server_is_spoken_to"])
        .env("SSL_CERT_FILE", server.certificate())
        .env(ENDPOINT, server.settings().endpoint)
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&trusting.stdout);
    assert!(trusting.status.success() && said.contains("1 passed"), "{said}");
}

/// Run in a process of its own, to which the server's certificate is one of the system's.
fn who_trusts_the_certificate_is_let_in(endpoint: String) {
    let settings = ObjectSettings {
        endpoint,
        bucket: BUCKET.into(),
        access_key: ACCESS_KEY.into(),
        ..ObjectSettings::default()
    };
    assert!(try_out(&settings, SECRET).1.expect("passed").encrypted);
    let archive = open(&settings);
    let content = footage(PART + 9);
    bring(&*archive, PATH, &content).expect("brought");
    assert!(read(&*archive, PATH) == content);
}
