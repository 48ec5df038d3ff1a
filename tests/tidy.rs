//! The rules of the house: layers, who may use what, and file heads. Reads sources as text.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "tidy/literals.rs"]
mod literals;

use std::fs;
use std::path::{Path, PathBuf};

use literals::{Literal, literals};

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

/// Words in the code that only some layers, or modules, may contain.
const KEPT: [(&str, &[&str]); 12] = [
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("redb::", &["index"]),
    ("retina::", &["capture"]),
    ("object_store::", &["storage/object"]),
    ("smb2::", &["storage/smb"]),
    ("tokio::", &["capture", "storage/smb"]),
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

/// What is given to these is for the program, its log or its makers: names of widgets, of time zones, of programs.
const NOT_READ: [&str; 15] = [
    "Id::new",
    "Id::unique",
    "Area::new",
    "Grid::new",
    "Panel::bottom",
    "Panel::left",
    "Panel::right",
    "Panel::top",
    "Zone::named",
    "assert!",
    "id_salt",
    "push_id",
    "sheet",
    "with",
    "with_app_id",
];

/// Names of keys and of the environment.
const NAMES: [&str; 7] = ["DISPLAY", "Delete", "Enter", "Esc", "PageDown", "PageUp", "Space"];

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, rooms) in KEPT {
            let below = source.path.strip_prefix(&root).expect("below src");
            if source.code.contains(word) && !rooms.iter().any(|room| below.starts_with(room)) {
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

/// Whether an operator reads it: it has a word with a space or with a capital letter, and is no name.
fn is_read(literal: &Literal) -> bool {
    let text = without_patterns(&literal.text);
    let call = literal.call.as_str();
    let is_call = |name: &&str| {
        call.strip_suffix(*name).is_some_and(|path| path.is_empty() || path.ends_with([':', '.']))
    };
    let for_program = NOT_READ.iter().any(is_call) || call.starts_with("tracing::");
    let one_word = !text.contains(char::is_whitespace);
    let shortcut = one_word && (text.chars().count() == 1 || text.starts_with("Ctrl+"));
    let variable = one_word && text.contains('_') && text == text.to_uppercase();
    let lower = one_word && !text.starts_with(char::is_uppercase);
    let has_letters = text.contains(char::is_alphabetic);
    let named = shortcut || variable || lower || NAMES.contains(&text.trim());
    has_letters && !named && !for_program
}

/// Without places for values, `{name:.1}`, parts of dates, `%-d`, and escapes.
fn without_patterns(text: &str) -> String {
    let mut found = String::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '{' if rest.peek() != Some(&'{') => {
                rest.by_ref().find(|c| *c == '}');
            }
            '%' => {
                rest.by_ref().find(|c| c.is_alphabetic());
            }
            '\\' => match rest.next() {
                Some('u') => {
                    rest.by_ref().find(|c| *c == '}');
                }
                Some('\n') => found.push('\n'),
                _ => {}
            },
            other => found.push(other),
        }
    }
    found
}

#[test]
fn what_the_operator_reads_stands_among_the_words() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.layer == "ui") {
        let path = source.path.display().to_string().replace('\\', "/");
        if path.contains("src/ui/words/") {
            continue;
        }
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for literal in literals(code).iter().filter(|literal| is_read(literal)) {
            wrong.push(format!("{path}:{} \"{}\"", literal.line, literal.text));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sentences_are_found_and_names_are_not() {
    let read = |code: &str| literals(code).iter().any(is_read);
    for code in [
        r#"ui.label("Hello there")"#,
        r#"ui.label("Hello")"#,
        r#"ui.label("DEMO")"#,
        r#"ui.label(format!("{n} new"))"#,
        r#"ui.label(soft(" free"))"#,
        r#"painter.text(at, format!("{:.1}x\u{a0}closer to it"))"#,
        r##"ui.label(r#"It is "damaged"."#)"##,
        r#"let tag = '"'; ui.label("Hello there")"#,
        r#"fn f<'a>(x: &'a str) { ui.label("Hello there") }"#,
        r#"sheet(ui, "go to", 380.0, |ui| { ui.heading("Go to a time"); })"#,
        r#"Panel::top("page bar").show(ui, |ui| ui.label("Hello there"))"#,
        r#"const NAMES: [(&str, u8); 1] = [("Hello there", 1)];"#,
        r#"match page { Page::Live => "Live" }"#,
        r#"RichText::new("Hello there")"#,
    ] {
        assert!(read(code), "{code}");
    }
    for code in [
        r#"// ui.label("Hello there")"#,
        r#"/// `"Hello there"`"#,
        r#"#[expect(clippy::cast_precision_loss, reason = "A few pixels")] let x = 1;"#,
        r#"#[error("There is no display ({0}).")] NoDisplay(String),"#,
        r#"egui::Id::unique(("calendar day", date))"#,
        r#"egui::Panel::top("page bar")"#,
        r#"ui.id().with(["Hello there"])"#,
        r#"sheet(ui, "go to", 380.0, |ui| {})"#,
        r#"TextEdit::singleline(text).id_salt("folder of the export")"#,
        r#"tracing::warn!(%error, "The window cannot be opened")"#,
        r#"icon_button(ui, ICON_CLOSE, words::CLOSE, "Esc", Look::Quiet)"#,
        r#"icon_button(ui, ICON_LOCK, words::LOCK, "X", Look::Quiet)"#,
        r#"face(ICON_TUNE, "Ctrl+5")"#,
        r#"format!("{} {}, {Name:>4}", zone.date(now), zone.seconds(now))"#,
        r#"date.format("%-d %b %Y")"#,
        r#"std::env::var("WATCHKEEPER_RENDERER")"#,
        r#"assert!(frames < 3, "{VARIABLE} is set")"#,
        r#"files.join("\n")"#,
        r#"name == "glow""#,
    ] {
        assert!(!read(code), "{code}");
    }
}

#[test]
fn every_thread_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let text = fs::read_to_string(root).expect("the root");
    let list = text.split("//! # Threads").nth(1).and_then(|rest| rest.split("//! #").next());
    let listed: Vec<&str> = list.expect("the list").split('`').skip(1).step_by(2).collect();
    let mut found = 0;
    for source in sources() {
        for start in ["Worker::spawn(\"", "Worker::spawn(&format!(\"", "Asker::start(\""] {
            for rest in source.code.split(start).skip(1) {
                let name = rest.split(['"', '{']).next().expect("a name");
                let is_listed = |entry: &&str| match entry.strip_suffix(['N', '*']) {
                    Some(group) => name.starts_with(group),
                    None => name == *entry,
                };
                let path = source.path.display();
                assert!(listed.iter().any(is_listed), "{path}: {name}");
                found += 1;
            }
        }
    }
    assert!(found > 20, "only {found} threads were found");
}
