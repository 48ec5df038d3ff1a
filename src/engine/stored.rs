//! Small pictures from the store, decoded, for whoever needs one at once.
//!
//! Must not do: touch footage.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::codec::{CodecError, decode_jpeg};
use crate::index::{KeptThumbnail, ThumbnailReader};
use crate::model::{CameraId, Picture, WallTime};
use crate::playback::Previews;

/// Decoded pictures kept, some 7 MB at 320x180: those of a wall of sixteen, and where it was before.
const KEPT: usize = 32;

/// A picture further away than this, in microseconds, shows another time: past footage has one in ten minutes at
/// least.
const NEAR: i64 = 600_000_000;

/// Players count their pictures from 1; small ones have numbers that these never reach.
static SERIAL: AtomicU64 = AtomicU64::new(1 << 62);

/// Small pictures from the store. Shared by all who show them.
pub struct StoredPreviews {
    reader: ThumbnailReader,
    /// Newest use at the end.
    kept: Mutex<VecDeque<(CameraId, Arc<Picture>)>>,
}

impl StoredPreviews {
    /// Pictures of `reader`.
    #[must_use]
    pub fn new(reader: ThumbnailReader) -> Self {
        Self { reader, kept: Mutex::default() }
    }

    fn known(&self, camera: &CameraId, at: WallTime) -> Option<Arc<Picture>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let index = kept.iter().position(|(whose, p)| whose == camera && p.at == at)?;
        let known = kept.remove(index)?;
        let picture = Arc::clone(&known.1);
        kept.push_back(known);
        Some(picture)
    }

    fn keep(&self, camera: CameraId, picture: Arc<Picture>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back((camera, picture));
    }
}

impl Previews for StoredPreviews {
    /// The kept picture of `camera` nearest to `at`, at most ten minutes away, at its own size of up to 320x240.
    /// Takes a millisecond or two.
    fn nearest(&self, camera: &CameraId, at: WallTime) -> Option<Arc<Picture>> {
        let found = self.reader.nearest(camera, at);
        let found = found.inspect_err(|error| tracing::debug!(%camera, %error, "thumbnail"));
        let found = found.ok().flatten()?;
        if found.at.micros_since(at).saturating_abs() > NEAR {
            return None;
        }
        if let Some(picture) = self.known(camera, found.at) {
            return Some(picture);
        }
        let picture = decode(&found);
        let picture = picture.inspect_err(|error| tracing::debug!(%camera, %error, "thumbnail"));
        let picture = Arc::new(picture.ok()?);
        self.keep(camera.clone(), Arc::clone(&picture));
        Some(picture)
    }
}

fn decode(kept: &KeptThumbnail) -> Result<Picture, CodecError> {
    let pixels = decode_jpeg(&kept.jpeg)?;
    Ok(picture(pixels, kept.at))
}

/// A small picture with a serial of its own.
pub(super) fn picture(pixels: crate::codec::Pixels, at: WallTime) -> Picture {
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    Picture { width: pixels.width, height: pixels.height, rgba: pixels.rgba, at, serial }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::encode_jpeg;
    use crate::index::{NewThumbnail, ThumbnailWriter};

    fn second(n: i64) -> WallTime {
        WallTime::from_micros(1_772_546_400_000_000 + n * 1_000_000)
    }

    #[test]
    fn the_nearest_is_decoded_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let (writer, opened) = ThumbnailWriter::open(folder.path().join("thumbnails.redb"));
        opened.expect("opens");
        let camera = CameraId::from_name("yard");
        let jpeg = encode_jpeg(32, 18, &[90; 32 * 18 * 4]).expect("encodes");
        let kept = |n| NewThumbnail { camera: camera.clone(), at: second(n), jpeg: jpeg.clone() };
        let damaged = NewThumbnail { jpeg: vec![0; 50], ..kept(2_000) };
        writer.put(&[kept(0), damaged]).expect("is kept");
        writer.put(&(0..40).map(|n| kept(-n)).collect::<Vec<_>>()).expect("is kept");
        let previews = StoredPreviews::new(writer.reader());
        let first = previews.nearest(&camera, second(5)).expect("is near");
        assert_eq!((first.at, first.width, first.height), (second(0), 32, 18));
        let again = previews.nearest(&camera, second(600)).expect("is near");
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(previews.nearest(&camera, second(601)), None, "shows another time");
        assert_eq!(previews.nearest(&camera, second(2_000)), None, "is no JPEG");
        assert_eq!(previews.nearest(&CameraId::from_name("gate"), second(0)), None);
        for n in 0..40 {
            assert!(previews.nearest(&camera, second(-n)).is_some());
        }
        assert_eq!(previews.kept.lock().expect("free").len(), KEPT);
    }
}
