//! The sheet that adds a camera.
//!
//! Must not do: keep a password after it is closed, or connect; the engine checks the camera and tells the
//! result.

use egui::{Align, Layout, RichText, Ui};

use crate::model::{Mode, StreamKind, Transport};
use crate::protocol::{CameraDraft, Command};
use crate::ui::desk::Desk;
use crate::ui::theme;
use crate::ui::widgets::{field, main_button, segmented, sheet, soft};

/// The sheet and what is written on it.
#[derive(Default)]
pub struct AddCamera {
    open: bool,
    /// The first field has had the keyboard.
    ready: bool,
    name: String,
    main: String,
    sub: String,
    user: String,
    password: String,
    udp: bool,
    record_sub: bool,
    off: bool,
    tried: bool,
}

impl AddCamera {
    /// An empty, open sheet.
    pub fn opened() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Shows it while it is open.
    pub fn ui(&mut self, ui: &Ui, desk: &mut Desk) {
        if !self.open {
            return;
        }
        let mut done = false;
        let left = sheet(ui, "add camera", 480.0, |ui| {
            ui.heading("Add a camera");
            ui.add_space(4.0);
            self.fields(ui);
            self.choices(ui);
            ui.add_space(4.0);
            done = self.foot(ui, desk);
        });
        if left || done {
            *self = Self::default();
        }
    }

    fn fields(&mut self, ui: &mut Ui) {
        let name = field(ui, "Name", "Front door", &mut self.name, false);
        if !std::mem::replace(&mut self.ready, true) {
            name.request_focus();
        }
        field(ui, "Main stream", "rtsp://192.168.1.20/stream1", &mut self.main, false);
        field(
            ui,
            "Sub stream (optional, for walls)",
            "rtsp://192.168.1.20/stream2",
            &mut self.sub,
            false,
        );
        ui.columns(2, |columns| {
            field(&mut columns[0], "User (optional)", "", &mut self.user, false);
            field(&mut columns[1], "Password (optional)", "", &mut self.password, true);
        });
    }

    fn choices(&mut self, ui: &mut Ui) {
        let tcp = "Nothing is lost on the way; right for nearly every camera".to_owned();
        let udp = "For cameras that do nothing else".to_owned();
        choose(ui, "Transport", [("TCP", tcp), ("UDP", udp)], &mut self.udp);
        let main = "Full resolution".to_owned();
        let sub = "The small stream: less disk, less detail".to_owned();
        choose(ui, "Record stream", [("Main", main), ("Sub", sub)], &mut self.record_sub);
        let on = "Recorded around the clock from now on".to_owned();
        let off = "Shown live, but not recorded".to_owned();
        choose(ui, "Recording", [("Continuous", on), ("Disabled", off)], &mut self.off);
    }

    /// What is missing, in a sentence.
    fn problem(&self) -> Option<&'static str> {
        let is_rtsp =
            |text: &str| text.trim().starts_with("rtsp://") || text.trim().starts_with("rtsps://");
        if self.name.trim().is_empty() {
            Some("Give the camera a name.")
        } else if !is_rtsp(&self.main) {
            Some("The main stream's address begins with rtsp://")
        } else if !self.sub.trim().is_empty() && !is_rtsp(&self.sub) {
            Some("The sub stream's address begins with rtsp://")
        } else if self.record_sub && self.sub.trim().is_empty() {
            Some("To record the sub stream, give its address.")
        } else if self.main.contains('@') || self.sub.contains('@') {
            Some("Write user and password into their own fields, not into the address.")
        } else {
            None
        }
    }

    fn foot(&mut self, ui: &mut Ui, desk: &mut Desk) -> bool {
        let mut done = false;
        let problem = self.problem();
        if self.tried
            && let Some(problem) = problem
        {
            ui.label(RichText::new(problem).color(theme::error()));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let enter = ui.input(|i| i.key_pressed(egui::Key::Enter));
            let add = main_button(ui, "Add camera", "Connects and records at once (Enter)");
            if add.clicked() || enter {
                self.tried = true;
                done = problem.is_none() && desk.send(Command::AddCamera(self.draft()));
            }
            if ui.button("Cancel").on_hover_text("Closes without adding (Esc)").clicked() {
                done = true;
            }
        });
        done
    }

    fn draft(&self) -> CameraDraft {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        CameraDraft {
            name: self.name.trim().to_owned(),
            group: String::new(),
            main: self.main.trim().to_owned(),
            sub: some(&self.sub),
            user: some(&self.user),
            password: Some(self.password.clone()).filter(|p| !p.is_empty()),
            transport: if self.udp { Transport::Udp } else { Transport::Tcp },
            stream: if self.record_sub { StreamKind::Sub } else { StreamKind::Main },
            mode: if self.off { Mode::Disabled } else { Mode::Continuous },
        }
    }
}

fn choose(ui: &mut Ui, name: &str, options: [(&str, String); 2], second: &mut bool) {
    ui.horizontal(|ui| {
        let (rect, _) =
            ui.allocate_exact_size(egui::vec2(120.0, theme::CONTROL), egui::Sense::hover());
        let mut label = ui.new_child(
            egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)),
        );
        label.label(soft(name));
        if let Some(i) = segmented(ui, name, &options, Some(usize::from(*second))) {
            *second = i == 1;
        }
    });
}
