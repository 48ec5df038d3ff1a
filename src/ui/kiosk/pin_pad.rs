//! A number pad for fingers.
//!
//! Must not do: know what was typed before; it shows how much it is.

use egui::{Button, Grid, Response, RichText, Role, Sense, Ui, Vec2, WidgetInfo};
use egui_material_icons::icons::ICON_BACKSPACE;

use crate::ui::theme;
use crate::ui::widgets::icon;
use crate::ui::words::kiosk as words;

/// A key's width and height: wide enough for a finger with a glove.
const KEY: Vec2 = Vec2::new(112.0, 56.0);

/// Between two keys.
const GAP: f32 = 8.0;

/// Between two dots, and half of a dot's width.
const DOTS: (f32, f32) = (18.0, 4.5);

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// One more character.
    Character(char),
    /// One less.
    Back,
    /// That is all.
    Enter,
}

/// Shows the pad under so many dots.
pub fn show(ui: &mut Ui, typed: usize, can_enter: bool) -> Option<Press> {
    dots(ui, typed);
    let mut press = None;
    let mut take = |response: Response, what: Press| {
        if response.clicked() {
            // The keyboard goes on typing, whatever was touched.
            response.surrender_focus();
            press = Some(what);
        }
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(GAP);
        Grid::new("pin pad").spacing(Vec2::splat(GAP)).show(ui, |ui| {
            for row in [['1', '2', '3'], ['4', '5', '6'], ['7', '8', '9']] {
                for digit in row {
                    take(
                        key(ui, RichText::new(digit), &digit.to_string()),
                        Press::Character(digit),
                    );
                }
                ui.end_row();
            }
            take(key(ui, icon(ICON_BACKSPACE, 22.0), words::BACK), Press::Back);
            take(key(ui, RichText::new("0"), "0"), Press::Character('0'));
            let enter = ui.add_enabled_ui(can_enter, |ui| {
                let text = RichText::new(words::ENTER).color(theme::on_accent());
                let button = Button::new(text.font(theme::strong(16.0))).fill(theme::accent());
                ui.add_sized(KEY, button).on_hover_text(words::ENTER_TIP)
            });
            take(enter.inner, Press::Enter);
            ui.end_row();
        });
    });
    press
}

fn key(ui: &mut Ui, text: RichText, name: &str) -> Response {
    let text = if name.len() == 1 { text.font(theme::strong(20.0)) } else { text };
    ui.add_sized(KEY, Button::new(text)).accessible_name(name)
}

#[expect(clippy::cast_precision_loss, reason = "a few characters")]
fn dots(ui: &mut Ui, typed: usize) {
    let size = Vec2::new(ui.available_width(), 34.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words::typed(typed)));
    ui.painter().rect_filled(rect, theme::ROUND, theme::field());
    let (step, radius) = DOTS;
    let most = ((rect.width() - 2.0 * step) / step).floor().max(1.0);
    let shown = (typed as f32).min(most);
    let mut x = rect.center().x - step * (shown - 1.0) / 2.0;
    for _ in 0..typed.min(most as usize) {
        ui.painter().circle_filled(egui::pos2(x, rect.center().y), radius, theme::text());
        x += step;
    }
}
