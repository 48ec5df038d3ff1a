//! Real footage: a public place with people, and who is where in it.
//!
//! The truth is independent of the detector: each pixel's luma and both colours are compared with their medians over
//! the whole film, future and past. Must not do: use the detector.

use std::path::Path;
use std::process::Command;

use crate::stage::{HEIGHT, RATE, WIDTH};

/// From Debian's package opencv-doc; 79 s, 768x576.
const CLIP: &str = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

/// Size at which the truth is looked for.
const FINE: (usize, usize) = (384, 288);

/// Pixels of the smallest person, far away: they have 50 to 80; heads that reach into a part have up to 18.
const SOMEBODY: usize = 30;

/// Levels of luma by which a person differs at least; the film's noise reaches 12.
const LUMA: u8 = 20;
/// The same for a colour.
const COLOUR: u8 = 8;

/// Runs ffmpeg over a film, at 5 pictures a second; gives its raw pictures.
fn decode(scale: (usize, usize), format: &str) -> Vec<u8> {
    assert!(Path::new(CLIP).is_file(), "{CLIP} is missing: tests/run installs opencv-doc");
    let filter = format!("fps={RATE},scale={}:{}:flags=area", scale.0, scale.1);
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i", CLIP, "-vf", &filter])
        .args(["-pix_fmt", format, "-f", "rawvideo", "-"])
        .output()
        .expect("ffmpeg is needed for this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The film as a camera's sub stream would show it, luma alone.
pub fn pictures() -> Vec<Vec<u8>> {
    decode((WIDTH, HEIGHT), "gray").chunks_exact(WIDTH * HEIGHT).map(<[u8]>::to_vec).collect()
}

/// For each part of the picture, whether somebody is in it, picture by picture. Parts are asked with thousandths of
/// width and height.
pub fn truth(parts: &[impl Fn(u16, u16) -> bool]) -> Vec<Vec<bool>> {
    let pixels = FINE.0 * FINE.1;
    let film = decode(FINE, "yuv444p");
    let pictures: Vec<&[u8]> = film.chunks_exact(3 * pixels).collect();
    let usual: Vec<u8> = (0..3 * pixels).map(|n| median(&pictures, n)).collect();
    let mut found = vec![Vec::new(); parts.len()];
    for picture in pictures {
        let off = |n: usize, limit: u8| picture[n].abs_diff(usual[n]) > limit;
        let differs =
            |n: usize| off(n, LUMA) || off(n + pixels, COLOUR) || off(n + 2 * pixels, COLOUR);
        // With its neighbours to the right and below, so that noise alone is none.
        let is_somebody =
            |n: usize| differs(n) && differs((n + 1) % pixels) && differs((n + FINE.0) % pixels);
        let somebody: Vec<usize> = (0..pixels).filter(|n| is_somebody(*n)).collect();
        let mille = |n: usize, size: usize| (n * 1_000 / size) as u16;
        for (found, part) in found.iter_mut().zip(parts) {
            let inside =
                |n: &&usize| part(mille(**n % FINE.0, FINE.0), mille(**n / FINE.0, FINE.1));
            found.push(somebody.iter().filter(inside).count() >= SOMEBODY);
        }
    }
    found
}

fn median(pictures: &[&[u8]], n: usize) -> u8 {
    let mut counts = [0_u16; 256];
    for picture in pictures {
        counts[usize::from(picture[n])] += 1;
    }
    let mut left = pictures.len() / 2;
    for (level, count) in counts.iter().enumerate() {
        if left < usize::from(*count) {
            return level as u8;
        }
        left -= usize::from(*count);
    }
    255
}
