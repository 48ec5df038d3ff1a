//! Requests as they arrive: HTTP heads, and single values of their XML.
//!
//! Must not do: answer.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Longest request; ours have two thousand bytes.
pub(super) const MAX_REQUEST: usize = 64 << 10;

/// A whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub path: String,
    pub authorization: Option<String>,
    pub body: Vec<u8>,
}

/// A request that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd;

impl Request {
    /// The request in `bytes`, once it is whole.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, Odd> {
        if bytes.len() > MAX_REQUEST {
            return Err(Odd);
        }
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| Odd)?;
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some("POST"), Some(path)) = (words.next(), words.next()) else { return Err(Odd) };
        let header = |name: &str| {
            let mut headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
            headers.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, v)| v.trim())
        };
        let length: usize = header("Content-Length").and_then(|v| v.parse().ok()).ok_or(Odd)?;
        let body = &bytes[end + 4..];
        if length > MAX_REQUEST {
            return Err(Odd);
        }
        Ok(body.get(..length).map(|body| Self {
            path: path.to_owned(),
            authorization: header("Authorization").map(str::to_owned),
            body: body.to_vec(),
        }))
    }
}

/// The text of the first element called `name`, whatever its prefix.
pub(super) fn text_of(document: &[u8], name: &str) -> Option<String> {
    let mut reader = Reader::from_reader(document);
    let mut text: Option<String> = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if start.local_name().as_ref() == name.as_bytes() => {
                text = Some(String::new());
            }
            Event::Text(more) => {
                if let Some(text) = &mut text {
                    text.push_str(&String::from_utf8_lossy(&more));
                }
            }
            Event::GeneralRef(reference) => {
                let name = String::from_utf8_lossy(&reference).into_owned();
                if let Some(text) = &mut text {
                    let known = quick_xml::escape::resolve_predefined_entity(&name);
                    text.push_str(known.unwrap_or_default());
                }
            }
            Event::End(_) if text.is_some() => return text,
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The name of the first element inside the body: what is asked for.
pub(super) fn question(document: &[u8]) -> Option<String> {
    let mut reader = Reader::from_reader(document);
    let mut inside = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) if inside => {
                return Some(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
            }
            Event::Start(start) if start.local_name().as_ref() == b"Body" => inside = true,
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_arrive_in_pieces() {
        let whole =
            b"POST /cam0/x HTTP/1.1\r\ncontent-length: 4\r\nAuthorization: Digest a\r\n\r\n<a/>";
        for end in 0..whole.len() {
            assert_eq!(Request::parse(&whole[..end]), Ok(None));
        }
        let request = Request::parse(whole).expect("a request").expect("whole");
        assert_eq!((request.path.as_str(), request.body.as_slice()), ("/cam0/x", &b"<a/>"[..]));
        assert_eq!(request.authorization.as_deref(), Some("Digest a"));
        assert_eq!(Request::parse(b"GET / HTTP/1.1\r\n\r\n"), Err(Odd));
        assert_eq!(Request::parse(&[b'x'; MAX_REQUEST + 1]), Err(Odd));
    }

    #[test]
    fn questions_and_values_are_read() {
        let text = b"<s:Envelope><s:Header><u>a&lt;b</u></s:Header><s:Body><GetX xmlns='y'/></s:Body></s:Envelope>";
        assert_eq!(question(text).as_deref(), Some("GetX"));
        assert_eq!(text_of(text, "u").as_deref(), Some("a<b"));
        assert_eq!((text_of(text, "v"), question(b"<a>")), (None, None));
    }
}
