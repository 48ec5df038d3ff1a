//! What playing costs: one 1080p25 camera at 8x in both directions, four cameras at 1x. Says how many
//! pictures a second were shown, whether all frames were decoded or random access points only, what share of
//! the processors that took, and how much memory. Linux only; needs `ffmpeg`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout)]

#[path = "../tests/footage/mod.rs"]
mod footage;

use std::sync::Arc;
use std::time::{Duration, Instant};

use footage::{Archive, FPS, Film, GOP};
use watchkeeper::model::{CameraId, StreamId, StreamKind, WallTime};
use watchkeeper::playback::{FRAME_MEMORY, Playback};
use watchkeeper::protocol::{PlaybackCommand, PlaybackSnapshot, Shown, Speed};
use watchkeeper::runtime::SystemClock;

/// Frames of the film, which is repeated to fill the segment.
const FRAMES: usize = 4 * GOP;
/// Seconds of footage.
const SECONDS: usize = 240;
/// How long each case is played.
const PLAYED: Duration = Duration::from_secs(12);
/// The first seconds are not counted: help is called, and what is too slow is found out.
const SETTLED: Duration = Duration::from_secs(4);
/// Clock ticks in a second, as `/proc` counts them.
const TICKS: f64 = 100.0;

fn start() -> WallTime {
    WallTime::from_micros(1_772_546_400_000_000)
}

fn camera(number: usize) -> CameraId {
    CameraId::from_name(&format!("camera {number}"))
}

/// Processor seconds used by this process so far.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
    let ticks = |n: usize| fields[n].parse::<f64>().expect("a number");
    (ticks(11) + ticks(12)) / TICKS
}

/// Megabytes in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<usize>().ok()).expect("kB") / 1_024
}

struct Case {
    name: &'static str,
    cameras: usize,
    tile: (usize, usize),
    speed: Speed,
    reverse: bool,
}

fn play(archive: &Archive, case: &Case) {
    let before = resident();
    let shown = Arc::new(Shown::default());
    let clock = Arc::new(SystemClock::new());
    let playback = Playback::start(archive.footage(), clock, Arc::clone(&shown), None);
    let playback = playback.expect("starts");
    let send = |command| playback.send(command).expect("taken");
    send(PlaybackCommand::Show((0..case.cameras).map(|n| (camera(n), case.tile)).collect()));
    let from = if case.reverse { SECONDS as i64 - 20 } else { 20 };
    send(PlaybackCommand::Seek { at: start().plus_micros(from * 1_000_000), exact: true });
    send(PlaybackCommand::SetSpeed(case.speed));
    send(PlaybackCommand::SetReverse(case.reverse));
    send(PlaybackCommand::Play);
    std::thread::sleep(SETTLED);
    let (began, used) = (Instant::now(), processor());
    let (mut memory, mut rates, mut keys_only) = (0, Vec::new(), 0);
    while began.elapsed() < PLAYED - SETTLED {
        std::thread::sleep(Duration::from_millis(100));
        memory = memory.max(resident());
        let snapshot: Arc<PlaybackSnapshot> = shown.playback.get().expect("published");
        rates.push(snapshot.pictures_per_second);
        keys_only += usize::from(snapshot.key_frames_only);
    }
    let share = (processor() - used) / began.elapsed().as_secs_f64() * 100.0;
    let rate = rates.iter().sum::<f32>() / rates.len() as f32;
    println!(
        "{:<34} {rate:>6.1} pictures/s, random access points only {:>3} % of the time, {share:>4.0} % of \
         a processor, {before} -> {memory} MB",
        case.name,
        100 * keys_only / rates.len(),
    );
    playback.stop().expect("ends");
}

fn main() {
    let film = Film::at_rate("1920x1080", FRAMES, "4M");
    let archive = Archive::new();
    let units: Vec<usize> = (0..SECONDS * FPS).map(|n| n % FRAMES).collect();
    for number in 0..4 {
        let stream = StreamId::new(camera(number), StreamKind::Main);
        archive.write(&stream, start(), &film, &units);
    }
    println!("frames kept by all players: at most {} MB", FRAME_MEMORY >> 20);
    let (whole, quarter) = ((1_920, 1_080), (960, 540));
    let case = |name, cameras, tile, speed, reverse| Case { name, cameras, tile, speed, reverse };
    let wanted = std::env::args().nth(1).filter(|name| !name.starts_with('-')).unwrap_or_default();
    for case in [
        case("1 camera, 1x, whole", 1, whole, Speed::Normal, false),
        case("1 camera, 1x back, whole", 1, whole, Speed::Normal, true),
        case("1 camera, 2x, whole", 1, whole, Speed::Double, false),
        case("1 camera, 4x, whole", 1, whole, Speed::Four, false),
        case("1 camera, 8x, whole", 1, whole, Speed::Eight, false),
        case("1 camera, 8x, quarter", 1, quarter, Speed::Eight, false),
        case("1 camera, 8x back, quarter", 1, quarter, Speed::Eight, true),
        case("4 cameras, 1x, quarters", 4, quarter, Speed::Normal, false),
        case("4 cameras, 1x back, quarters", 4, quarter, Speed::Normal, true),
    ] {
        if case.name.contains(&wanted) {
            play(&archive, &case);
        }
    }
}
