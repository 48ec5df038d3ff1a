//! The rig: third-party cameras (gst-rtsp-server) for tests, and the pictures that they send.
//!
//! Must not do: use anything of the program but public items.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Frames a second of the test media.
pub const FPS: i64 = 25;

/// Pictures from one random access point to the next.
pub const GOP: usize = 25;

/// A running camera server; ends when dropped.
pub struct Rig {
    child: Child,
    port: u16,
}

impl Rig {
    /// Starts one with `cameras` cameras and these arguments more.
    pub fn start(cameras: usize, arguments: &[&str]) -> Self {
        let (port, media) = (free_ports(), media());
        let mut child = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/cams.py"))
            .args(["--port", &port.to_string(), "--n", &cameras.to_string()])
            .args(["--fps", &FPS.to_string()])
            .arg("--main")
            .arg(&media.h264)
            .arg("--hevc")
            .arg(&media.h265)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/python3 starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("the server speaks");
        assert!(line.starts_with("ready"), "the camera server needs gst-rtsp-server: {line}");
        Self { child, port }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("rtsp://127.0.0.1:{}/{path}", self.port)
    }

    /// The port of the control, which speaks HTTP.
    pub fn control_port(&self) -> u16 {
        self.port + 1
    }

    /// Asks for a fault, as in `drop?cam=0`.
    pub fn fault(&self, what: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.control_port())).expect("control");
        write!(stream, "GET /{what} HTTP/1.0\r\n\r\n").expect("control");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("control");
        assert!(answer.contains("200") && !answer.contains("error"), "{what}: {answer}");
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }
}

/// Two free ports, one behind the other.
fn free_ports() -> u16 {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = first.local_addr().expect("bound").port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
    panic!("no two free ports");
}

/// What the cameras send.
pub struct Media {
    h264: PathBuf,
    h265: PathBuf,
    /// The slices of each picture, in order.
    pub pictures: Vec<Vec<u8>>,
    index: HashMap<Vec<u8>, usize>,
}

impl Media {
    /// The number of the picture whose slices these are.
    pub fn number(&self, slices: &[u8]) -> usize {
        *self.index.get(slices).expect("a picture of the source, byte for byte")
    }
}

/// The test media: eight seconds of moving test pattern, made once.
pub fn media() -> &'static Media {
    static MEDIA: OnceLock<Media> = OnceLock::new();
    MEDIA.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("media");
        std::fs::create_dir_all(&folder).expect("a folder");
        let gop = GOP.to_string();
        let h264 = encode(
            &folder,
            "main.h264",
            "testsrc2=s=640x360:r=25:d=8",
            &[
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-bf",
                "0",
                "-g",
                &gop,
                "-sc_threshold",
                "0",
            ],
        );
        let h265 = encode(
            &folder,
            "hevc.h265",
            "testsrc2=s=320x180:r=25:d=2",
            &[
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-x265-params",
                "bframes=0:log-level=error",
                "-f",
                "hevc",
            ],
        );
        let pictures = split(&std::fs::read(&h264).expect("made"));
        let index: HashMap<_, _> =
            pictures.iter().enumerate().map(|(number, slices)| (slices.clone(), number)).collect();
        assert_eq!((pictures.len(), index.len()), (200, 200));
        Media { h264, h265, pictures, index }
    })
}

fn encode(folder: &Path, name: &str, source: &str, codec: &[&str]) -> PathBuf {
    let (path, temporary) =
        (folder.join(name), folder.join(format!("{}-{name}", std::process::id())));
    if !path.exists() {
        let status = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source])
            .args(["-pix_fmt", "yuv420p"])
            .args(codec)
            .arg(&temporary)
            .status()
            .expect("ffmpeg is installed");
        assert!(status.success(), "ffmpeg makes {name}");
        std::fs::rename(&temporary, &path).expect("renamed");
    }
    path
}

/// The slices of each picture of a byte stream with one slice per picture.
fn split(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut starts: Vec<usize> =
        (0..stream.len() - 3).filter(|&i| stream[i..i + 3] == [0, 0, 1]).map(|i| i + 3).collect();
    starts.push(stream.len() + 3);
    starts
        .windows(2)
        .map(|pair| {
            let nal = &stream[pair[0]..pair[1] - 3];
            let end = nal.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            nal[..end].to_vec()
        })
        .filter(|nal| matches!(nal[0] & 0x1f, 1 | 5))
        .collect()
}
