//! The small picture over the timeline: never blank once there was one, and exact as soon as that is there.
//!
//! Must not do: send, decode or upload.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::{CameraId, Picture, WallTime};
use crate::protocol::Thumbnails;

/// Pictures that may stand for a better one: about 7 MB at 320x180.
const KEPT: usize = 32;

/// What is under the pointer, and the pictures that were there before.
#[derive(Debug, Default)]
pub struct Peek {
    hovered: Option<(CameraId, WallTime)>,
    kept: VecDeque<(CameraId, Arc<Picture>)>,
}

impl Peek {
    /// The pointer is over this moment of this camera now, or over none.
    pub fn hover(&mut self, hovered: Option<(CameraId, WallTime)>) {
        self.hovered = hovered;
    }

    /// What is under the pointer, whose exact picture is wanted.
    pub const fn hovered(&self) -> Option<&(CameraId, WallTime)> {
        self.hovered.as_ref()
    }

    /// The best picture there is for what is under the pointer: what was found for it, else the nearest of
    /// those found before; none where the camera has no picture near.
    pub fn picture(&mut self, thumbnails: &Thumbnails) -> Option<(CameraId, Arc<Picture>)> {
        let (camera, at) = self.hovered.as_ref()?;
        match thumbnails.get(camera, *at) {
            Some(Some(found)) => {
                if !self.kept.iter().any(|(_, known)| Arc::ptr_eq(known, &found.picture)) {
                    self.kept.push_front((camera.clone(), Arc::clone(&found.picture)));
                    self.kept.truncate(KEPT);
                }
                Some((camera.clone(), found.picture))
            }
            Some(None) => None,
            None => {
                let near = self.kept.iter().filter(|(of, _)| of == camera);
                near.min_by_key(|(_, picture)| picture.at.micros_since(*at).abs()).cloned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Thumbnail;

    fn at(second: i64) -> WallTime {
        WallTime::from_micros(second * 1_000_000)
    }

    fn thumbnail(second: i64) -> Thumbnail {
        let picture = Picture { width: 0, height: 0, rgba: Vec::new(), at: at(second), serial: 0 };
        Thumbnail { picture: Arc::new(picture), last: true }
    }

    #[test]
    fn the_nearest_picture_stands_for_one_that_is_not_there_yet() {
        let (a, b) = (CameraId::from_name("a"), CameraId::from_name("b"));
        let thumbnails = Thumbnails::default();
        let mut peek = Peek::default();
        let mut look = |camera: &CameraId, second| {
            peek.hover(Some((camera.clone(), at(second))));
            peek.picture(&thumbnails).map(|(_, picture)| picture.at)
        };
        assert_eq!(look(&a, 10), None);
        thumbnails.put(a.clone(), at(10), Some(thumbnail(9)));
        thumbnails.put(a.clone(), at(50), Some(thumbnail(50)));
        assert_eq!(look(&a, 10), Some(at(9)));
        assert_eq!(look(&a, 50), Some(at(50)));
        assert_eq!(look(&a, 20), Some(at(9)), "the nearest");
        assert_eq!(look(&b, 20), None, "never another camera's");
        thumbnails.put(a.clone(), at(20), None);
        assert_eq!(look(&a, 20), None, "nothing is recorded there");
    }
}
