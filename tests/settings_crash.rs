//! A thousand changes of the settings, killed at random instants: the file holds the old or the new settings,
//! keys of a later version survive, and nothing has to be mended.

#![allow(clippy::expect_used, reason = "a test may fail by panicking")]

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::Bench;
use watchkeeper::config::{DataFolder, SettingsStore};
use watchkeeper::model::Settings;

const CHANGES: u32 = 1_000;

/// What a later version may have written, everywhere.
const LATER: &str = "# by hand\nfuture = \"kept\"\n\n[storage]\nlater = [1, 2]\n\n[recording]\npre_seconds = 5\nahead = { a = 1 }\n\n\
    [[schedule]]\nname = \"Day\"\ncolour = \"blue\"\n[[schedule.range]]\ndays = \"mon-fri\"\nfrom = \"08:00\"\nto = \"18:00\"\n\n\
    [[camera]]\nid = \"gate\"\nname = \"Gate\"\nmain = \"rtsp://10.0.0.1/\"\nlens = 4\n";

fn settings(bench: &Bench) -> Settings {
    let folder = DataFolder::at(bench.root().to_path_buf()).expect("there");
    SettingsStore::open(&folder).expect("valid at every instant").settings().clone()
}

/// A change, as arguments and as what it makes of the settings.
fn change(random: &mut fastrand::Rng, settings: &Settings) -> (Vec<String>, Settings) {
    let mut after = settings.clone();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let arguments = match random.u32(0..4) {
        0 => {
            let seconds = random.u32(0..=60);
            after.recording.pre_seconds.0 = seconds;
            words(&format!("defaults set --pre {seconds}"))
        }
        1 => {
            let size = random.u32(100..5_000);
            after.storage.max_size_gb.0 = size;
            words(&format!("storage set --max-size {size}"))
        }
        2 => {
            let group = format!("group-{}", random.u32(0..1_000));
            after.cameras[0].group.clone_from(&group);
            words(&format!("camera set Gate --group {group}"))
        }
        _ => {
            let percent = random.u8(0..=50);
            after.storage.low_space_percent.0 = percent;
            words(&format!("storage set --low-space {percent}"))
        }
    };
    (arguments, after)
}

#[test]
fn a_change_is_whole_or_not_made_at_all() {
    let bench = Bench::new();
    let path = bench.root().join("settings.toml");
    std::fs::write(&path, LATER).expect("written");
    let mut random = fastrand::Rng::with_seed(7);
    let begun = Instant::now();
    bench.ok(&["defaults", "set", "--post", "11"]);
    let usual = begun.elapsed();
    let (mut killed, mut made) = (0, 0);
    for _ in 0..CHANGES {
        let before = settings(&bench);
        let (arguments, after) = change(&mut random, &before);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = bench.command(&arguments);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = quiet.spawn().expect("the program starts");
        let micros = u64::try_from(usual.as_micros()).expect("short");
        std::thread::sleep(Duration::from_micros(random.u64(0..micros * 5 / 4)));
        let _ended_already = child.kill();
        let output = child.wait_with_output().expect("ended");
        let now = settings(&bench);
        if output.status.success() {
            assert_eq!(now, after, "told as made: {arguments:?}");
        } else {
            killed += 1;
            assert!(output.status.code().is_none(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(now == before || now == after, "{arguments:?}: {now:?}");
        }
        made += u32::from(now == after && now != before);
    }
    assert!(killed > CHANGES / 5 && made > CHANGES / 5, "{killed} killed, {made} made");
    let text = std::fs::read_to_string(&path).expect("there");
    for kept in [
        "# by hand",
        "future = \"kept\"",
        "later = [1, 2]",
        "ahead = { a = 1 }",
        "colour = \"blue\"",
        "lens = 4",
    ] {
        assert!(text.contains(kept), "{kept} is gone:\n{text}");
    }
    let others = std::fs::read_dir(bench.root()).expect("listed").flatten();
    let is_aside = |name: &str| name.starts_with("settings.damaged");
    let aside = others.filter(|entry| is_aside(&entry.file_name().to_string_lossy()));
    assert_eq!(aside.count(), 0, "nothing had to be put aside");
}
