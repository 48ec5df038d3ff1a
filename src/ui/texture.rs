//! Textures of camera pictures: each picture is uploaded once, and freed when nobody shows it.
//!
//! Must not do: scale or convert pixels; pictures arrive as they are painted.

use std::collections::HashMap;

use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions, Vec2};

use crate::model::{CameraId, Picture, WallTime};

/// Bytes of a pixel of a [`Picture`].
const BYTES_A_PIXEL: usize = 4;

/// Where a camera's picture is shown; each place has a texture of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A tile of the live wall.
    Live,
    /// The picture beside a camera's settings.
    Setup,
    /// The picture of a test.
    Test,
    /// A tile of Playback.
    Playback,
    /// A small picture of this moment.
    Thumbnail(WallTime),
    /// The small picture over the timeline.
    Timeline,
}

/// A texture that can be painted now.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// For the painter.
    pub id: TextureId,
    /// Width and height in pixels.
    pub size: Vec2,
}

struct Entry {
    handle: TextureHandle,
    serial: u64,
    at: WallTime,
    pass: u64,
}

/// All textures of camera pictures.
#[derive(Default)]
pub struct Textures {
    entries: HashMap<(Place, CameraId), Entry>,
    pass: u64,
    uploads: u64,
}

impl Textures {
    /// Begins a frame.
    pub fn begin(&mut self) {
        self.pass += 1;
    }

    /// Ends a frame: what was not shown in it is freed.
    pub fn end(&mut self) {
        let pass = self.pass;
        self.entries.retain(|_, entry| entry.pass == pass);
    }

    /// The texture of `picture`, uploaded unless it is there already. None when the picture is empty or its
    /// bytes do not fit its size.
    pub fn show(
        &mut self,
        ctx: &Context,
        place: Place,
        camera: &CameraId,
        picture: &Picture,
    ) -> Option<Shown> {
        let pixels = picture.width.checked_mul(picture.height)?;
        if pixels == 0 || picture.rgba.len() != pixels.checked_mul(BYTES_A_PIXEL)? {
            return None;
        }
        let key = (place, camera.clone());
        let size = [picture.width, picture.height];
        match self.entries.get_mut(&key).filter(|entry| entry.handle.size() == size) {
            Some(entry) => {
                entry.pass = self.pass;
                if (entry.serial, entry.at) != (picture.serial, picture.at) {
                    (entry.serial, entry.at) = (picture.serial, picture.at);
                    entry.handle.set_partial([0, 0], image(picture), TextureOptions::LINEAR);
                    self.uploads += 1;
                }
                Some(shown(&entry.handle))
            }
            None => {
                let handle =
                    ctx.load_texture(camera.as_str(), image(picture), TextureOptions::LINEAR);
                self.uploads += 1;
                let found = shown(&handle);
                let (serial, at) = (picture.serial, picture.at);
                let entry = Entry { handle, serial, at, pass: self.pass };
                self.entries.insert(key, entry);
                Some(found)
            }
        }
    }

    /// Pictures that were uploaded since the start.
    #[must_use]
    pub const fn uploads(&self) -> u64 {
        self.uploads
    }

    /// Textures that are kept now.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.entries.len()
    }
}

fn shown(handle: &TextureHandle) -> Shown {
    Shown { id: handle.id(), size: handle.size_vec2() }
}

/// Video has no transparency, so straight and premultiplied alpha are the same: the bytes are copied.
fn image(picture: &Picture) -> ColorImage {
    ColorImage::from_rgba_premultiplied([picture.width, picture.height], &picture.rgba)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(serial: u64, width: usize) -> Picture {
        let rgba = vec![255; width * 2 * BYTES_A_PIXEL];
        Picture { width, height: 2, rgba, at: WallTime::from_micros(0), serial }
    }

    #[test]
    fn a_picture_is_uploaded_once_and_freed_when_gone() {
        let ctx = Context::default();
        let camera = CameraId::from_name("a");
        let mut textures = Textures::default();
        let show = |textures: &mut Textures, serial, width| {
            textures.begin();
            let shown = textures.show(&ctx, Place::Live, &camera, &picture(serial, width));
            textures.end();
            shown.expect("a texture").id
        };
        let first = show(&mut textures, 1, 2);
        assert_eq!(show(&mut textures, 1, 2), first);
        assert_eq!(textures.uploads(), 1);
        assert_eq!(show(&mut textures, 2, 2), first, "same size: same texture");
        assert_eq!(textures.uploads(), 2);
        assert_ne!(show(&mut textures, 3, 4), first, "another size: another texture");
        assert_eq!(textures.kept(), 1);
        textures.begin();
        textures.end();
        assert_eq!(textures.kept(), 0);
    }

    #[test]
    fn a_picture_with_wrong_bytes_is_not_shown() {
        let ctx = Context::default();
        let mut broken = picture(1, 2);
        broken.rgba.pop();
        let mut textures = Textures::default();
        assert!(textures.show(&ctx, Place::Live, &CameraId::from_name("a"), &broken).is_none());
    }
}
