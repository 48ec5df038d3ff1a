//! What a camera tells of motion in its ONVIF metadata: `tt:MetadataStream` documents (ONVIF Streaming
//! Specification, 5.2.1; the notifications in them are the Core Specification's, 9.4), pure.
//!
//! Names are compared without their namespace prefix, since cameras choose those freely and some forget to
//! declare them. Must not do: expand entities, recurse, or fail on anything but a document that is no XML
//! or too large.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Longest document that is read, in bytes. Notifications have one or two thousand, analytics frames with
/// dozens of objects some ten thousand.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// Deepest nesting of elements. Notifications need seven levels, analytics frames about a dozen.
const MAX_DEPTH: usize = 64;

/// Most bytes that are kept of a topic with its source items. They name a rule, and tokens are at most 64
/// long each (ONVIF Core Specification, `ReferenceToken`).
const MAX_RULE: usize = 512;

/// One camera rule's word on motion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraMotion {
    /// Whether it sees motion.
    pub active: bool,
    /// The topic without prefixes, and its source items: `RuleEngine/CellMotionDetector/Motion Rule=1`.
    /// Tells rules apart.
    pub rule: String,
}

/// Why a document was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Longer than [`MAX_DOCUMENT`].
    #[error("the document has {0} bytes")]
    TooLong(usize),
    /// Nested more deeply than any metadata is.
    #[error("the document nests more than {MAX_DEPTH} elements")]
    TooDeep,
    /// It declares a document type, which is the way to define entities.
    #[error("the document has a document type")]
    DocumentType,
    /// No XML.
    #[error("the document is no XML: {0}")]
    Malformed(String),
}

/// What `document` tells of motion, in its order; empty when it tells of other things.
///
/// # Errors
/// [`MetadataError`] when it is no XML or beyond the limits.
pub fn motions(document: &[u8]) -> Result<Vec<CameraMotion>, MetadataError> {
    if document.len() > MAX_DOCUMENT {
        return Err(MetadataError::TooLong(document.len()));
    }
    let mut reader = Reader::from_reader(document);
    reader.config_mut().expand_empty_elements = true;
    let mut walk = Walk::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => walk.enter(&element)?,
            Ok(Event::End(element)) => walk.leave(element.local_name().into_inner()),
            Ok(Event::Text(text)) => walk.text(&text),
            Ok(Event::CData(text)) => walk.text(&text),
            Ok(Event::DocType(_)) => return Err(MetadataError::DocumentType),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            // Some cameras fill their last packet up with other bytes.
            Err(_) if walk.is_complete() => break,
            Err(error) => return Err(MetadataError::Malformed(error.to_string())),
        }
    }
    if walk.depth > 0 {
        return Err(MetadataError::Malformed("it ends too early".to_owned()));
    }
    Ok(walk.found)
}

/// Where the document is being read.
#[derive(Default)]
struct Walk {
    depth: usize,
    /// An element was closed that had none around it.
    closed: bool,
    notification: Option<Notification>,
    part: Part,
    found: Vec<CameraMotion>,
}

/// The part of a notification that is being read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Other,
    Topic,
    Source,
    Data,
}

/// What was read of a `NotificationMessage`.
#[derive(Default)]
struct Notification {
    topic: String,
    /// Each after a blank.
    source: String,
    deleted: bool,
    /// None before a data item tells.
    active: Option<bool>,
}

impl Walk {
    /// Whether a whole element has been read and nothing was begun after it.
    fn is_complete(&self) -> bool {
        self.closed && self.depth == 0
    }

    fn enter(&mut self, element: &BytesStart<'_>) -> Result<(), MetadataError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(MetadataError::TooDeep);
        }
        let name = element.local_name();
        if name.as_ref() == b"NotificationMessage" {
            self.notification = Some(Notification::default());
        }
        let Some(notification) = &mut self.notification else { return Ok(()) };
        match name.as_ref() {
            b"Topic" => self.part = Part::Topic,
            b"Source" | b"Key" => self.part = Part::Source,
            b"Data" => self.part = Part::Data,
            b"Message" => {
                let operation = attribute(element, b"PropertyOperation");
                notification.deleted |= operation.is_some_and(|is| is == "Deleted");
            }
            b"SimpleItem" => notification.item(self.part, element),
            _ => {}
        }
        Ok(())
    }

    fn leave(&mut self, name: &[u8]) {
        self.depth = self.depth.saturating_sub(1);
        self.closed |= self.depth == 0;
        match name {
            b"Topic" | b"Source" | b"Key" | b"Data" => self.part = Part::Other,
            b"NotificationMessage" => {
                let notification = self.notification.take();
                self.found.extend(notification.and_then(Notification::motion));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &[u8]) {
        if let (Part::Topic, Some(notification)) = (self.part, &mut self.notification) {
            push_limited(&mut notification.topic, &String::from_utf8_lossy(text));
        }
    }
}

impl Notification {
    fn item(&mut self, part: Part, element: &BytesStart<'_>) {
        let (Some(name), Some(value)) = (attribute(element, b"Name"), attribute(element, b"Value"))
        else {
            return;
        };
        match part {
            Part::Source => push_limited(&mut self.source, &format!(" {name}={value}")),
            Part::Data if tells_motion(&name) => {
                if let Some(active) = truth(&value) {
                    self.active = Some(active || self.active == Some(true));
                }
            }
            _ => {}
        }
    }

    /// The word on motion in it, when it has one. A rule that is deleted sees nothing any more.
    fn motion(self) -> Option<CameraMotion> {
        let parts: Vec<&str> = self.topic.trim().split('/').map(without_prefix).collect();
        if !is_motion_topic(&parts) {
            return None;
        }
        let active = if self.deleted { false } else { self.active? };
        Some(CameraMotion { active, rule: parts.join("/") + &self.source })
    }
}

/// Whether a topic is about motion in the picture: `.../Motion`, `.../MotionAlarm`, `.../MotionDetection`,
/// and Axis's video motion detection, whose last part is the name of a profile.
fn is_motion_topic(parts: &[&str]) -> bool {
    let last = parts.last().copied().unwrap_or_default();
    matches!(last, "Motion" | "MotionAlarm" | "MotionDetection")
        || parts.iter().any(|part| matches!(*part, "VMD" | "VMD3"))
}

/// Names of the data item that tells, as ONVIF and cameras write it.
fn tells_motion(name: &str) -> bool {
    ["IsMotion", "State", "Motion", "active"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// An `xs:boolean`, in any case.
fn truth(value: &str) -> Option<bool> {
    let is = |word: &str| value.trim().eq_ignore_ascii_case(word);
    if is("true") || is("1") {
        Some(true)
    } else if is("false") || is("0") {
        Some(false)
    } else {
        None
    }
}

fn without_prefix(part: &str) -> &str {
    part.rsplit_once(':').map_or(part, |(_, name)| name)
}

/// An attribute's text as it stands.
fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| a.key.as_ref() == name)?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}

/// Appends what fits into [`MAX_RULE`] bytes.
fn push_limited(text: &mut String, more: &str) {
    let room = MAX_RULE.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HIKVISION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics">
<tt:Event><wsnt:NotificationMessage>
<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:RuleEngine/CellMotionDetector/Motion</wsnt:Topic>
<wsnt:Message><tt:Message UtcTime="2024-05-04T10:11:12Z" PropertyOperation="Changed">
<tt:Source><tt:SimpleItem Name="VideoSourceConfigurationToken" Value="VideoSourceToken"/>
<tt:SimpleItem Name="VideoAnalyticsConfigurationToken" Value="VideoAnalyticsToken"/>
<tt:SimpleItem Name="Rule" Value="MyMotionDetectorRule"/></tt:Source>
<tt:Data><tt:SimpleItem Name="IsMotion" Value="true"/></tt:Data>
</tt:Message></wsnt:Message></wsnt:NotificationMessage></tt:Event></tt:MetadataStream>"#;

    /// Two rules and a tamper alarm at once, items with closing tags, other prefixes.
    const DAHUA: &str = r#"<MetadataStream xmlns="http://www.onvif.org/ver10/schema" xmlns:b="http://docs.oasis-open.org/wsn/b-2">
<Event><b:NotificationMessage><b:Topic>tns1:VideoSource/MotionAlarm</b:Topic><b:Message>
<Message UtcTime="2024-05-04T10:11:12Z" PropertyOperation="Initialized">
<Source><SimpleItem Name="Source" Value="00000"></SimpleItem></Source>
<Data><SimpleItem Name="Channel" Value="1"></SimpleItem><SimpleItem Value="1" Name="State"></SimpleItem></Data>
</Message></b:Message></b:NotificationMessage>
<b:NotificationMessage><b:Topic>tns1:VideoSource/GlobalSceneChange/ImagingService</b:Topic><b:Message>
<Message UtcTime="2024-05-04T10:11:12Z" PropertyOperation="Initialized">
<Data><SimpleItem Name="State" Value="true"/></Data></Message></b:Message></b:NotificationMessage>
<b:NotificationMessage><b:Topic>
  tns1:RuleEngine/MotionRegionDetector/Motion </b:Topic><b:Message>
<Message UtcTime="2024-05-04T10:11:12Z"><Source/>
<Data><SimpleItem Name="State" Value="False"/></Data></Message></b:Message></b:NotificationMessage></Event></MetadataStream>"#;

    const AXIS: &str = r#"<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:Event>
<wsnt:NotificationMessage><wsnt:Topic>tns1:RuleEngine/tnsaxis:VMD3/tnsaxis:vmd3_video_1</wsnt:Topic>
<wsnt:ProducerReference><wsa5:Address>uri://ec/ProducerReference</wsa5:Address></wsnt:ProducerReference>
<wsnt:Message><tt:Message UtcTime="2024-05-04T10:11:12.5Z" PropertyOperation="Changed"><tt:Source></tt:Source>
<tt:Key><tt:SimpleItem Name="areaid" Value="0"/></tt:Key>
<tt:Data><tt:SimpleItem Name="active" Value="1"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>
</tt:Event></tt:MetadataStream>"#;

    const FRAME: &str = r#"<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:VideoAnalytics>
<tt:Frame UtcTime="2024-05-04T10:11:12Z"><tt:Object ObjectId="1"><tt:Appearance><tt:Shape>
<tt:BoundingBox left="0.1" top="0.2" right="0.3" bottom="0.1"/></tt:Shape></tt:Appearance></tt:Object>
</tt:Frame></tt:VideoAnalytics></tt:MetadataStream>"#;

    fn read(document: &str) -> Vec<(bool, String)> {
        let found = motions(document.as_bytes()).expect("it is XML");
        found.into_iter().map(|motion| (motion.active, motion.rule)).collect()
    }

    #[test]
    fn a_rule_is_told_with_its_source() {
        let rule = "RuleEngine/CellMotionDetector/Motion \
                    VideoSourceConfigurationToken=VideoSourceToken \
                    VideoAnalyticsConfigurationToken=VideoAnalyticsToken Rule=MyMotionDetectorRule";
        assert_eq!(read(HIKVISION), [(true, rule.to_owned())]);
        let off = HIKVISION.replace("\"true\"", "\"false\"");
        assert_eq!(read(&off), [(false, rule.to_owned())]);
        let deleted = HIKVISION.replace("Changed", "Deleted");
        assert_eq!(read(&deleted), [(false, rule.to_owned())], "it sees nothing any more");
    }

    #[test]
    fn other_prefixes_topics_and_items_are_understood() {
        let alarm = "VideoSource/MotionAlarm Source=00000".to_owned();
        let region = "RuleEngine/MotionRegionDetector/Motion".to_owned();
        assert_eq!(read(DAHUA), [(true, alarm), (false, region)]);
        assert_eq!(read(AXIS), [(true, "RuleEngine/VMD3/vmd3_video_1 areaid=0".to_owned())]);
    }

    #[test]
    fn other_documents_tell_nothing() {
        assert_eq!(read(FRAME), []);
        assert_eq!(read(""), []);
        assert_eq!(read("<tt:MetadataStream/>"), []);
        let odd = HIKVISION.replace("\"true\"", "\"perhaps\"");
        assert_eq!(read(&odd), []);
        let tamper = HIKVISION.replace("CellMotionDetector/Motion", "TamperDetector/Tamper");
        assert_eq!(read(&tamper), []);
    }

    #[test]
    fn bytes_behind_the_document_do_no_harm() {
        let padded = format!("{HIKVISION}\0\0\0<\0");
        assert_eq!(read(&padded), read(HIKVISION));
        let twice = format!("{HIKVISION}{HIKVISION}");
        assert_eq!(read(&twice).len(), 2);
    }

    #[test]
    fn limits_are_kept() {
        let error = |document: &str| motions(document.as_bytes()).expect_err("refused");
        assert!(matches!(error(&HIKVISION[..600]), MetadataError::Malformed(_)));
        assert!(matches!(error("<a></b>"), MetadataError::Malformed(_)));
        assert_eq!(error(&"<a>".repeat(100)), MetadataError::TooDeep);
        assert_eq!(error("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), MetadataError::DocumentType);
        let long = " ".repeat(MAX_DOCUMENT + 1);
        assert_eq!(error(&long), MetadataError::TooLong(MAX_DOCUMENT + 1));
        let wordy = HIKVISION.replace("MyMotionDetectorRule", &"\u{e9}".repeat(10_000));
        assert!(read(&wordy)[0].1.len() < 2 * MAX_RULE);
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _read = motions(&bytes);
        }

        #[test]
        fn no_damage_causes_a_panic(
            at in 0..HIKVISION.len(), length in 0..40_usize, bytes in prop::collection::vec(any::<u8>(), 0..8),
        ) {
            let mut document = HIKVISION.as_bytes().to_vec();
            let end = (at + length).min(document.len());
            document.splice(at..end, bytes);
            let _read = motions(&document);
        }
    }
}
