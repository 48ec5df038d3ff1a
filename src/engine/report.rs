//! What helps others to find a fault, as text files without secrets. Pure.
//!
//! Must not do: let a user name, a password, a path or a query of a camera's address through.

use std::fmt::Write as _;

use serde::Serialize;

use super::diagnose::bytes;
use crate::config::system::System;
use crate::model::{JournalEntry, Settings, WallTime};
use crate::protocol::{ConsoleFacts, Notice, Snapshot, StorageOverview};

/// In place of what is not told.
const HIDDEN: &str = "***";

/// What a report is made of.
pub struct Sources<'a> {
    /// What the console shows.
    pub snapshot: &'a Snapshot,
    /// How storage stands.
    pub storage: &'a StorageOverview,
    /// All notices that are kept.
    pub history: &'a [Notice],
    /// What recording did in the last days.
    pub journal: &'a [JournalEntry],
    /// The program's last log lines.
    pub log: &'a [String],
    /// What only the console knows.
    pub console: &'a ConsoleFacts,
    /// The computer.
    pub system: &'a System,
    /// Whether an engine runs.
    pub is_running: bool,
    /// This moment.
    pub now: WallTime,
}

/// The files of a report, by name.
#[must_use]
pub fn files(sources: &Sources<'_>) -> Vec<(String, String)> {
    let settings = &sources.snapshot.settings;
    let users: Vec<&str> = settings.cameras.iter().filter_map(|c| c.user.as_deref()).collect();
    let journal = sources.journal.iter().map(|entry| {
        let state = serde_json::to_string(&entry.state).unwrap_or_default();
        format!("{}  {}  {state}\n", entry.at.to_rfc3339(), entry.camera)
    });
    let files = [
        ("about.txt", about(sources)),
        ("settings.json", json(&without_users(settings))),
        ("health.json", json(sources.snapshot)),
        ("storage.json", json(sources.storage)),
        ("notices.json", json(&sources.history)),
        ("journal.txt", journal.collect()),
        ("log.txt", sources.log.iter().map(|line| format!("{line}\n")).collect()),
    ];
    files.into_iter().map(|(name, text)| (name.to_owned(), scrub(&text, &users))).collect()
}

fn about(sources: &Sources<'_>) -> String {
    let System { name, architecture, processors, memory } = sources.system;
    let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "not told".into());
    let mut text = String::new();
    let renderer = &sources.console.renderer;
    for (what, value) in [
        ("Watchkeeper", env!("CARGO_PKG_VERSION").to_owned()),
        ("made", sources.now.to_rfc3339()),
        ("running", if sources.is_running { "yes" } else { "no" }.into()),
        ("running since", sources.snapshot.started.to_rfc3339()),
        ("system", name.clone()),
        ("architecture", (*architecture).to_owned()),
        ("processors", or_unknown(processors.map(|number| number.to_string()))),
        ("memory", or_unknown(memory.map(bytes))),
        ("painted by", if renderer.is_empty() { "no window".into() } else { renderer.clone() }),
        ("zone", sources.snapshot.zone.clone()),
        ("cameras", sources.snapshot.cameras.len().to_string()),
    ] {
        // Writing into a string does not fail.
        let _written = writeln!(text, "{what:14} {value}");
    }
    text
}

/// Addresses lose what may be secret when the text is scrubbed.
fn without_users(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    for camera in &mut settings.cameras {
        camera.user = camera.user.as_ref().map(|_| HIDDEN.into());
    }
    settings
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("cannot be told: {error}"))
}

/// `text` without these words, and with no more of an address than host and port.
fn scrub(text: &str, words: &[&str]) -> String {
    let mut text = without_paths(text);
    for word in words.iter().filter(|word| !word.is_empty()) {
        text = without_word(&text, word);
    }
    text
}

/// Addresses keep their scheme, host and port.
fn without_paths(text: &str) -> String {
    const MARK: &str = "://";
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\');
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once(MARK) {
        let (address, tail) = after.split_at(after.find(ends).unwrap_or(after.len()));
        let (authority, path) =
            address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        // An "@" behind a "/" may be of a password that was not encoded.
        let host = if path.contains('@') { HIDDEN } else { host };
        out.extend([before, MARK, host, if path.len() > 1 { "/..." } else { path }]);
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// `word` where it stands alone.
fn without_word(text: &str, word: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(word) {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        if !is_part(before.chars().next_back()) && !is_part(after.chars().next()) {
            out.extend([&text[from..at], HIDDEN]);
            from = at + word.len();
        }
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::CameraRecording;
    use crate::model::{CameraId, CameraSettings, GapReason, RecordingState, Transport};
    use crate::protocol::{Severity, Topic};
    use std::sync::Arc;

    /// Everywhere that a secret could be, there is one.
    fn leaking() -> (Snapshot, Vec<Notice>, Vec<String>) {
        let address = "rtsp://10.0.0.9:554/user=viewer&pw=Tr0ub4dor/live?token=c0ffee42";
        let camera = CameraSettings {
            id: CameraId::from_name("Gate"),
            name: "Gate".into(),
            group: String::new(),
            main: address.parse().expect("an address"),
            sub: Some("rtsp://10.0.0.9/sub?Password=Tr0ub4dor".parse().expect("an address")),
            user: Some("viewer".into()),
            transport: Transport::Tcp,
            recording: CameraRecording::default(),
        };
        let settings = Settings { cameras: vec![camera], ..Settings::default() };
        let snapshot = Snapshot { settings: Arc::new(settings), ..Snapshot::default() };
        let notice = Notice {
            id: 1,
            at: WallTime::default(),
            severity: Severity::Warning,
            camera: None,
            topic: Topic::Camera,
            text: format!("The camera refused viewer at {address}."),
            gone: None,
            acknowledged: None,
        };
        let log = vec![
            format!("WARN connecting to {address}"),
            "WARN rtsp://viewer:Tr0ub4dor@10.0.0.9/ and rtsp://a:Tr0ub/4dor@h/x failed".into(),
        ];
        (snapshot, vec![notice], log)
    }

    #[test]
    fn no_secret_is_in_any_file() {
        let (snapshot, history, log) = leaking();
        let journal = [JournalEntry {
            camera: CameraId::from_name("Gate"),
            at: WallTime::default(),
            state: RecordingState::Idle(GapReason::CameraOffline(log[1].clone())),
        }];
        let system = System::here();
        let files = files(&Sources {
            snapshot: &snapshot,
            storage: &StorageOverview::default(),
            history: &history,
            journal: &journal,
            log: &log,
            console: &ConsoleFacts::default(),
            system: &system,
            is_running: true,
            now: WallTime::default(),
        });
        for (name, text) in &files {
            for secret in ["Tr0ub", "4dor", "viewer", "c0ffee42", "token"] {
                assert!(!text.contains(secret), "{name} has {secret}: {text}");
            }
        }
        let text = |name: &str| &files.iter().find(|(file, _)| file == name).expect(name).1;
        assert!(text("settings.json").contains("rtsp://10.0.0.9:554/..."));
        assert!(text("settings.json").contains("\"user\": \"***\""));
        assert!(text("log.txt").contains("rtsp://10.0.0.9/ and rtsp://***/... failed"));
        assert!(text("journal.txt").contains("gate"));
        assert!(text("about.txt").contains(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn a_name_within_another_word_stays() {
        assert_eq!(
            without_word("admin: administrator, (admin) my_admin", "admin"),
            "***: administrator, (***) my_admin"
        );
    }
}
