//! The left column by camera: which camera's week is shown, and by which rule it is recorded.
//!
//! Must not do: change a rule; that is done where the camera is set up.

use egui::{ScrollArea, Ui};
use egui_material_icons::icons::ICON_EDIT;

use super::list::{self, ROW};
use crate::model::settings::CameraSettings;
use crate::model::{Mode, Settings};
use crate::ui::theme;
use crate::ui::week::{Bands, Lane, camera_lanes};
use crate::ui::widgets::labelled_button;
use crate::ui::words::{recording, schedules as words};

/// What the operator wants.
pub enum Wish {
    /// The week of this camera.
    Choose(usize),
    /// To edit this schedule.
    Open(usize),
}

/// A lane for each rule of a camera, and the schedule to which it leads.
pub fn lanes(settings: &Settings, camera: &CameraSettings) -> (Vec<Lane>, Vec<Option<usize>>) {
    let lanes = camera_lanes(settings, camera);
    let name = |schedule: Option<usize>| {
        schedule.and_then(|place| settings.schedules.get(place)).map(|s| s.name.as_str())
    };
    let painted = lanes.iter().map(|lane| Lane {
        name: words::lane(lane.kind, name(lane.schedule)),
        colour: theme::coverage(lane.kind),
        bands: lane.bands.clone(),
    });
    (painted.collect(), lanes.iter().map(|lane| lane.schedule).collect())
}

/// The schedule within which a camera is recorded.
pub fn schedule_of(settings: &Settings, camera: &CameraSettings) -> Option<usize> {
    let name =
        settings.in_force(camera).schedule.value.filter(|_| camera.recording.needs_schedule())?;
    settings.schedules.iter().position(|schedule| schedule.name == name)
}

/// Minutes of an ordinary week in which a rule can record a camera.
pub fn minutes(settings: &Settings, camera: &CameraSettings) -> u32 {
    let lanes = camera_lanes(settings, camera);
    lanes.iter().map(|lane| Bands::minutes(&lane.bands)).max().unwrap_or(0)
}

/// Shows the list.
pub fn ui(ui: &mut Ui, settings: &Settings, chosen: usize, height: f32) -> Option<Wish> {
    let mut wish = None;
    ui.spacing_mut().item_spacing.y = 4.0;
    if settings.cameras.is_empty() {
        ui.label(recording::NO_CAMERA);
    }
    let height = height.max(3.0 * ROW);
    ScrollArea::vertical().id_salt("cameras").max_height(height).min_scrolled_height(height).show(
        ui,
        |ui| {
            for (place, camera) in settings.cameras.iter().enumerate() {
                let schedule =
                    schedule_of(settings, camera).map(|s| settings.schedules[s].name.as_str());
                let rule = words::camera_rule(camera.recording.mode, schedule);
                let hours = words::hours(minutes(settings, camera));
                let row = list::Row {
                    colour: colour(camera.recording.mode),
                    name: &camera.name,
                    text: &rule,
                    aside: &hours,
                    chosen: place == chosen,
                };
                let label = words::row(&camera.name, &rule, &hours);
                if list::row(ui, &row, &label).on_hover_text(&rule).clicked() {
                    wish = Some(Wish::Choose(place));
                }
            }
        },
    );
    let schedule = settings.cameras.get(chosen).and_then(|camera| schedule_of(settings, camera));
    if let Some(place) = schedule {
        ui.add_space(4.0);
        let text = words::open(&settings.schedules[place].name);
        if labelled_button(ui, ICON_EDIT, &text, &text, "").clicked() {
            wish = Some(Wish::Open(place));
        }
    }
    wish
}

fn colour(mode: Mode) -> egui::Color32 {
    match mode {
        Mode::Disabled => theme::text_faint(),
        Mode::Continuous => theme::continuous(),
        Mode::Scheduled => theme::scheduled(),
        Mode::Motion => theme::motion(),
    }
}
