//! The questions, and what the answers to them say; pure.
//!
//! Must not do: trust a number, a name or an address in an answer.

use chrono::{DateTime, NaiveDate, Utc};
use quick_xml::escape::escape;
use url::Url;

use super::choose::Profile;
use super::xml::{Element, shown};
use crate::model::WallTime;

/// Profiles that are read at most: 64 channels with three each.
const MAX_PROFILES: usize = 192;

/// Longest name that is kept, in characters. ONVIF allows 64.
const MAX_NAME: usize = 64;

/// Longest token that is kept, in bytes. ONVIF allows 64.
const MAX_TOKEN: usize = 256;

/// Longest stream address that is taken, in bytes. ONVIF allows 128 in Media 1, and more in Media 2.
const MAX_ADDRESS: usize = 2_048;

/// Larger numbers of pixels, frames or kilobits are no camera's.
const MAX_NUMBER: u32 = 1_000_000;

/// What time is it? Needs no password.
pub(super) const DATE_AND_TIME: &str =
    r#"<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/>"#;

/// Where are its services?
pub(super) const SERVICES: &str = r#"<GetServices xmlns="http://www.onvif.org/ver10/device/wsdl"><IncludeCapability>false</IncludeCapability></GetServices>"#;

/// Where are its services, for devices older than [`SERVICES`]?
pub(super) const CAPABILITIES: &str = r#"<GetCapabilities xmlns="http://www.onvif.org/ver10/device/wsdl"><Category>Media</Category></GetCapabilities>"#;

/// Who made it?
pub(super) const INFORMATION: &str =
    r#"<GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/>"#;

/// A generation of the service that tells of streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Knows H.264 alone, besides MPEG-4 and JPEG.
    One,
    /// Knows H.265 too.
    Two,
}

impl Media {
    const fn namespace(self) -> &'static str {
        match self {
            Self::One => "http://www.onvif.org/ver10/media/wsdl",
            Self::Two => "http://www.onvif.org/ver20/media/wsdl",
        }
    }

    /// Which profiles are there?
    pub(super) fn profiles_question(self) -> String {
        let inside = match self {
            Self::One => "",
            Self::Two => "<Type>VideoSource</Type><Type>VideoEncoder</Type>",
        };
        format!(r#"<GetProfiles xmlns="{}">{inside}</GetProfiles>"#, self.namespace())
    }

    /// Where is the stream of a profile?
    pub(super) fn address_question(self, token: &str) -> String {
        let (namespace, token) = (self.namespace(), escape(token));
        match self {
            Self::One => format!(
                r#"<GetStreamUri xmlns="{namespace}"><StreamSetup><Stream xmlns="http://www.onvif.org/ver10/schema">RTP-Unicast</Stream><Transport xmlns="http://www.onvif.org/ver10/schema"><Protocol>RTSP</Protocol></Transport></StreamSetup><ProfileToken>{token}</ProfileToken></GetStreamUri>"#
            ),
            Self::Two => format!(
                r#"<GetStreamUri xmlns="{namespace}"><Protocol>RTSP</Protocol><ProfileToken>{token}</ProfileToken></GetStreamUri>"#
            ),
        }
    }
}

/// The device's wall clock.
pub(super) fn clock(answer: &Element) -> Option<WallTime> {
    let utc = answer.find("UTCDateTime")?;
    let number = |name| utc.number_of(name);
    let year = i32::try_from(number("Year")?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number("Month")?, number("Day")?)?;
    // Some cameras count a leap second.
    let time = date.and_hms_opt(number("Hour")?, number("Minute")?, number("Second")?.min(59))?;
    let time: DateTime<Utc> = time.and_utc();
    Some(WallTime::from_micros(time.timestamp_micros()))
}

/// The services for streams, as an answer to [`SERVICES`] or [`CAPABILITIES`] names them; Media 2 first.
pub(super) fn media_services(answer: &Element, device: &Url) -> Vec<(Media, Url)> {
    let service = |media: Media| {
        let service = answer.all("Service").into_iter().find(|service| {
            service.text_of("Namespace").is_some_and(|namespace| namespace == media.namespace())
        });
        Some((media, at_device(service?.text_of("XAddr")?, "http", device)?))
    };
    let listed: Vec<_> = [Media::Two, Media::One].into_iter().filter_map(service).collect();
    if !listed.is_empty() {
        return listed;
    }
    let capabilities = answer.find("Capabilities").and_then(|all| all.child("Media"));
    let address = capabilities.and_then(|media| at_device(media.text_of("XAddr")?, "http", device));
    address.map(|address| (Media::One, address)).into_iter().collect()
}

/// The stream's address in an answer: RTSP, without user and password, at the device's own host.
pub(super) fn stream_address(answer: &Element, device: &Url) -> Option<Url> {
    at_device(answer.text_of("Uri")?, "rtsp", device)
}

/// An address that a device names of itself. Its host gives way to the one under which we reach the device:
/// devices behind a router or with two networks name another one, odd ones name 0.0.0.0, and evil ones the
/// host of somebody else. The port is the one that it names.
fn at_device(named: &str, scheme: &str, device: &Url) -> Option<Url> {
    let named = Some(named.trim()).filter(|named| named.len() <= MAX_ADDRESS)?;
    let mut url = Url::parse(named).ok().filter(|url| url.scheme() == scheme)?;
    url.set_host(device.host_str()).ok()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

/// Manufacturer and model.
pub(super) fn name(answer: &Element) -> Option<String> {
    let part = |name| answer.text_of(name).map(|text| shown(text, MAX_NAME));
    match (part("Manufacturer"), part("Model")) {
        // "HIKVISION" and "HIKVISION DS-2CD2143": once is enough.
        (Some(maker), Some(model)) if model.to_lowercase().contains(&maker.to_lowercase()) => {
            Some(model)
        }
        (Some(maker), Some(model)) => Some(format!("{maker} {model}")),
        (one, other) => one.or(other),
    }
}

/// The profiles in an answer of either generation that carry pictures.
pub(super) fn profiles(answer: &Element) -> Vec<Profile> {
    let all = answer.all("Profiles").into_iter().take(MAX_PROFILES);
    all.filter_map(profile).collect()
}

fn profile(element: &Element) -> Option<Profile> {
    let configurations = element.child("Configurations").unwrap_or(element);
    let named = |old, new| configurations.child(old).or_else(|| configurations.child(new));
    let encoder = named("VideoEncoderConfiguration", "VideoEncoder")?;
    let token = element.attribute("token").filter(|token| token.len() <= MAX_TOKEN)?;
    let source = named("VideoSourceConfiguration", "VideoSource");
    let source = source.and_then(|source| source.text_of("SourceToken"));
    let number = |name| encoder.number_of(name).filter(|number| *number <= MAX_NUMBER);
    let size =
        number("Width").zip(number("Height")).filter(|(width, height)| *width > 0 && *height > 0);
    let name = element.child("Name").map(|name| shown(&name.text, MAX_NAME));
    Some(Profile {
        token: token.to_owned(),
        name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| shown(token, MAX_NAME)),
        source: source.map(|source| shown(source, MAX_TOKEN)).unwrap_or_default(),
        encoder: encoder.attribute("token").map(|t| shown(t, MAX_TOKEN)).unwrap_or_default(),
        encoding: encoding(encoder.child("Encoding").map_or("", |e| e.text.trim())),
        size,
        frame_rate: number("FrameRateLimit").unwrap_or(0),
        bit_rate_kbit: number("BitrateLimit").unwrap_or(0),
    })
}

/// As people write it.
fn encoding(named: &str) -> String {
    match named.to_ascii_uppercase().as_str() {
        "H264" => "H.264".to_owned(),
        "H265" | "HEVC" => "H.265".to_owned(),
        "JPEG" | "MJPEG" => "Motion JPEG".to_owned(),
        "MPEG4" | "MPV4-ES" => "MPEG-4".to_owned(),
        "" => "an unknown codec".to_owned(),
        other => shown(other, 20),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MEDIA_1: &str = r#"<trt:GetProfilesResponse xmlns:trt="m" xmlns:tt="t">
<trt:Profiles token="P&amp;1" fixed="true"><tt:Name>main stream</tt:Name>
<tt:VideoSourceConfiguration token="vsc"><tt:Name>x</tt:Name><tt:SourceToken>v1</tt:SourceToken></tt:VideoSourceConfiguration>
<tt:VideoEncoderConfiguration token="enc1"><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution>
<tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl></tt:VideoEncoderConfiguration></trt:Profiles>
<trt:Profiles token="P2"><tt:VideoEncoderConfiguration token="enc2"><tt:Encoding>JPEG</tt:Encoding></tt:VideoEncoderConfiguration></trt:Profiles>
<trt:Profiles token="P3"><tt:Name>sound</tt:Name></trt:Profiles></trt:GetProfilesResponse>"#;

    const MEDIA_2: &str = r#"<tr2:GetProfilesResponse><tr2:Profiles token="p"><tr2:Name>a</tr2:Name><tr2:Configurations>
<tr2:VideoSource token="s"><tt:SourceToken>v9</tt:SourceToken></tr2:VideoSource>
<tr2:VideoEncoder token="e" GovLength="50"><tt:Encoding>H265</tt:Encoding><tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution>
<tt:RateControl><tt:FrameRateLimit>12.5</tt:FrameRateLimit><tt:BitrateLimit>512</tt:BitrateLimit></tt:RateControl></tr2:VideoEncoder>
</tr2:Configurations></tr2:Profiles></tr2:GetProfilesResponse>"#;

    fn parsed(text: &str) -> Element {
        Element::parse(text.as_bytes()).expect("XML")
    }

    fn device() -> Url {
        Url::parse("http://10.0.0.9:8000/onvif/device_service").expect("an address")
    }

    #[test]
    fn profiles_of_both_generations_are_read() {
        let found = profiles(&parsed(MEDIA_1));
        let [first, second] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((first.token.as_str(), first.name.as_str()), ("P&1", "main stream"));
        assert_eq!((first.source.as_str(), first.encoder.as_str()), ("v1", "enc1"));
        assert_eq!((first.encoding.as_str(), first.size), ("H.264", Some((1920, 1080))));
        assert_eq!((first.frame_rate, first.bit_rate_kbit), (25, 4096));
        assert_eq!((second.name.as_str(), second.encoding.as_str()), ("P2", "Motion JPEG"));
        assert_eq!(second.size, None);
        let found = profiles(&parsed(MEDIA_2));
        assert_eq!((found[0].encoding.as_str(), found[0].source.as_str()), ("H.265", "v9"));
        assert_eq!((found[0].size, found[0].frame_rate), (Some((640, 360)), 12));
    }

    #[test]
    fn the_clock_is_read() {
        let text = "<a><UTCDateTime><Time><Hour>10</Hour><Minute>11</Minute><Second>60</Second></Time><Date>\
                    <Year>2026</Year><Month>3</Month><Day>4</Day></Date></UTCDateTime></a>";
        let expected = WallTime::parse_rfc3339("2026-03-04T10:11:59Z").expect("a time");
        assert_eq!(clock(&parsed(text)), Some(expected));
        assert_eq!(clock(&parsed(&text.replace(">3<", ">13<"))), None);
        assert_eq!(clock(&parsed("<a/>")), None);
    }

    #[test]
    fn streams_and_services_stay_at_the_device() {
        let stream = |uri: &str| {
            let answer = parsed(&format!("<a><Uri> {uri} </Uri></a>"));
            stream_address(&answer, &device()).map(String::from)
        };
        let same = Some("rtsp://10.0.0.9:554/ch1?a=1&b=2".to_owned());
        assert_eq!(stream("rtsp://joe:secret@0.0.0.0:554/ch1?a=1&amp;b=2"), same);
        assert_eq!(stream("rtsp://evil.example:554/ch1?a=1&amp;b=2"), same);
        assert_eq!(stream("rtsp://192.168.1.1:8554/x").as_deref(), Some("rtsp://10.0.0.9:8554/x"));
        assert_eq!(stream("http://10.0.0.9/x"), None);
        assert_eq!(stream(&format!("rtsp://h/{}", "x".repeat(3_000))), None);
        let six = Url::parse("http://[fe80::1]/x").expect("an address");
        let answer = parsed("<a><Uri>rtsp://h:1/x</Uri></a>");
        let found = stream_address(&answer, &six).map(String::from);
        assert_eq!(found.as_deref(), Some("rtsp://[fe80::1]:1/x"));
        let services = parsed(
            "<a><Service><Namespace>http://www.onvif.org/ver10/media/wsdl</Namespace>\
             <XAddr>http://192.168.0.2:81/media</XAddr></Service></a>",
        );
        let found = media_services(&services, &device());
        assert_eq!(found[0].1.as_str(), "http://10.0.0.9:81/media");
        let old = "<a><Capabilities><Media><XAddr>http://x/m</XAddr></Media></Capabilities></a>";
        assert_eq!(media_services(&parsed(old), &device())[0].0, Media::One);
    }

    #[test]
    fn names_are_short_and_tokens_escaped() {
        let of = |maker, model| {
            name(&parsed(&format!(
                "<a><Manufacturer>{maker}</Manufacturer><Model>{model}</Model></a>"
            )))
        };
        assert_eq!(of("ACME", "Cam 1").as_deref(), Some("ACME Cam 1"));
        assert_eq!(of("ACME", "acme Cam").as_deref(), Some("acme Cam"));
        assert_eq!(of("", "").as_deref(), None);
        assert!(Media::Two.address_question("a<b").contains("<ProfileToken>a&lt;b<"));
    }

    proptest! {
        #[test]
        fn no_damage_causes_a_panic(
            at in 0..MEDIA_1.len(), length in 0..60_usize, bytes in prop::collection::vec(any::<u8>(), 0..8),
        ) {
            let mut document = MEDIA_1.as_bytes().to_vec();
            let end = (at + length).min(document.len());
            document.splice(at..end, bytes);
            if let Ok(answer) = Element::parse(&document) {
                for profile in profiles(&answer) {
                    prop_assert!(profile.name.chars().count() <= MAX_NAME);
                }
                let _read = (clock(&answer), name(&answer), stream_address(&answer, &device()));
                let _read = media_services(&answer, &device());
            }
        }

        #[test]
        fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _read = Element::parse(&bytes);
        }
    }
}
