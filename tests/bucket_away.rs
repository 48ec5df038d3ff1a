//! Recording to object storage that comes and goes: whatever happens to it, or to the recorder, every frame is in the
//! bucket once, and index, folder and bucket agree.
#![cfg(all(target_os = "linux", feature = "object-storage"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod away;
mod common;
#[path = "object_storage/server.rs"]
mod server;

use std::fs;

use away::{AWAY, Away, CAMERAS, OtherSide, REFUSED};
use common::Recording;
use server::{ACCESS_KEY, BUCKET, SECRET, Server};

/// Cameras, a recorder and its object storage.
struct Rig {
    away: Away,
    server: Server,
}

impl OtherSide for Server {
    fn kill(&mut self) {
        Server::kill(self);
    }

    fn serve_again(&mut self) {
        self.restart(SECRET);
    }

    fn signal(&self, name: &str) {
        Server::signal(self, name);
    }
}

impl Rig {
    fn new() -> Self {
        let server = Server::start();
        let away = Away::new(server.port(), server.bucket().join("cctv"));
        let rig = Self { away, server };
        rig.sign_in(SECRET);
        rig
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.away.wire.port)
    }

    /// Says where the bucket is, and with which secret key.
    fn sign_in(&self, secret: &str) {
        let endpoint = self.endpoint();
        let place = ["--type", "object", "--endpoint", &endpoint, "--bucket", BUCKET];
        let rest = ["--prefix", "cctv", "--access-key", ACCESS_KEY];
        self.away.set(&[&place[..], &rest[..]].concat(), secret);
    }

    fn assert_all_there(&self) -> Vec<usize> {
        self.away.assert_all_there(&format!("{}/{BUCKET}/cctv", self.endpoint()))
    }
}

/// All that happens to object storage.
fn happen(rig: &mut Rig, recording: Recording) -> Recording {
    rig.away.something_comes();
    // The server is killed, and comes back.
    rig.server.kill();
    rig.away.told(AWAY);
    rig.server.restart(SECRET);
    rig.away.something_comes();
    // It stands still.
    rig.server.signal("STOP");
    rig.away.told(AWAY);
    rig.server.signal("CONT");
    rig.away.something_comes();
    // The network is cut.
    rig.away.wire.cut();
    rig.away.told(AWAY);
    rig.away.wire.mend();
    rig.away.something_comes();
    // Somebody changes the secret key.
    rig.server.kill();
    rig.server.restart("another secret key");
    rig.away.told(REFUSED);
    assert_eq!(rig.away.dropped(), 0);
    recording.stop();
    rig.sign_in("another secret key");
    let recording = rig.away.bench.record(&[]);
    rig.away.something_comes();
    // The bucket is taken away.
    let (bucket, elsewhere) = (rig.server.bucket(), rig.server.bucket().with_extension("away"));
    fs::rename(&bucket, &elsewhere).expect("taken away");
    rig.away.told("there is no bucket");
    assert_eq!(rig.away.dropped(), 0);
    recording.stop();
    fs::rename(&elsewhere, &bucket).expect("there again");
    let recording = rig.away.bench.record(&[]);
    rig.away.something_comes();
    recording
}

#[test]
fn whatever_happens_to_the_bucket_every_frame_reaches_it_once() {
    let mut rig = Rig::new();
    let recording = rig.away.bench.record(&[]);
    let recording = happen(&mut rig, recording);
    assert_eq!(rig.away.dropped(), 0);
    recording.stop();
    rig.away.bring_the_rest();
    assert_eq!(rig.assert_all_there(), [3; CAMERAS], "recording stopped for key and bucket alone");
}

#[test]
fn killed_in_any_phase_nothing_is_lost_or_doubled_on_the_way() {
    let mut rig = Rig::new();
    rig.away.kill_again_and_again(&mut rig.server);
    rig.away.bring_the_rest();
    rig.assert_all_there();
}
