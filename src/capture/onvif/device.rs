//! One device is asked for its streams.
//!
//! Must not do: retry, or take longer than the limits.

use std::time::Duration;

use url::Url;

use super::choose::{Profile, codecs, main_and_sub};
use super::messages::{self, Media};
use super::soap::Session;
use super::xml::Element;
use super::{Login, OnvifError};
use crate::runtime::Clock;

/// Streams whose address is asked for: main and sub of a camera, and what else a person might choose. Each
/// takes a cheap camera a third of a second.
const MAX_ADDRESSES: usize = 6;

/// Where ONVIF services are, by the Core Specification (5.4.5.2).
const USUAL_PATH: &str = "/onvif/device_service";

/// How long a device may take, and whether the answer is still wanted.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// One answer.
    pub call: Duration,
    /// All answers.
    pub all: Duration,
    /// Asked before each call; once false, [`OnvifError::Abandoned`] follows.
    pub wanted: &'a dyn Fn() -> bool,
}

/// What a device tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceReport {
    /// Manufacturer and model; its host when it does not tell.
    pub name: String,
    /// RTSP address of the largest H.264 stream.
    pub main: Url,
    /// RTSP address of the smallest H.264 stream of the same view.
    pub sub: Option<Url>,
    /// All that it offers, as it orders them.
    pub streams: Vec<OfferedStream>,
    /// The device's wall clock less ours, in microseconds, to a second.
    pub clock_offset: Option<i64>,
}

/// A stream that it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedStream {
    /// What it is.
    pub profile: Profile,
    /// Its RTSP address, where that was asked for.
    pub address: Option<Url>,
}

/// The address of an ONVIF service as it was found or typed: whole, or a host with or without port.
///
/// # Errors
/// [`OnvifError::Address`], [`OnvifError::Encrypted`].
pub fn service_address(typed: &str) -> Result<Url, OnvifError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(OnvifError::Address);
    }
    let text = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("http://{typed}{USUAL_PATH}")
    };
    let mut url = Url::parse(&text).map_err(|_| OnvifError::Address)?;
    match url.scheme() {
        "http" => {}
        "https" => return Err(OnvifError::Encrypted),
        _ => return Err(OnvifError::Address),
    }
    let bare = url.set_username("").is_ok() && url.set_password(None).is_ok();
    if !bare || url.host_str().is_none_or(str::is_empty) {
        return Err(OnvifError::Address);
    }
    Ok(url)
}

/// Asks the device at `service` for its streams.
///
/// # Errors
/// [`OnvifError`]; [`OnvifError::NeedsPassword`] and [`OnvifError::WrongPassword`] after one refusal.
pub fn ask(
    service: &Url,
    login: Option<&Login>,
    limits: Limits<'_>,
    clock: &dyn Clock,
) -> Result<DeviceReport, OnvifError> {
    let mut talk = Talk {
        session: Session::new(login, clock),
        service,
        limits,
        clock,
        ends: clock.monotonic() + limits.all,
    };
    talk.set_clock()?;
    let (media, address, profiles) = talk.profiles()?;
    let (main, sub) = main_and_sub(&profiles).ok_or_else(|| match profiles.is_empty() {
        true => OnvifError::NoVideo,
        false => OnvifError::OtherCodecs { codecs: codecs(&profiles) },
    })?;
    let mut streams: Vec<OfferedStream> =
        profiles.into_iter().map(|profile| OfferedStream { profile, address: None }).collect();
    let first = [Some(main), sub].into_iter().flatten();
    let rest = (0..streams.len()).filter(|n| *n != main && Some(*n) != sub);
    let wanted: Vec<usize> = first.chain(rest).collect();
    let wanted = wanted.into_iter().filter(|n| streams[*n].profile.is_recordable());
    for number in wanted.take(MAX_ADDRESSES).collect::<Vec<_>>() {
        let question = media.address_question(&streams[number].profile.token);
        let answer = talk.ask(&address, &question);
        match answer.map(|answer| messages::stream_address(&answer, service)) {
            Ok(found) => streams[number].address = found,
            Err(error) if number == main || error == OnvifError::Abandoned => return Err(error),
            Err(error) => tracing::debug!("a device does not tell a stream's address: {error}"),
        }
    }
    let host = service.host_str().unwrap_or_default();
    let name = talk.ask(service, messages::INFORMATION).ok().and_then(|a| messages::name(&a));
    Ok(DeviceReport {
        name: name.unwrap_or_else(|| host.to_owned()),
        main: streams[main].address.clone().ok_or(OnvifError::NoVideo)?,
        sub: sub.and_then(|sub| streams[sub].address.clone()),
        streams,
        clock_offset: talk.session.clock_offset,
    })
}

/// The questions to one device.
struct Talk<'a> {
    session: Session<'a>,
    service: &'a Url,
    limits: Limits<'a>,
    clock: &'a dyn Clock,
    /// On the monotonic clock.
    ends: Duration,
}

impl Talk<'_> {
    /// How long the next call may take.
    fn next_call(&self) -> Result<Duration, OnvifError> {
        if !(self.limits.wanted)() {
            return Err(OnvifError::Abandoned);
        }
        let left = self.ends.saturating_sub(self.clock.monotonic());
        if left.is_zero() {
            let address = super::http::address(self.service);
            return Err(OnvifError::NoAnswer { address, limit: self.limits.all });
        }
        Ok(left.min(self.limits.call))
    }

    fn ask(&mut self, url: &Url, question: &str) -> Result<Element, OnvifError> {
        let limit = self.next_call()?;
        self.session.ask(url, question, limit)
    }

    /// The device compares the time of a token with its own, so that has to be known first.
    fn set_clock(&mut self) -> Result<(), OnvifError> {
        let limit = self.next_call()?;
        let (asked, began) = (self.clock.wall(), self.clock.monotonic());
        let answer = self.session.ask_unsigned(self.service, messages::DATE_AND_TIME, limit);
        match answer {
            Ok(answer) => {
                // It read its clock in the middle of the way, in a second whose middle is taken.
                let way = self.clock.monotonic().saturating_sub(began) / 2;
                let read = messages::clock(&answer).map(|read| read + Duration::from_millis(500));
                self.session.clock_offset = read.map(|read| read.micros_since(asked + way));
                Ok(())
            }
            // Some want a password for it, against the specification, or do not know the question.
            Err(
                OnvifError::NeedsPassword | OnvifError::WrongPassword | OnvifError::Fault { .. },
            ) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The service for streams that tells of profiles, and those.
    fn profiles(&mut self) -> Result<(Media, Url, Vec<Profile>), OnvifError> {
        let mut services = self.services(messages::SERVICES)?;
        if services.is_empty() {
            services = self.services(messages::CAPABILITIES)?;
        }
        let mut empty = None;
        let mut failed = None;
        for (media, address) in services {
            match self.ask(&address, &media.profiles_question()) {
                Ok(answer) => {
                    let profiles = messages::profiles(&answer);
                    if !profiles.is_empty() {
                        return Ok((media, address, profiles));
                    }
                    empty = Some((media, address, profiles));
                }
                Err(error @ (OnvifError::Fault { .. } | OnvifError::NotOnvif { .. })) => {
                    failed = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        empty.ok_or_else(|| failed.unwrap_or(OnvifError::NoVideo))
    }

    /// Empty where the device does not know the question.
    fn services(&mut self, question: &str) -> Result<Vec<(Media, Url)>, OnvifError> {
        match self.ask(self.service, question) {
            Ok(answer) => Ok(messages::media_services(&answer, self.service)),
            Err(OnvifError::Fault { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_addresses_are_completed() {
        let of = |typed: &str| service_address(typed).map(String::from);
        let usual = Ok("http://10.0.0.2/onvif/device_service".to_owned());
        assert_eq!(of(" 10.0.0.2 "), usual);
        assert_eq!(of("http://joe:secret@10.0.0.2/onvif/device_service"), usual);
        assert_eq!(of("cam:8000"), Ok("http://cam:8000/onvif/device_service".into()));
        assert_eq!(of("https://cam/x"), Err(OnvifError::Encrypted));
        for typed in ["", "rtsp://cam/x", "a b", "http://"] {
            assert_eq!(of(typed), Err(OnvifError::Address), "{typed}");
        }
    }
}
