//! Where notices go: to the console, into their file, onto the desktop; and who has seen them.
//!
//! Must not do: detect anything.

use super::desktop::DesktopNotice;
use super::reporting::SavedReport;
use super::service::Service;
use crate::config::system;
use crate::model::settings::ConsoleSettings;
use crate::protocol::{Notice, Severity};
use crate::runtime::Now;

/// What a kiosk's operator is called: it has no user who signed in.
const KIOSK: &str = "kiosk";

impl Service {
    /// Hands on what has changed.
    pub fn hand_on_notices(&mut self, now: Now) {
        if self.notices.take_changed() {
            let all = self.notices.all();
            self.shown.history.set(all.iter().map(|kept| kept.notice.clone()).collect());
            self.shown.wake();
            self.keeper.keep(all);
        }
        self.keeper.pass(now.monotonic);
        let fresh = self.notices.take_fresh();
        let Some(desktop) = self.desktop.as_ref().filter(|_| !self.shown.is_kiosk()) else {
            return;
        };
        let settings = self.store.settings();
        for notice in fresh {
            let camera = settings.cameras.iter().find(|c| Some(&c.id) == notice.camera.as_ref());
            let name = camera.map(|camera| camera.name.as_str());
            if let Some(shown) = on_desktop(&notice, name, &settings.console) {
                desktop.show(shown);
            }
        }
    }

    /// The operator has seen all of them.
    pub fn acknowledge_all(&mut self) {
        for notice in self.notices.list() {
            self.acknowledge(notice.id);
        }
    }

    /// Tells where a fault report is.
    pub(super) fn tell_reported(&mut self, saved: SavedReport) {
        let (severity, text) = match saved {
            Ok(path) => (Severity::Info, format!("Saved the diagnostics as {}", path.display())),
            Err(error) => (Severity::Warning, format!("The diagnostics cannot be saved: {error}")),
        };
        self.tell(severity, None, text);
    }

    /// The operator has seen a notice.
    pub fn acknowledge(&mut self, id: u64) {
        let by = if self.shown.is_kiosk() { KIOSK.into() } else { system::user_name() };
        self.notices.acknowledge(id, self.clock.wall(), by);
        self.shown.wake();
    }
}

/// What the desktop shows of a notice; none when it is not worth it, or not wanted.
fn on_desktop(
    notice: &Notice,
    camera: Option<&str>,
    settings: &ConsoleSettings,
) -> Option<DesktopNotice> {
    if !settings.desktop_notices || notice.severity < Severity::Warning {
        return None;
    }
    let is_urgent = notice.severity == Severity::Alarm;
    let word = if is_urgent { "Alarm" } else { "Warning" };
    let title = camera.map_or_else(|| word.to_owned(), |name| format!("{word}: {name}"));
    Some(DesktopNotice {
        title,
        text: notice.text.clone(),
        is_urgent,
        sound: is_urgent && settings.sound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::notices::Notices;
    use crate::model::WallTime;

    #[test]
    fn the_desktop_shows_what_is_wanted_and_no_more() {
        let shown = |severity, settings: &ConsoleSettings| {
            let mut notices = Notices::default();
            let (at, text) = (WallTime::default(), "Gate is offline.".to_owned());
            notices.raise("offline gate".into(), at, severity, None, text);
            on_desktop(&notices.list()[0], Some("Gate"), settings)
        };
        let mut settings = ConsoleSettings { sound: true, ..ConsoleSettings::default() };
        assert_eq!(shown(Severity::Info, &settings), None);
        let warning = shown(Severity::Warning, &settings).expect("shown");
        assert_eq!((warning.title.as_str(), warning.sound), ("Warning: Gate", false));
        let alarm = shown(Severity::Alarm, &settings).expect("shown");
        assert!(alarm.sound && alarm.is_urgent);
        settings.sound = false;
        assert!(!shown(Severity::Alarm, &settings).expect("shown").sound);
        settings.desktop_notices = false;
        assert_eq!(shown(Severity::Alarm, &settings), None);
    }
}
