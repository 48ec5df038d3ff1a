//! The life of the window: it ends, goes away while recording goes on, and comes back; also when it broke.
//!
//! Must not do: stop recording. Only its end says that the operator wants that.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::bounded;

use super::app::Page;
use super::words::life as words;
use crate::protocol::{Command, Console, PlaybackCommand, Shown, WindowPlace};

/// How the operator ended a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Recording ends too.
    Quit,
    /// Recording goes on.
    Background,
}

/// What a window leaves to what runs it: how it ended, and where it was.
#[derive(Clone, Default)]
pub struct LastWill(Rc<Left>);

#[derive(Default)]
struct Left {
    ending: Cell<Option<Ending>>,
    place: RefCell<Option<WindowPlace>>,
}

impl LastWill {
    /// The operator has decided.
    pub fn set(&self, ending: Ending) {
        self.0.ending.set(Some(ending));
    }

    /// What was decided, if anything was.
    pub fn get(&self) -> Option<Ending> {
        self.0.ending.get()
    }

    /// The window is here now.
    pub fn set_place(&self, place: WindowPlace) {
        *self.0.place.borrow_mut() = Some(place);
    }

    /// Where the window was last.
    pub fn place(&self) -> Option<WindowPlace> {
        self.0.place.borrow().clone()
    }
}

/// Where a window comes back that broke at `place`: on another page, since that one would break it again.
pub fn after_break(place: Option<WindowPlace>) -> Option<WindowPlace> {
    place.map(|place| {
        let other = if place.page == Page::Live.title() { Page::System } else { Page::Live };
        WindowPlace { page: other.title().to_owned(), ..place }
    })
}

/// A window that breaks again and again stays away after so many times ...
const MAX_COMEBACKS: usize = 3;

/// ... within this time.
const COMEBACK_SPAN: Duration = Duration::from_secs(60);

/// When the window came back after it broke.
#[derive(Default)]
pub struct Comebacks(VecDeque<Duration>);

impl Comebacks {
    /// Whether it may come back at `now`.
    pub fn allow(&mut self, now: Duration) -> bool {
        self.0.retain(|at| now.saturating_sub(*at) < COMEBACK_SPAN);
        if self.0.len() >= MAX_COMEBACKS {
            return false;
        }
        self.0.push_back(now);
        true
    }
}

/// Without a window nothing is decoded for one.
pub fn release(console: &Console) {
    let idle = [
        Command::WatchLive(Vec::new()),
        Command::Playback(PlaybackCommand::Show(Vec::new())),
        Command::WantThumbnails(Vec::new()),
    ];
    for command in idle {
        if let Err(error) = console.send(command) {
            tracing::warn!("pictures may still be decoded that nobody sees: {error}");
        }
    }
}

/// Waits without a window; true when it is wanted again, false when all is to end.
pub fn wait(shown: &Shown) -> bool {
    let (sender, woken) = bounded(1);
    shown.on_change(Arc::new(move || {
        // One change that waits is enough.
        let _waits = sender.try_send(());
    }));
    loop {
        if shown.is_quitting() {
            return false;
        }
        if shown.take_raise() {
            return true;
        }
        if woken.recv().is_err() {
            return false;
        }
    }
}

/// A panic of the window is logged by its place alone: what it says may repeat what somebody typed.
pub fn log_panics_of_this_thread() {
    let own = std::thread::current().id();
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == own {
            let place = info.location().map_or_else(String::new, ToString::to_string);
            tracing::error!("{} {place}", words::BROKE);
        } else {
            others(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol;

    #[test]
    fn a_window_comes_back_three_times_a_minute() {
        let mut comebacks = Comebacks::default();
        let mut allow = |seconds| comebacks.allow(Duration::from_secs(seconds));
        assert!(allow(0) && allow(10) && allow(20));
        assert!(!allow(30) && !allow(59));
        assert!(allow(60) && !allow(61));
        assert!(allow(70));
    }

    #[test]
    fn a_window_that_is_away_hears_of_both_wishes() {
        let (console, commands, shown) = protocol::connect();
        assert!(!shown.ask_to_raise(), "there is no console yet");
        shown.set_console(true);
        assert!(shown.ask_to_raise());
        assert!(wait(&shown), "it is wanted");
        shown.ask_to_quit();
        assert!(!wait(&shown), "all is to end");
        release(&console);
        assert_eq!(commands.try_iter().count(), 3);
    }
}
