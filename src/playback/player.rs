//! The thread of one camera shown in playback.
//!
//! Must not do: decide what is shown; the order says when, `view` finds out what.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::gop_cache::GopCache;
use super::helpers::Board;
use super::view::{Next, Order, View};
use super::{Footage, PlaybackError, Previews};
use crate::model::CameraId;
use crate::protocol::ViewState;
use crate::runtime::{Clock, Worker};

/// How long players may take to end: a decoder finishes its picture, a slow disk its read.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Whether they have ended is looked at this often.
const POLL: Duration = Duration::from_millis(2);

/// What a player tells the deck.
#[derive(Clone)]
pub(super) struct Report {
    /// What it shows.
    pub(super) state: ViewState,
    /// Grows with each change of the others.
    pub(super) version: u64,
    /// New pictures shown so far.
    pub(super) pictures: u64,
    pub(super) key_frames_only: bool,
}

/// What both ends hold.
struct Desk {
    order: Mutex<Order>,
    report: Mutex<Report>,
    stop: AtomicBool,
}

/// The deck's end of a player.
pub(super) struct Player {
    pub(super) camera: CameraId,
    desk: Arc<Desk>,
    bell: Sender<()>,
    worker: Worker,
}

/// What all players use.
pub(super) struct Tools {
    pub(super) footage: Arc<Footage>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) previews: Option<Arc<dyn Previews>>,
    pub(super) board: Arc<Board>,
}

impl Player {
    /// Starts `player-<number>`. `tell` is called in its thread after each new report.
    pub(super) fn start(
        number: u64,
        camera: CameraId,
        tools: &Tools,
        order: Order,
        tell: impl Fn() + Send + 'static,
    ) -> Result<Self, PlaybackError> {
        let report =
            Report { state: ViewState::Loading, version: 0, pictures: 0, key_frames_only: false };
        let desk = Arc::new(Desk {
            order: Mutex::new(order),
            report: Mutex::new(report),
            stop: AtomicBool::new(false),
        });
        let (bell, rung) = bounded(1);
        let cache = GopCache::new(bell.clone());
        let view = View::new(
            Arc::clone(&tools.footage),
            camera.clone(),
            cache,
            Arc::clone(&tools.board),
            tools.previews.clone(),
        );
        let clock = Arc::clone(&tools.clock);
        let name = format!("player-{number}");
        let theirs = Arc::clone(&desk);
        let worker = Worker::spawn(&name, move || run(view, &theirs, &rung, clock.as_ref(), &tell))
            .map_err(|source| PlaybackError::Thread { name, source })?;
        Ok(Self { camera, desk, bell, worker })
    }

    /// The newest order counts.
    pub(super) fn order(&self, order: Order) {
        let mut place = self.desk.order.lock().unwrap_or_else(PoisonError::into_inner);
        if *place != order {
            *place = order;
            drop(place);
            let _already_rung = self.bell.try_send(());
        }
    }

    /// What it shows.
    pub(super) fn report(&self) -> Report {
        self.desk.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks it to end, without waiting.
    pub(super) fn ask_to_stop(&self) {
        self.desk.stop.store(true, Ordering::Release);
        let _already_rung = self.bell.try_send(());
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Says so when it did not end well.
    pub(super) fn see_off(self) {
        if let Err(error) = self.worker.join(Duration::ZERO) {
            tracing::error!(camera = %self.camera, %error, "player");
        }
    }
}

/// Waits until `players`, which were asked to, have ended: all of them together for a limited time.
pub(super) fn await_end(players: Vec<Player>) {
    let mut left = STOP_LIMIT;
    while !left.is_zero() && !players.iter().all(Player::has_ended) {
        std::thread::sleep(POLL);
        left = left.saturating_sub(POLL);
    }
    players.into_iter().for_each(Player::see_off);
}

fn run(mut view: View, desk: &Desk, rung: &Receiver<()>, clock: &dyn Clock, tell: &dyn Fn()) {
    let mut told = (0, false);
    while !desk.stop.load(Ordering::Acquire) {
        let order = *desk.order.lock().unwrap_or_else(PoisonError::into_inner);
        let next = view.work(&order, clock.monotonic());
        let news = (view.version(), view.key_frames_only());
        if told != news {
            told = news;
            let mut report = desk.report.lock().unwrap_or_else(PoisonError::into_inner);
            report.state = view.state().clone();
            report.version += 1;
            report.pictures = view.pictures();
            report.key_frames_only = view.key_frames_only();
            drop(report);
            tell();
        }
        match next {
            Next::Now => {}
            Next::After(time) => {
                let _rung_or_due = rung.recv_timeout(time);
            }
            Next::Bell => {
                let _rung = rung.recv();
            }
        }
    }
}
