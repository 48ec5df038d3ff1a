//! The live wall: which streams are watched, and the decoders that watch them.
//!
//! Must not do: touch recording. A live tile has a queue of its own that drops when it is full.

use std::sync::Arc;

use crate::capture::{Capture, Subscription, UnitQueue};
use crate::model::{StreamId, StreamKind};
use crate::playback::LivePlayer;
use crate::protocol::{LiveTile, Shown};

/// Units that wait for a live decoder at most: two seconds, then it drops to a random access point.
const MAX_UNITS: usize = 60;

/// Bytes that wait for a live decoder at most.
const MAX_BYTES: usize = 16 << 20;

struct View {
    tile: LiveTile,
    stream: StreamId,
    _subscription: Subscription,
    player: LivePlayer,
}

/// What the wall shows.
#[derive(Default)]
pub struct Views {
    views: Vec<View>,
    wanted: Vec<LiveTile>,
    /// Of the newest player; names its thread.
    number: u64,
}

impl Views {
    /// Shows these tiles and no others.
    pub fn want(&mut self, tiles: Vec<LiveTile>) {
        self.wanted = tiles;
    }

    /// The streams that the wanted tiles need, given which cameras have a sub stream.
    #[must_use]
    pub fn streams(&self, has_sub: impl Fn(&LiveTile) -> bool) -> Vec<StreamId> {
        self.wanted.iter().map(|tile| stream_of(tile, has_sub(tile))).collect()
    }

    /// Starts and ends decoders until the wall is as wanted.
    pub fn reconcile(
        &mut self,
        capture: &Capture,
        shown: &Arc<Shown>,
        has_sub: impl Fn(&LiveTile) -> bool,
    ) {
        let wanted = std::mem::take(&mut self.wanted);
        let mut before = std::mem::take(&mut self.views);
        for tile in &wanted {
            let stream = stream_of(tile, has_sub(tile));
            let known = before
                .iter()
                .position(|view| view.tile.camera == tile.camera && view.stream == stream);
            match known.map(|number| before.swap_remove(number)) {
                Some(mut view) => {
                    view.player.resize(tile.size);
                    view.tile = tile.clone();
                    self.views.push(view);
                }
                None => {
                    self.number += 1;
                    self.views.extend(start(self.number, capture, shown, tile, stream));
                }
            }
        }
        end(before);
        let cameras: Vec<_> = wanted.iter().map(|tile| tile.camera.clone()).collect();
        shown.live.retain(&cameras);
        self.wanted = wanted;
    }
}

/// Ends players together: each needs the time of one picture.
fn end(views: Vec<View>) {
    for view in &views {
        view.player.ask_to_stop();
    }
    for view in views {
        if let Err(error) = view.player.stop() {
            tracing::error!("{}: {error}", view.stream);
        }
    }
}

fn stream_of(tile: &LiveTile, has_sub: bool) -> StreamId {
    let kind = if has_sub { tile.kind } else { StreamKind::Main };
    StreamId::new(tile.camera.clone(), kind)
}

fn start(
    number: u64,
    capture: &Capture,
    shown: &Arc<Shown>,
    tile: &LiveTile,
    stream: StreamId,
) -> Option<View> {
    let queue = UnitQueue::new(MAX_UNITS, MAX_BYTES);
    let started = LivePlayer::start(
        number,
        tile.camera.clone(),
        Arc::clone(&queue),
        tile.size,
        Arc::clone(shown),
    );
    match started {
        Ok(player) => {
            let subscription = capture.subscribe(&stream, &queue, true);
            Some(View { tile: tile.clone(), stream, _subscription: subscription, player })
        }
        Err(error) => {
            tracing::error!("{stream} cannot be shown live: {error}");
            None
        }
    }
}
