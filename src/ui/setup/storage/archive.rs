//! The fields of a place elsewhere: where it is, who signs in, what may wait for it.
//!
//! Must not do: show a stored password, or reach the place.

use egui::{RichText, Ui};
use zeroize::Zeroizing;

use super::archive_test::ArchiveTest;
use crate::model::Password;
use crate::model::settings::archive::{Port, SpoolGigabytes};
use crate::model::settings::archive_rules as rules;
use crate::model::settings::{SpoolFull, StorageKind, StorageSettings};
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::entry::{Entry, Face, beside, row, wrong};
use crate::ui::theme;
use crate::ui::widgets::{forget_typing, named_menu, soft, switch};
use crate::ui::words::archive as words;
use crate::ui::words::sentence;

/// Largest spool that is taken, in GB: 10 PB.
const MOST_SPOOL: u32 = 10_000_000;

/// The button, its gap, and the field's own margin, in points.
const FORGET_ROOM: f32 = 100.0;

/// What is typed.
#[derive(Default)]
pub struct ArchiveFields {
    host: Entry,
    port: Entry,
    share: Entry,
    path: Entry,
    user: Entry,
    endpoint: Entry,
    bucket: Entry,
    prefix: Entry,
    region: Entry,
    access_key: Entry,
    spool: Entry,
    password: Zeroizing<String>,
    forgets: bool,
    test: ArchiveTest,
}

/// A text of the settings: what it is called, what it may be, and where it is.
struct Text {
    name: &'static str,
    tip: &'static str,
    key: &'static str,
    check: fn(&str) -> Result<(), String>,
    place: fn(&mut StorageSettings) -> &mut String,
}

impl ArchiveFields {
    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        let all = [
            &self.host,
            &self.port,
            &self.share,
            &self.path,
            &self.user,
            &self.endpoint,
            &self.bucket,
            &self.prefix,
            &self.region,
            &self.access_key,
            &self.spool,
        ];
        all.iter().any(|entry| entry.error().is_some())
    }

    /// The draft has been saved: a password that was typed is not shown any more.
    pub fn saved(&mut self, draft: &Draft) {
        if draft.archive_password().is_none() {
            self.password = Zeroizing::default();
            self.forgets = false;
        }
    }

    /// The menu of types.
    pub fn kind(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let kind = draft.get().storage.kind;
        let mut chosen = kind;
        row(ui, words::TYPE, |ui| {
            let width = (ui.available_width() - 22.0).clamp(120.0, 320.0);
            let menu = named_menu(ui, "storage-type", words::TYPE, label(kind), width, |ui| {
                for option in [StorageKind::Local, StorageKind::Nas, StorageKind::Object] {
                    ui.selectable_value(&mut chosen, option, label(option));
                }
            });
            menu.on_hover_text(words::TYPE_TIP);
        });
        if chosen != kind {
            *self = Self::default();
            draft.keep_archive_password();
            draft.edit(|settings| settings.storage.kind = chosen);
        }
    }

    /// The fields of the chosen type; `missing` is the key of a setting that must be written before anything is saved.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        draft: &mut Draft,
        missing: Option<&(&'static str, String)>,
    ) {
        match draft.get().storage.kind {
            StorageKind::Local => return,
            StorageKind::Nas => self.nas(ui, draft, missing),
            StorageKind::Object => self.object(ui, draft, missing),
        }
        self.password(ui, stage, draft);
        let is_whole = !self.is_wrong() && draft.problem().is_none();
        let typed = (!self.password.is_empty()).then(|| Password::new(self.password.to_string()));
        self.test.ui(ui, stage, draft.get().storage.archive(), typed, is_whole);
    }

    fn nas(&mut self, ui: &mut Ui, draft: &mut Draft, missing: Option<&(&'static str, String)>) {
        let host = Text {
            name: words::HOST,
            tip: words::HOST_TIP,
            key: "host",
            check: rules::check_host,
            place: |storage| &mut storage.nas.host,
        };
        text(ui, &mut self.host, draft, &host, missing);
        let face = Face { name: words::PORT, unit: "", tip: words::PORT_TIP, width: 92.0 };
        let now = draft.get().storage.nas.port.0;
        if let Some(new) = self.port.number(ui, face, "", now, 1..=u16::MAX) {
            draft.edit(|settings| settings.storage.nas.port = Port(new));
        }
        let share = Text {
            name: words::SHARE,
            tip: words::SHARE_TIP,
            key: "share",
            check: rules::check_share,
            place: |storage| &mut storage.nas.share,
        };
        text(ui, &mut self.share, draft, &share, missing);
        let path = Text {
            name: words::FOLDER,
            tip: words::FOLDER_TIP,
            key: "path",
            check: rules::check_folder,
            place: |storage| &mut storage.nas.path,
        };
        text(ui, &mut self.path, draft, &path, missing);
        let user = Text {
            name: words::USER,
            tip: words::USER_TIP,
            key: "user",
            check: rules::check_user,
            place: |storage| &mut storage.nas.user,
        };
        text(ui, &mut self.user, draft, &user, missing);
    }

    fn object(&mut self, ui: &mut Ui, draft: &mut Draft, missing: Option<&(&'static str, String)>) {
        let endpoint = Text {
            name: words::ENDPOINT,
            tip: words::ENDPOINT_TIP,
            key: "endpoint",
            check: rules::check_endpoint,
            place: |storage| &mut storage.object.endpoint,
        };
        text(ui, &mut self.endpoint, draft, &endpoint, missing);
        let bucket = Text {
            name: words::BUCKET,
            tip: words::BUCKET_TIP,
            key: "bucket",
            check: rules::check_bucket,
            place: |storage| &mut storage.object.bucket,
        };
        text(ui, &mut self.bucket, draft, &bucket, missing);
        let prefix = Text {
            name: words::PREFIX,
            tip: words::PREFIX_TIP,
            key: "prefix",
            check: rules::check_folder,
            place: |storage| &mut storage.object.prefix,
        };
        text(ui, &mut self.prefix, draft, &prefix, missing);
        let region = Text {
            name: words::REGION,
            tip: words::REGION_TIP,
            key: "region",
            check: rules::check_region,
            place: |storage| &mut storage.object.region,
        };
        text(ui, &mut self.region, draft, &region, missing);
        let key = Text {
            name: words::ACCESS_KEY,
            tip: words::ACCESS_KEY_TIP,
            key: "access_key",
            check: rules::check_access_key,
            place: |storage| &mut storage.object.access_key,
        };
        text(ui, &mut self.access_key, draft, &key, missing);
    }

    fn password(&mut self, ui: &mut Ui, stage: &Stage<'_>, draft: &mut Draft) {
        let Some(place) = draft.get().storage.archive() else { return };
        let address = place.address();
        let is_stored = stage.snapshot.passwords.is_stored_for(&address);
        let name = match draft.get().storage.kind {
            StorageKind::Object => words::SECRET,
            StorageKind::Nas | StorageKind::Local => words::PASSWORD,
        };
        row(ui, name, |ui| {
            let hint = match (self.forgets, is_stored) {
                (true, _) => words::FORGOTTEN,
                (false, true) => words::STORED,
                (false, false) => words::NOT_STORED,
            };
            let edit = egui::TextEdit::singleline(&mut *self.password)
                .password(true)
                .hint_text(RichText::new(hint).color(theme::text_faint()))
                .margin(egui::Margin::symmetric(10, 7))
                .desired_width((ui.available_width() - FORGET_ROOM).clamp(100.0, 400.0));
            let response = ui.add(edit).accessible_name(name);
            forget_typing(ui.ctx(), response.id);
            if response.on_hover_text(words::PASSWORD_TIP).changed() {
                self.forgets = false;
                match self.password.is_empty() {
                    true => draft.keep_archive_password(),
                    false => {
                        let password = Password::new(self.password.to_string());
                        draft.set_archive_password(Some(password));
                    }
                }
            }
            let can_forget = is_stored && !self.forgets;
            let forget = ui.add_enabled(can_forget, egui::Button::new(words::FORGET));
            if forget.on_hover_text(words::FORGET_TIP).clicked() {
                self.password = Zeroizing::default();
                self.forgets = true;
                draft.set_archive_password(None);
            }
        });
    }

    /// What may wait in the folder, and whether what was brought is compared.
    pub fn spool(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let StorageSettings { kind, spool, mut verify, .. } = draft.get().storage.clone();
        if kind == StorageKind::Local {
            return;
        }
        let face = Face {
            name: words::SPOOL_MAX,
            unit: words::SPOOL_MAX_UNIT,
            tip: words::SPOOL_MAX_TIP,
            width: 92.0,
        };
        let most = spool.max_gb.0;
        if let Some(new) = self.spool.number(ui, face, words::SPOOL_HINT, most, 0..=MOST_SPOOL) {
            draft.edit(|settings| settings.storage.spool.max_gb = SpoolGigabytes(new));
        }
        let mut full = spool.when_full;
        row(ui, words::SPOOL_FULL, |ui| {
            let chosen = policy(full);
            let menu = named_menu(ui, "spool-full", words::SPOOL_FULL, chosen, 240.0, |ui| {
                for option in [SpoolFull::DropOldest, SpoolFull::Stop] {
                    ui.selectable_value(&mut full, option, policy(option));
                }
            });
            menu.on_hover_text(words::SPOOL_FULL_TIP);
        });
        if full != spool.when_full {
            draft.edit(|settings| settings.storage.spool.when_full = full);
        }
        row(ui, words::VERIFY, |ui| {
            if switch(ui, words::VERIFY, &mut verify).changed() {
                draft.edit(|settings| settings.storage.verify = verify);
            }
            ui.label(soft(if verify { words::VERIFY_ON } else { words::VERIFY_OFF }));
        });
    }
}

fn text(
    ui: &mut Ui,
    entry: &mut Entry,
    draft: &mut Draft,
    text: &Text,
    missing: Option<&(&'static str, String)>,
) {
    let value = (text.place)(&mut draft.get().storage.clone()).clone();
    row(ui, text.name, |ui| {
        let width = (ui.available_width() - 22.0).clamp(100.0, 420.0);
        let face = Face { name: text.name, unit: "", tip: text.tip, width };
        let parse = |typed: &str| match (text.check)(typed) {
            Ok(()) => Ok(typed.to_owned()),
            Err(why) => Err(sentence(&why)),
        };
        if let Some(new) = entry.ui(ui, face, &value, parse) {
            entry.settle(new.clone());
            draft.edit(|settings| *(text.place)(&mut settings.storage) = new);
        }
    });
    wrong(ui, entry);
    if let Some((_, why)) = missing.filter(|(key, _)| *key == text.key && entry.error().is_none()) {
        beside(ui, &sentence(why));
    }
}

const fn label(kind: StorageKind) -> &'static str {
    match kind {
        StorageKind::Local => words::LOCAL,
        StorageKind::Nas => words::NAS,
        StorageKind::Object => words::OBJECT,
    }
}

const fn policy(full: SpoolFull) -> &'static str {
    match full {
        SpoolFull::DropOldest => words::DROP_OLDEST,
        SpoolFull::Stop => words::STOP,
    }
}
