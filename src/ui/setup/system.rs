//! Setup, System: what this program is and where its things are.
//!
//! Must not do: read anything itself; all comes with the snapshot.

use egui::Ui;

use crate::ui::desk::Stage;
use crate::ui::keys;
use crate::ui::widgets::{card, fact, soft, title_bar};

/// What the program stands on, and under which licences it is given.
const LICENCES: [(&str, &str); 6] = [
    ("Watchkeeper", "MIT or Apache-2.0"),
    ("egui, eframe, egui_extras", "MIT or Apache-2.0"),
    ("OpenH264, Cisco Systems", "BSD-2-Clause"),
    ("retina, redb, crossbeam, chrono", "MIT or Apache-2.0"),
    ("Inter, The Inter Project Authors", "SIL Open Font License 1.1"),
    ("Material Symbols, Google", "Apache-2.0"),
];

/// Shows the page.
pub fn ui(ui: &mut Ui, stage: &mut Stage<'_>, renderer: &str) {
    title_bar(ui, "System", |_| ());
    super::content(ui, |ui| {
        ui.columns(2, |columns| {
            let left = &mut columns[0];
            card(left, "About", |ui| {
                fact(ui, "Version", env!("CARGO_PKG_VERSION"));
                let folder = match stage.snapshot.demo {
                    true => format!(
                        "{} (temporary: this is the demonstration)",
                        stage.snapshot.data_dir
                    ),
                    false => stage.snapshot.data_dir.clone(),
                };
                fact(ui, "Data folder", folder);
                let zone = format!("{} ({})", stage.zone.name(), stage.zone.utc_offset(stage.now));
                fact(ui, "Time zone", zone);
                fact(ui, "Painted by", renderer);
            });
            left.add_space(4.0);
            card(left, "Licences", |ui| {
                ui.spacing_mut().interact_size.y = 20.0;
                ui.spacing_mut().item_spacing.y = 4.0;
                for (what, licence) in LICENCES {
                    ui.horizontal_wrapped(|ui| {
                        ui.label(what);
                        ui.label(soft(licence));
                    });
                }
            });
            card(&mut columns[1], "Keys", |ui| keys::table(ui, "Everywhere"));
        });
    });
}
