//! The string literals of a source, each with the call that it is given to.
//!
//! Must not do: judge them. Attributes, comments and characters are read over.

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// As it is written between its quotes.
    pub text: String,
    /// The innermost call around it, as it is written before its bracket: `egui::Id::unique`, `tracing::warn!`. Empty
    /// where there is none.
    pub call: String,
    /// From 1.
    pub line: usize,
}

/// A bracket that is open, and the call that it belongs to.
struct Bracket {
    call: String,
    /// A list or a tuple belongs to the call around it, a block does not.
    through: bool,
}

struct Reader<'a> {
    code: &'a str,
    at: usize,
    open: Vec<Bracket>,
    found: Vec<Literal>,
}

/// All string literals of `code`.
pub fn literals(code: &str) -> Vec<Literal> {
    let mut reader = Reader { code, at: 0, open: Vec::new(), found: Vec::new() };
    while reader.step() {}
    reader.found
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.code[self.at..]
    }

    fn to(&mut self, end: &str) {
        let rest = self.rest();
        self.at += rest.find(end).map_or(rest.len(), |found| found + end.len());
    }

    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(next) = rest.chars().next() else { return false };
        match next {
            '/' if rest.starts_with("//") => self.to("\n"),
            '/' if rest.starts_with("/*") => self.to("*/"),
            '#' if rest.starts_with("#[") || rest.starts_with("#![") => self.attribute(),
            '"' => self.string(),
            'r' if self.is_raw() => self.raw_string(),
            '\'' => self.character(),
            '(' | '[' | '{' => self.bracket(next),
            ')' | ']' | '}' => {
                self.open.pop();
                self.at += 1;
            }
            _ => self.at += next.len_utf8(),
        }
        true
    }

    /// Reads over an attribute: what is found in it does not count.
    fn attribute(&mut self) {
        let (count, depth) = (self.found.len(), self.open.len());
        self.to("[");
        self.open.push(Bracket { call: String::new(), through: false });
        while self.open.len() > depth && self.step() {}
        self.found.truncate(count);
    }

    fn string(&mut self) {
        let inner = self.at + 1;
        let bytes = self.code.as_bytes();
        let mut end = inner;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.found(inner, end);
        self.at = (end + 1).min(bytes.len());
    }

    fn is_raw(&self) -> bool {
        let quoted = self.rest()[1..].trim_start_matches('#').starts_with('"');
        let name = |c: char| c.is_alphanumeric() || c == '_';
        quoted && !self.code[..self.at].chars().next_back().is_some_and(|c| name(c) && c != 'b')
    }

    fn raw_string(&mut self) {
        let hashes = self.rest()[1..].bytes().take_while(|byte| *byte == b'#').count();
        let inner = self.at + 1 + hashes + 1;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = self.code[inner..].find(&close).map_or(self.code.len(), |found| inner + found);
        self.found(inner, end);
        self.at = (end + close.len()).min(self.code.len());
    }

    /// A character, or the tick of a lifetime.
    fn character(&mut self) {
        let mut after = self.rest()[1..].char_indices();
        match (after.next(), after.next()) {
            (Some((_, '\\')), Some((_, escaped))) => {
                self.at += 2 + escaped.len_utf8();
                self.to("'");
            }
            (Some(_), Some((length, '\''))) => self.at += 1 + length + 1,
            _ => self.at += 1,
        }
    }

    fn bracket(&mut self, bracket: char) {
        let before = self.code[..self.at].trim_end();
        let part = |c: char| c.is_alphanumeric() || "_:!.".contains(c);
        let from = before.trim_end_matches(part).len();
        let call = if bracket == '{' { "" } else { before[from..].trim_start_matches('.') };
        let named = call.chars().any(char::is_alphabetic) && bracket == '(';
        let call = if named || call.ends_with('!') { call.to_owned() } else { String::new() };
        self.open.push(Bracket { through: call.is_empty() && bracket != '{', call });
        self.at += 1;
    }

    fn found(&mut self, from: usize, to: usize) {
        let call = self.open.iter().rev().find(|bracket| !bracket.through);
        self.found.push(Literal {
            text: self.code[from..to].to_owned(),
            call: call.map_or_else(String::new, |bracket| bracket.call.clone()),
            line: 1 + self.code[..from].matches('\n').count(),
        });
    }
}
