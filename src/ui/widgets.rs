//! Controls that several pages share, each with an accessible name and a tooltip.
//!
//! Must not do: know a page, a snapshot or a command.

use egui::{
    Align, Align2, AsIdSalt, Button, Color32, ComboBox, Frame, Id, Layout, Margin, Painter, Pos2,
    Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};
use egui_material_icons::MaterialIcon;

use super::theme;
use super::words::common;
use crate::model::{GapReason, RecordingState};
use crate::protocol::LinkState;

/// An icon as text.
pub fn icon(icon: MaterialIcon, size: f32) -> RichText {
    RichText::new(icon.codepoint).font(theme::icon_font(size))
}

/// Text of the second rank.
pub fn soft(text: impl Into<String>) -> RichText {
    RichText::new(text).color(theme::text_soft())
}

/// Text that stands out.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).font(theme::strong(theme::BODY))
}

/// `name (key)`, for a tooltip.
pub fn tip(name: &str, key: &str) -> String {
    if key.is_empty() { name.to_owned() } else { format!("{name} ({key})") }
}

/// How a square icon button looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// No fill until the pointer is over it.
    Quiet,
    /// Filled because it is switched on.
    On,
    /// The main action.
    Main,
}

/// A square button with an icon; `key` is told in the tooltip.
pub fn icon_button(
    ui: &mut Ui,
    glyph: MaterialIcon,
    name: &str,
    key: &str,
    look: Look,
) -> Response {
    let width = if look == Look::Main { theme::CONTROL + 12.0 } else { theme::CONTROL };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, theme::CONTROL), Sense::click());
    paint_icon_button(ui, rect, &response, glyph, look);
    let enabled = ui.is_enabled();
    let selected = look == Look::On;
    response.widget_info(|| match selected {
        true => WidgetInfo::selected(Role::Button, enabled, true, name),
        false => WidgetInfo::labeled(Role::Button, enabled, name),
    });
    response.on_hover_text(tip(name, key))
}

fn paint_icon_button(ui: &Ui, rect: Rect, response: &Response, glyph: MaterialIcon, look: Look) {
    let (fill, mut ink) = match (look, response.is_pointer_button_down_on(), response.hovered()) {
        (Look::Main, true, _) => (theme::accent().gamma_multiply(0.8), theme::on_accent()),
        (Look::Main, ..) => (theme::accent(), theme::on_accent()),
        (_, true, _) => (theme::pressed(), theme::text()),
        (_, _, true) | (Look::On, ..) => (theme::raised(), theme::text()),
        _ => (Color32::TRANSPARENT, theme::text_soft()),
    };
    if !ui.is_enabled() {
        ink = theme::text_faint();
    }
    ui.painter().rect_filled(rect, theme::ROUND, fill);
    focus_ring(ui, rect, response);
    let size = theme::ICON + 2.0;
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        glyph.codepoint,
        theme::icon_font(size),
        ink,
    );
}

/// A square button with an icon on a picture, the same in both looks.
pub fn picture_button(
    ui: &mut Ui,
    glyph: MaterialIcon,
    name: &str,
    key: &str,
    ink: Color32,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(theme::CONTROL), Sense::click());
    let fill = match (response.is_pointer_button_down_on(), response.hovered()) {
        (true, _) => Color32::from_white_alpha(60),
        (_, true) => Color32::from_white_alpha(36),
        _ => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::ROUND, fill);
    focus_ring(ui, rect, &response);
    let (font, middle) = (theme::icon_font(theme::ICON + 2.0), Align2::CENTER_CENTER);
    ui.painter().text(rect.center(), middle, glyph.codepoint, font, ink);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response.on_hover_text(tip(name, key))
}

/// The frame around what has the keyboard.
pub fn focus_ring(ui: &Ui, rect: Rect, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, theme::accent());
        ui.painter().rect_stroke(rect, theme::ROUND, stroke, StrokeKind::Inside);
    }
}

/// A button with an icon and words.
pub fn labelled_button(
    ui: &mut Ui,
    glyph: MaterialIcon,
    text: &str,
    explanation: &str,
    key: &str,
) -> Response {
    let button =
        Button::new((icon(glyph, theme::ICON), text)).min_size(Vec2::new(0.0, theme::CONTROL));
    ui.add(button).accessible_name(text).on_hover_text(tip(explanation, key))
}

/// The button that a sheet or a page is there for.
pub fn main_button(ui: &mut Ui, text: &str, explanation: &str) -> Response {
    let words = RichText::new(text).font(theme::strong(theme::BODY)).color(theme::on_accent());
    let button = Button::new(words)
        .fill(theme::accent())
        .stroke(Stroke::NONE)
        .min_size(Vec2::new(0.0, theme::CONTROL));
    ui.add(button).on_hover_text(explanation)
}

/// Like [`main_button`], with an icon.
pub fn main_icon_button(
    ui: &mut Ui,
    glyph: MaterialIcon,
    text: &str,
    explanation: &str,
) -> Response {
    let words = RichText::new(text).font(theme::strong(theme::BODY)).color(theme::on_accent());
    let button = Button::new((icon(glyph, theme::ICON).color(theme::on_accent()), words))
        .fill(theme::accent())
        .stroke(Stroke::NONE)
        .min_size(Vec2::new(0.0, theme::CONTROL));
    ui.add(button).accessible_name(text).on_hover_text(explanation)
}

/// Height of [`segmented`], in points.
pub const SEGMENTED: f32 = theme::CONTROL + 6.0;

/// One of several values, side by side; returns the index that was clicked. Each option has its word and its
/// tooltip.
pub fn segmented(
    ui: &mut Ui,
    name: &str,
    options: &[(&str, String)],
    selected: Option<usize>,
) -> Option<usize> {
    let mut clicked = None;
    let frame =
        Frame::new().fill(theme::field()).corner_radius(theme::ROUND).inner_margin(Margin::same(3));
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.spacing_mut().button_padding = Vec2::new(10.0, 3.0);
        ui.horizontal(|ui| {
            // Where a row is filled from the right, the last option comes first.
            let mut order: Vec<usize> = (0..options.len()).collect();
            if ui.layout().prefer_right_to_left() {
                order.reverse();
            }
            for i in order {
                let (text, explanation) = &options[i];
                let on = selected == Some(i);
                let colour = if on { theme::text() } else { theme::text_soft() };
                let fill = if on { theme::raised() } else { Color32::TRANSPARENT };
                let button = Button::new(RichText::new(*text).color(colour))
                    .selected(on)
                    .fill(fill)
                    .stroke(Stroke::NONE)
                    .corner_radius(theme::ROUND_SMALL)
                    .min_size(Vec2::new(30.0, theme::CONTROL - 6.0));
                let response = ui.add(button).accessible_name(format!("{name}: {text}"));
                if response.on_hover_text(explanation).clicked() {
                    clicked = Some(i);
                }
            }
        });
    });
    clicked
}

/// A word in front of [`segmented`], level with it: a row grows only with what comes next, and then the word stands too
/// high.
pub fn before_segmented(ui: &mut Ui, text: RichText) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(Vec2::new(0.0, SEGMENTED), layout, |ui| {
        ui.set_min_height(SEGMENTED);
        ui.label(text);
    });
}

/// A card with a title.
pub fn card<R>(ui: &mut Ui, title: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new()
        .fill(theme::panel())
        .stroke(theme::hair())
        .corner_radius(theme::ROUND_CARD)
        .inner_margin(Margin::same(20))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            if !title.is_empty() {
                ui.label(strong(title));
                ui.add_space(6.0);
            }
            content(ui)
        })
        .inner
}

/// A row of a card: what it is, and its value.
pub fn fact(ui: &mut Ui, name: &str, value: impl Into<String>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 22.0;
        let width = 160.0_f32.min(ui.available_width() * 0.4);
        ui.allocate_ui_with_layout(
            Vec2::new(width, 22.0),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_width(width);
                ui.label(soft(name));
            },
        );
        ui.label(value.into());
    });
}

/// The bar at the top of a page.
pub fn page_bar<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new().fill(theme::window()).inner_margin(Margin::symmetric(16, 0));
    egui::Panel::top("page bar")
        .exact_size(theme::BAR)
        .frame(frame)
        .show(ui, |ui| ui.with_layout(Layout::left_to_right(Align::Center), content).inner)
        .inner
}

/// A bar with only a title.
pub fn title_bar<R>(ui: &mut Ui, title: &str, right: impl FnOnce(&mut Ui) -> R) -> R {
    page_bar(ui, |ui| {
        ui.label(RichText::new(title).font(theme::strong(theme::TITLE)));
        ui.with_layout(Layout::right_to_left(Align::Center), right).inner
    })
}

/// The state of a camera: a disc when online, a ring while connecting, a barred disc when offline. The shape
/// says what the colour says.
pub fn state_dot(painter: &Painter, centre: Pos2, link: &LinkState) {
    const RADIUS: f32 = 4.5;
    match link {
        LinkState::Online => {
            painter.circle_filled(centre, RADIUS, theme::live());
        }
        LinkState::Connecting => {
            painter.circle_stroke(centre, RADIUS - 1.0, Stroke::new(2.0, theme::warning()));
        }
        LinkState::Offline { .. } => {
            painter.circle_filled(centre, RADIUS, theme::error());
            let bar = Rect::from_center_size(centre, Vec2::new(5.0, 1.8));
            painter.rect_filled(bar, 0.0, theme::window());
        }
    }
}

/// The state of a camera in a word.
pub const fn state_word(link: &LinkState) -> &'static str {
    match link {
        LinkState::Online => common::ONLINE,
        LinkState::Connecting => common::CONNECTING,
        LinkState::Offline { .. } => common::OFFLINE,
    }
}

/// Whether a camera is recorded, and by what, in a word.
pub const fn recording_word(recording: &RecordingState) -> &'static str {
    match recording {
        RecordingState::Recording(kind) => kind.label(),
        RecordingState::Idle(GapReason::Disabled) => common::OFF,
        RecordingState::Idle(_) => common::NOT_RECORDING,
    }
}

/// What stands at the left of a chip.
#[derive(Clone, Copy)]
pub enum Mark<'a> {
    /// Nothing.
    None,
    /// A disc of this colour.
    Disc(Color32),
    /// A ring of this colour: what it stands for is off.
    Ring(Color32),
    /// A camera's state.
    State(&'a LinkState),
}

/// A small text on a picture, at its left or right upper corner. Returns its place.
pub fn chip(
    painter: &Painter,
    corner: Pos2,
    right: bool,
    mark: Mark<'_>,
    text: &str,
    limit: f32,
) -> Rect {
    const HEIGHT: f32 = 22.0;
    let lead = if matches!(mark, Mark::None) { 8.0 } else { 20.0 };
    let font = theme::font(theme::CAPTION);
    let mut job =
        egui::text::LayoutJob::simple_singleline(text.to_owned(), font, theme::PICTURE_TEXT);
    job.wrap = egui::text::TextWrapping::truncate_at_width((limit - lead - 8.0).max(0.0));
    let galley = painter.layout_job(job);
    let size = Vec2::new(lead + galley.size().x + 8.0, HEIGHT);
    let left = if right { corner.x - size.x } else { corner.x };
    let rect = Rect::from_min_size(Pos2::new(left, corner.y), size);
    painter.rect_filled(rect, theme::ROUND_SMALL, theme::ON_PICTURE);
    let centre = Pos2::new(rect.left() + 11.0, rect.center().y);
    match mark {
        Mark::None => {}
        Mark::Disc(colour) => {
            painter.circle_filled(centre, 4.0, colour);
        }
        Mark::Ring(colour) => {
            painter.circle_stroke(centre, 3.2, Stroke::new(1.6, colour));
        }
        Mark::State(link) => state_dot(painter, centre, link),
    }
    let at = Pos2::new(rect.left() + lead, rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, theme::PICTURE_TEXT);
    rect
}

/// The part of `tile` that a picture of `size` fills without being cropped or stretched.
pub fn fit(tile: Rect, size: Vec2) -> Rect {
    if size.x <= 0.0 || size.y <= 0.0 {
        return tile;
    }
    let scale = (tile.width() / size.x).min(tile.height() / size.y);
    Rect::from_center_size(tile.center(), size * scale)
}

/// A picture with the corners of its tile.
pub fn picture(painter: &Painter, texture: egui::TextureId, place: Rect, tint: Color32) {
    let all = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    part_of_picture(painter, texture, place, all, tint);
}

/// `part` of a picture, in coordinates from 0 to 1, with the corners of its tile.
pub fn part_of_picture(
    painter: &Painter,
    texture: egui::TextureId,
    place: Rect,
    part: Rect,
    tint: Color32,
) {
    let shape = egui::epaint::RectShape::filled(place, theme::ROUND, tint);
    painter.add(shape.with_texture(texture, part));
}

/// A sheet over everything; true when the operator left it by Esc or a click beside it.
pub fn sheet(ui: &Ui, name: &str, width: f32, content: impl FnOnce(&mut Ui)) -> bool {
    let frame = Frame::new()
        .fill(theme::panel())
        .stroke(theme::hair())
        .corner_radius(theme::ROUND_CARD)
        .inner_margin(Margin::same(24));
    egui::Modal::new(Id::unique(name))
        .frame(frame)
        .backdrop_color(theme::backdrop())
        .show(ui, |ui| {
            ui.set_width(width);
            content(ui);
        })
        .should_close()
}

/// A switch that is on or off; the disc's place says what the colour says.
pub fn switch(ui: &mut Ui, name: &str, on: &mut bool) -> Response {
    let (rect, mut response) = ui.allocate_exact_size(Vec2::new(36.0, 20.0), Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    let (enabled, is_on) = (ui.is_enabled(), *on);
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, is_on, name));
    let fill = if is_on { theme::accent() } else { theme::raised() };
    let fill = if enabled { fill } else { fill.gamma_multiply(0.5) };
    ui.painter().rect_filled(rect, 10.0, fill);
    let x = if is_on { rect.right() - 10.0 } else { rect.left() + 10.0 };
    let ink = if is_on { theme::on_accent() } else { theme::text_soft() };
    ui.painter().circle_filled(Pos2::new(x, rect.center().y), 7.0, ink);
    focus_ring(ui, rect.expand(2.0), &response);
    response
}

/// A menu of the given width, in points, with its name and what is chosen; `content` are its items.
pub fn named_menu(
    ui: &mut Ui,
    salt: impl AsIdSalt,
    name: &str,
    chosen: &str,
    width: f32,
    content: impl FnOnce(&mut Ui),
) -> Response {
    let menu = ComboBox::from_id_salt(salt).selected_text(chosen).width(width);
    let response = menu.show_ui(ui, content).response;
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, name);
        info.current_text_value = Some(chosen.to_owned());
        info
    });
    response
}

/// A labelled text field of the given width.
pub fn field(ui: &mut Ui, label: &str, hint: &str, text: &mut String, password: bool) -> Response {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let name = ui.label(soft(label).size(theme::CAPTION));
        let edit = egui::TextEdit::singleline(text)
            .hint_text(RichText::new(hint).color(theme::text_faint()))
            .password(password)
            .margin(Margin::symmetric(10, 7))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).labelled_by(name.id);
        if password {
            forget_typing(&response.ctx, response.id);
        }
        response
    })
    .inner
}

/// Takes from egui what it keeps of a text field with a password for Undo: that is the text itself, and stays when the
/// field is gone.
pub fn forget_typing(ctx: &egui::Context, field: egui::Id) {
    if let Some(mut state) = egui::TextEdit::load_state(ctx, field) {
        state.clear_undoer();
        state.store(ctx, field);
    }
}
