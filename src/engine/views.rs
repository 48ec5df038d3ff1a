//! The live wall: which streams are watched, and the decoders that watch them.
//!
//! Must not do: touch recording. A live tile has a queue of its own that drops when it is full.

use std::sync::Arc;
use std::time::Duration;

use crate::capture::{Capture, Subscription, UnitQueue};
use crate::model::{StreamId, StreamKind};
use crate::playback::LivePlayer;
use crate::playback::budget::{Budget, Tile};
use crate::protocol::{LiveRate, LiveTile, Reduced, Shown};
use crate::runtime::Clock;

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

/// Time over which decoding is measured at least; a shorter one tells little.
const MEASURED: Duration = Duration::from_millis(500);

/// What the wall shows.
pub struct Views {
    views: Vec<View>,
    wanted: Vec<LiveTile>,
    /// Of the newest player; names its thread.
    number: u64,
    clock: Arc<dyn Clock>,
    budget: Budget,
    balanced: Duration,
    /// What recording has dropped since the start.
    dropped: u64,
}

impl Views {
    /// An empty wall.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let balanced = clock.monotonic();
        Self {
            views: Vec::new(),
            wanted: Vec::new(),
            number: 0,
            clock,
            budget: Budget::new(cores),
            balanced,
            dropped: 0,
        }
    }

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
                    let name = (self.number, Arc::clone(&self.clock));
                    self.views.extend(start(name, capture, shown, tile, stream));
                }
            }
        }
        end(before);
        let cameras: Vec<_> = wanted.iter().map(|tile| tile.camera.clone()).collect();
        shown.live.retain(&cameras);
        self.wanted = wanted;
    }

    /// Shares out the processor among the tiles; `dropped` is what recording has dropped since the start, because it
    /// came too late. True when the console has something new to tell.
    pub fn balance(&mut self, shown: &Shown, dropped: u64) -> bool {
        let now = self.clock.monotonic();
        let period = now.saturating_sub(self.balanced);
        if period < MEASURED {
            return false;
        }
        self.balanced = now;
        let late = dropped > std::mem::replace(&mut self.dropped, dropped);
        let area = |tile: &LiveTile| tile.size.0 * tile.size.1;
        let largest = self.views.iter().map(|view| area(&view.tile)).max().unwrap_or(0);
        let alone = self.views.iter().filter(|view| area(&view.tile) == largest).count() == 1;
        let tile = |view: &View| Tile {
            camera: view.tile.camera.clone(),
            large: alone && area(&view.tile) == largest,
            work: view.player.take_work(),
        };
        let tiles: Vec<Tile> = self.views.iter().map(tile).collect();
        let rates = self.budget.balance(&tiles, period, shown.live_show.pace(), late, now);
        for (view, rate) in self.views.iter().zip(&rates) {
            view.player.set_rate(*rate);
        }
        let why = self.budget.why();
        let tiles = tiles.into_iter().zip(rates).filter(|(_, rate)| *rate > LiveRate::All);
        let reduced: Vec<Reduced> =
            tiles.map(|(tile, rate)| Reduced { camera: tile.camera, rate, why }).collect();
        let same = shown.live_show.reduced.get().is_some_and(|before| *before == reduced);
        if !same {
            shown.live_show.reduced.set(reduced);
        }
        !same
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
    (number, clock): (u64, Arc<dyn Clock>),
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
        clock,
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
