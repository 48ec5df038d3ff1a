//! The deck: one thread that owns the transport, gives orders to the players, and publishes what they show.
//!
//! Must not do: decode, or wake the console when nothing changed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam::channel::Receiver;

use super::helpers::Helpers;
use super::inbox::Inbox;
use super::player::{Player, Tools, await_end};
use super::skip::Skip;
use super::skipper::{Skipper, event_beside};
use super::view::Order;
use super::{FRAME_MEMORY, PlaybackError, Transport};
use crate::model::{CameraId, WallTime};
use crate::protocol::{CameraView, PlaybackCommand, PlaybackSnapshot, Shown, Speed};

/// While time passes the playhead is published this often, and the live edge looked at, also when no
/// picture changes.
const TICK: Duration = Duration::from_millis(100);

/// Pictures of several cameras that become due together are published together.
const GATHER: Duration = Duration::from_millis(8);

/// Over which the rate of pictures is counted.
const RATE_WINDOW: Duration = Duration::from_secs(1);

pub(super) struct Deck {
    tools: Tools,
    helpers: Helpers,
    shown: Arc<Shown>,
    inbox: Arc<Inbox>,
    transport: Transport,
    /// Whether the playhead has ever been put somewhere.
    placed: bool,
    seek: u64,
    exact: bool,
    /// The last jump was a step, backward when true.
    stepping: Option<bool>,
    skipper: Skipper,
    players: Vec<(Player, (usize, usize))>,
    /// Players that were asked to end, and have not yet: a slow disk may keep them.
    leaving: Vec<Player>,
    /// When the edge of footage was looked at, and what is to be skipped.
    looked: Option<Duration>,
    /// What went wrong with that the last time.
    troubles: Troubles,
    /// Number of the next player.
    number: u64,
    rate: VecDeque<(Duration, u64)>,
    published: Option<Published>,
}

/// What is wrong, so that it is said once and not with each look.
#[derive(Default)]
struct Troubles {
    edge: Option<String>,
    skip: Option<String>,
}

/// What the last snapshot was made of.
#[derive(PartialEq)]
struct Published {
    playhead: WallTime,
    transport: (bool, bool, bool, Speed),
    skips: (bool, bool),
    key_frames_only: bool,
    views: Vec<(CameraId, u64)>,
}

impl Deck {
    pub(super) fn new(
        tools: Tools,
        helpers: Helpers,
        shown: Arc<Shown>,
        inbox: Arc<Inbox>,
    ) -> Self {
        let now = tools.clock.now();
        Self {
            tools,
            helpers,
            shown,
            inbox,
            transport: Transport::new(now.wall, now.monotonic),
            placed: false,
            seek: 0,
            exact: true,
            stepping: None,
            skipper: Skipper::default(),
            players: Vec::new(),
            leaving: Vec::new(),
            looked: None,
            troubles: Troubles::default(),
            number: 0,
            rate: VecDeque::new(),
            published: None,
        }
    }

    pub(super) fn run(mut self, rung: &Receiver<()>) {
        while !self.inbox.stop.load(Ordering::Acquire) {
            self.leaving.extract_if(.., |player| player.has_ended()).for_each(Player::see_off);
            let commands = self.inbox.take();
            let looks = !commands.is_empty() || self.is_time_to_look();
            if looks {
                self.looked = Some(self.now());
                self.look_at_the_edge();
            }
            for command in commands {
                self.obey(command);
            }
            self.skip(looks);
            self.give_orders();
            self.publish();
            if self.transport.is_playing() && !self.players.is_empty() {
                let _rung_or_due = rung.recv_timeout(self.rest());
                if self.players.len() > 1 {
                    std::thread::sleep(GATHER);
                }
            } else {
                let _rung = rung.recv();
            }
        }
        self.show(&[]);
        await_end(std::mem::take(&mut self.leaving));
        self.helpers.stop();
    }

    /// Whether footage may have become more, or less, since the last look.
    fn is_time_to_look(&self) -> bool {
        let since = self.looked.map(|looked| self.now().saturating_sub(looked));
        self.transport.is_playing() && since.is_none_or(|since| since >= TICK)
    }

    /// How long nothing happens by itself.
    fn rest(&self) -> Duration {
        let edge = self.skipper.free().and_then(|free| self.transport.time_until(free, self.now()));
        edge.map_or(TICK, |due| due.clamp(GATHER, TICK))
    }

    fn obey(&mut self, command: PlaybackCommand) {
        let now = self.now();
        match command {
            PlaybackCommand::Show(tiles) => self.show(&tiles),
            PlaybackCommand::Seek { at, exact } => self.jump(at, exact),
            PlaybackCommand::Play => self.transport.play(now),
            PlaybackCommand::Pause => self.transport.pause(now),
            PlaybackCommand::SetSpeed(speed) => self.transport.set_speed(speed, now),
            PlaybackCommand::SetReverse(reverse) => {
                self.transport.set_reverse(reverse, now);
                self.look_at_the_edge();
                self.skipper.look_anew();
            }
            PlaybackCommand::SkipGaps(skip) => self.skipper.set_gaps(skip),
            PlaybackCommand::SkipToEvents(skip) => self.skipper.set_to_events(skip),
            PlaybackCommand::Step { camera, frames } => self.step(&camera, frames),
            PlaybackCommand::Event { forward } => self.go_to_event(forward),
            PlaybackCommand::GoLive => {
                self.look_at_the_edge();
                self.placed = true;
                self.seek += 1;
                self.exact = true;
                self.stepping = None;
                self.transport.go_live(now);
            }
        }
    }

    fn jump(&mut self, at: WallTime, exact: bool) {
        self.placed = true;
        self.seek += 1;
        self.exact = exact;
        self.stepping = None;
        self.transport.seek(at, self.now());
        self.skipper.look_anew();
    }

    /// Moves by frames of `camera`.
    fn step(&mut self, camera: &CameraId, frames: i32) {
        let now = self.now();
        self.transport.pause(now);
        match self.tools.footage.step(camera, self.transport.playhead(now), frames.into()) {
            Ok(Some(reached)) => {
                self.jump(reached, true);
                self.stepping = Some(frames < 0);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%camera, %error, "step"),
        }
    }

    /// Goes to the next motion event, or to the one before.
    fn go_to_event(&mut self, forward: bool) {
        let at = self.transport.playhead(self.now());
        let ahead = self.transport.is_playing() && !self.transport.is_reverse();
        match event_beside(&self.tools.footage, &self.cameras(), at, forward, ahead) {
            Ok(Some(start)) => self.jump(start, true),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "next event"),
        }
    }

    /// While playing leaves out what the operator does not want to see, and stops where nothing more comes.
    /// Unless it `looks` in any case, it does where something to be left out may begin.
    fn skip(&mut self, looks: bool) {
        let now = self.now();
        if !self.transport.is_playing() || self.players.is_empty() {
            return;
        }
        if self.transport.is_at_the_oldest(now) {
            self.transport.pause(now);
            return;
        }
        let wanted = self.skipper.gaps() || self.skipper.to_events();
        let reached = |free| self.transport.time_until(free, now).is_some_and(|due| due.is_zero());
        if !wanted
            || self.transport.is_live()
            || !(looks || self.skipper.free().is_some_and(reached))
        {
            return;
        }
        let (at, reverse) = (self.transport.playhead(now), self.transport.is_reverse());
        let found = self.skipper.look(&self.tools.footage, &self.cameras(), at, reverse);
        say_once(&mut self.troubles.skip, found.as_ref().err(), "what to skip");
        match found {
            Ok(Skip::Jump(there)) => {
                self.jump(there, true);
                self.looked = None;
            }
            Ok(Skip::End) => self.transport.pause(now),
            Ok(Skip::Stay(_)) | Err(_) => {}
        }
    }

    /// Starts and ends players so that these cameras are shown, in this order.
    fn show(&mut self, tiles: &[(CameraId, (usize, usize))]) {
        if !self.placed && !tiles.is_empty() {
            // Before a player starts, so that none shows first what is at another moment.
            let cameras: Vec<_> = tiles.iter().map(|(camera, _)| camera.clone()).collect();
            self.jump(self.newest_footage(&cameras), true);
        }
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
        self.leaving.extend(old.into_iter().map(|(player, _)| player));
        self.players = kept;
        self.rate.clear();
        self.skipper.look_anew();
        if !tiles.is_empty() {
            self.look_at_the_edge();
        }
    }

    fn start_player(&mut self, camera: &CameraId, size: (usize, usize)) -> Option<Player> {
        let number = self.number;
        self.number += 1;
        let inbox = Arc::clone(&self.inbox);
        let order = self.order(size);
        let player =
            Player::start(number, camera.clone(), &self.tools, order, move || inbox.ring());
        player.inspect_err(|error| tracing::error!(%camera, %error, "player")).ok()
    }

    fn now(&self) -> Duration {
        self.tools.clock.monotonic()
    }

    fn cameras(&self) -> Vec<CameraId> {
        self.players.iter().map(|(player, _)| player.camera.clone()).collect()
    }

    fn newest(&self) -> WallTime {
        self.tools.footage.newest(&self.cameras(), self.tools.clock.wall())
    }

    /// The newest moment with footage of the first one of `cameras`; the newest moment at all without any.
    fn newest_footage(&self, cameras: &[CameraId]) -> WallTime {
        let newest = self.tools.footage.newest(cameras, self.tools.clock.wall());
        let Some(camera) = cameras.first() else { return newest };
        let gap = match self.tools.footage.find(camera, newest) {
            Ok(None) => self.tools.footage.gap(camera, newest).ok(),
            Ok(Some(_)) | Err(_) => None,
        };
        gap.and_then(|gap| gap.before).unwrap_or(newest)
    }

    /// Footage ends where the segments being written end, and begins with the oldest segment.
    fn look_at_the_edge(&mut self) {
        let (newest, now) = (self.newest(), self.now());
        self.transport.set_limit(newest, now);
        if self.transport.is_reverse() {
            let oldest = self.tools.footage.oldest(&self.cameras());
            say_once(&mut self.troubles.edge, oldest.as_ref().err(), "oldest footage");
            if let Ok(oldest) = oldest {
                // Without any footage there is nowhere to go.
                let playhead = self.transport.playhead(now);
                self.transport.set_oldest(oldest.unwrap_or(playhead), now);
            }
        }
    }

    fn order(&self, size: (usize, usize)) -> Order {
        Order {
            seek: self.seek,
            transport: self.transport,
            exact: self.exact,
            stepping: self.stepping,
            size,
            memory: FRAME_MEMORY / self.players.len().max(1),
        }
    }

    fn give_orders(&self) {
        for (player, size) in &self.players {
            player.order(self.order(*size));
        }
    }

    /// Publishes a snapshot when it differs from the last one.
    fn publish(&mut self) {
        let now = self.now();
        let reports: Vec<_> = self.players.iter().map(|(player, _)| player.report()).collect();
        let transport = &self.transport;
        let published = Published {
            playhead: transport.playhead(now),
            transport: (
                transport.is_playing(),
                transport.is_reverse(),
                transport.is_live(),
                transport.speed(),
            ),
            skips: (self.skipper.gaps(), self.skipper.to_events()),
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
            reverse: self.transport.is_reverse(),
            skip_gaps: self.skipper.gaps(),
            skip_to_events: self.skipper.to_events(),
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

/// Logs what went wrong with `what`, unless the same did the last time.
fn say_once(said: &mut Option<String>, error: Option<&PlaybackError>, what: &str) {
    let text = error.map(ToString::to_string);
    if let Some(text) = text.as_ref().filter(|_| *said != text) {
        tracing::warn!(error = text, "{what}");
    }
    *said = text;
}
