//! `demo`: simulated cameras and two days of past recordings in a temporary folder.
//!
//! Must not do: touch the operator's own data folder.

use std::sync::Arc;

use anyhow::Result;

use super::args::DemoOptions;
use super::{Args, print, session};
use crate::config::{DataFolder, SettingsStore, TemporaryFolder};
use crate::engine::past;
use crate::model::CameraSettings;
use crate::model::settings::{CameraRecording, StreamUrl};
use crate::model::{CameraId, StreamKind, Transport};
use crate::runtime::Clock;
use crate::simulate::{Simulator, SimulatorConfig, camera_group, camera_name};

/// Everything that the demonstration needs while it runs; gone when it is dropped.
pub struct Stage {
    folder: TemporaryFolder,
    _simulator: Simulator,
}

impl Stage {
    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &DataFolder {
        self.folder.folder()
    }
}

/// Starts the cameras and fills the past.
///
/// # Errors
/// When the temporary folder cannot be written or the cameras cannot be started.
pub fn prepare(args: &Args, options: &DemoOptions, clock: &Arc<dyn Clock>) -> Result<Stage> {
    let count = usize::from(options.cameras);
    let folder = TemporaryFolder::new(&session::folder_of_demo(args)?)?;
    print::line(&format!(
        "This is a demonstration with {count} simulated cameras. Everything is kept in {} and is gone \
         when the window is closed.",
        folder.folder().root().display()
    ))?;
    let simulator = Simulator::start(SimulatorConfig::demo(count), Arc::clone(clock))?;
    let mut store = SettingsStore::open(folder.folder())?;
    let mut ids = Vec::new();
    for number in 0..count {
        let camera = camera(&store, &simulator, number)?;
        ids.push(camera.id.clone());
        store.change(|settings| {
            settings.cameras.push(camera);
            Ok(())
        })?;
    }
    print::line("Filling two days of past recordings ...")?;
    past::fill(folder.folder(), &ids, clock.wall())?;
    Ok(Stage { folder, _simulator: simulator })
}

fn camera(store: &SettingsStore, simulator: &Simulator, number: usize) -> Result<CameraSettings> {
    let name = match store.settings().camera(camera_name(number)) {
        None => camera_name(number).to_owned(),
        Some(_) => format!("{} {}", camera_name(number), number + 1),
    };
    let url = |kind| StreamUrl::try_from(simulator.url(number, kind));
    Ok(CameraSettings {
        id: CameraId::from_name(&name),
        name,
        group: camera_group(number).into(),
        main: url(StreamKind::Main)?,
        sub: Some(url(StreamKind::Sub)?),
        user: None,
        transport: Transport::Tcp,
        recording: CameraRecording::default(),
    })
}
