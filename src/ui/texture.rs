//! Textures of camera pictures: each picture is uploaded once, and freed when nobody shows it.
//!
//! Must not do: scale or convert pixels; pictures arrive as they are painted.

use std::collections::HashMap;

use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions, Vec2};

use crate::model::{CameraId, Picture, WallTime};

/// Bytes of a pixel of a [`Picture`].
const BYTES_A_PIXEL: usize = 4;

/// Pixels that are uploaded in one frame: some 20 ms where the processor paints. A larger picture goes alone.
const A_FRAME: usize = 1_200_000;

/// A picture of so many pixels is always uploaded: what the pointer asks for is not to wait.
const SMALL: usize = 40_000;

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
    /// Pixels that were uploaded in this frame.
    used: usize,
    /// Pictures that had to wait in the last frame, with their pixels: they come first in this one.
    first: HashMap<(Place, CameraId), usize>,
    /// Pictures that have to wait in this frame.
    waiting: HashMap<(Place, CameraId), usize>,
}

impl Textures {
    /// Begins a frame.
    pub fn begin(&mut self) {
        self.pass += 1;
        self.used = 0;
        self.first = std::mem::take(&mut self.waiting);
    }

    /// Ends a frame: what was not shown in it is freed. True when pictures wait for the next frame.
    pub fn end(&mut self) -> bool {
        let pass = self.pass;
        self.entries.retain(|_, entry| entry.pass == pass);
        !self.waiting.is_empty()
    }

    /// Whether so many pixels may be uploaded in this frame; those that waited in the last one come first.
    fn admit(&mut self, key: &(Place, CameraId), pixels: usize) -> bool {
        let waited = self.first.remove(key).is_some();
        let before: usize = if waited { 0 } else { self.first.values().sum() };
        let fits = self.used + before + pixels <= A_FRAME || (self.used == 0 && before == 0);
        if pixels <= SMALL || fits {
            self.used += pixels;
            return true;
        }
        self.waiting.insert(key.clone(), pixels);
        false
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
        let known = self.entries.get(&key).filter(|entry| entry.handle.size() == size);
        let is_new = known.is_none_or(|e| (e.serial, e.at) != (picture.serial, picture.at));
        let upload = is_new && self.admit(&key, pixels);
        self.uploads += u64::from(upload);
        let pass = self.pass;
        match self.entries.get_mut(&key) {
            Some(entry) if !upload => entry.pass = pass,
            Some(entry) if entry.handle.size() == size => {
                (entry.serial, entry.at, entry.pass) = (picture.serial, picture.at, pass);
                entry.handle.set_partial([0, 0], image(picture), TextureOptions::LINEAR);
            }
            _ if upload => {
                let handle =
                    ctx.load_texture(camera.as_str(), image(picture), TextureOptions::LINEAR);
                let (serial, at) = (picture.serial, picture.at);
                self.entries.insert(key.clone(), Entry { handle, serial, at, pass });
            }
            _ => {}
        }
        self.entries.get(&key).map(|entry| shown(&entry.handle))
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

    /// A picture of so many thousands of pixels.
    fn large(serial: u64, thousands: usize) -> Picture {
        let (width, height) = (1_000, thousands);
        let rgba = vec![255; width * height * BYTES_A_PIXEL];
        Picture { width, height, rgba, at: WallTime::from_micros(0), serial }
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
    fn a_frame_uploads_so_much_and_nobody_waits_twice() {
        let ctx = Context::default();
        let ids: Vec<CameraId> = (0..16).map(|n| CameraId::from_name(&n.to_string())).collect();
        let mut textures = Textures::default();
        let mut before = 0;
        for frame in 1..=6 {
            textures.begin();
            for id in &ids {
                textures.show(&ctx, Place::Live, id, &large(frame, A_FRAME / 10_000));
            }
            let more = textures.end();
            let uploaded = textures.uploads() - before;
            before = textures.uploads();
            assert_eq!((uploaded, more), (10, true), "{frame}");
        }
        assert_eq!(textures.kept(), 16, "each of them was uploaded once at least");
    }

    #[test]
    fn a_picture_larger_than_a_frame_goes_alone_and_a_small_one_never_waits() {
        let ctx = Context::default();
        let id = |name| CameraId::from_name(name);
        let mut textures = Textures::default();
        textures.begin();
        let show = |textures: &mut Textures, name, thousands| {
            textures.show(&ctx, Place::Live, &id(name), &large(1, thousands)).is_some()
        };
        assert!(show(&mut textures, "large", A_FRAME / 1_000 + 1));
        assert!(!show(&mut textures, "next", 60));
        assert!(show(&mut textures, "small", 1));
        assert!(textures.end());
        textures.begin();
        assert!(show(&mut textures, "next", 60));
        assert!(!textures.end());
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
