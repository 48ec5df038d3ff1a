//! The rules of the house: layers, who may use what, and file heads. Reads sources as text.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the top down: a layer imports only what stands behind it.
const LAYERS: [&str; 17] = [
    "ui",
    "cli",
    "engine",
    "playback",
    "recorder",
    "analysis",
    "capture",
    "simulate",
    "index",
    "storage",
    "codec",
    "container",
    "config",
    "media",
    "protocol",
    "model",
    "runtime",
];

/// Words in the code that only some layers may contain.
const KEPT: [(&str, &[&str]); 9] = [
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("redb::", &["index"]),
    ("retina::", &["capture"]),
    ("std::fs", &["storage", "config"]),
    ("File::open", &["storage", "config"]),
    ("SystemTime", &["runtime"]),
    ("Instant::now", &["runtime"]),
    ("Utc::now", &["runtime"]),
];

/// `runtime` hands out wall times, so it knows the words of `model`.
const ALLOWED_UPWARD: [(&str, &str); 1] = [("runtime", "model")];

/// A file with one subject seldom needs more lines.
const MAX_LINES: usize = 500;

struct Source {
    path: PathBuf,
    layer: String,
    /// Without comments, and without the unit tests at its end.
    code: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("source folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(read(&root, path));
            }
        }
    }
    assert!(found.len() > 50, "only {} sources were found", found.len());
    found
}

fn read(root: &Path, path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).expect("source");
    let below = path.strip_prefix(root).expect("below src");
    let layer = below.iter().next().expect("a name").to_string_lossy().into_owned();
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    Source { path, layer, code, text }
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == layer)
}

#[test]
fn every_layer_has_its_place() {
    for source in sources() {
        let top = ["lib.rs", "main.rs"].contains(&source.layer.as_str());
        assert!(top || rank(&source.layer).is_some(), "{}", source.path.display());
    }
}

#[test]
fn imports_go_downward() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = rank(&source.layer) else { continue };
        for (from, part) in source.code.match_indices("crate::") {
            let rest = &source.code[from + part.len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or("").split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let name = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
                let Some(other) = name.and_then(rank) else { continue };
                let pair = (source.layer.as_str(), LAYERS[other]);
                if other < own && !ALLOWED_UPWARD.contains(&pair) {
                    wrong.push(format!("{} imports {}", source.path.display(), LAYERS[other]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, rooms) in KEPT {
            if source.code.contains(word) && !rooms.contains(&source.layer.as_str()) {
                wrong.push(format!("{} uses {word}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is_for_and_what_it_must_not_do() {
    let mut wrong = Vec::new();
    for source in sources() {
        let head: Vec<&str> = source.text.lines().take_while(|l| l.starts_with("//!")).collect();
        let head = head.join(" ");
        let exempt = ["error.rs", "lib.rs"].iter().any(|name| source.path.ends_with(name));
        if head.is_empty() || (!exempt && !head.contains("Must not do")) {
            wrong.push(source.path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_fit_in_a_readers_head() {
    let lines = |source: &Source| source.text.lines().count();
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| lines(source) > MAX_LINES)
        .map(|source| format!("{} has {} lines", source.path.display(), lines(source)))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn main_is_thin() {
    let main = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs");
    assert!(fs::read_to_string(main).expect("main").lines().count() < 80);
}
