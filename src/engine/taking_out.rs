//! What the engine does when footage is to be taken out: exports, and the folders that they are in.
//!
//! Must not do: read or write footage; the export thread does.

use std::path::{Component, PathBuf};

use super::EngineError;
use super::export_plan::check_folder;
use super::exports::Order;
use super::service::Service;
use super::stills::Caption;
use crate::model::CameraId;
use crate::protocol::{ExportRequest, ExportState, ExportStatus, Severity};

impl Service {
    /// Orders an export.
    pub(super) fn export(&mut self, request: ExportRequest) -> Result<(), EngineError> {
        request.folder.as_deref().map_or(Ok(()), check_folder)?;
        let cameras = &self.store.settings().cameras;
        let names = cameras.iter().map(|camera| (camera.id.clone(), camera.name.clone())).collect();
        let folder = request.folder.clone().unwrap_or_else(|| self.folder.exports());
        self.exports.order(Order { request, names, zone: self.zone, folder })
    }

    /// Opens a folder of ours, or one that exports went to; no other.
    pub(super) fn open_folder(&self, folder: PathBuf) -> Result<(), EngineError> {
        let plain = folder.is_absolute()
            && folder.components().all(|part| !matches!(part, Component::ParentDir));
        let volumes = self.recordings.volumes.all();
        let mut recordings = volumes.values().filter_map(|volume| volume.folder());
        let ours = folder.starts_with(self.folder.root())
            || self.exports.folders().contains(&folder)
            || recordings.any(|root| folder.starts_with(root));
        if !plain || !ours {
            let text = format!("{} is no folder of Watchkeeper.", folder.display());
            return Err(EngineError::NotFound(text));
        }
        self.export_plans.open_folder(folder)
    }

    /// What is written into pictures of a camera.
    pub(super) fn caption(&self, camera: &CameraId) -> Caption {
        let named = self.store.settings().cameras.iter().find(|known| known.id == *camera);
        let name = named.map_or_else(|| camera.to_string(), |known| known.name.clone());
        Caption::new(camera, name, self.zone)
    }

    /// Tells how an export ended; a cancelled one ended as it was meant to.
    pub(super) fn tell_exported(&mut self, status: ExportStatus) {
        let camera = Some(status.cameras).filter(|cameras| cameras.len() == 1);
        let camera = camera.and_then(|cameras| cameras.into_iter().next());
        match status.state {
            ExportState::Done { files, .. } => {
                let what = match files.as_slice() {
                    [file] => status.folder.join(file).display().to_string(),
                    _ => format!("{} films in {}", files.len(), status.folder.display()),
                };
                self.tell(Severity::Info, camera, format!("Exported {what}"));
            }
            ExportState::Failed(why) => {
                self.tell(Severity::Warning, camera, format!("The export failed: {why}"));
            }
            ExportState::Waiting | ExportState::Running { .. } | ExportState::Cancelled => {}
        }
    }
}
