//! The threads `finding-*`: search for cameras, ask devices for their streams, test addresses.
//!
//! Of each kind the newest question counts; one under way is given up for it. Must not do: change a setting, or
//! make the engine wait for a camera.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crossbeam::channel::{Sender, bounded, select};

use super::probing;
use crate::capture::onvif::{self, Device, DeviceReport, Limits, Login, OnvifError, Places};
use crate::capture::{self, StreamSource, split_credentials};
use crate::config::{ConfigError, Secrets};
use crate::model::{CameraId, Password, Settings, StreamId, StreamKind};
use crate::protocol::{
    DeviceAnswer, DeviceOutcome, DeviceProfile, DeviceQuery, DeviceStreams, FoundDevice,
    ProbeAnswer, ProbeOutcome, ProbeQuery, SearchAnswer, Shown,
};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Newest, Worker};

/// A camera that has not shown two full pictures by then has told enough.
pub const PROBE_LIMIT: Duration = Duration::from_secs(15);

/// Devices spread their answers over half a second; the last question goes out after one and a half.
pub const SEARCH_LIMIT: Duration = Duration::from_secs(4);

/// One answer of a device. The cheapest ones take a second.
pub const CALL_LIMIT: Duration = Duration::from_secs(5);

/// All answers of a device.
pub const DEVICE_LIMIT: Duration = Duration::from_secs(25);

/// The threads.
pub struct Finders {
    probe: Asker<ProbeQuery>,
    search: Asker<u64>,
    device: Asker<DeviceQuery>,
    shown: Arc<Shown>,
}

impl Finders {
    /// Starts them; searches go to `places`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        places: Places,
        shown: Arc<Shown>,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let desk = Desk { places, shown: Arc::clone(&shown), clock };
        let (probes, searches, devices) = (desk.clone(), desk.clone(), desk);
        Ok(Self {
            probe: Asker::start("finding-probe", move |query, wanted| probes.probe(query, wanted))?,
            search: Asker::start("finding-search", move |generation, wanted| {
                searches.search(generation, wanted);
            })?,
            device: Asker::start("finding-device", move |query, wanted| {
                devices.device(&query, wanted);
            })?,
            shown,
        })
    }

    /// Tests an address; with the stored password of its camera, when none was typed and the address leads to that
    /// camera.
    pub fn probe(&self, query: ProbeQuery, secrets: &Secrets, settings: &Settings) {
        let generation = query.generation;
        let outcome = match with_stored(query, settings, |camera| secrets.get(camera)) {
            Ok(query) => {
                let outcome = ProbeOutcome::Running;
                self.shown.probe.set(ProbeAnswer { generation, outcome });
                return self.probe.ask(query);
            }
            Err(error) => ProbeOutcome::Failed(sentence(&error.to_string())),
        };
        self.probe.give_up();
        self.shown.probe.set(ProbeAnswer { generation, outcome });
    }

    /// Searches.
    pub fn search(&self, generation: u64) {
        self.shown.search.set(SearchAnswer { generation, running: true, ..Default::default() });
        self.search.ask(generation);
    }

    /// Ends the search.
    pub fn stop_search(&self) {
        self.search.give_up();
    }

    /// Asks a device for its streams.
    pub fn device(&self, query: DeviceQuery) {
        let (generation, outcome) = (query.generation, DeviceOutcome::Running);
        self.shown.device.set(DeviceAnswer { generation, outcome });
        self.device.ask(query);
    }

    /// Gives up what is under way, and ends the threads.
    ///
    /// # Errors
    /// When one hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        let asked = [self.probe.end(), self.search.end(), self.device.end()];
        asked.into_iter().map(|worker| worker.join(limit)).fold(Ok(()), Result::and)
    }
}

/// A thread of which the newest question is answered.
struct Asker<Q> {
    questions: Newest<(u64, Q)>,
    /// The number of the newest question; another one is not wanted.
    newest: Arc<AtomicU64>,
    stop: Sender<()>,
    worker: Worker,
}

impl<Q: Send + 'static> Asker<Q> {
    fn start(
        name: &str,
        mut answer: impl FnMut(Q, &dyn Fn() -> bool) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, newest) = (Newest::new(), Arc::new(AtomicU64::new(0)));
        let (stop, stopped) = bounded::<()>(0);
        let (waiting, current) = (questions.receiver(), Arc::clone(&newest));
        let worker = Worker::spawn(name, move || {
            loop {
                select! {
                    recv(waiting) -> question => match question {
                        Ok((number, question)) => {
                            answer(question, &|| current.load(Ordering::Acquire) == number);
                        }
                        Err(_) => break,
                    },
                    recv(stopped) -> _ => break,
                }
            }
        })?;
        Ok(Self { questions, newest, stop, worker })
    }

    fn ask(&self, question: Q) {
        let number = self.give_up();
        self.questions.send((number, question));
    }

    /// What is under way is not wanted any more; gives the next number.
    fn give_up(&self) -> u64 {
        self.newest.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The thread, which ends soon.
    fn end(self) -> Worker {
        self.give_up();
        drop(self.stop);
        self.worker
    }
}

/// Who answers.
#[derive(Clone)]
struct Desk {
    places: Places,
    shown: Arc<Shown>,
    clock: Arc<dyn Clock>,
}

impl Desk {
    fn probe(&self, query: ProbeQuery, wanted: &dyn Fn() -> bool) {
        let generation = query.generation;
        let outcome = match source(query) {
            Err(sentence) => ProbeOutcome::Failed(sentence),
            Ok(source) => match capture::probe_while(&source, PROBE_LIMIT, &self.clock, wanted) {
                Ok(report) => ProbeOutcome::Found(Box::new(probing::found(&report))),
                Err(error) => ProbeOutcome::Failed(sentence(&error.to_string())),
            },
        };
        if wanted() {
            self.shown.probe.set(ProbeAnswer { generation, outcome });
            self.shown.wake();
        }
    }

    fn search(&self, generation: u64, wanted: &dyn Fn() -> bool) {
        self.tell_search(generation, true, &[], None);
        let mut told = 0;
        let mut last = Vec::new();
        let mut go_on = |devices: &[Device]| {
            if devices.len() > told {
                told = devices.len();
                last = devices.to_vec();
                self.tell_search(generation, true, devices, None);
            }
            wanted()
        };
        let found = onvif::search(&self.places, SEARCH_LIMIT, &*self.clock, &mut go_on);
        match found {
            Ok(devices) => self.tell_search(generation, false, &devices, None),
            Err(error) => {
                self.tell_search(generation, false, &last, Some(sentence(&error.to_string())))
            }
        }
    }

    fn tell_search(
        &self,
        generation: u64,
        running: bool,
        devices: &[Device],
        trouble: Option<String>,
    ) {
        let settings = self.shown.snapshot.get().map(|snapshot| Arc::clone(&snapshot.settings));
        let settings = settings.unwrap_or_default();
        let mut devices: Vec<_> = devices.iter().map(|device| shown(device, &settings)).collect();
        devices.sort_by(|a, b| a.address.cmp(&b.address).then_with(|| a.service.cmp(&b.service)));
        self.shown.search.set(SearchAnswer { generation, running, devices, trouble });
        self.shown.wake();
    }

    fn device(&self, query: &DeviceQuery, wanted: &dyn Fn() -> bool) {
        let login = Login::of(query.user.clone(), query.password.clone());
        let limits = Limits { call: CALL_LIMIT, all: DEVICE_LIMIT, wanted };
        let report = onvif::service_address(&query.service)
            .and_then(|service| onvif::ask(&service, login.as_ref(), limits, &*self.clock));
        let outcome = match report {
            Ok(report) => DeviceOutcome::Found(Box::new(streams(report))),
            Err(OnvifError::NeedsPassword) => DeviceOutcome::NeedsPassword,
            Err(OnvifError::WrongPassword) => DeviceOutcome::WrongPassword,
            Err(error) => DeviceOutcome::Failed(sentence(&error.to_string())),
        };
        if wanted() {
            self.shown.device.set(DeviceAnswer { generation: query.generation, outcome });
            self.shown.wake();
        }
    }
}

/// What is to be tested; what was typed on its own counts more than what stands in the address.
fn source(query: ProbeQuery) -> Result<StreamSource, String> {
    let (url, user, password) =
        split_credentials(&query.url).map_err(|error| sentence(&error.to_string()))?;
    let camera = query.camera.unwrap_or_else(|| CameraId::from_name("test"));
    Ok(StreamSource {
        id: StreamId::new(camera, StreamKind::Main),
        url,
        user: query.user.or(user),
        password: query.password.or(password).filter(|password| !password.reveal().is_empty()),
        transport: query.transport,
        metadata: false,
    })
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}

/// A device as the console is shown it.
fn shown(device: &Device, settings: &Settings) -> FoundDevice {
    let host = device.service.host_str().unwrap_or_default();
    let known = settings.cameras.iter().any(|camera| camera.main.url().host_str() == Some(host));
    let address = device.address();
    let name = if device.name.is_empty() { address.clone() } else { device.name.clone() };
    FoundDevice {
        name,
        model: device.hardware.clone(),
        location: device.location.clone(),
        service: device.service.to_string(),
        address,
        known,
    }
}

/// What a device tells, as the console is shown it.
fn streams(report: DeviceReport) -> DeviceStreams {
    let profiles = report.streams.into_iter().map(|stream| DeviceProfile {
        name: stream.profile.name,
        encoding: stream.profile.encoding,
        size: stream.profile.size,
        frame_rate: stream.profile.frame_rate,
        bit_rate_kbit: stream.profile.bit_rate_kbit,
        url: stream.address.map(String::from),
    });
    DeviceStreams {
        name: report.name,
        main: report.main.into(),
        sub: report.sub.map(String::from),
        profiles: profiles.collect(),
        clock_offset: report.clock_offset,
    }
}

/// `query` with the stored password of its camera, when none was typed. Another host is not shown it.
fn with_stored(
    mut query: ProbeQuery,
    settings: &Settings,
    stored: impl FnOnce(&CameraId) -> Result<Option<Password>, ConfigError>,
) -> Result<ProbeQuery, ConfigError> {
    if let (Some(camera), None) = (&query.camera, &query.password)
        && leads_to(&query.url, settings, camera)
    {
        query.password = stored(camera)?;
    }
    Ok(query)
}

/// Whether the host of an address is that of a stored address of `camera`.
fn leads_to(address: &str, settings: &Settings, camera: &CameraId) -> bool {
    let Ok((typed, ..)) = split_credentials(address) else { return false };
    let Some(host) = typed.host_str() else { return false };
    let known = settings.cameras.iter().filter(|known| known.id == *camera);
    let mut addresses = known.flat_map(|known| [Some(&known.main), known.sub.as_ref()]).flatten();
    addresses.any(|url| url.url().host_str().is_some_and(|own| own.eq_ignore_ascii_case(host)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Transport;

    fn query(url: &str) -> ProbeQuery {
        let (camera, user, password) = (None, None, None);
        let transport = Transport::Tcp;
        ProbeQuery { generation: 1, camera, url: url.into(), user, password, transport }
    }

    #[test]
    fn what_is_typed_on_its_own_counts() {
        let of = |query| {
            let source = source(query).expect("an address");
            (source.user, source.password.map(|password| password.reveal().to_owned()))
        };
        let typed = query("rtsp://joe:p@cam/x");
        assert_eq!(of(typed.clone()), (Some("joe".into()), Some("p".into())));
        let own = ProbeQuery { user: Some("ann".into()), ..typed.clone() };
        assert_eq!(of(own), (Some("ann".into()), Some("p".into())));
        let both = ProbeQuery { password: Some(Password::new("q".into())), ..typed };
        assert_eq!(of(both).1.as_deref(), Some("q"));
        let refused = source(query("rtsps://cam/x")).expect_err("encrypted");
        assert!(refused.starts_with("Encrypted RTSP"), "{refused}");
    }

    #[test]
    fn the_stored_password_is_used_when_none_is_typed_and_for_its_camera_alone() {
        let list = "[[camera]]\nid = \"yard\"\nname = \"Yard\"\nmain = \"rtsp://cam/main\"\n\
                    sub = \"rtsp://cam-sub:8554/sub\"\n\n\
                    [[camera]]\nid = \"gate\"\nname = \"Gate\"\nmain = \"rtsp://gate/main\"\n";
        let settings: Settings = toml_edit::de::from_str(list).expect("settings");
        let stored = |_: &CameraId| Ok(Some(Password::new("stored".into())));
        let of = |query| {
            let query = with_stored(query, &settings, stored).expect("is stored");
            query.password.map(|p| p.reveal().to_owned())
        };
        let camera = Some(CameraId::from_name("yard"));
        assert_eq!(of(query("rtsp://cam/x")), None);
        let known = ProbeQuery { camera, ..query("rtsp://joe:p@cam/x") };
        assert_eq!(of(known.clone()).as_deref(), Some("stored"));
        let at = |url: &str| of(ProbeQuery { url: url.into(), ..known.clone() });
        for own in ["rtsp://CAM:10554/y", "rtsp://cam-sub/y"] {
            assert_eq!(at(own).as_deref(), Some("stored"), "{own}");
        }
        for other in ["rtsp://gate/main", "rtsp://cam.example/x", "rtsp://cam@thief/x", "rtsp://"] {
            assert_eq!(at(other), None, "{other}");
        }
        let removed = ProbeQuery { camera: Some(CameraId::from_name("removed")), ..known.clone() };
        assert_eq!(of(removed), None);
        let typed = ProbeQuery { password: Some(Password::new("typed".into())), ..known };
        assert_eq!(of(typed.clone()).as_deref(), Some("typed"));
        let words = format!("{typed:?}");
        assert!(!words.contains("typed") && !words.contains("joe"), "{words}");
    }
}
