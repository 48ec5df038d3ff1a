//! The thread `desktop`: shows notices through the system's notifications.
//!
//! The sound is the notification service's own, asked for by its name: no sound is shipped or played here.
//! Must not do: make anybody wait. What the system does not take is in the drawer all the same.

use std::time::Duration;

use crossbeam::channel::{Sender, bounded};

use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Notices that wait at most; more at once would only hide one another.
const QUEUE: usize = 8;

/// Longest text of a notification in characters; services cut it anyway.
const LONGEST: usize = 300;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesktopNotice {
    /// In a few words.
    pub title: String,
    /// In sentences.
    pub text: String,
    /// Whether it stays until it is seen.
    pub is_urgent: bool,
    /// Whether it is heard.
    pub sound: bool,
}

/// The thread.
pub struct Desktop {
    notices: Sender<DesktopNotice>,
    worker: Worker,
}

impl Desktop {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> std::io::Result<Self> {
        let (notices, waiting) = bounded::<DesktopNotice>(QUEUE);
        let worker = Worker::spawn("desktop", move || {
            for mut notice in waiting {
                notice.text = notice.text.chars().take(LONGEST).collect();
                if let Err(why) = system::show(&notice) {
                    tracing::debug!("the system shows no notifications: {why}");
                }
            }
        })?;
        Ok(Self { notices, worker })
    }

    /// Shows a notice, unless too many wait.
    pub fn show(&self, notice: DesktopNotice) {
        if self.notices.try_send(notice).is_err() {
            tracing::debug!("too many notices at once for the desktop");
        }
    }

    /// Shows what waits, and ends.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop(self.notices);
        self.worker.join(limit)
    }
}

/// By D-Bus, as the desktops of Linux do.
#[cfg(target_os = "linux")]
mod system {
    use std::collections::HashMap;
    use std::time::Duration;

    use zbus::blocking::connection::Builder;
    use zbus::zvariant::Value;

    use super::DesktopNotice;

    /// Where the notification service answers.
    const SERVICE: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";

    /// A service that has not answered by then does not.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// Of the naming specification for sounds.
    const SOUND: &str = "dialog-warning";

    pub fn show(notice: &DesktopNotice) -> Result<(), zbus::Error> {
        let connection = Builder::session()?.method_timeout(PATIENCE).build()?;
        let urgency = if notice.is_urgent { 2_u8 } else { 1_u8 };
        let mut hints = HashMap::from([("urgency", Value::from(urgency))]);
        match notice.sound {
            true => hints.insert("sound-name", Value::from(SOUND)),
            false => hints.insert("suppress-sound", Value::from(true)),
        };
        let (actions, text): ([&str; 0], String) = ([], plain(&notice.text));
        let body = ("Watchkeeper", 0_u32, "", &notice.title, text, &actions[..], hints, -1_i32);
        connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &body)?;
        Ok(())
    }

    /// Some services read the text as markup.
    fn plain(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn names_are_no_markup() {
            assert_eq!(super::plain("<b> & c"), "&lt;b&gt; &amp; c");
        }
    }
}

#[cfg(any(windows, target_os = "macos"))]
mod system {
    use super::DesktopNotice;

    pub fn show(notice: &DesktopNotice) -> Result<(), notify_rust::error::Error> {
        let mut shown = notify_rust::Notification::new();
        shown.appname("Watchkeeper").summary(&notice.title).body(&notice.text);
        if notice.sound {
            shown.sound_name("Default");
        }
        shown.show().map(|_| ())
    }
}

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
mod system {
    use super::DesktopNotice;

    pub fn show(_: &DesktopNotice) -> Result<(), &'static str> {
        Err("none are known for this system")
    }
}
