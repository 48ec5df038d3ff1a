//! The thread `previews`: small pictures that the console wishes, the nearest kept ones first, then those of
//! exactly the moment.
//!
//! Must not do: go on with wishes that nobody has any more, or show a picture where there is no footage.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded, select};

use super::stored::{self, StoredPreviews};
use crate::analysis::THUMBNAIL_SIZE;
use crate::codec::{Converter, Frame};
use crate::model::{Picture, SegmentRow, StreamId, StreamKind};
use crate::playback::{self, Footage, LoadedSegment, PlaybackError, Previews as _};
use crate::protocol::{Shown, Thumbnail, ThumbnailWish};
use crate::runtime::thread::JoinError;
use crate::runtime::{Newest, Worker};

/// Pictures decoded at most for an exact one: four seconds at 25 a second. Beyond, as with codecs that send a
/// random access point every 20 s, that of the random access point must do.
const MOST_DECODED: usize = 100;

/// A kept picture of another segment does when it is so near, in microseconds.
const NEAR: i64 = 60_000_000;

/// The thread.
pub struct Previews {
    wishes: Newest<Vec<ThumbnailWish>>,
    stop: Sender<()>,
    worker: Worker,
}

impl Previews {
    /// Starts the thread; pictures go to `shown`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        stored: Arc<StoredPreviews>,
        footage: Arc<Footage>,
        shown: Arc<Shown>,
    ) -> std::io::Result<Self> {
        let wishes = Newest::new();
        let newer = wishes.receiver();
        let (stop, stopped) = bounded::<()>(0);
        let worker = Worker::spawn("previews", move || {
            let mut granting = Granting::new(stored, footage, shown, newer.clone());
            loop {
                select! {
                    recv(newer) -> wishes => match wishes {
                        Ok(wishes) => granting.grant(wishes),
                        Err(_) => break,
                    },
                    recv(stopped) -> _ => break,
                }
            }
        })?;
        Ok(Self { wishes, stop, worker })
    }

    /// Wishes these pictures and no others any more.
    pub fn wish(&self, wishes: Vec<ThumbnailWish>) {
        self.wishes.send(wishes);
    }

    /// Whether the thread is gone although nobody stopped it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Ends the thread; what is not granted yet never will be.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        self.wishes.send(Vec::new());
        drop(self.stop);
        self.worker.join(limit)
    }
}

/// Grants wishes.
struct Granting {
    stored: Arc<StoredPreviews>,
    footage: Arc<Footage>,
    shown: Arc<Shown>,
    newer: Receiver<Vec<ThumbnailWish>>,
    /// Wishes for which nothing better will come.
    granted: BTreeSet<ThumbnailWish>,
    converter: Converter,
}

impl Granting {
    fn new(
        stored: Arc<StoredPreviews>,
        footage: Arc<Footage>,
        shown: Arc<Shown>,
        newer: Receiver<Vec<ThumbnailWish>>,
    ) -> Self {
        let (granted, converter) = (BTreeSet::new(), Converter::new());
        Self { stored, footage, shown, newer, granted, converter }
    }

    fn grant(&mut self, mut wishes: Vec<ThumbnailWish>) {
        loop {
            self.begin(&wishes);
            match self.exact(&wishes) {
                Some(newer) => wishes = newer,
                None => return,
            }
        }
    }

    /// Shows what is kept, of all wishes.
    fn begin(&mut self, wishes: &[ThumbnailWish]) {
        self.shown.thumbnails.retain(wishes);
        let shown = &self.shown.thumbnails;
        self.granted.retain(|wish| shown.get(&wish.camera, wish.at).flatten().is_some());
        let mut news = false;
        for wish in wishes.iter() {
            if self.is_granted(wish) {
                continue;
            }
            let row = find(&self.footage, wish);
            let picture = row.as_ref().and_then(|row| self.kept(wish, row));
            let last = row.is_none() || (!wish.exact && picture.is_some());
            if last && picture.is_some() {
                self.granted.insert(wish.clone());
            }
            if picture.is_some() || last {
                let thumbnail = picture.map(|picture| Thumbnail { picture, last });
                self.shown.thumbnails.put(wish.camera.clone(), wish.at, thumbnail);
                news = true;
            }
        }
        if news {
            self.shown.wake();
        }
    }

    fn is_granted(&self, wish: &ThumbnailWish) -> bool {
        let exact = ThumbnailWish { exact: true, ..wish.clone() };
        self.granted.contains(wish) || self.granted.contains(&exact)
    }

    /// The nearest kept picture, unless it shows another time: that of another segment beyond a gap.
    fn kept(&self, wish: &ThumbnailWish, row: &SegmentRow) -> Option<Arc<Picture>> {
        let picture = self.stored.nearest(&wish.camera, wish.at)?;
        let near = picture.at.micros_since(wish.at).saturating_abs() <= NEAR;
        (near || row.span().contains(picture.at)).then_some(picture)
    }

    /// Makes the pictures of exactly the moments, and of moments that nothing is kept of; the newer wishes when
    /// there are any.
    fn exact(&mut self, wishes: &[ThumbnailWish]) -> Option<Vec<ThumbnailWish>> {
        for wish in wishes {
            if self.is_granted(wish) {
                continue;
            }
            let Some(row) = find(&self.footage, wish) else { continue };
            let mut newer = None;
            let mut is_wished = || {
                newer = self.newer.try_recv().ok().or(newer.take());
                newer.as_ref().is_none_or(|newer| newer.contains(wish))
            };
            let made = decode(&self.footage, &row, wish, &mut self.converter, &mut is_wished);
            match made {
                Ok(Some(picture)) => self.show_exact(wish, Arc::new(picture)),
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(camera = %wish.camera, %error, "thumbnail");
                    self.show_failed(wish);
                }
            }
            if newer.is_some() {
                return newer;
            }
        }
        None
    }

    fn show_exact(&mut self, wish: &ThumbnailWish, picture: Arc<Picture>) {
        let thumbnail = Some(Thumbnail { picture, last: true });
        self.shown.thumbnails.put(wish.camera.clone(), wish.at, thumbnail);
        self.granted.insert(wish.clone());
        self.shown.wake();
    }

    /// The kept picture is all that there will be.
    fn show_failed(&mut self, wish: &ThumbnailWish) {
        let kept = self.shown.thumbnails.get(&wish.camera, wish.at).flatten();
        let last = kept.map(|kept| Thumbnail { last: true, ..kept });
        self.shown.thumbnails.put(wish.camera.clone(), wish.at, last);
        self.granted.insert(wish.clone());
        self.shown.wake();
    }
}

/// The segment that shows the moment, of the sub stream where it has footage: its pictures cost less.
fn find(footage: &Footage, wish: &ThumbnailWish) -> Option<SegmentRow> {
    [StreamKind::Sub, StreamKind::Main].into_iter().find_map(|kind| {
        let found = footage.find_in(&StreamId::new(wish.camera.clone(), kind), wish.at);
        let found = found.inspect_err(|error| tracing::debug!(%error, "thumbnail"));
        found.ok().flatten()
    })
}

/// The picture that the segment shows at the moment wished, or that of the random access point before it when that
/// does or the other takes too long; none when it is not wished any more, which is asked between pictures.
fn decode(
    footage: &Footage,
    row: &SegmentRow,
    wish: &ThumbnailWish,
    converter: &mut Converter,
    is_wished: &mut dyn FnMut() -> bool,
) -> Result<Option<Picture>, PlaybackError> {
    let (segment, at) = (footage.load(row)?, wish.at);
    let damaged = || PlaybackError::Damaged { camera: wish.camera.clone(), at };
    let shown = segment.shown_at(at).ok_or_else(damaged)?;
    let start = segment.walk.start_for(shown).ok_or_else(damaged)?;
    let target = if wish.exact && shown - start < MOST_DECODED { shown } else { start };
    let frame = playback::decode_sample(&segment, target, is_wished)?;
    frame.map(|frame| picture(&segment, &frame, target, converter)).transpose()
}

fn picture(
    segment: &LoadedSegment,
    frame: &Frame,
    sample: usize,
    converter: &mut Converter,
) -> Result<Picture, PlaybackError> {
    let video = &segment.parameters.video;
    let pixels = converter.convert(frame, video, THUMBNAIL_SIZE, Vec::new())?;
    Ok(stored::picture(pixels, segment.wall_of(sample)))
}
