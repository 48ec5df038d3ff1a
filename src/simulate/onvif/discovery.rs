//! What the simulated devices answer to a search (WS-Discovery).
//!
//! Must not do: read or write a socket.

use quick_xml::escape::escape;

use super::config::Device;
use super::request::{question, text_of};

/// The answer of device `number`, whose service is at `service`; none to anything but a search for it.
pub(super) fn answer(
    question_text: &[u8],
    device: &Device,
    number: usize,
    service: &str,
) -> Option<String> {
    if question(question_text)? != "Probe" {
        return None;
    }
    let types = text_of(question_text, "Types").unwrap_or_default();
    let known = ["NetworkVideoTransmitter", "Device"];
    let is_known = |kind: &str| known.contains(&kind.rsplit(':').next().unwrap_or_default());
    if !types.split_whitespace().all(is_known) {
        return None;
    }
    let asked = text_of(question_text, "MessageID")?;
    // The service tells simulators apart that run at the same time.
    let port =
        service.bytes().fold(0_u64, |all, byte| all.wrapping_mul(31).wrapping_add(byte.into()));
    let identity = format!("urn:uuid:{:08x}-0000-4000-8000-{number:012x}", port & 0xffff_ffff);
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:w=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\" \
         xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\" xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\">\
         <e:Header><w:MessageID>{identity}-answer</w:MessageID><w:RelatesTo>{}</w:RelatesTo>\
         <w:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</w:To>\
         <w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</w:Action></e:Header><e:Body>\
         <d:ProbeMatches><d:ProbeMatch><w:EndpointReference><w:Address>{identity}</w:Address>\
         </w:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>\
         onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming \
         onvif://www.onvif.org/hardware/Simulated%20camera onvif://www.onvif.org/name/{}</d:Scopes>\
         <d:XAddrs>{service}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches>\
         </e:Body></e:Envelope>",
        escape(asked),
        device.name.replace(' ', "%20"),
    ))
}
