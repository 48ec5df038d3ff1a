//! Pictures as they are after a camera's encoder.
//!
//! Must not do: look at them.

use std::path::Path;
use std::process::Command;

use crate::stage::{HEIGHT, WIDTH};

/// Encodes `pictures` pictures at 15 a second with a random access point every 2 s, and decodes them again.
pub fn through_h264(
    pictures: usize,
    bits: &str,
    mut draw: impl FnMut(usize, &mut [u8]),
) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let [raw, coded, decoded] =
        ["raw", "coded.h264", "decoded"].map(|name| folder.path().join(name));
    let mut film = vec![0; pictures * WIDTH * HEIGHT];
    for (n, picture) in film.chunks_exact_mut(WIDTH * HEIGHT).enumerate() {
        draw(n, picture);
    }
    std::fs::write(&raw, film).expect("written");
    let size = format!("{WIDTH}x{HEIGHT}");
    let input = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", &size, "-r", "15"];
    let options = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "30"];
    let rate = ["-keyint_min", "30", "-sc_threshold", "0", "-b:v", bits, "-maxrate", bits];
    let rest = ["-bufsize", bits, "-pix_fmt", "yuv420p"];
    ffmpeg(&input, &raw, &[&options[..], &rate, &rest].concat(), &coded);
    ffmpeg(&[], &coded, &["-f", "rawvideo", "-pix_fmt", "gray"], &decoded);
    let film = std::fs::read(&decoded).expect("ffmpeg wrote it");
    let film: Vec<_> = film.chunks_exact(WIDTH * HEIGHT).map(<[u8]>::to_vec).collect();
    assert_eq!(film.len(), pictures);
    film
}

fn ffmpeg(before: &[&str], input: &Path, after: &[&str], output: &Path) {
    let run = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error"])
        .args(before)
        .arg("-i")
        .arg(input)
        .args(after)
        .arg(output)
        .output()
        .expect("ffmpeg is needed for this test");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}
