//! The sheet of cameras that answer in the network, and the questions to the one that is chosen.
//!
//! Must not do: add a camera; what is found goes into the sheet that does.

use egui::{Align, Key, Layout, RichText, ScrollArea, Ui};
use egui_material_icons::icons::{ICON_CHECK, ICON_LAN};
use zeroize::Zeroizing;

use super::add::{AddCamera, Prefilled};
use super::address;
use crate::model::Password;
use crate::protocol::{
    Command, DeviceOutcome, DeviceQuery, DeviceStreams, FoundDevice, SearchAnswer,
};
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{field, icon, main_button, sheet, soft, strong};
use crate::ui::words::{common, devices as words};

/// The sheet.
#[derive(Default)]
pub struct Search {
    /// The question.
    asked: Option<u64>,
    chosen: Option<Chosen>,
}

/// A device that was chosen.
struct Chosen {
    device: FoundDevice,
    user: String,
    password: Zeroizing<String>,
    asked: Option<u64>,
    /// The first field has had the keyboard.
    ready: bool,
}

/// What the sheet leads to.
pub enum Next {
    /// It is closed.
    Closed,
    /// The sheet that adds a camera.
    Add(Box<AddCamera>),
}

impl Search {
    /// Opens it and begins to search.
    pub fn open(&mut self, stage: &mut Stage<'_>) {
        let generation = stage.desk.next_id();
        if stage.desk.send(Command::SearchCameras { generation }) {
            *self = Self { asked: Some(generation), chosen: None };
        }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// Shows it while it is open.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>) -> Option<Next> {
        let asked = self.asked?;
        let answer = stage.shown.search.get().filter(|answer| answer.generation == asked);
        let mut next = None;
        let left = sheet(ui, "search cameras", 560.0, |ui| match &mut self.chosen {
            None => next = self.list(ui, stage, answer.as_deref()),
            Some(chosen) => match chosen.ui(ui, stage) {
                Some(Step::Back) => self.chosen = None,
                Some(Step::Add(add)) => next = Some(Next::Add(add)),
                None => {}
            },
        });
        if left {
            next = Some(Next::Closed);
        }
        if next.is_some() {
            if answer.is_none_or(|answer| answer.running) {
                stage.desk.send(Command::StopSearch);
            }
            *self = Self::default();
        }
        next
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        answer: Option<&SearchAnswer>,
    ) -> Option<Next> {
        let mut next = None;
        let running = answer.is_none_or(|answer| answer.running);
        ui.horizontal(|ui| {
            ui.heading(words::SEARCH_SHEET);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if running {
                    if ui.button(words::STOP).on_hover_text(words::STOP_TIP).clicked() {
                        stage.desk.send(Command::StopSearch);
                    }
                    ui.label(soft(words::SEARCHING));
                } else if ui.button(words::AGAIN).on_hover_text(words::AGAIN_TIP).clicked() {
                    self.open(stage);
                }
            });
        });
        let devices = answer.map_or(&[][..], |answer| &answer.devices);
        if let Some(trouble) = answer.and_then(|answer| answer.trouble.as_ref()) {
            ui.label(RichText::new(trouble).color(theme::error()));
        } else if devices.is_empty() {
            ui.label(soft(if running { words::NOTHING_YET } else { words::NOTHING_FOUND }));
        }
        let height = ui.ctx().content_rect().height() - 260.0;
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for device in devices {
                if row(ui, device) {
                    self.chosen = Some(Chosen::new(device.clone(), stage));
                }
            }
        });
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button(words::BY_ADDRESS).on_hover_text(words::BY_ADDRESS_TIP).clicked() {
                next = Some(Next::Add(Box::new(AddCamera::opened())));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(common::CLOSE).on_hover_text(words::SEARCH_CLOSE_TIP).clicked() {
                    next = Some(Next::Closed);
                }
            });
        });
        next
    }
}

/// Whether it was chosen.
fn row(ui: &mut Ui, device: &FoundDevice) -> bool {
    let mut chosen = false;
    ui.separator();
    ui.horizontal(|ui| {
        ui.label(icon(ICON_LAN, theme::ICON).color(theme::text_soft()));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.label(strong(&device.name));
            let parts = [&device.address, &device.model, &device.location];
            let parts: Vec<&str> =
                parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            ui.label(soft(parts.join(", ")).size(theme::CAPTION));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = ui.button(words::CHOOSE).on_hover_text(words::CONTINUE_TIP);
            let name = words::choose(&device.name);
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            chosen = button.clicked();
            if device.known {
                ui.label(soft(words::KNOWN));
                ui.label(icon(ICON_CHECK, theme::ICON).color(theme::live()));
            }
        });
    });
    chosen
}

enum Step {
    Back,
    Add(Box<AddCamera>),
}

impl Chosen {
    fn new(device: FoundDevice, stage: &mut Stage<'_>) -> Self {
        let mut chosen = Self {
            device,
            user: String::new(),
            password: Zeroizing::default(),
            asked: None,
            ready: false,
        };
        chosen.ask(stage);
        chosen
    }

    fn login(&self) -> (Option<String>, Option<Password>) {
        let user = Some(self.user.trim().to_owned()).filter(|user| !user.is_empty());
        let password =
            (!self.password.is_empty()).then(|| Password::new(self.password.to_string()));
        (user, password)
    }

    fn ask(&mut self, stage: &mut Stage<'_>) {
        let generation = stage.desk.next_id();
        let (user, password) = self.login();
        let service = self.device.service.clone();
        let query = DeviceQuery { generation, service, user, password };
        if stage.desk.send(Command::AskDevice(query)) {
            self.asked = Some(generation);
        }
    }

    fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Step> {
        let answer = stage.shown.device.get();
        let answer = answer.filter(|answer| Some(answer.generation) == self.asked);
        let outcome = answer.map_or(DeviceOutcome::Running, |answer| answer.outcome.clone());
        if let DeviceOutcome::Found(streams) = &outcome {
            return Some(Step::Add(Box::new(self.filled(streams, stage))));
        }
        ui.heading(&self.device.name);
        ui.label(soft(&self.device.address));
        ui.add_space(4.0);
        let mut go_on = false;
        match &outcome {
            DeviceOutcome::Running | DeviceOutcome::Found(_) => {
                ui.label(words::ASKING);
            }
            DeviceOutcome::NeedsPassword => {
                ui.label(words::NEEDS_PASSWORD);
                go_on = self.fields(ui);
            }
            DeviceOutcome::WrongPassword => {
                ui.label(RichText::new(words::WRONG_PASSWORD).color(theme::error()));
                go_on = self.fields(ui);
            }
            DeviceOutcome::Failed(why) => {
                ui.label(RichText::new(why).color(theme::error()));
                go_on = self.fields(ui);
            }
        }
        ui.add_space(8.0);
        let mut step = None;
        ui.horizontal(|ui| {
            if ui.button(words::BACK).on_hover_text(words::BACK_TIP).clicked() {
                step = Some(Step::Back);
            }
            let by_hand = ui.button(words::ENTER_ADDRESS).on_hover_text(words::ENTER_ADDRESS_TIP);
            if by_hand.clicked() {
                step = Some(Step::Add(Box::new(self.by_hand())));
            }
            if outcome != DeviceOutcome::Running {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    go_on |= main_button(ui, words::CONTINUE, words::CONTINUE_TIP).clicked();
                });
            }
        });
        if go_on {
            self.ask(stage);
        }
        step
    }

    /// Whether Enter was pressed in one of them.
    fn fields(&mut self, ui: &mut Ui) -> bool {
        let mut entered = false;
        ui.columns(2, |columns| {
            let user = field(&mut columns[0], words::USER, "", &mut self.user, false);
            if !std::mem::replace(&mut self.ready, true) {
                user.request_focus();
            }
            let password = field(&mut columns[1], words::PASSWORD, "", &mut self.password, true);
            entered = [user, password]
                .iter()
                .any(|field| field.lost_focus() && columns[0].input(|i| i.key_pressed(Key::Enter)));
        });
        entered
    }

    /// The sheet with all that the device told.
    fn filled(&self, streams: &DeviceStreams, stage: &Stage<'_>) -> AddCamera {
        let name = if streams.name.is_empty() { &self.device.name } else { &streams.name };
        AddCamera::of(Prefilled {
            name: free_name(name, stage),
            main: streams.main.clone(),
            sub: streams.sub.clone().unwrap_or_default(),
            user: self.user.clone(),
            password: self.password.clone(),
            whole: true,
        })
    }

    /// The sheet with no more than the device's host.
    fn by_hand(&self) -> AddCamera {
        let host = self.device.address.as_str();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        AddCamera::of(Prefilled {
            name: String::new(),
            main: format!("rtsp://{host}/"),
            sub: String::new(),
            user: self.user.clone(),
            password: self.password.clone(),
            whole: false,
        })
    }
}

fn free_name(name: &str, stage: &Stage<'_>) -> String {
    let cameras = &stage.snapshot.settings.cameras;
    address::unused(name.trim(), |name| cameras.iter().any(|camera| camera.name == name))
}
