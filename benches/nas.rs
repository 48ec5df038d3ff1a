//! What bringing a recording to a NAS and reading it back costs, beside smbclient in the same run: throughput, and CPU
//! seconds per GB (10^9 bytes); and how long a picture is waited for alone and while something is brought. smbclient
//! signs nothing unless the server demands it ("sign"); we always do. Needs samba and smbclient; `cargo bench --bench nas`.
//!
//! Must not do: leave the loopback; count what the server costs.
#![allow(clippy::expect_used, reason = "a measurement may fail by panicking")]

#[path = "../tests/nas_server/mod.rs"]
mod nas_server;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use nas_server::{Nas, PASSWORD, password};
use watchkeeper::storage::archive::{CHECKPOINT_BYTES, WRITE_BYTES};
use watchkeeper::storage::{Archive, SmbVolume, Volume};

/// A long segment.
const BYTES: usize = 256 << 20;

/// Best of as many runs: others may use the machine.
const RUNS: usize = 3;

/// Jumps to measure.
const JUMPS: usize = 400;

/// CPU seconds of this process, and of its children that ended.
fn cpu() -> (f64, f64) {
    /// Clock ticks a second, as Linux tells programs.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(") ").expect("a name");
    let ticks: Vec<f64> =
        fields.split(' ').skip(11).take(4).map(|field| field.parse().expect("a number")).collect();
    ((ticks[0] + ticks[1]) / TICKS, (ticks[2] + ticks[3]) / TICKS)
}

/// The best of some runs: MB/s, and CPU seconds per GB.
#[derive(Clone, Copy)]
struct Cost {
    rate: f64,
    cpu: f64,
}

fn measure(is_child: bool, mut work: impl FnMut()) -> Cost {
    let mut best = Cost { rate: 0.0, cpu: f64::MAX };
    for _ in 0..RUNS {
        let (before, began) = (cpu(), Instant::now());
        work();
        let (after, gigabytes) = (cpu(), BYTES as f64 / 1e9);
        let used = if is_child { after.1 - before.1 } else { after.0 - before.0 };
        best.rate = best.rate.max(gigabytes * 1e3 / began.elapsed().as_secs_f64());
        best.cpu = best.cpu.min(used / gigabytes);
    }
    best
}

fn report(what: &str, ours: Cost, theirs: Cost) {
    println!(
        "{what}: ours {:.0} MB/s, {:.2} CPU-s/GB; smbclient {:.0} MB/s, {:.2} CPU-s/GB; ratio {:.2} in speed, {:.2} in CPU",
        ours.rate,
        ours.cpu,
        theirs.rate,
        theirs.cpu,
        ours.rate / theirs.rate,
        ours.cpu / theirs.cpu
    );
}

fn smbclient(nas: &Nas, command: &str) {
    let settings = nas.settings();
    let status = Command::new("smbclient")
        .arg(format!("//{}/{}", settings.host, settings.share))
        .args(["-p", &settings.port.0.to_string(), "-c", command])
        .env("USER", &settings.user)
        .env("PASSWD", PASSWORD)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("smbclient is installed").success(), "{command}");
}

fn upload(volume: &SmbVolume, bytes: &[u8]) {
    let mut upload = volume.upload("front/2026-03-03/a.mp4", bytes.len() as u64).expect("begun");
    for (index, part) in bytes.chunks(WRITE_BYTES).enumerate() {
        upload.write(part).expect("written");
        if ((index + 1) * WRITE_BYTES).is_multiple_of(CHECKPOINT_BYTES as usize) {
            upload.checkpoint().expect("lasts");
        }
    }
    upload.finish().expect("whole");
}

fn download(volume: &SmbVolume, part: &mut [u8]) {
    let file = volume.open_read("front/2026-03-03/a.mp4").expect("opens");
    for at in (0..BYTES).step_by(part.len()) {
        file.read_exact_at(at as u64, part).expect("reads");
    }
}

/// How long a jump somewhere in a file takes, ms: the median, and what one of twenty exceeds.
fn jumps(volume: &SmbVolume) -> (f64, f64) {
    let mut dice = fastrand::Rng::with_seed(11);
    let file = volume.open_read("front/2026-03-03/a.mp4").expect("opens");
    let mut picture = vec![0; 90_000];
    let mut waits: Vec<f64> = (0..JUMPS)
        .map(|_| {
            let began = Instant::now();
            file.read_exact_at(dice.u64(..(BYTES - picture.len()) as u64), &mut picture)
                .expect("reads");
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    waits.sort_by(f64::total_cmp);
    (waits[JUMPS / 2], waits[JUMPS * 19 / 20])
}

/// Brings something as the engine does, with a rest after each write, until `stop`; MB/s.
fn bring_on(volume: &SmbVolume, bytes: &[u8], stop: &AtomicBool) -> f64 {
    let (began, mut written) = (Instant::now(), 0);
    while !stop.load(Ordering::Relaxed) {
        let mut upload = volume.upload("back/2026-03-03/b.mp4", bytes.len() as u64).expect("begun");
        let done = usize::try_from(upload.durable()).expect("small");
        for part in bytes[done..].chunks(WRITE_BYTES).take_while(|_| !stop.load(Ordering::Relaxed))
        {
            let before = Instant::now();
            upload.write(part).expect("written");
            written += part.len();
            std::thread::sleep(before.elapsed() / 4);
        }
    }
    written as f64 / 1e6 / began.elapsed().as_secs_f64()
}

fn beside_an_upload(volume: &SmbVolume, bytes: &[u8]) {
    let alone = jumps(volume);
    let stop = AtomicBool::new(false);
    let (beside, rate) = std::thread::scope(|scope| {
        let bringing = scope.spawn(|| bring_on(volume, bytes, &stop));
        let beside = jumps(volume);
        stop.store(true, Ordering::Relaxed);
        (beside, bringing.join().expect("ends"))
    });
    println!(
        "a jump: median {:.1} ms, 95 % below {:.1} ms; while {rate:.0} MB/s are brought: {:.1} ms, {:.1} ms",
        alone.0, alone.1, beside.0, beside.1
    );
}

fn compare(mode: &str, bytes: &[u8], local: &Path) {
    let nas = Nas::start(mode);
    let volume = SmbVolume::open(&nas.settings(), password(PASSWORD)).expect("a place");
    let name = local.display();
    let put = measure(true, || smbclient(&nas, &format!("put {name} theirs")));
    let ours = measure(false, || upload(&volume, bytes));
    report(&format!("{mode}, up"), ours, put);
    let get = measure(true, || smbclient(&nas, "get theirs /dev/null"));
    let mut part = vec![0; 64 << 10];
    let ours = measure(false, || download(&volume, &mut part));
    report(&format!("{mode}, down"), ours, get);
    beside_an_upload(&volume, bytes);
}

fn main() {
    let mut bytes = vec![0; BYTES];
    fastrand::Rng::with_seed(7).fill(&mut bytes);
    let folder = tempfile::tempdir().expect("a folder");
    let local = folder.path().join("a.mp4");
    std::fs::write(&local, &bytes).expect("written");
    for mode in ["plain", "sign", "enc"] {
        compare(mode, &bytes, &local);
    }
}
