//! The licences of everything that is in the executable, as the console shows them.
//!
//! `UPDATE_LICENCES=1 cargo test --test licences` makes `assets/licences.txt` anew after a dependency was added or
//! updated; without it the test tells which is missing. Cargo is asked for the crates, their own files for the texts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What is in the executable and is no crate.
const OTHERS: [(&str, &str, &str); 3] = [
    ("Inter", "OFL-1.1", "The Inter Project Authors; the font of the console"),
    ("OpenH264", "BSD-2-Clause", "Cisco Systems; built from source into this program"),
    ("Material Symbols", "Apache-2.0", "Google; the icons of the console"),
];

/// The text of this licence covers a crate that offers it, whatever else it offers.
const SHARED: &str = "Apache-2.0";

struct Crate {
    name: String,
    version: String,
    licence: String,
    folder: String,
}

/// What the executable is linked from, for this system or (with none) for all.
fn crates(system: Option<&str>) -> Vec<Crate> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--locked"]);
    if let Some(system) = system {
        cargo.args(["--offline", "--filter-platform", system]);
    }
    let out = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).expect("metadata");
    let linked = linked(&metadata);
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let mut crates: Vec<Crate> = packages
        .filter(|package| linked.contains(text(package, "id").as_str()))
        .map(|package| Crate {
            name: text(package, "name"),
            version: text(package, "version"),
            licence: text(package, "license").replace('/', " OR "),
            folder: Path::new(&text(package, "manifest_path"))
                .parent()
                .expect("a folder")
                .to_string_lossy()
                .into_owned(),
        })
        .filter(|found| found.name != "watchkeeper")
        .collect();
    crates.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    crates
}

/// What the root needs when it runs, and what that needs.
fn linked(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let by_id: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().expect("id"), node)).collect();
    let mut waiting = vec![metadata["resolve"]["root"].as_str().expect("root")];
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !found.insert(id) {
            continue;
        }
        for dependency in by_id[id]["deps"].as_array().expect("deps") {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                waiting.push(dependency["pkg"].as_str().expect("pkg"));
            }
        }
    }
    found
}

/// The texts that a crate brings, without those of other licences that may be chosen instead.
fn texts(found: &Crate) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(&found.folder)
        .expect("the crate's folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let upper = name.to_uppercase();
            let is_text = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"];
            let shared = found.licence.contains(SHARED) && !upper.starts_with("NOTICE");
            is_text.iter().any(|start| upper.starts_with(start)) && !shared
        })
        .collect();
    names.sort();
    let read = |name: &String| fs::read_to_string(Path::new(&found.folder).join(name)).ok();
    names.iter().filter_map(read).map(|text| tidy(&text)).collect()
}

/// Lines that end where they end.
fn tidy(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn whole() -> String {
    let crates = crates(None);
    let mut out = String::from(
        "Watchkeeper: MIT OR Apache-2.0\n\nIt contains the following, under these licences. Where Apache-2.0 is \
         offered, it is chosen; its text is at the end.\n\n",
    );
    for (name, licence, what) in OTHERS {
        writeln!(out, "{name}: {licence}\n    {what}").expect("written");
    }
    for found in &crates {
        writeln!(out, "{} {}: {}", found.name, found.version, found.licence).expect("written");
    }
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in &crates {
        for text in texts(found) {
            by_text.entry(text).or_default().push(format!("{} {}", found.name, found.version));
        }
    }
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/fonts");
    for entry in fs::read_dir(fonts).expect("fonts").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.to_uppercase().contains("LICEN") || name.to_uppercase().starts_with("OFL") {
            let text = fs::read_to_string(entry.path()).expect("a text");
            by_text.entry(tidy(&text)).or_default().push("Inter".into());
        }
    }
    let mut texts: Vec<(Vec<String>, String)> = by_text.into_iter().map(|(t, c)| (c, t)).collect();
    texts.sort();
    for (of, text) in texts {
        writeln!(out, "\n----\n\n{}:\n\n{text}", of.join(", ")).expect("written");
    }
    let apache = crates.iter().find_map(|found| {
        let path = Path::new(&found.folder).join("LICENSE-APACHE");
        fs::read_to_string(path).ok().filter(|text| text.contains("END OF TERMS AND CONDITIONS"))
    });
    writeln!(out, "\n----\n\nApache License 2.0:\n\n{}", tidy(&apache.expect("its text")))
        .expect("written");
    out
}

#[test]
fn all_that_is_in_the_executable_is_named() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/licences.txt");
    if std::env::var_os("UPDATE_LICENCES").is_some() {
        fs::write(&path, whole()).expect("written");
    }
    let text = fs::read_to_string(&path).expect("the licences");
    let named: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_once(": ").map(|(name, _)| name)).collect();
    let system = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let system = cfg!(target_os = "linux").then_some(system.as_str());
    let missing: Vec<String> = crates(system)
        .iter()
        .map(|found| format!("{} {}", found.name, found.version))
        .filter(|name| !named.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "UPDATE_LICENCES=1 cargo test --test licences names: {missing:#?}");
    for (name, ..) in OTHERS {
        assert!(named.contains(name), "{name}");
    }
    for part in ["SIL OPEN FONT LICENSE", "Redistribution and use in source and binary forms"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("END OF TERMS AND CONDITIONS"));
}
