//! The sheet that adds a camera.
//!
//! Must not do: keep a password after it is closed, or connect; the engine checks the camera and tells the
//! result.

use egui::{Align, Key, Layout, Response, RichText, Ui};
use zeroize::Zeroizing;

use super::test::{Test, Wanted};
use super::{address, group_menu};
use crate::model::settings::check_name;
use crate::model::{Mode, Password, Settings, StreamKind, Transport};
use crate::protocol::{CameraDraft, Command};
use crate::ui::desk::Stage;
use crate::ui::setup::entry::row;
use crate::ui::theme;
use crate::ui::widgets::{field, forget_typing, main_button, segmented, sheet, soft};
use crate::ui::words::{common, devices as words};

/// Width of the sheet, in points.
const WIDTH: f32 = 520.0;

/// The picture of a test is so high at most, in points.
const PICTURE: f32 = 130.0;

/// The sheet and what is written on it.
#[derive(Default)]
pub struct AddCamera {
    open: bool,
    /// The first field has had the keyboard.
    ready: bool,
    main: String,
    name: String,
    group: String,
    sub: String,
    user: String,
    password: Zeroizing<String>,
    udp: bool,
    record_sub: bool,
    off: bool,
    tried: bool,
    moved: bool,
    test: Test,
    /// A test is to be asked for.
    untested: bool,
}

/// What a search has found out of a camera.
pub struct Prefilled {
    pub name: String,
    pub main: String,
    pub sub: String,
    pub user: String,
    pub password: Zeroizing<String>,
    /// Whether it can be tested at once.
    pub whole: bool,
}

/// A field that has something wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Main,
    Name,
    Group,
    Sub,
}

impl AddCamera {
    /// An empty, open sheet.
    pub fn opened() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// An open sheet with what is known.
    pub fn of(known: Prefilled) -> Self {
        let Prefilled { name, main, sub, user, password, whole } = known;
        Self { open: true, name, main, sub, user, password, untested: whole, ..Self::default() }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Shows it while it is open.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        if !self.open {
            return;
        }
        if std::mem::take(&mut self.untested) {
            self.ask(stage);
        }
        let mut done = false;
        let height = ui.ctx().content_rect().height() - 96.0;
        let left = sheet(ui, "add camera", WIDTH, |ui| {
            ui.heading(words::ADD_SHEET);
            egui::ScrollArea::vertical().max_height(height - 76.0).show(ui, |ui| {
                ui.add_space(2.0);
                let entered = self.fields(ui, &stage.snapshot.settings);
                self.choices(ui);
                if self.test.is_asked() {
                    ui.separator();
                    self.test.ui(ui, stage, PICTURE);
                }
                done = entered && self.add(stage);
            });
            ui.add_space(4.0);
            done |= self.foot(ui, stage);
        });
        if left || done {
            *self = Self::default();
        }
    }

    /// Whether Enter was pressed in one of them.
    fn fields(&mut self, ui: &mut Ui, settings: &Settings) -> bool {
        let problem = self.problem(settings).filter(|_| self.tried);
        let wrong = |ui: &mut Ui, place: Field| {
            if let Some((_, why)) = problem.as_ref().filter(|(field, _)| *field == place) {
                ui.label(RichText::new(why).size(theme::CAPTION).color(theme::error()));
            }
        };
        let proposed = self.proposed(settings);
        let mut all = Vec::new();
        let main = field(ui, words::ADDRESS, words::ADDRESS_HINT, &mut self.main, false);
        if !std::mem::replace(&mut self.ready, true) {
            main.request_focus();
        }
        if main.changed() && self.split(|sheet| &mut sheet.main) {
            forget_typing(ui.ctx(), main.id);
        }
        all.push(main.on_hover_text(words::ADDRESS_TIP));
        wrong(ui, Field::Main);
        if self.moved {
            ui.label(soft(words::MOVED).size(theme::CAPTION));
        }
        ui.columns(2, |columns| {
            all.push(field(&mut columns[0], words::NAME, &proposed, &mut self.name, false));
            wrong(&mut columns[0], Field::Name);
            all.push(field(&mut columns[1], words::GROUP, words::NO_GROUP, &mut self.group, false));
            group_menu::under(&mut columns[1], settings, &mut self.group);
            wrong(&mut columns[1], Field::Group);
        });
        ui.columns(2, |columns| {
            all.push(field(&mut columns[0], words::USER, "", &mut self.user, false));
            all.push(field(&mut columns[1], words::PASSWORD, "", &mut self.password, true));
        });
        let sub = field(ui, words::SUB_ADDRESS, words::SUB_HINT, &mut self.sub, false);
        if sub.changed() && self.split(|sheet| &mut sheet.sub) {
            forget_typing(ui.ctx(), sub.id);
        }
        all.push(sub);
        wrong(ui, Field::Sub);
        let entered =
            |field: &Response| field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        all.iter().any(entered)
    }

    /// Moves user and password out of an address that was pasted with them; whether there were any.
    fn split(&mut self, place: fn(&mut Self) -> &mut String) -> bool {
        let text = place(self);
        let Ok(typed) = address::read(text) else { return false };
        if typed.user.is_none() && typed.password.is_none() {
            return false;
        }
        // Half an address, while it is being typed, may look like this too.
        if !text.contains("://") {
            return false;
        }
        *text = typed.url.to_string();
        if let Some(user) = typed.user {
            self.user = user;
        }
        if let Some(password) = typed.password {
            self.password = Zeroizing::new(password.reveal().to_owned());
        }
        self.moved = true;
        true
    }

    fn proposed(&self, settings: &Settings) -> String {
        let taken = |name: &str| settings.cameras.iter().any(|camera| camera.name == name);
        let url = address::read(&self.main).map(|typed| typed.url);
        url.map(|url| address::proposed_name(&url, taken)).unwrap_or_default()
    }

    fn choices(&mut self, ui: &mut Ui) {
        let udp = [(words::TCP, words::TCP_TIP), (words::UDP, words::UDP_TIP)];
        choose(ui, words::TRANSPORT, udp, &mut self.udp);
        let stream = [(common::MAIN, common::MAIN_TIP), (common::SUB, common::SUB_TIP)];
        choose(ui, words::STREAM, stream, &mut self.record_sub);
        let mode =
            [(words::CONTINUOUS, words::CONTINUOUS_TIP), (words::DISABLED, words::DISABLED_TIP)];
        choose(ui, words::RECORDING, mode, &mut self.off);
    }

    /// What is missing, and where.
    fn problem(&self, settings: &Settings) -> Option<(Field, String)> {
        if let Err(why) = address::read(&self.main) {
            return Some((Field::Main, why));
        }
        let name = self.name.trim();
        if let Err(why) = check_name(name).map_err(|why| crate::ui::words::sentence(&why))
            && !name.is_empty()
        {
            return Some((Field::Name, why));
        }
        if settings.cameras.iter().any(|camera| camera.name == name) {
            return Some((Field::Name, words::NAME_TAKEN.into()));
        }
        if !group_menu::is_valid(self.group.trim()) {
            return Some((Field::Group, words::GROUP_LONG.into()));
        }
        if self.sub.trim().is_empty() {
            return self.record_sub.then(|| (Field::Sub, words::SUB_NEEDED.into()));
        }
        address::read(&self.sub).err().map(|why| (Field::Sub, why))
    }

    fn foot(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> bool {
        let mut done = false;
        ui.horizontal(|ui| {
            let idle = !self.test.is_running(stage);
            let test = ui.add_enabled(idle, egui::Button::new(words::TEST));
            if test.on_hover_text(words::TEST_TIP).clicked() {
                self.ask(stage);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if main_button(ui, words::ADD, words::ADD_SHEET_TIP).clicked() {
                    done = self.add(stage);
                }
                let cancel = ui.button(common::CANCEL).on_hover_text(words::ADD_CANCEL_TIP);
                done |= cancel.clicked();
            });
        });
        done
    }

    fn ask(&mut self, stage: &mut Stage<'_>) {
        self.tried = true;
        let Ok(typed) = address::read(&self.main) else { return };
        let (user, password) = self.login(&typed);
        let wanted = Wanted {
            kind: StreamKind::Main,
            camera: None,
            url: typed.url.to_string(),
            user,
            password,
            transport: self.transport(),
        };
        self.test.ask(stage, wanted);
    }

    /// What was typed into the fields, else what stands in the address.
    fn login(&self, typed: &address::Typed) -> (Option<String>, Option<Password>) {
        let user = Some(self.user.trim().to_owned()).filter(|user| !user.is_empty());
        let written = (!self.password.is_empty()).then(|| Password::new(self.password.to_string()));
        (user.or_else(|| typed.user.clone()), written.or_else(|| typed.password.clone()))
    }

    const fn transport(&self) -> Transport {
        if self.udp { Transport::Udp } else { Transport::Tcp }
    }

    /// Adds it when nothing is missing.
    fn add(&mut self, stage: &mut Stage<'_>) -> bool {
        self.tried = true;
        let settings = &stage.snapshot.settings;
        if self.problem(settings).is_some() {
            return false;
        }
        let draft = self.draft(settings);
        draft.is_some_and(|draft| stage.desk.send(Command::AddCamera(draft)))
    }

    fn draft(&self, settings: &Settings) -> Option<CameraDraft> {
        let typed = address::read(&self.main).ok()?;
        let (user, password) = self.login(&typed);
        let sub = address::read(&self.sub).ok().map(|typed| typed.url.to_string());
        let name = match self.name.trim() {
            "" => self.proposed(settings),
            name => name.to_owned(),
        };
        Some(CameraDraft {
            name,
            group: self.group.trim().to_owned(),
            main: typed.url.to_string(),
            sub,
            user,
            password: password.map(|password| password.reveal().to_owned()),
            transport: self.transport(),
            stream: if self.record_sub { StreamKind::Sub } else { StreamKind::Main },
            mode: if self.off { Mode::Disabled } else { Mode::Continuous },
        })
    }
}

fn choose(ui: &mut Ui, name: &str, options: [(&str, &str); 2], second: &mut bool) {
    row(ui, name, |ui| {
        let options = options.map(|(word, tip)| (word, tip.to_owned()));
        if let Some(i) = segmented(ui, name, &options, Some(usize::from(*second))) {
            *second = i == 1;
        }
    });
}
