//! mpv beside us: the same seeks in the same file, through its JSON interface.
//!
//! Must not do: interpret; it gives milliseconds.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Milliseconds from the order to seek until mpv is ready to show the picture, for each of `seconds`.
///
/// # Errors
/// When mpv is not installed or does not answer.
pub fn mpv_seeks(file: &Path, seconds: &[f64], mode: &str) -> std::io::Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("mpv");
    let mut mpv = Command::new("mpv")
        .args(["--no-config", "--really-quiet", "--vo=null", "--ao=null", "--no-audio"])
        .args(["--hwdec=no", "--vd-lavc-threads=1", "--pause", "--cache=no"])
        .arg(format!("--input-ipc-server={}", socket.display()))
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let waits = connect(&socket).and_then(|stream| seek_all(stream, seconds, mode));
    mpv.kill()?;
    mpv.wait()?;
    waits
}

fn connect(socket: &Path) -> std::io::Result<UnixStream> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        match UnixStream::connect(socket) {
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
            Ok(stream) => {
                stream.set_read_timeout(Some(Duration::from_secs(20)))?;
                // Until the first picture is there.
                std::thread::sleep(Duration::from_millis(1_500));
                return Ok(stream);
            }
        }
    }
}

fn seek_all(mut stream: UnixStream, seconds: &[f64], mode: &str) -> std::io::Result<Vec<f64>> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut waits = Vec::new();
    for at in seconds {
        let order = serde_json::json!({ "command": ["seek", at, mode] });
        let begin = Instant::now();
        writeln!(stream, "{order}")?;
        let mut seeking = false;
        for line in &mut lines {
            let line = line?;
            seeking |= line.contains("\"event\":\"seek\"");
            if seeking && line.contains("\"event\":\"playback-restart\"") {
                break;
            }
        }
        waits.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(waits)
}
