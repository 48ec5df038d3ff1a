//! What the simulated devices answer (ONVIF Core, Media and Media2 Service Specifications).
//!
//! Must not do: read or write a socket, or ask for a password.

use quick_xml::escape::escape;

use super::config::{Device, OnvifConfig, OnvifFault, Stream};
use super::request::{question, text_of};
use crate::model::WallTime;

/// An answer's status and document.
pub(super) type Answer = (u16, String);

/// Questions that need no password (Core Specification, 5.9.1).
pub(super) fn is_public(body: &[u8]) -> bool {
    question(body).as_deref() == Some("GetSystemDateAndTime")
}

/// The answer to `body` of the device whose services are at `base`; `now` is by the device's clock.
pub(super) fn answer(
    config: &OnvifConfig,
    device: &Device,
    base: &str,
    now: WallTime,
    body: &[u8],
) -> Answer {
    let question = question(body).unwrap_or_default();
    // The second generation is told by its namespace.
    let second = String::from_utf8_lossy(body).contains("http://www.onvif.org/ver20/media/wsdl");
    match question.as_str() {
        "GetSystemDateAndTime" => ok(&date_and_time(now)),
        "GetDeviceInformation" => ok(&format!(
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Watchkeeper</tds:Manufacturer><tds:Model>\
             Simulated camera</tds:Model><tds:FirmwareVersion>{}</tds:FirmwareVersion><tds:SerialNumber>{}\
             </tds:SerialNumber><tds:HardwareId>0</tds:HardwareId></tds:GetDeviceInformationResponse>",
            env!("CARGO_PKG_VERSION"),
            escape(device.name),
        )),
        "GetServices" => ok(&services(config, base)),
        "GetCapabilities" => ok(&format!(
            "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>{base}/media</tt:XAddr>\
             </tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>"
        )),
        "GetProfiles" if second && config.media_2 => ok(&profiles_2(config, device)),
        "GetProfiles" if !second => ok(&profiles_1(config, device)),
        "GetStreamUri" if config.media_2 || !second => {
            let token = text_of(body, "ProfileToken").unwrap_or_default();
            match device.streams.iter().find(|stream| stream.kind.as_str() == token) {
                Some(stream) => ok(&address(config, stream, second)),
                None => fault(400, "ter:NoProfile", "no such profile"),
            }
        }
        _ => fault(400, "ter:ActionNotSupported", "Optional Action Not Implemented"),
    }
}

/// The answer to whom is not let in.
pub(super) fn not_authorized() -> Answer {
    fault(400, "ter:NotAuthorized", "Sender not Authorized")
}

fn ok(body: &str) -> Answer {
    (200, envelope(body))
}

fn fault(status: u16, code: &str, reason: &str) -> Answer {
    let body = format!(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode></s:Code>\
         <s:Reason><s:Text xml:lang=\"en\">{reason}</s:Text></s:Reason></s:Fault>"
    );
    (status, envelope(&body))
}

fn envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:tt=\"http://www.onvif.org/ver10/schema\" xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\" \
         xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" xmlns:tr2=\"http://www.onvif.org/ver20/media/wsdl\" \
         xmlns:ter=\"http://www.onvif.org/ver10/error\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn date_and_time(now: WallTime) -> String {
    let utc = now.to_utc();
    let time = utc.format(
        "<tt:Time><tt:Hour>%-H</tt:Hour><tt:Minute>%-M</tt:Minute><tt:Second>%-S</tt:Second></tt:Time>\
         <tt:Date><tt:Year>%Y</tt:Year><tt:Month>%-m</tt:Month><tt:Day>%-d</tt:Day></tt:Date>",
    );
    format!(
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>\
         <tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>{time}</tt:UTCDateTime>\
         </tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )
}

fn services(config: &OnvifConfig, base: &str) -> String {
    let service = |namespace: &str, path: &str| {
        format!(
            "<tds:Service><tds:Namespace>http://www.onvif.org/{namespace}/wsdl</tds:Namespace>\
             <tds:XAddr>{base}/{path}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>0</tt:Minor>\
             </tds:Version></tds:Service>"
        )
    };
    let mut all = service("ver10/device", "device_service") + &service("ver10/media", "media");
    if config.media_2 {
        all += &service("ver20/media", "media2");
    }
    format!("<tds:GetServicesResponse>{all}</tds:GetServicesResponse>")
}

fn profiles_1(config: &OnvifConfig, device: &Device) -> String {
    let profile = |stream: &Stream| {
        let Stream { kind, size, fps, bit_rate_kbit, .. } = stream;
        format!(
            "<trt:Profiles token=\"{kind}\" fixed=\"true\"><tt:Name>{kind} stream</tt:Name>{}\
             <tt:VideoEncoderConfiguration token=\"encoder_{kind}\"><tt:Name>{kind}</tt:Name>\
             <tt:UseCount>1</tt:UseCount><tt:Encoding>{}</tt:Encoding><tt:Resolution><tt:Width>{}</tt:Width>\
             <tt:Height>{}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl>\
             <tt:FrameRateLimit>{fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>\
             <tt:BitrateLimit>{bit_rate_kbit}</tt:BitrateLimit></tt:RateControl>\
             </tt:VideoEncoderConfiguration></trt:Profiles>",
            source("VideoSourceConfiguration", "tt"),
            config.encoding,
            size.0,
            size.1,
        )
    };
    let all: String = device.streams.iter().map(profile).collect();
    format!("<trt:GetProfilesResponse>{all}</trt:GetProfilesResponse>")
}

fn profiles_2(config: &OnvifConfig, device: &Device) -> String {
    let profile = |stream: &Stream| {
        let Stream { kind, size, fps, bit_rate_kbit, .. } = stream;
        format!(
            "<tr2:Profiles token=\"{kind}\" fixed=\"true\"><tr2:Name>{kind} stream</tr2:Name>\
             <tr2:Configurations>{}<tr2:VideoEncoder token=\"encoder_{kind}\" GovLength=\"{}\">\
             <tt:Name>{kind}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>{}</tt:Encoding><tt:Resolution>\
             <tt:Width>{}</tt:Width><tt:Height>{}</tt:Height></tt:Resolution><tt:RateControl>\
             <tt:FrameRateLimit>{fps}.0</tt:FrameRateLimit><tt:BitrateLimit>{bit_rate_kbit}</tt:BitrateLimit>\
             </tt:RateControl><tt:Quality>5</tt:Quality></tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>",
            source("VideoSource", "tr2"),
            2 * fps,
            config.encoding,
            size.0,
            size.1,
        )
    };
    let all: String = device.streams.iter().map(profile).collect();
    format!("<tr2:GetProfilesResponse>{all}</tr2:GetProfilesResponse>")
}

fn source(name: &str, prefix: &str) -> String {
    format!(
        "<{prefix}:{name} token=\"source\"><tt:Name>source</tt:Name><tt:UseCount>2</tt:UseCount>\
         <tt:SourceToken>sensor</tt:SourceToken></{prefix}:{name}>"
    )
}

fn address(config: &OnvifConfig, stream: &Stream, second: bool) -> String {
    let mut url = stream.url.clone();
    if config.fault == Some(OnvifFault::OddAddresses) {
        url = url.replace("rtsp://127.0.0.1", "rtsp://admin:secret@0.0.0.0") + "?a=1&b=2";
    }
    let url = escape(url);
    if second {
        return format!(
            "<tr2:GetStreamUriResponse><tr2:Uri>{url}</tr2:Uri></tr2:GetStreamUriResponse>"
        );
    }
    format!(
        "<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{url}</tt:Uri><tt:InvalidAfterConnect>false\
         </tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S\
         </tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
    )
}
