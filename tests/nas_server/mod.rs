//! A throw-away NAS for tests: a real Samba that can be killed, frozen and started again.
//!
//! Must not do: use anything of the program but public items.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use watchkeeper::model::Password;
use watchkeeper::model::settings::{NasSettings, Port};

/// The password that the user has at first.
pub const PASSWORD: &str = "s3cret pw";

/// A NAS; it ends when dropped, and nothing stays of it.
pub struct Nas {
    folder: tempfile::TempDir,
    port: u16,
    server: Option<Child>,
    has_disk_of_its_own: bool,
}

impl Nas {
    /// Starts one: "plain", "sign" or "enc" for what it demands.
    pub fn start(mode: &str) -> Self {
        let mut nas = Self::off();
        nas.serve(mode);
        nas
    }

    /// One that is still off.
    pub fn off() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        Self { folder, port, server: None, has_disk_of_its_own: false }
    }

    /// Gives the share a disk of `bytes` bytes. Needs root; whether it was given.
    pub fn mount_small_disk(&mut self, bytes: u64) -> bool {
        std::fs::create_dir_all(self.shared()).expect("a folder");
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "rig"]).arg(self.shared());
        let mounted = mount.stderr(Stdio::null()).status();
        self.has_disk_of_its_own = mounted.is_ok_and(|status| status.success());
        self.has_disk_of_its_own
    }

    /// The folder that is shared.
    pub fn shared(&self) -> PathBuf {
        self.folder.path().join("share")
    }

    /// Where it is, with the folder "cctv" in its share.
    pub fn settings(&self) -> NasSettings {
        NasSettings {
            host: "127.0.0.1".into(),
            port: Port(self.port),
            share: "rec".into(),
            path: "cctv".into(),
            user: "nvr".into(),
        }
    }

    fn script(&self, action: &str) -> Command {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/nas.sh");
        let mut script = Command::new(path);
        script.arg(action).arg(self.folder.path());
        script
    }

    /// Starts it (again), in a process group of its own; returns when it listens.
    pub fn serve(&mut self, mode: &str) {
        assert!(self.server.is_none(), "it runs");
        let mut script = self.script("serve");
        script.args([&self.port.to_string(), mode]).stdin(Stdio::null()).process_group(0);
        let mut server = script.spawn().expect("the rig starts");
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = server.try_wait().expect("asked");
            assert_eq!(ended, None, "samba is installed and runs: {}", self.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        self.server = Some(server);
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log/out")).unwrap_or_default()
    }

    /// Whether it was started and not killed.
    pub fn is_running(&self) -> bool {
        self.server.is_some()
    }

    /// Sends a signal to all of its processes: "KILL", "STOP", "CONT".
    pub fn signal(&self, name: &str) {
        let server = self.server.as_ref().expect("it runs");
        let group = format!("-{}", server.id());
        let sent = Command::new("kill").args([&format!("-{name}"), "--", &group]).status();
        assert!(sent.expect("kill").success());
    }

    /// Ends it at once, as a power cut does for its clients.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.server.take().expect("it ran").wait().expect("it ends");
    }

    /// Gives the user another password.
    pub fn set_password(&self, password: &str) {
        let mut child = self.script("password").stdin(Stdio::piped()).spawn().expect("starts");
        let mut input = child.stdin.take().expect("piped");
        writeln!(input, "{password}").expect("written");
        drop(input);
        assert!(child.wait().expect("ends").success());
    }
}

impl Drop for Nas {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.kill();
        }
        if self.has_disk_of_its_own {
            let left = Command::new("umount").arg("--lazy").arg(self.shared()).status();
            assert!(left.is_ok_and(|status| status.success()), "the small disk goes");
        }
    }
}

/// A password of tests.
pub fn password(text: &str) -> Option<Password> {
    Some(Password::new(text.into()))
}
