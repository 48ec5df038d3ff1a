//! WS-Discovery (OASIS, and 2005/04 as ONVIF uses it: Core Specification, 7): the question that is sent to all,
//! and what answers to it say; pure.
//!
//! Must not do: send or receive.

use std::net::IpAddr;

use url::{Host, Url};

use super::xml::{Element, shown};
use crate::capture::source::decode;

/// Longest name that is kept, in characters.
const MAX_NAME: usize = 64;

/// Longest identity that is kept, in bytes. UUIDs with their scheme have 45.
const MAX_ENDPOINT: usize = 256;

/// Devices that one answer may name: itself, or what a proxy knows.
const MAX_MATCHES: usize = 64;

/// Kinds of devices that are asked for. A question with both would be answered only by devices that are both.
pub(super) const KINDS: [&str; 2] = ["dn:NetworkVideoTransmitter", "tds:Device"];

/// A device that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it is known by in the network.
    pub endpoint: String,
    /// Its ONVIF service.
    pub service: Url,
    /// What it calls itself; may be empty.
    pub name: String,
    /// Its model; may be empty.
    pub hardware: String,
    /// Where it stands; may be empty.
    pub location: String,
}

impl Device {
    /// Host and port of its service.
    #[must_use]
    pub fn address(&self) -> String {
        super::http::address(&self.service)
    }

    /// Whether `other` is the same one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.service == other.service
            || (!self.endpoint.is_empty() && self.endpoint == other.endpoint)
    }
}

/// A question for devices of `kind`; `id` is a number that no other question has.
pub(super) fn question(kind: &str, id: [u8; 16]) -> String {
    let id = uuid(id);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><e:Header><w:MessageID>uuid:{id}</w:MessageID><w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To><w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header><e:Body><d:Probe><d:Types>{kind}</d:Types></d:Probe></e:Body></e:Envelope>"#
    )
}

/// A random UUID (RFC 9562, 5.4).
fn uuid(mut id: [u8; 16]) -> String {
    id[6] = (id[6] & 0x0f) | 0x40;
    id[8] = (id[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (n, byte) in id.iter().enumerate() {
        if [4, 6, 8, 10].contains(&n) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The devices in an answer that came from `sender`. Anything else tells of none.
#[must_use]
pub fn devices(answer: &[u8], sender: IpAddr) -> Vec<Device> {
    let Ok(document) = Element::parse(answer) else { return Vec::new() };
    let matches = document.all("ProbeMatch").into_iter().take(MAX_MATCHES);
    matches.filter_map(|found| device(found, sender)).collect()
}

fn device(found: &Element, sender: IpAddr) -> Option<Device> {
    let scopes: Vec<&str> =
        found.text_of("Scopes").unwrap_or_default().split_whitespace().collect();
    // Printers and computers answer to the same question, when they do not read it.
    let types = found.text_of("Types").unwrap_or_default();
    let is_ours = types.contains("NetworkVideoTransmitter")
        || scopes.iter().any(|scope| scope.starts_with("onvif://"));
    if !is_ours {
        return None;
    }
    let endpoint = found.find("EndpointReference").and_then(|e| e.text_of("Address"));
    let endpoint = endpoint.filter(|endpoint| endpoint.len() <= MAX_ENDPOINT).unwrap_or_default();
    Some(Device {
        endpoint: endpoint.to_owned(),
        service: service(found.text_of("XAddrs")?, sender)?,
        name: scope(&scopes, "name").unwrap_or_default(),
        hardware: scope(&scopes, "hardware").unwrap_or_default(),
        location: scope(&scopes, "location").unwrap_or_default(),
    })
}

/// The best of the addresses that a device names: at the host that answered, else any that can be reached.
fn service(named: &str, sender: IpAddr) -> Option<Url> {
    let all = named.split_whitespace().filter_map(|text| Url::parse(text).ok());
    let mut all: Vec<Url> = all.filter(|url| matches!(url.scheme(), "http" | "https")).collect();
    // Plain ones first: TLS is not spoken here. The sort keeps the order of the others.
    all.sort_by_key(|url| url.scheme() != "http");
    let best = all.iter().position(|url| ip(url) == Some(sender));
    let best = best.or_else(|| all.iter().position(|url| is_routable(url, sender)));
    let mut url = if all.is_empty() { None } else { Some(all.swap_remove(best.unwrap_or(0))) }?;
    if !is_routable(&url, sender) {
        url.set_ip_host(sender).ok()?;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

fn ip(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        Host::Domain(_) => None,
    }
}

/// Whether a device that answered from `sender` may be at the host that it names.
fn is_routable(url: &Url, sender: IpAddr) -> bool {
    match ip(url) {
        Some(named) if named == sender => true,
        Some(IpAddr::V4(named)) => {
            !(named.is_unspecified() || named.is_loopback() || named.is_link_local())
        }
        // Found over IPv4, so it has such an address.
        Some(IpAddr::V6(_)) => false,
        None => true,
    }
}

/// The value of the scope `onvif://www.onvif.org/NAME/VALUE`, readable; the last part of a longer one.
fn scope(scopes: &[&str], name: &str) -> Option<String> {
    let value = scopes.iter().find_map(|scope| {
        let (key, value) = scope.strip_prefix("onvif://www.onvif.org/")?.split_once('/')?;
        (key.eq_ignore_ascii_case(name)).then_some(value)
    })?;
    let value = value.trim_end_matches('/').rsplit('/').next()?;
    let value = decode(value).unwrap_or_else(|_| value.to_owned());
    Some(shown(&value, MAX_NAME)).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    const SENDER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 64));

    const ANSWER: &str = r#"<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="s" xmlns:wsa="a" xmlns:d="d">
<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:1419d68a</wsa:Address></wsa:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/DS-2CD2143
 onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/location/country/yard </d:Scopes>
<d:XAddrs>https://192.168.1.64/onvif/device_service http://[fe80::1]/onvif http://169.254.1.1/o http://192.168.1.64/onvif/device_service</d:XAddrs>
</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"#;

    fn service_of(named: &str) -> Option<String> {
        service(named, SENDER).map(String::from)
    }

    #[test]
    fn a_device_is_read() {
        let found = devices(ANSWER.as_bytes(), SENDER);
        let [device] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(device.service.as_str(), "http://192.168.1.64/onvif/device_service");
        assert_eq!((device.name.as_str(), device.hardware.as_str()), ("Front door", "DS-2CD2143"));
        assert_eq!(
            (device.location.as_str(), device.address().as_str()),
            ("yard", "192.168.1.64:80")
        );
        let same =
            Device { service: service("http://10.0.0.1/", SENDER).expect("one"), ..device.clone() };
        assert!(
            device.is(&same) && device.is(&Device { endpoint: String::new(), ..device.clone() })
        );
        let printer =
            ANSWER.replace("NetworkVideoTransmitter", "Printer").replace("onvif://", "x://");
        assert_eq!(devices(printer.as_bytes(), SENDER), []);
        assert_eq!(devices(b"<a/>", SENDER), []);
    }

    #[test]
    fn addresses_that_cannot_be_reached_give_way_to_the_senders() {
        assert_eq!(
            service_of("http://0.0.0.0:8080/x").as_deref(),
            Some("http://192.168.1.64:8080/x")
        );
        assert_eq!(service_of("http://127.0.0.1/x").as_deref(), Some("http://192.168.1.64/x"));
        assert_eq!(service_of("http://10.1.1.1:81/x").as_deref(), Some("http://10.1.1.1:81/x"));
        assert_eq!(service_of("http://[fe80::1]/x").as_deref(), Some("http://192.168.1.64/x"));
        assert_eq!(service_of("ftp://10.1.1.1/x what"), None);
    }

    #[test]
    fn questions_have_an_identity_and_a_kind() {
        let text = question(KINDS[0], [0xff; 16]);
        assert!(text.contains("uuid:ffffffff-ffff-4fff-bfff-ffffffffffff<"), "{text}");
        assert!(text.contains("<d:Types>dn:NetworkVideoTransmitter<"));
        assert!(Element::parse(text.as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn no_damage_causes_a_panic(
            at in 0..ANSWER.len(), length in 0..60_usize, bytes in prop::collection::vec(any::<u8>(), 0..8),
        ) {
            let mut document = ANSWER.as_bytes().to_vec();
            let end = (at + length).min(document.len());
            document.splice(at..end, bytes);
            for device in devices(&document, SENDER) {
                prop_assert!(device.name.chars().count() <= MAX_NAME);
            }
        }
    }
}
