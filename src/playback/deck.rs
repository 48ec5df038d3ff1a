//! The deck: one thread that owns the transport, gives orders to the players, and publishes what they show.
//!
//! Must not do: decode, or wake the console when nothing changed.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::player::Player;
use super::view::Order;
use super::{Footage, PlaybackError, Transport};
use crate::model::{CameraId, WallTime};
use crate::protocol::{CameraView, PlaybackCommand, PlaybackSnapshot, Shown};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};

/// Commands that wait at most. Repeated seeks, sizes and speeds replace one another and take one place.
const WAITING_COMMANDS: usize = 64;

/// While time passes the playhead is published this often, and the live edge looked at, also when no
/// picture changes.
const TICK: Duration = Duration::from_millis(100);

/// Pictures of several cameras that become due together are published together.
const GATHER: Duration = Duration::from_millis(8);

/// How long the deck may take to end, with all its players.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Over which the rate of pictures is counted.
const RATE_WINDOW: Duration = Duration::from_secs(1);

/// The deck has too much to do; the command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("playback is busy; please try again")]
pub struct Busy;

/// Playback of recorded footage.
///
/// Dropping it asks the deck to end; [`Playback::stop`] also waits for that.
pub struct Playback {
    inbox: Handle,
    worker: Worker,
}

/// The engine's end of the inbox.
struct Handle(Arc<Inbox>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Release);
        self.0.ring();
    }
}

/// Commands on their way to the deck.
struct Inbox {
    commands: Mutex<Vec<PlaybackCommand>>,
    stop: AtomicBool,
    bell: Sender<()>,
}

impl Playback {
    /// Starts the thread `playback`, which shows nothing until it is told which cameras to show.
    ///
    /// # Errors
    /// [`PlaybackError::Thread`].
    pub fn start(
        footage: Arc<Footage>,
        clock: Arc<dyn Clock>,
        shown: Arc<Shown>,
    ) -> Result<Self, PlaybackError> {
        let (bell, rung) = bounded(1);
        let inbox =
            Arc::new(Inbox { commands: Mutex::default(), stop: AtomicBool::new(false), bell });
        let deck = Deck::new(footage, clock, shown, Arc::clone(&inbox));
        let worker = Worker::spawn("playback", move || deck.run(&rung))
            .map_err(|source| PlaybackError::Thread { name: "playback".into(), source })?;
        Ok(Self { inbox: Handle(inbox), worker })
    }

    /// Says what the operator wants; never waits. The newest seek replaces those before it.
    ///
    /// # Errors
    /// [`Busy`] when the deck does not take its commands.
    pub fn send(&self, command: PlaybackCommand) -> Result<(), Busy> {
        self.inbox.0.put(command)
    }

    /// Ends the deck and its players.
    ///
    /// # Errors
    /// [`JoinError`] when the deck hangs or panicked.
    pub fn stop(self) -> Result<(), JoinError> {
        let Self { inbox, worker } = self;
        drop(inbox);
        worker.join(STOP_LIMIT)
    }
}

impl Inbox {
    fn put(&self, command: PlaybackCommand) -> Result<(), Busy> {
        use PlaybackCommand::{Seek, SetSpeed, Show};
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let full = commands.len() >= WAITING_COMMANDS;
        match (commands.last_mut(), &command) {
            (Some(last @ Seek { .. }), Seek { .. })
            | (Some(last @ Show(_)), Show(_))
            | (Some(last @ SetSpeed(_)), SetSpeed(_)) => *last = command,
            _ if full => return Err(Busy),
            _ => commands.push(command),
        }
        drop(commands);
        self.ring();
        Ok(())
    }

    fn take(&self) -> Vec<PlaybackCommand> {
        std::mem::take(&mut *self.commands.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn ring(&self) {
        let _already_rung = self.bell.try_send(());
    }
}

struct Deck {
    footage: Arc<Footage>,
    clock: Arc<dyn Clock>,
    shown: Arc<Shown>,
    inbox: Arc<Inbox>,
    transport: Transport,
    /// Whether the playhead has ever been put somewhere.
    placed: bool,
    seek: u64,
    exact: bool,
    players: Vec<(Player, (usize, usize))>,
    /// Number of the next player.
    number: u64,
    rate: VecDeque<(Duration, u64)>,
    published: Option<Published>,
}

/// What the last snapshot was made of.
#[derive(PartialEq)]
struct Published {
    playhead: WallTime,
    transport: (bool, bool, crate::protocol::Speed),
    key_frames_only: bool,
    views: Vec<(CameraId, u64)>,
}

impl Deck {
    fn new(
        footage: Arc<Footage>,
        clock: Arc<dyn Clock>,
        shown: Arc<Shown>,
        inbox: Arc<Inbox>,
    ) -> Self {
        let now = clock.now();
        Self {
            footage,
            clock,
            shown,
            inbox,
            transport: Transport::new(now.wall, now.monotonic),
            placed: false,
            seek: 0,
            exact: true,
            players: Vec::new(),
            number: 0,
            rate: VecDeque::new(),
            published: None,
        }
    }

    fn run(mut self, rung: &Receiver<()>) {
        while !self.inbox.stop.load(Ordering::Acquire) {
            let commands = self.inbox.take();
            if !commands.is_empty() || self.transport.is_playing() {
                self.look_at_the_edge();
            }
            for command in commands {
                self.obey(command);
            }
            self.give_orders();
            self.publish();
            if self.transport.is_playing() && !self.players.is_empty() {
                let _rung_or_due = rung.recv_timeout(TICK);
                if self.players.len() > 1 {
                    std::thread::sleep(GATHER);
                }
            } else {
                let _rung = rung.recv();
            }
        }
        self.show(&[]);
    }

    fn obey(&mut self, command: PlaybackCommand) {
        let now = self.clock.monotonic();
        match command {
            PlaybackCommand::Show(tiles) => self.show(&tiles),
            PlaybackCommand::Seek { at, exact } => self.jump(at, exact),
            PlaybackCommand::Play => self.transport.play(now),
            PlaybackCommand::Pause => self.transport.pause(now),
            PlaybackCommand::SetSpeed(speed) => self.transport.set_speed(speed, now),
            PlaybackCommand::Step { frames, .. } => self.step(frames),
            PlaybackCommand::SetReverse(_)
            | PlaybackCommand::SkipGaps(_)
            | PlaybackCommand::SkipToEvents(_)
            | PlaybackCommand::Event { .. } => {}
            PlaybackCommand::GoLive => {
                self.placed = true;
                self.seek += 1;
                self.exact = true;
                self.transport.go_live(now);
            }
        }
    }

    fn jump(&mut self, at: WallTime, exact: bool) {
        self.placed = true;
        self.seek += 1;
        self.exact = exact;
        self.transport.seek(at, self.clock.monotonic());
    }

    /// Moves by frames of the first camera shown.
    fn step(&mut self, frames: i32) {
        self.transport.pause(self.clock.monotonic());
        let Some((player, _)) = self.players.first() else { return };
        let at = self.transport.playhead(self.clock.monotonic());
        match self.footage.step(&player.camera, at, frames.into()) {
            Ok(Some(reached)) => self.jump(reached, true),
            Ok(None) => {}
            Err(error) => tracing::warn!(camera = %player.camera, %error, "step"),
        }
    }

    /// Starts and ends players so that these cameras are shown, in this order.
    fn show(&mut self, tiles: &[(CameraId, (usize, usize))]) {
        let mut old = std::mem::take(&mut self.players);
        let mut kept = Vec::new();
        for (camera, size) in tiles {
            if kept.iter().any(|(player, _): &(Player, _)| player.camera == *camera) {
                continue;
            }
            match old.iter().position(|(player, _)| player.camera == *camera) {
                Some(index) => kept.push((old.remove(index).0, *size)),
                None => kept.extend(self.start_player(camera, *size).map(|player| (player, *size))),
            }
        }
        old.iter().for_each(|(player, _)| player.ask_to_stop());
        for (player, _) in old {
            if let Err(error) = player.stop() {
                tracing::error!(%error, "player");
            }
        }
        self.players = kept;
        self.rate.clear();
        if !tiles.is_empty() {
            self.look_at_the_edge();
            if !self.placed {
                let newest = self.newest_footage();
                self.jump(newest, true);
            }
        }
    }

    fn start_player(&mut self, camera: &CameraId, size: (usize, usize)) -> Option<Player> {
        let number = self.number;
        self.number += 1;
        let inbox = Arc::clone(&self.inbox);
        let player = Player::start(
            number,
            camera.clone(),
            Arc::clone(&self.footage),
            Arc::clone(&self.clock),
            self.order(size),
            move || inbox.ring(),
        );
        player.inspect_err(|error| tracing::error!(%camera, %error, "player")).ok()
    }

    fn newest(&self) -> WallTime {
        let cameras: Vec<_> =
            self.players.iter().map(|(player, _)| player.camera.clone()).collect();
        self.footage.newest(&cameras, self.clock.wall())
    }

    /// The newest moment with footage of the first camera; the newest moment at all without any.
    fn newest_footage(&self) -> WallTime {
        let newest = self.newest();
        let Some((player, _)) = self.players.first() else { return newest };
        let gap = match self.footage.find(&player.camera, newest) {
            Ok(None) => self.footage.gap(&player.camera, newest).ok(),
            Ok(Some(_)) | Err(_) => None,
        };
        gap.and_then(|gap| gap.before).unwrap_or(newest)
    }

    /// Footage ends where the segments being written end.
    fn look_at_the_edge(&mut self) {
        let newest = self.newest();
        self.transport.set_limit(newest, self.clock.monotonic());
    }

    fn order(&self, size: (usize, usize)) -> Order {
        Order { seek: self.seek, transport: self.transport, exact: self.exact, size }
    }

    fn give_orders(&self) {
        for (player, size) in &self.players {
            player.order(self.order(*size));
        }
    }

    /// Publishes a snapshot when it differs from the last one.
    fn publish(&mut self) {
        let now = self.clock.monotonic();
        let reports: Vec<_> = self.players.iter().map(|(player, _)| player.report()).collect();
        let transport = &self.transport;
        let published = Published {
            playhead: transport.playhead(now),
            transport: (transport.is_playing(), transport.is_live(), transport.speed()),
            key_frames_only: transport.is_playing() && reports.iter().any(|r| r.key_frames_only),
            views: self
                .players
                .iter()
                .zip(&reports)
                .map(|((player, _), report)| (player.camera.clone(), report.version))
                .collect(),
        };
        if self.published.as_ref() == Some(&published) {
            return;
        }
        let pictures_per_second =
            self.count(now, reports.iter().map(|report| report.pictures).sum());
        let views = self.players.iter().zip(reports).map(|((player, _), report)| CameraView {
            camera: player.camera.clone(),
            state: report.state,
        });
        self.shown.playback.set(PlaybackSnapshot {
            playhead: published.playhead,
            playing: self.transport.is_playing(),
            speed: self.transport.speed(),
            reverse: false,
            skip_gaps: false,
            skip_to_events: false,
            live: self.transport.is_live(),
            key_frames_only: published.key_frames_only,
            pictures_per_second,
            views: views.collect(),
        });
        self.published = Some(published);
        self.shown.wake();
    }

    /// The rate of pictures over the last second, `pictures` having been shown by `now`.
    fn count(&mut self, now: Duration, pictures: u64) -> f32 {
        if !self.transport.is_playing() {
            self.rate.clear();
            return 0.0;
        }
        self.rate.push_back((now, pictures));
        while self.rate.len() > 2 && now.saturating_sub(self.rate[1].0) >= RATE_WINDOW {
            self.rate.pop_front();
        }
        let Some(&(since, before)) = self.rate.front() else { return 0.0 };
        let seconds = now.saturating_sub(since).as_secs_f32();
        if seconds > 0.0 { pictures.saturating_sub(before) as f32 / seconds } else { 0.0 }
    }
}
