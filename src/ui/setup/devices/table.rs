//! The table of cameras: by group, narrowed by what is searched for.
//!
//! Must not do: act; it says what is wanted of which camera.

use egui::{Align, Key, Layout, Margin, Pos2, RichText, TextEdit, Ui, Vec2};
use egui_extras::{Column, TableBuilder, TableRow};
use egui_material_icons::icons::{ICON_DELETE, ICON_NETWORK_CHECK, ICON_SEARCH};

use crate::model::CameraId;
use crate::protocol::{CameraStatus, LinkState};
use crate::ui::desk::Stage;
use crate::ui::setup::mode_menu::{self, mode_menu};
use crate::ui::widgets::{
    Look, icon, icon_button, recording_word, soft, state_dot, state_word, strong,
};
use crate::ui::words::devices as words;
use crate::ui::{format, keys, theme};

/// Height of a camera's row.
const ROW: f32 = 44.0;

/// Height of a group's heading.
const HEADING: f32 = 30.0;

/// Width of the filter, in points.
const FILTER: f32 = 170.0;

/// The table and its filter.
#[derive(Default)]
pub struct Table {
    search: String,
}

/// What is wanted of a camera.
pub enum Act {
    /// Its editor.
    Open(CameraId),
    /// Its editor, with a test of the connection.
    Test(CameraId),
    /// It is to be removed.
    Remove(CameraId),
}

/// A line of the table.
enum Line<'a> {
    Group(&'a str),
    Camera(&'a CameraStatus),
}

impl Table {
    /// The field that narrows the table.
    pub fn filter(&mut self, ui: &mut Ui) {
        let wanted = keys::free(ui) && keys::take_character(ui, "/");
        let edit = TextEdit::singleline(&mut self.search)
            .hint_text(RichText::new(words::FILTER).color(theme::text_faint()))
            .prefix(icon(ICON_SEARCH, 16.0).color(theme::text_faint()))
            .margin(Margin::symmetric(8, 7))
            .desired_width(FILTER);
        let response = ui.add(edit).accessible_name(words::FILTER);
        if wanted {
            response.request_focus();
        }
        if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
            self.search.clear();
        }
        response.on_hover_text(words::FILTER_TIP);
    }

    /// Shows the table.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Act> {
        let words = self.search.trim().to_lowercase();
        let snapshot = stage.snapshot;
        let found: Vec<&CameraStatus> =
            snapshot.cameras.iter().filter(|camera| matches(camera, &words)).collect();
        let lines = lines(&found);
        let mut act = None;
        let frame = egui::Frame::new()
            .fill(theme::panel())
            .stroke(theme::hair())
            .corner_radius(theme::ROUND_CARD)
            .inner_margin(Margin::symmetric(16, 6));
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            if found.is_empty() {
                ui.set_width(ui.available_width());
                ui.label(soft(words::NO_MATCH));
                return;
            }
            let table = TableBuilder::new(ui)
                .id_salt("cameras")
                .vscroll(false)
                .sense(egui::Sense::click())
                .cell_layout(Layout::left_to_right(Align::Center))
                .column(Column::remainder().at_least(110.0).clip(true))
                .column(Column::initial(140.0).clip(true))
                .column(Column::initial(112.0))
                .column(Column::initial(118.0))
                .column(Column::exact(mode_menu::WIDTH + 4.0))
                .column(Column::initial(150.0).clip(true))
                .column(Column::initial(84.0))
                .column(Column::exact(72.0));
            table.header(32.0, header).body(|mut body| {
                for line in lines {
                    match line {
                        Line::Group(name) => body.row(HEADING, |mut row| heading(&mut row, name)),
                        Line::Camera(camera) => body.row(ROW, |mut row| {
                            act = self::row(&mut row, camera, stage).or(act.take());
                        }),
                    }
                }
            });
        });
        act
    }
}

fn matches(camera: &CameraStatus, words: &str) -> bool {
    let texts = [&camera.name, &camera.group, &camera.address];
    texts.iter().any(|text| text.to_lowercase().contains(words))
}

/// Cameras under the headings of their groups, in the order in which these appear; those without a group last,
/// and without a heading where there are no groups at all.
fn lines<'a>(cameras: &[&'a CameraStatus]) -> Vec<Line<'a>> {
    let mut groups: Vec<&str> = Vec::new();
    for camera in cameras {
        if !groups.contains(&camera.group.as_str()) {
            groups.push(&camera.group);
        }
    }
    groups.sort_by_key(|group| group.is_empty());
    let has_headings = groups.iter().any(|group| !group.is_empty());
    let mut lines = Vec::new();
    for group in groups {
        if has_headings {
            lines.push(Line::Group(if group.is_empty() { words::OTHER_CAMERAS } else { group }));
        }
        let members = cameras.iter().filter(|camera| camera.group == group);
        lines.extend(members.map(|camera| Line::Camera(camera)));
    }
    lines
}

fn heading(row: &mut TableRow<'_, '_>, name: &str) {
    row.col(|ui| {
        ui.add_space(2.0);
        ui.label(soft(name).font(theme::strong(theme::CAPTION)));
    });
}

fn row(row: &mut TableRow<'_, '_>, camera: &CameraStatus, stage: &mut Stage<'_>) -> Option<Act> {
    let mut act = None;
    let id = || camera.id.clone();
    row.col(|ui| {
        let open = words::open(&camera.name);
        let button = egui::Button::new(strong(&camera.name)).frame(false).truncate();
        let button = ui.add(button);
        crate::ui::widgets::focus_ring(ui, button.rect.expand2(Vec2::new(4.0, 0.0)), &button);
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &open));
        if button.on_hover_text(open).clicked() {
            act = Some(Act::Open(id()));
        }
    });
    row.col(|ui| {
        ui.label(soft(&camera.address)).on_hover_text(&camera.address);
    });
    row.col(|ui| state(ui, camera, stage));
    row.col(|ui| recording(ui, camera, stage));
    row.col(|ui| mode_menu(ui, camera, stage));
    row.col(|ui| two_lines(ui, &stream(camera), &rate(camera)));
    row.col(|ui| {
        ui.label(soft(format::duration(camera.recorded_today))).on_hover_text(words::TODAY_TIP);
    });
    row.col(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let name = words::test_of(&camera.name);
        if icon_button(ui, ICON_NETWORK_CHECK, &name, "", Look::Quiet).clicked() {
            act = Some(Act::Test(id()));
        }
        let name = words::remove_of(&camera.name);
        if icon_button(ui, ICON_DELETE, &name, "", Look::Quiet).clicked() {
            act = Some(Act::Remove(id()));
        }
    });
    if act.is_none() && row.response().clicked() {
        act = Some(Act::Open(id()));
    }
    act
}

fn header(mut row: TableRow<'_, '_>) {
    for name in words::COLUMNS {
        row.col(|ui| {
            ui.label(soft(name).size(theme::CAPTION));
        });
    }
}

fn state(ui: &mut Ui, camera: &CameraStatus, stage: &Stage<'_>) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), egui::Sense::hover());
    state_dot(ui.painter(), Pos2::new(rect.center().x, rect.center().y), &camera.link);
    match &camera.link {
        LinkState::Offline { since, why, .. } => {
            let since = words::since(&stage.zone.brief(*since, stage.now));
            let response = ui.scope(|ui| two_lines(ui, state_word(&camera.link), &since)).response;
            response.on_hover_text(why);
        }
        link => {
            ui.label(state_word(link));
        }
    }
}

fn recording(ui: &mut Ui, camera: &CameraStatus, stage: &Stage<'_>) {
    let since = stage.zone.brief(camera.since, stage.now);
    let colour = theme::recording(&camera.recording);
    ui.label(RichText::new(recording_word(&camera.recording)).color(colour))
        .on_hover_text(words::sentence_since(&camera.sentence, &since));
}

/// `main 1920×1080`.
fn stream(camera: &CameraStatus) -> String {
    match camera.size {
        Some((width, height)) => format!("{} {width}×{height}", camera.stream),
        None => camera.stream.to_string(),
    }
}

/// `25 fps, 3.9 Mbit/s`, and what this computer dropped.
fn rate(camera: &CameraStatus) -> String {
    if camera.frame_rate_milli == 0 {
        return "–".into();
    }
    let bits = format::bit_rate(camera.bit_rate);
    words::rate(&format::frame_rate(camera.frame_rate_milli), &bits, camera.dropped)
}

fn two_lines(ui: &mut Ui, upper: &str, lower: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(6.0);
        ui.add(egui::Label::new(RichText::new(upper).size(theme::CAPTION)).extend());
        ui.add(egui::Label::new(soft(lower).size(theme::CAPTION)).extend());
    });
}
