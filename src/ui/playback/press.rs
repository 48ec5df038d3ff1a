//! What can be pressed on Playback, by hand or by key.
//!
//! Must not do: act; `act` does.

use egui::{Key, Modifiers, Ui};

use crate::protocol::Speed;
use crate::ui::keys;

/// Ten seconds, in microseconds.
const TEN_SECONDS: i64 = 10_000_000;

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Press {
    /// Play, or pause.
    Toggle,
    /// Backward or forward at normal speed; again, twice as fast.
    Shuttle {
        /// Backward.
        reverse: bool,
    },
    /// Backward, or forward again, at the speed in force.
    Reverse(bool),
    /// Frames on, or back.
    Step(i32),
    /// To the next event, or to the one before.
    Event {
        /// The next one.
        forward: bool,
    },
    /// Microseconds on, or back.
    Jump(i64),
    /// Another speed.
    Speed(Speed),
    /// Whether time without footage is skipped.
    SkipGaps(bool),
    /// Whether time without motion is skipped.
    SkipToEvents(bool),
    /// To the newest footage.
    Live,
    /// The picture shown.
    Snapshot,
    /// Full screen, or back.
    Fullscreen,
    /// To the begin of the day.
    DayStart,
    /// To its end.
    DayEnd,
    /// Closer.
    ZoomIn,
    /// Wider.
    ZoomOut,
    /// The range begins here.
    In,
    /// The range ends here.
    Out,
    /// A note on this moment.
    Bookmark,
    /// The range is kept.
    Lock,
    /// The export tray.
    Export,
    /// A time to be typed.
    GoTo,
    /// The lists at the right, or none.
    Lists,
}

impl Press {
    /// Whether it shows footage, and neither takes any out nor marks it: all that a kiosk does.
    pub const fn only_shows(&self) -> bool {
        !matches!(
            self,
            Self::Snapshot
                | Self::Fullscreen
                | Self::In
                | Self::Out
                | Self::Bookmark
                | Self::Lock
                | Self::Export
                | Self::Lists
        )
    }
}

/// The keys that were pressed.
pub fn read_keys(ui: &Ui) -> Vec<Press> {
    let mut presses = Vec::new();
    if !keys::free(ui) {
        return presses;
    }
    // A control that has the keyboard keeps Space and the arrows to itself.
    let unfocused = ui.memory(|m| m.focused().is_none());
    if keys::take(ui, Key::K) || (unfocused && keys::take(ui, Key::Space)) {
        presses.push(Press::Toggle);
    }
    if unfocused {
        for (key, sign) in [(Key::ArrowLeft, -1), (Key::ArrowRight, 1)] {
            let jumps = keys::count(ui, Modifiers::SHIFT, key);
            presses.extend((jumps > 0).then(|| Press::Jump(i64::from(sign * jumps) * TEN_SECONDS)));
            let steps = keys::count(ui, Modifiers::NONE, key);
            presses.extend((steps > 0).then(|| Press::Step(sign * steps)));
        }
    }
    for (key, reverse) in [(Key::J, true), (Key::L, false)] {
        let count = keys::count(ui, Modifiers::NONE, key);
        presses.extend((0..count).map(|_| Press::Shuttle { reverse }));
    }
    let simple = [
        (Key::P, Press::Event { forward: false }),
        (Key::N, Press::Event { forward: true }),
        (Key::S, Press::Snapshot),
        (Key::Home, Press::DayStart),
        (Key::End, Press::DayEnd),
        (Key::M, Press::Bookmark),
        (Key::X, Press::Lock),
        (Key::E, Press::Export),
        (Key::G, Press::GoTo),
    ];
    presses.extend(simple.into_iter().filter(|(key, _)| keys::take(ui, *key)).map(|(_, p)| p));
    let characters =
        [("+", Press::ZoomIn), ("-", Press::ZoomOut), ("[", Press::In), ("]", Press::Out)];
    let typed = characters.into_iter().filter(|(text, _)| keys::take_character(ui, text));
    presses.extend(typed.map(|(_, press)| press));
    presses
}

/// The speed after this one, or the fastest.
#[must_use]
pub fn faster(speed: Speed) -> Speed {
    let at = Speed::ALL.iter().position(|s| *s == speed).unwrap_or(0);
    Speed::ALL[(at + 1).min(Speed::ALL.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_end_at_the_fastest() {
        assert_eq!(faster(Speed::Normal), Speed::Double);
        assert_eq!(faster(Speed::Eight), Speed::Eight);
    }
}
