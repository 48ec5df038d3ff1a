//! The settings file: read with line and reason on error, saved atomically, unknown keys kept.
//!
//! A copy of the last valid settings stands beside the file, so that a recorder that nobody watches starts in
//! spite of a damaged one.
//! Must not do: overwrite a file that it could not read.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml_edit::{Document, DocumentMut, Item, Table};

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::settings::{Key, Settings};

/// Keys that this version writes: when one of these is absent from the new settings it is removed from
/// the file, while keys that a later version wrote stay.
const KNOWN_KEYS: [&str; 75] = [
    "zone",
    "simulated_port",
    "erase",
    "storage",
    "path",
    "segment_minutes",
    "max_file_mb",
    "sync_seconds",
    "retention",
    "max_size_gb",
    "low_space_percent",
    "auto_delete",
    "verify",
    "nas",
    "host",
    "port",
    "share",
    "object",
    "endpoint",
    "bucket",
    "prefix",
    "region",
    "access_key",
    "spool",
    "max_gb",
    "when_full",
    "recording",
    "schedule",
    "range",
    "exception",
    "days",
    "from",
    "to",
    "date",
    "rule",
    "camera",
    "id",
    "name",
    "main",
    "sub",
    "user",
    "transport",
    "stream",
    "mode",
    "pre_seconds",
    "post_seconds",
    "motion_in_schedule",
    "main_on_motion",
    "motion_source",
    "sensitivity",
    "min_size",
    "manual_minutes",
    "kind",
    "corners",
    "console",
    "theme",
    "scale_percent",
    "dates",
    "offline_seconds",
    "desktop_notices",
    "sound",
    "on_close",
    "kiosk",
    "start",
    "page",
    "monitor",
    "rotate_seconds",
    "view",
    "cameras",
    "columns",
    "large",
    "group",
    "wall",
    "tiles",
    "arranged",
];

/// What was done about a damaged settings file.
#[derive(Debug)]
pub struct Restored {
    /// Where the damaged file is kept; none when there was none.
    pub moved_to: Option<PathBuf>,
    /// What is wrong with it, with its line.
    pub why: String,
    /// Whether there was a copy of valid settings; else the defaults are in force.
    pub from_copy: bool,
}

/// The settings and the file that they came from.
#[derive(Clone, Debug)]
pub struct SettingsStore {
    path: PathBuf,
    copy: PathBuf,
    document: DocumentMut,
    settings: Arc<Settings>,
}

impl SettingsStore {
    /// Reads the settings of `folder`; defaults when there is no file yet.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with line and reason; the file stays as it is.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.settings();
        let text = text_of(&path)?.unwrap_or_default();
        let settings = parse(&path, &text)?;
        let document = text.parse().map_err(|e: toml_edit::TomlError| {
            invalid(&path, &text, e.span().map_or(0, |span| span.start), e.message())
        })?;
        let copy = folder.settings_copy();
        Ok(Self { path, copy, document, settings: Arc::new(settings) })
    }

    /// Like [`SettingsStore::open`], but a file that is not valid is put aside, and the copy of the last valid
    /// one takes its place.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when a file cannot be read or moved.
    pub fn open_or_restore(folder: &DataFolder) -> Result<(Self, Option<Restored>), ConfigError> {
        let why = match Self::open(folder) {
            Ok(store) if !store.is_blank() || copied(folder)?.is_none() => {
                // On a full disk recording begins all the same.
                if let Err(error) = store.keep_copy() {
                    tracing::warn!("{error}");
                }
                return Ok((store, None));
            }
            Ok(_) => format!("{} is missing or empty", folder.settings().display()),
            Err(error @ ConfigError::Invalid { .. }) => error.to_string(),
            Err(error) => return Err(error),
        };
        let (path, text) = (folder.settings(), copied(folder)?);
        let put_aside = || atomic::put_aside(&path).map_err(ConfigError::io("rename", &path));
        let moved_to = if path.exists() { Some(put_aside()?) } else { None };
        if let Some(text) = &text {
            atomic::replace(&path, text.as_bytes(), Readers::Default)?;
        }
        let restored = Restored { moved_to, why, from_copy: text.is_some() };
        Ok((Self::open(folder)?, Some(restored)))
    }

    fn is_blank(&self) -> bool {
        self.document.to_string().trim().is_empty()
    }

    fn keep_copy(&self) -> Result<(), ConfigError> {
        let text = self.document.to_string();
        if text_of(&self.copy).is_ok_and(|copy| copy.is_some_and(|copy| copy == text)) {
            return Ok(());
        }
        atomic::replace(&self.copy, text.as_bytes(), Readers::Default)
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings in force, to be handed on.
    #[must_use]
    pub fn shared(&self) -> Arc<Settings> {
        Arc::clone(&self.settings)
    }

    /// Applies `change` to a copy, validates and saves it, and only then puts it in force.
    ///
    /// # Errors
    /// What is wrong with the change; file and settings in force are as before then.
    pub fn change(
        &mut self,
        change: impl FnOnce(&mut Settings) -> Result<(), ConfigError>,
    ) -> Result<(), ConfigError> {
        let mut settings = Settings::clone(&self.settings);
        change(&mut settings)?;
        settings.validate()?;
        let mut document = self.document.clone();
        let text = toml_edit::ser::to_string_pretty(&settings)?;
        let new = Document::parse(text).map_err(|error| ConfigError::Refused(error.to_string()))?;
        merge(document.as_table_mut(), new.as_table());
        atomic::replace(&self.path, document.to_string().as_bytes(), Readers::Default)?;
        self.document = document;
        self.settings = Arc::new(settings);
        // The change is saved and in force; without the copy only a damaged file would cost it.
        if let Err(error) = self.keep_copy() {
            tracing::warn!("{error}");
        }
        Ok(())
    }
}

/// The copy of the last valid settings, if there is one that says something and is valid.
fn copied(folder: &DataFolder) -> Result<Option<String>, ConfigError> {
    let copy = folder.settings_copy();
    match text_of(&copy) {
        Err(ConfigError::Invalid { .. }) => Ok(None),
        text => Ok(text?.filter(|text| !text.trim().is_empty() && parse(&copy, text).is_ok())),
    }
}

/// The text of a file, if there is one; what is no text counts as not valid.
fn text_of(path: &Path) -> Result<Option<String>, ConfigError> {
    match read_if_there(path) {
        Err(ConfigError::Io { source, .. }) if source.kind() == ErrorKind::InvalidData => {
            Err(invalid(path, "", 0, "the file is no text"))
        }
        text => text,
    }
}

/// Parses and validates; `path` is named in errors.
fn parse(path: &Path, text: &str) -> Result<Settings, ConfigError> {
    let settings: Settings = toml_edit::de::from_str(text).map_err(|error| {
        invalid(path, text, error.span().map_or(0, |span| span.start), error.message())
    })?;
    if let Err((keys, reason)) = settings.validate() {
        return Err(invalid(path, text, locate(text, &keys), &reason));
    }
    Ok(settings)
}

pub(super) fn invalid(path: &Path, text: &str, offset: usize, reason: &str) -> ConfigError {
    let before = text.as_bytes().iter().take(offset);
    let line = 1 + before.filter(|byte| **byte == b'\n').count();
    ConfigError::Invalid { path: path.to_path_buf(), line, reason: reason.to_owned() }
}

/// Byte offset of the setting that `keys` lead to; 0 when it is not in the text.
pub(super) fn locate(text: &str, keys: &[Key]) -> usize {
    let Ok(document) = Document::parse(text) else {
        return 0;
    };
    let mut item: &Item = document.as_item();
    for key in keys {
        let next = match key {
            Key::Name(name) => item.get(name),
            Key::Number(number) => item.get(number),
        };
        match next {
            Some(next) => item = next,
            None => break,
        }
    }
    item.span().map_or(0, |span| span.start)
}

/// Writes `new` over `old`, keeping comments, order and keys that this version does not know.
fn merge(old: &mut Table, new: &Table) {
    let gone: Vec<String> = old
        .iter()
        .map(|(key, _)| key.to_owned())
        .filter(|key| KNOWN_KEYS.contains(&key.as_str()) && !new.contains_key(key))
        .collect();
    for key in gone {
        old.remove(&key);
    }
    for (key, value) in new {
        merge_item(old.entry(key).or_insert(Item::None), value);
    }
}

fn merge_item(old: &mut Item, new: &Item) {
    match (&mut *old, new) {
        (Item::Table(old), Item::Table(new)) => merge(old, new),
        (Item::ArrayOfTables(old), Item::ArrayOfTables(new)) => {
            let known: Vec<Table> = std::mem::take(old).into_iter().collect();
            for table in new {
                let before = known.iter().find(|k| id_of(k).is_some() && id_of(k) == id_of(table));
                let mut merged = before.cloned().unwrap_or_default();
                merge(&mut merged, table);
                merged.set_position(None);
                old.push(merged);
            }
        }
        (Item::Value(old), Item::Value(new)) => {
            let decor = old.decor().clone();
            if old.to_string().trim() != new.to_string().trim() {
                *old = new.clone();
                *old.decor_mut() = decor;
            }
        }
        (old, new) => *old = new.clone(),
    }
}

/// What tells one table of an array from the others: a camera's identity, a schedule's name.
fn id_of(table: &Table) -> Option<&str> {
    table.get("id").or_else(|| table.get("name")).and_then(Item::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;
    use std::fs;

    const SAMPLE: &str = "# ours\nfuture = 1\n\n[storage]\npath = \"rec\" # here\nlater = true\n\n\
        [[camera]]\nid = \"a\"\nname = \"A\"\nmain = \"rtsp://h/1\"\nwhat = 7\n\n\
        [[camera]]\nid = \"b\"\nname = \"B\"\nmain = \"rtsp://h/2\"\nmode = \"disabled\"\n";

    fn folder(text: &str) -> (tempfile::TempDir, DataFolder) {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        fs::write(folder.settings(), text).expect("written");
        (root, folder)
    }

    fn error_of(text: &str) -> String {
        let (_root, folder) = folder(text);
        let error = SettingsStore::open(&folder).expect_err("invalid");
        assert_eq!(fs::read_to_string(folder.settings()).expect("there"), text);
        let ConfigError::Invalid { line, reason, .. } = error else { panic!("{error}") };
        format!("{line}: {reason}")
    }

    #[test]
    fn no_file_means_defaults() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let store = SettingsStore::open(&folder).expect("defaults");
        assert_eq!(*store.settings(), Settings::default());
    }

    #[test]
    fn a_change_keeps_comments_order_and_unknown_keys() {
        let (_root, folder) = folder(SAMPLE);
        let mut store = SettingsStore::open(&folder).expect("valid");
        store
            .change(|settings| {
                settings.cameras.remove(0);
                settings.cameras[0].recording.mode = Mode::Continuous;
                Ok(())
            })
            .expect("saved");
        let text = fs::read_to_string(folder.settings()).expect("there");
        assert!(text.contains("# ours\nfuture = 1\n") && text.contains("later = true"), "{text}");
        assert!(text.contains("path = \"rec\" # here") && !text.contains("what = 7"), "{text}");
        let again = SettingsStore::open(&folder).expect("valid");
        assert_eq!(again.settings(), store.settings());
        assert_eq!(again.settings().cameras[0].recording.mode, Mode::Continuous);
    }

    #[test]
    fn a_kept_camera_keeps_its_unknown_keys() {
        let (_root, folder) = folder(SAMPLE);
        let mut store = SettingsStore::open(&folder).expect("valid");
        store
            .change(|settings| {
                settings.cameras[0].name = "Gate".into();
                Ok(())
            })
            .expect("saved");
        let text = fs::read_to_string(folder.settings()).expect("there");
        assert!(text.contains("what = 7") && text.contains("name = \"Gate\""), "{text}");
    }

    #[test]
    fn a_refused_change_leaves_all_as_it_was() {
        let (_root, folder) = folder(SAMPLE);
        let mut store = SettingsStore::open(&folder).expect("valid");
        let before = store.settings().clone();
        let refused = store.change(|settings| {
            settings.cameras[0].name = "B".into();
            Ok(())
        });
        assert_eq!(refused.expect_err("twice").to_string(), "two cameras are called \"B\"");
        assert_eq!(*store.settings(), before);
        assert_eq!(fs::read_to_string(folder.settings()).expect("there"), SAMPLE);
    }

    #[test]
    fn a_damaged_file_is_kept_aside_and_the_last_valid_settings_are_in_force() {
        let (_root, folder) = folder(SAMPLE);
        let (mut store, restored) = SettingsStore::open_or_restore(&folder).expect("valid");
        assert!(restored.is_none());
        store
            .change(|settings| {
                settings.cameras.remove(0);
                Ok(())
            })
            .expect("saved");
        fs::write(folder.settings(), "zone = 7").expect("written");
        let (again, restored) = SettingsStore::open_or_restore(&folder).expect("restored");
        assert_eq!(again.settings(), store.settings());
        let restored = restored.expect("told");
        assert!(restored.from_copy && restored.why.contains("line 1"), "{}", restored.why);
        let aside = restored.moved_to.expect("there was one");
        assert_eq!(fs::read_to_string(aside).expect("kept"), "zone = 7");
        for gone in ["", "\n"] {
            fs::write(folder.settings(), gone).expect("written");
            let (again, restored) = SettingsStore::open_or_restore(&folder).expect("restored");
            assert_eq!(again.settings(), store.settings(), "an empty file costs nothing");
            assert!(restored.expect("told").from_copy);
        }
        fs::remove_file(folder.settings()).expect("removed");
        let (again, _) = SettingsStore::open_or_restore(&folder).expect("restored");
        assert_eq!(again.settings(), store.settings(), "nor does a missing one");
        fs::write(folder.settings(), [0xFF, 0xFE]).expect("written");
        fs::write(folder.settings_copy(), [0xFF, 0xFE]).expect("written");
        let (last, restored) = SettingsStore::open_or_restore(&folder).expect("defaults");
        assert!(!restored.expect("told").from_copy);
        assert_eq!(*last.settings(), Settings::default());
    }

    #[test]
    fn invalid_settings_name_line_and_reason() {
        assert!(
            error_of("zone = \"Mars/Phobos\"").starts_with("1: \"Mars/Phobos\" is no time zone")
        );
        assert!(
            error_of("[storage]\nsegment_minutes = 0").contains("2: segment_minutes must be 1")
        );
        assert!(error_of("\n\n[storage\n").starts_with("3: "));
        let twice = SAMPLE.replace("id = \"b\"", "id = \"a\"");
        assert_eq!(error_of(&twice), "15: two cameras have the id \"a\"");
    }

    #[test]
    fn an_address_with_a_password_is_refused_without_repeating_it() {
        let text = SAMPLE.replace("rtsp://h/2", "rtsp://u:hunter2@h/2");
        let error = error_of(&text);
        assert!(error.starts_with("17: user and password"), "{error}");
        assert!(!error.contains("hunter2"));
    }
}
