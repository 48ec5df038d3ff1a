//! Reads the hand: pointer, wheel and keys of a frame become gestures.
//!
//! Must not do: decide what a gesture means; `interact` does.

use egui::{CursorIcon, MouseWheelSource, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use super::axis::Axis;
use super::interact::{self, Gesture, Grip, Hold, WHEEL_DOUBLES};
use super::paint::Areas;
use crate::model::WallSpan;

/// A pinch of this factor pans as far as a wheel of as many points, when Ctrl is held.
const CTRL_WHEEL_POINTS: f32 = 200.0;

/// The minimap is taken hold of a little beside it too.
const MINIMAP_REACH: f32 = 5.0;

/// What the hand works on.
pub struct Scene<'a> {
    /// Where the parts are.
    pub areas: &'a Areas,
    /// What is visible.
    pub axis: &'a Axis,
    /// From the oldest footage to now.
    pub limits: WallSpan,
    /// The range chosen.
    pub range: Option<WallSpan>,
}

impl Scene<'_> {
    /// From the left end of the lanes.
    pub fn x(&self, pos: Pos2) -> f64 {
        f64::from(pos.x - self.areas.track.left())
    }

    fn part(&self, pos: Pos2) -> f64 {
        f64::from((pos.x - self.areas.minimap.left()) / self.areas.minimap.width().max(1.0))
    }

    fn grip(&self, pos: Pos2) -> Option<Grip> {
        let minimap: Rect = self.areas.minimap.expand2(Vec2::new(0.0, MINIMAP_REACH));
        if minimap.contains(pos) {
            Some(Grip::Minimap(self.part(pos)))
        } else if self.areas.ruler().contains(pos) {
            Some(Grip::Ruler)
        } else if self.areas.track.contains(pos) {
            Some(Grip::Lanes)
        } else {
            None
        }
    }
}

/// What the hand did in this frame, and what it holds.
pub fn read(ui: &Ui, response: &Response, scene: &Scene<'_>) -> (Vec<Gesture>, Hold) {
    let mut hold = ui.data(|d| d.get_temp::<Held>(response.id)).unwrap_or_default().0;
    let down = response.is_pointer_button_down_on();
    if down && hold == Hold::Nothing && ui.input(|i| i.pointer.primary_down()) {
        hold = take(ui, scene);
    }
    let mut found: Vec<Gesture> = drags(response, scene, hold).into_iter().collect();
    found.extend(clicks(response, scene));
    let next = if down { hold } else { Hold::Nothing };
    ui.data_mut(|d| d.insert_temp(response.id, Held(next)));
    found.extend(wheel(ui, response).map(|(pos, turn)| match turn {
        Turn::Zoom(amount) => Gesture::Wheel { x: scene.x(pos), amount: f64::from(amount) },
        Turn::Pan(by) => Gesture::Pan(f64::from(by)),
    }));
    cursor(ui, response, scene, hold);
    (found, hold)
}

/// What the hand holds, between two frames.
#[derive(Clone, Copy, Default)]
struct Held(Hold);

fn take(ui: &Ui, scene: &Scene<'_>) -> Hold {
    let (origin, shift) = ui.input(|i| (i.pointer.press_origin(), i.modifiers.shift));
    let Some(pos) = origin else { return Hold::Nothing };
    let grip = scene.grip(pos);
    grip.map_or(Hold::Nothing, |grip| {
        interact::hold(scene.axis, scene.limits, scene.range, grip, scene.x(pos), shift)
    })
}

fn drags(response: &Response, scene: &Scene<'_>, hold: Hold) -> Option<Gesture> {
    let pos = response.interact_pointer_pos()?;
    let x = scene.x(pos);
    if response.dragged_by(PointerButton::Middle) {
        return Some(Gesture::Pan(f64::from(response.drag_delta().x)));
    }
    let dragged = response.dragged_by(PointerButton::Primary);
    let let_go = response.drag_stopped_by(PointerButton::Primary);
    match hold {
        Hold::Ruler if let_go => Some(Gesture::ScrubEnd(x)),
        Hold::Ruler if dragged => Some(Gesture::Scrub(x)),
        Hold::Lanes if dragged => Some(Gesture::Pan(f64::from(response.drag_delta().x))),
        Hold::Range(anchor) if dragged => Some(Gesture::Range { anchor, x }),
        Hold::Minimap(off) if dragged || response.is_pointer_button_down_on() => {
            Some(Gesture::Minimap(scene.part(pos) - off))
        }
        _ => None,
    }
}

fn clicks(response: &Response, scene: &Scene<'_>) -> Option<Gesture> {
    let pos = response.interact_pointer_pos().filter(|pos| scene.areas.track.contains(*pos))?;
    if response.double_clicked() {
        Some(Gesture::FitDay(scene.x(pos)))
    } else if response.clicked() {
        Some(Gesture::Click(scene.x(pos)))
    } else {
        None
    }
}

enum Turn {
    Zoom(f32),
    Pan(f32),
}

/// The wheel zooms; with Ctrl, sideways, or with Shift (which makes it sideways) it pans. Two fingers pan, and a
/// pinch zooms. Where the system does not tell fingers from a wheel, up and down zooms.
fn wheel(ui: &Ui, response: &Response) -> Option<(Pos2, Turn)> {
    let pos = response.hover_pos()?;
    ui.input(|i| {
        let (scroll, pinch) = (i.smooth_scroll_delta(), i.zoom_delta());
        let fingers = matches!(
            i.scroll_source(),
            Some(MouseWheelSource::Trackpad | MouseWheelSource::Momentum)
        );
        let sideways = scroll.x.abs() > scroll.y.abs();
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let doubles = WHEEL_DOUBLES as f32;
        if (pinch - 1.0).abs() > f32::EPSILON {
            // Ctrl and a wheel arrive as a pinch too, but from something that scrolls.
            let turn = if i.scroll_source().is_some() && !fingers {
                Turn::Pan(pinch.ln() * CTRL_WHEEL_POINTS)
            } else {
                Turn::Zoom(pinch.log2() * doubles)
            };
            Some((pos, turn))
        } else if sideways {
            Some((pos, Turn::Pan(scroll.x)))
        } else if scroll.y != 0.0 {
            Some((pos, if fingers { Turn::Pan(scroll.y) } else { Turn::Zoom(scroll.y) }))
        } else {
            None
        }
    })
}

/// Shows what a press would take hold of.
fn cursor(ui: &Ui, response: &Response, scene: &Scene<'_>, hold: Hold) {
    let over = response.hover_pos().and_then(|pos| Some((scene.grip(pos)?, scene.x(pos))));
    let icon = match (hold, over) {
        (Hold::Range(_), _) => CursorIcon::ResizeHorizontal,
        (Hold::Lanes | Hold::Minimap(_), _) if response.dragged() => CursorIcon::Grabbing,
        (Hold::Nothing, Some((Grip::Lanes, x)))
            if interact::edge(scene.axis, scene.range, x).is_some() =>
        {
            CursorIcon::ResizeHorizontal
        }
        _ => return,
    };
    ui.set_cursor_icon(icon);
}
