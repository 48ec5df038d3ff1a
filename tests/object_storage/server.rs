//! The S3 server: nanio on loopback, with a bucket that is a folder. Ends when dropped.
//!
//! Must not do: use anything of the program but public items.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use watchkeeper::model::settings::ObjectSettings;

pub const ACCESS_KEY: &str = "WATCHKEEPERKEY";
pub const SECRET: &str = "not-to-be-shown-anywhere";
pub const BUCKET: &str = "recordings";
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
    encrypted: bool,
    child: Option<Child>,
}

impl Server {
    pub fn start() -> Self {
        Self::with(false)
    }

    /// One that speaks TLS, with a certificate of its own making.
    pub fn start_encrypted() -> Self {
        Self::with(true)
    }

    fn with(encrypted: bool) -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        if encrypted {
            make_certificate(folder.path());
        }
        let mut server = Self { folder, port: free_port(), encrypted, child: None };
        server.restart(SECRET);
        server
    }

    /// The file that who trusts the encrypted one has among its certificates.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join(CERTIFICATE)
    }

    pub fn settings(&self) -> ObjectSettings {
        let scheme = if self.encrypted { "https" } else { "http" };
        ObjectSettings {
            endpoint: format!("{scheme}://127.0.0.1:{}", self.port),
            bucket: BUCKET.into(),
            prefix: "cctv".into(),
            region: String::new(),
            access_key: ACCESS_KEY.into(),
        }
    }

    /// Starts it again, with the same port and contents, and a secret key that may be another.
    pub fn restart(&mut self, secret: &str) {
        let mut command = if self.encrypted {
            let mut command = Command::new(program("uvicorn"));
            command.args(["nanio.app:build_app", "--factory"]);
            command.arg("--ssl-certfile").arg(self.certificate());
            command.arg("--ssl-keyfile").arg(self.folder.path().join(KEY));
            command
        } else {
            let mut command = Command::new(program("nanio"));
            command.arg("serve");
            command
        };
        let mut child = command
            .args(["--host", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--no-access-log", "--log-level", "error"])
            .env("NANIO_DATA_DIR", self.folder.path())
            .env("NANIO_ACCESS_KEY", ACCESS_KEY)
            .env("NANIO_SECRET_KEY", secret)
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts");
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(child.try_wait().expect("asked").is_none(), "the server ended");
            assert!(Instant::now() < until, "the server does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child = Some(child);
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it was running");
            child.wait().expect("it ends");
        }
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.as_ref().expect("running").id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill runs");
        assert!(sent.success());
    }

    pub fn remove_bucket(&self) {
        fs::remove_dir_all(self.bucket()).expect("removed");
    }

    pub fn remove_file(&self, key: &str) {
        fs::remove_file(self.bucket().join(key)).expect("removed");
    }

    pub fn add_file(&self, key: &str, bytes: &[u8]) {
        let path = self.bucket().join(key);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The bucket, in which an object is a file.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

/// Beside what cargo builds, where tests/run puts it.
fn program(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_watchkeeper")).ancestors().nth(2).expect("target");
    let program = target.join("tools/nanio/bin").join(name);
    assert!(program.exists(), "{} is not there: tests/run installs it", program.display());
    program
}

fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(folder.join(CERTIFICATE))
        .arg("-keyout")
        .arg(folder.join(KEY))
        .stderr(Stdio::null())
        .status()
        .expect("openssl, which tests/run installs");
    assert!(made.success());
}
