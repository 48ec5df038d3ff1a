//! Pictures as files: PNG or JPEG, with a line that says which camera took them and when.
//!
//! Must not do: read footage, or write a file.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::codec::{self, CodecError};
use crate::model::{CameraId, Picture, WallTime};
use crate::protocol::PictureFormat;

/// What is written into a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// What operators call the camera.
    pub name: String,
    /// IANA name of the zone of the time.
    pub zone: String,
}

impl Caption {
    /// Of `camera`, which operators call `name`; a name that cannot be written gives way to the camera's identity.
    #[must_use]
    pub fn new(camera: &CameraId, name: String, zone: Tz) -> Self {
        let name = if codec::can_write(&name) { name } else { camera.to_string() };
        Self { name, zone: zone.name().into() }
    }

    /// `  2026-03-03 14:00:00.040 +01:00 Europe/Berlin`
    fn time(&self, at: WallTime) -> String {
        let zone: Tz = self.zone.parse().unwrap_or(Tz::UTC);
        let time = at.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S%.3f %:z");
        format!("  {time} {}", zone.name())
    }
}

/// A picture as a file.
///
/// # Errors
/// [`CodecError`] when it is too large for the format.
pub fn encode(
    picture: &Picture,
    format: PictureFormat,
    caption: Option<&Caption>,
) -> Result<Vec<u8>, CodecError> {
    let (width, height) = (picture.width, picture.height);
    let mut rgba = std::borrow::Cow::Borrowed(&picture.rgba);
    if let Some(caption) = caption {
        codec::write_caption(
            width,
            height,
            rgba.to_mut(),
            &caption.name,
            &caption.time(picture.at),
        )?;
    }
    match format {
        PictureFormat::Png => codec::encode_png(width, height, &rgba),
        PictureFormat::Jpeg => codec::encode_jpeg(width, height, &rgba),
    }
}

/// How the names of such files end.
#[must_use]
pub const fn ending(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Png => "png",
        PictureFormat::Jpeg => "jpg",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_tells_camera_local_time_and_zone() {
        let camera = CameraId::from_name("Hof");
        let caption = Caption::new(&camera, "Hof".into(), Tz::Europe__Berlin);
        let at = WallTime::parse_rfc3339("2026-10-25T00:30:00.04Z").expect("a time");
        assert_eq!(caption.name, "Hof");
        assert_eq!(caption.time(at), "  2026-10-25 02:30:00.040 +02:00 Europe/Berlin");
        assert_eq!(Caption::new(&camera, "Hof 🚪".into(), Tz::UTC).name, camera.to_string());
    }
}
