//! Starting at sign-in on a desktop by the XDG rules, and as a service of the user by systemd.
//!
//! Must not do: touch an entry of another name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Program, quote};
use crate::config::ConfigError;
use crate::config::atomic::{self, Readers};
use crate::config::folder::read_if_there;
use crate::protocol::{Autostart, AutostartStatus};
use crate::runtime::Worker;

/// The service's name.
const UNIT: &str = "watchkeeper.service";

/// A service manager that does not answer within this time is done without.
const SYSTEMCTL_LIMIT: Duration = Duration::from_secs(5);

/// Where entries lie.
pub struct Places {
    entry: PathBuf,
    unit: PathBuf,
}

impl Places {
    /// Those of the user.
    ///
    /// # Errors
    /// When the system has none.
    pub fn of_user() -> Result<Self, ConfigError> {
        if cfg!(target_os = "macos") {
            let text = "Starting at sign-in is not known for this system; add Watchkeeper to the Login Items.";
            return Err(ConfigError::Refused(text.into()));
        }
        let folders = directories::BaseDirs::new().ok_or(ConfigError::NoFolder)?;
        Ok(Self::below(folders.config_dir()))
    }

    fn below(config: &Path) -> Self {
        Self {
            entry: config.join("autostart").join("watchkeeper.desktop"),
            unit: config.join("systemd").join("user").join(UNIT),
        }
    }

    /// What is started.
    pub fn status(&self) -> AutostartStatus {
        let read = |path: &Path| read_if_there(path).map(Option::unwrap_or_default);
        let (entry, unit) = match (read(&self.entry), read(&self.unit)) {
            (Ok(entry), Ok(unit)) => (entry, unit),
            (Err(error), _) | (_, Err(error)) => {
                let trouble = Some(error.to_string());
                return AutostartStatus { trouble, ..AutostartStatus::default() };
            }
        };
        let what = match (entry.is_empty(), unit.is_empty()) {
            (true, true) => Autostart::Off,
            (true, false) => Autostart::Record,
            (false, _) if entry.contains("\"--kiosk\"") => Autostart::Kiosk,
            (false, _) => Autostart::Console,
        };
        AutostartStatus { what, hint: None, trouble: None }
    }

    /// Starts `what`, and nothing else.
    pub fn set(&self, program: &Program, what: Autostart) -> Result<AutostartStatus, ConfigError> {
        let words = program.words(what)?;
        if what != Autostart::Record && self.unit.exists() {
            systemctl("disable");
            remove(&self.unit)?;
            systemctl("daemon-reload");
        }
        let hint = match what {
            Autostart::Off => {
                remove(&self.entry)?;
                None
            }
            Autostart::Console | Autostart::Kiosk => {
                write(&self.entry, &entry(&words))?;
                None
            }
            Autostart::Record => {
                remove(&self.entry)?;
                write(&self.unit, &unit(&words))?;
                Some(self.enable())
            }
        };
        Ok(AutostartStatus { what, hint, trouble: None })
    }

    fn enable(&self) -> String {
        let linger = "To record also while nobody is signed in: loginctl enable-linger";
        let is_enabled = systemctl("daemon-reload") && systemctl("enable");
        match is_enabled {
            true => format!("Recording begins at the next sign-in. {linger}"),
            false => format!(
                "The service is written to {}. Enable it where systemd runs: systemctl --user enable {UNIT}. {linger}",
                self.unit.display()
            ),
        }
    }
}

fn entry(words: &[String]) -> String {
    format!(
        "[Desktop Entry]\nType=Application\nName=Watchkeeper\nComment=Records and shows cameras\nExec={}\n\
         Terminal=false\nX-GNOME-Autostart-enabled=true\n",
        quote::for_desktop_entry(words)
    )
}

fn unit(words: &[String]) -> String {
    format!(
        "[Unit]\nDescription=Watchkeeper records cameras\n\n[Service]\nExecStart={}\nRestart=on-failure\n\
         RestartSec=10\nTimeoutStopSec=60\n\n[Install]\nWantedBy=default.target\n",
        quote::for_unit(words)
    )
}

fn write(path: &Path, text: &str) -> Result<(), ConfigError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(ConfigError::io("create", folder))?;
    atomic::replace(path, text.as_bytes(), Readers::Default)
}

fn remove(path: &Path) -> Result<(), ConfigError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ConfigError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Asks the user's service manager; false when there is none, or it does not do it in time.
fn systemctl(verb: &str) -> bool {
    let mut command = Command::new("systemctl");
    command.args(["--user", verb]);
    if verb != "daemon-reload" {
        command.arg(UNIT);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (sender, ended) = crossbeam::channel::bounded(1);
    let worker = Worker::spawn("systemctl", move || {
        let done = command.status().is_ok_and(|status| status.success());
        // Nobody waits any more for an answer that comes too late.
        let _late = sender.send(done);
    });
    match (worker, ended.recv_timeout(SYSTEMCTL_LIMIT)) {
        (Ok(worker), Ok(done)) => {
            if let Err(error) = worker.join(SYSTEMCTL_LIMIT) {
                tracing::warn!("{error}");
            }
            done
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_started_at_a_time_and_off_leaves_nothing() {
        let root = tempfile::tempdir().expect("temporary folder");
        let places = Places::below(&root.path().join("config"));
        assert_eq!(places.status(), AutostartStatus::default());
        let program = Program {
            executable: "/opt/my cams/watchkeeper".into(),
            data_dir: Some("/media/big disk".into()),
        };
        for what in [Autostart::Console, Autostart::Kiosk] {
            places.set(&program, what).expect("written");
            assert_eq!(places.status().what, what);
        }
        let text = fs::read_to_string(&places.entry).expect("there");
        let line =
            "Exec=\"/opt/my cams/watchkeeper\" \"--data-dir\" \"/media/big disk\" \"--kiosk\"\n";
        assert!(text.contains(line), "{text}");
        write(&places.unit, &unit(&program.words(Autostart::Record).expect("words")))
            .expect("written");
        remove(&places.entry).expect("removed");
        assert_eq!(places.status().what, Autostart::Record);
        let text = fs::read_to_string(&places.unit).expect("there");
        assert!(text.contains("\"/media/big disk\" \"record\"\n"), "{text}");
        remove(&places.unit).expect("removed");
        places.set(&program, Autostart::Off).expect("removed");
        assert!(!places.entry.exists() && !places.unit.exists());
    }
}
