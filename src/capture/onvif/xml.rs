//! A small XML document as a tree, pure.
//!
//! Names are kept without their namespace prefix, since devices choose those freely and some forget to declare
//! them. Must not do: expand entities other than XML's own five, recurse over a document, or keep more than the
//! limits allow.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Longest document that is read, in bytes. A recorder with 64 channels tells of its profiles in 500,000.
pub const MAX_DOCUMENT: usize = 1 << 20;

/// Deepest nesting of elements; the answers need about ten levels.
const MAX_DEPTH: usize = 64;

/// Most elements; 64 channels with three profiles each have some ten thousand.
const MAX_ELEMENTS: usize = 40_000;

/// An element with all that is inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Without prefix.
    pub name: String,
    /// Name without prefix, and value.
    pub attributes: Vec<(String, String)>,
    /// The text directly inside.
    pub text: String,
    /// The elements directly inside.
    pub children: Vec<Element>,
}

/// Why a document was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Longer than [`MAX_DOCUMENT`], or more than the limits in another way.
    #[error("the answer is too large")]
    TooLarge,
    /// It declares a document type, which is the way to define entities.
    #[error("the answer has a document type")]
    DocumentType,
    /// No XML, or it ends too early.
    #[error("the answer is no XML")]
    Malformed,
}

impl Element {
    /// Reads `document`. What stands behind its outermost element is left alone.
    ///
    /// # Errors
    /// [`XmlError`] when it is no XML or beyond the limits.
    pub fn parse(document: &[u8]) -> Result<Self, XmlError> {
        if document.len() > MAX_DOCUMENT {
            return Err(XmlError::TooLarge);
        }
        let mut reader = Reader::from_reader(document);
        reader.config_mut().expand_empty_elements = true;
        let (mut open, mut count): (Vec<Self>, usize) = (Vec::new(), 0);
        loop {
            match reader.read_event().map_err(|_| XmlError::Malformed)? {
                Event::Start(start) => {
                    count += 1;
                    if open.len() == MAX_DEPTH || count > MAX_ELEMENTS {
                        return Err(XmlError::TooLarge);
                    }
                    open.push(Self::begin(&start));
                }
                Event::End(_) => {
                    let done = open.pop().ok_or(XmlError::Malformed)?;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Event::Text(text) => push(&mut open, &String::from_utf8_lossy(&text)),
                Event::CData(text) => push(&mut open, &String::from_utf8_lossy(&text)),
                Event::GeneralRef(reference) => push(&mut open, &resolve(&reference)),
                Event::DocType(_) => return Err(XmlError::DocumentType),
                Event::Eof => return Err(XmlError::Malformed),
                _ => {}
            }
        }
    }

    fn begin(start: &BytesStart<'_>) -> Self {
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = String::from_utf8_lossy(&attribute.value).into_owned();
            let value = quick_xml::escape::unescape(&value).map(Into::into).unwrap_or(value);
            attributes.push((lossy(attribute.key.local_name().as_ref()), value));
        }
        Self { name: lossy(start.local_name().as_ref()), attributes, ..Self::default() }
    }

    /// The first element directly inside with this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements inside with this name, at any depth, in the document's order.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&Self> {
        let (mut found, mut waiting) = (Vec::new(), vec![self]);
        while let Some(element) = waiting.pop() {
            if element.name == name {
                found.push(element);
            }
            waiting.extend(element.children.iter().rev());
        }
        found
    }

    /// The first element inside with this name, at any depth.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Self> {
        self.all(name).into_iter().next()
    }

    /// The text of the first element inside with this name; none when it is empty.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.find(name).map(|element| element.text.trim()).filter(|text| !text.is_empty())
    }

    /// The number in the first element inside with this name. Some devices write a fraction.
    #[must_use]
    pub fn number_of(&self, name: &str) -> Option<u32> {
        let text = self.text_of(name)?;
        text.split('.').next()?.parse().ok()
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// What an entity or character reference stands for; nothing for one that is not XML's own.
fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.into();
    }
    let name = lossy(reference);
    quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default().to_owned()
}

/// A device's words as they may be shown: one line of at most `most` characters, without control characters.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_left_out_and_entities_resolved() {
        let text = r#"<?xml version="1.0"?><s:a xmlns:s="u" s:k="1&amp;2"><b>x&amp;y&#33;</b>
            <t:c><b><![CDATA[<z>]]></b></t:c></s:a> trailing <"#;
        let root = Element::parse(text.as_bytes()).expect("XML");
        assert_eq!((root.name.as_str(), root.attribute("k")), ("a", Some("1&2")));
        let texts: Vec<&str> = root.all("b").iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["x&y!", "<z>"]);
        assert_eq!(root.child("b").map(|b| b.text.as_str()), Some("x&y!"));
        assert_eq!(root.text_of("c"), None, "there is white space alone");
    }

    #[test]
    fn numbers_may_have_fractions() {
        let root = Element::parse(b"<a><b> 25.0 </b><c>x</c></a>").expect("XML");
        assert_eq!((root.number_of("b"), root.number_of("c")), (Some(25), None));
    }

    #[test]
    fn limits_are_kept() {
        let error = |text: &str| Element::parse(text.as_bytes()).expect_err("refused");
        assert_eq!(error(""), XmlError::Malformed);
        assert_eq!(error("<a><b></a>"), XmlError::Malformed);
        assert_eq!(error("<a>"), XmlError::Malformed);
        assert_eq!(error("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), XmlError::DocumentType);
        assert_eq!(error(&"<a>".repeat(100)), XmlError::TooLarge);
        assert_eq!(error(&format!("<a>{}</a>", "<b/>".repeat(50_000))), XmlError::TooLarge);
        assert_eq!(error(&" ".repeat(MAX_DOCUMENT + 1)), XmlError::TooLarge);
    }

    #[test]
    fn a_devices_words_are_one_short_line() {
        assert_eq!(shown(" a\n\u{1b}[31mb  c ", 8), "a [31mb");
    }
}
