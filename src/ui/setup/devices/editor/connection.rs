//! The tab of a camera's connection: what it is called, where it is, who signs in, and a test of all that.
//!
//! Must not do: show a stored password, or connect.

use egui::{Align, Layout, RichText, Ui};
use zeroize::Zeroizing;

use super::Edited;
use crate::model::settings::check_name;
use crate::model::{CameraSettings, Password, StreamKind, Transport};
use crate::ui::desk::Stage;
use crate::ui::setup::devices::test::{Test, Wanted};
use crate::ui::setup::devices::{address, group_menu};
use crate::ui::setup::entry::{Entry, Face, choice_row, row, wrong};
use crate::ui::theme;
use crate::ui::widgets::{card, forget_typing, segmented, soft};
use crate::ui::words::camera;
use crate::ui::words::devices as words;

/// The picture of a test is so high at most, in points.
const PICTURE: f32 = 230.0;

/// What is typed, and the test.
#[derive(Default)]
pub(super) struct Connection {
    name: Entry,
    group: Entry,
    main: Entry,
    sub: Entry,
    user: Entry,
    password: Zeroizing<String>,
    forgets: bool,
    moved: bool,
    test: Test,
}

impl Connection {
    /// Forgets what is typed; a test stays.
    pub fn reset(&mut self) {
        let test = std::mem::take(&mut self.test);
        *self = Self { test, ..Self::default() };
    }

    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        let all = [&self.name, &self.group, &self.main, &self.sub, &self.user];
        all.iter().any(|entry| entry.error().is_some())
    }

    /// Shows the tab; `tests` asks for a test at once.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, edited: &mut Edited<'_>, tests: bool) {
        if tests {
            self.ask(stage, edited, StreamKind::Main);
        }
        ui.columns(2, |columns| {
            card(&mut columns[0], camera::CONNECTION, |ui| {
                ui.spacing_mut().item_spacing.y = 10.0;
                self.names(ui, edited);
                self.addresses(ui, edited);
                self.login(ui, edited);
                transport(ui, edited);
            });
            card(&mut columns[1], camera::TEST_CARD, |ui| self.test(ui, stage, edited));
        });
    }

    fn names(&mut self, ui: &mut Ui, edited: &mut Edited<'_>) {
        let Some(CameraSettings { name, group, .. }) = edited.camera().cloned() else { return };
        let others = edited.draft.get().cameras.iter().filter(|camera| camera.id != *edited.id);
        let taken: Vec<String> = others.map(|camera| camera.name.clone()).collect();
        row(ui, words::NAME, |ui| {
            let parse = |text: &str| {
                check_name(text).map_err(|why| crate::ui::words::sentence(&why))?;
                let is_taken = taken.iter().any(|other| other == text);
                if is_taken { Err(words::NAME_TAKEN.to_owned()) } else { Ok(text.to_owned()) }
            };
            let face = face(ui, words::NAME, words::NAME_TIP);
            if let Some(new) = self.name.ui(ui, face, &name, parse) {
                self.name.settle(new.clone());
                edited.edit(|camera| camera.name = new);
            }
        });
        wrong(ui, &self.name);
        row(ui, words::GROUP, |ui| {
            let parse = |text: &str| match group_menu::is_valid(text) {
                true => Ok(text.to_owned()),
                false => Err(words::GROUP_LONG.to_owned()),
            };
            let mut face = face(ui, words::GROUP, words::GROUP_TIP);
            if group_menu::is_there(edited.draft.get()) {
                face.width -= 40.0;
            }
            if let Some(new) = self.group.ui(ui, face, &group, parse) {
                self.group.settle(new.clone());
                edited.edit(|camera| camera.group = new);
            }
            if let Some(chosen) = group_menu::button(ui, edited.draft.get()) {
                edited.edit(|camera| camera.group = chosen);
            }
        });
        wrong(ui, &self.group);
    }

    fn addresses(&mut self, ui: &mut Ui, edited: &mut Edited<'_>) {
        let Some(camera) = edited.camera().cloned() else { return };
        let mut typed = None;
        row(ui, words::ADDRESS, |ui| {
            let face = face(ui, words::ADDRESS, words::ADDRESS_TIP);
            typed = self.main.ui(ui, face, camera.main.url().as_str(), address::read);
        });
        if let Some(typed) = typed {
            let is_split = self.take_login(edited, &typed);
            match is_split {
                true => self.main.forget_typing(ui.ctx()),
                false => self.main.settle(typed.url.to_string()),
            }
            edited.edit(|camera| camera.main = typed.url);
        }
        wrong(ui, &self.main);
        let mut typed = None;
        row(ui, words::SUB_ADDRESS, |ui| {
            let face = face(ui, words::SUB_ADDRESS, words::SUB_TIP);
            let value = camera.sub.as_ref().map(ToString::to_string).unwrap_or_default();
            typed = self.sub.ui(ui, face, &value, |text| match text {
                "" => Ok(None),
                text => address::read(text).map(Some),
            });
        });
        match typed {
            Some(Some(typed)) => {
                match self.take_login(edited, &typed) {
                    true => self.sub.forget_typing(ui.ctx()),
                    false => self.sub.settle(typed.url.to_string()),
                }
                edited.edit(|camera| camera.sub = Some(typed.url));
            }
            Some(None) => {
                self.sub.settle(String::new());
                edited.edit(|camera| camera.sub = None);
            }
            None => {}
        }
        wrong(ui, &self.sub);
        if self.moved {
            ui.label(soft(words::MOVED).size(theme::CAPTION));
        }
    }

    /// Moves user and password out of an address that was pasted with them; whether there were any.
    fn take_login(&mut self, edited: &mut Edited<'_>, typed: &address::Typed) -> bool {
        if let Some(user) = typed.user.clone() {
            edited.edit(|camera| camera.user = Some(user));
        }
        if let Some(password) = &typed.password {
            self.password = Zeroizing::new(password.reveal().to_owned());
            edited.draft.set_password(edited.id, Some(password.clone()));
        }
        let moved = typed.user.is_some() || typed.password.is_some();
        self.moved |= moved;
        moved
    }

    fn login(&mut self, ui: &mut Ui, edited: &mut Edited<'_>) {
        let user = edited.camera().and_then(|camera| camera.user.clone()).unwrap_or_default();
        row(ui, words::USER, |ui| {
            let face = face(ui, words::USER, words::USER_TIP);
            let parse = |text: &str| match text.chars().any(char::is_control) {
                true => Err(words::USER_TIP.to_owned()),
                false => Ok(text.to_owned()),
            };
            if let Some(new) = self.user.ui(ui, face, &user, parse) {
                self.user.settle(new.clone());
                edited.edit(|camera| camera.user = Some(new).filter(|user| !user.is_empty()));
            }
        });
        wrong(ui, &self.user);
        row(ui, words::PASSWORD, |ui| {
            let hint = if self.forgets { words::FORGOTTEN } else { words::PASSWORD_STORED };
            // The button, its gap, and the field's own margin.
            let forget_room = 160.0;
            let edit = egui::TextEdit::singleline(&mut *self.password)
                .password(true)
                .hint_text(RichText::new(hint).color(theme::text_faint()))
                .margin(egui::Margin::symmetric(10, 7))
                .desired_width((ui.available_width() - forget_room).max(100.0));
            let response = ui.add(edit).accessible_name(words::PASSWORD);
            forget_typing(ui.ctx(), response.id);
            if response.on_hover_text(words::PASSWORD_TIP).changed() {
                self.forgets = false;
                match self.password.is_empty() {
                    true => edited.draft.keep_password(edited.id),
                    false => {
                        let password = Password::new(self.password.to_string());
                        edited.draft.set_password(edited.id, Some(password));
                    }
                }
            }
            let forget = ui.add_enabled(!self.forgets, egui::Button::new(words::FORGET));
            if forget.on_hover_text(words::FORGET_TIP).clicked() {
                self.password = Zeroizing::default();
                self.forgets = true;
                edited.draft.set_password(edited.id, None);
            }
        });
    }

    fn test(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, edited: &Edited<'_>) {
        let has_sub = edited.camera().is_some_and(|camera| camera.sub.is_some());
        let idle = !self.test.is_running(stage) && !self.is_wrong();
        ui.horizontal(|ui| {
            for (kind, name) in
                [(StreamKind::Main, words::TEST), (StreamKind::Sub, words::TEST_SUB)]
            {
                if kind == StreamKind::Sub && !has_sub {
                    continue;
                }
                let button = ui.add_enabled(idle, egui::Button::new(name));
                if button.on_hover_text(words::TEST_TIP).clicked() {
                    self.ask(stage, edited, kind);
                }
            }
        });
        ui.add_space(4.0);
        if self.test.is_asked() {
            self.test.ui(ui, stage, PICTURE);
        } else {
            ui.label(soft(words::NOT_TESTED));
        }
    }

    fn ask(&mut self, stage: &mut Stage<'_>, edited: &Edited<'_>, kind: StreamKind) {
        let Some(camera) = edited.camera() else { return };
        let Some(url) = camera.url(kind) else { return };
        let written = (!self.password.is_empty()).then(|| Password::new(self.password.to_string()));
        let wanted = Wanted {
            kind,
            camera: (!self.forgets).then(|| camera.id.clone()),
            url: url.to_string(),
            user: camera.user.clone(),
            password: written,
            transport: camera.transport,
        };
        self.test.ask(stage, wanted);
    }
}

/// As wide as there is room.
fn face(ui: &Ui, name: &'static str, tip: &'static str) -> Face<'static> {
    Face { name, unit: "", tip, width: (ui.available_width() - 22.0).clamp(100.0, 460.0) }
}

fn transport(ui: &mut Ui, edited: &mut Edited<'_>) {
    let Some(transport) = edited.camera().map(|camera| camera.transport) else { return };
    choice_row(ui, words::TRANSPORT, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let options =
                [(words::TCP, words::TCP_TIP.to_owned()), (words::UDP, words::UDP_TIP.to_owned())];
            let on = usize::from(transport == Transport::Udp);
            if let Some(i) = segmented(ui, words::TRANSPORT, &options, Some(on)) {
                let new = if i == 1 { Transport::Udp } else { Transport::Tcp };
                edited.edit(|camera| camera.transport = new);
            }
        });
    });
}
