//! Looks for secrets in whatever form they may be written, and remembers where it found what may be told.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::{Cursor, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// What must be nowhere, and what shows that the search finds what is there.
pub struct Search {
    secrets: Vec<(String, Vec<String>)>,
    told: Vec<String>,
    /// Place, and what was found in it.
    found: BTreeSet<(String, String)>,
}

impl Search {
    pub fn new(secrets: &[&str], told: &[&str]) -> Self {
        let secrets = secrets.iter().map(|secret| ((*secret).to_owned(), forms(secret)));
        let told = told.iter().map(|word| (*word).to_owned());
        Self { secrets: secrets.collect(), told: told.collect(), found: BTreeSet::new() }
    }

    /// The secret that is in a text, if any.
    fn secret_in(&self, text: &str) -> Option<&str> {
        let has = |forms: &[String]| forms.iter().any(|form| text.contains(form.as_str()));
        let found = self.secrets.iter().find(|(_, forms)| has(forms));
        found.map(|(secret, _)| secret.as_str())
    }

    pub fn text(&mut self, place: &str, text: &str) {
        if let Some(secret) = self.secret_in(text) {
            panic!("{place} tells {secret}");
        }
        for word in &self.told {
            if text.contains(word.as_str()) {
                self.found.insert((place.to_owned(), word.clone()));
            }
        }
    }

    /// Looks into bytes, which may be an archive.
    fn bytes(&mut self, place: &str, bytes: &[u8]) {
        self.text(place, &String::from_utf8_lossy(bytes));
        if !bytes.starts_with(b"PK") {
            return;
        }
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        for number in 0..archive.len() {
            let mut file = archive.by_index(number).expect("there");
            let mut unpacked = Vec::new();
            file.read_to_end(&mut unpacked).expect("read");
            self.bytes(place, &unpacked);
        }
    }

    /// Looks into every file below `folder`; a place is what a file is called.
    pub fn folder(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            self.text("names of files", &name);
            if path.is_dir() {
                self.folder(&path);
            } else {
                self.bytes(&name, &std::fs::read(&path).expect("a file"));
            }
        }
    }

    /// Looks at what this process and all that it has started were started with.
    pub fn processes(&mut self) {
        let own = std::process::id();
        for entry in std::fs::read_dir("/proc").expect("the processes").flatten() {
            let number = entry.file_name().to_string_lossy().parse().ok();
            let mut ancestors = std::iter::successors(number, |number| parent(*number));
            if !ancestors.any(|number| number == own) {
                continue;
            }
            // A process may end meanwhile.
            for file in ["cmdline", "environ"] {
                if let Ok(bytes) = std::fs::read(entry.path().join(file)) {
                    self.bytes(file, &bytes);
                }
            }
        }
    }

    pub fn has_found(&self, place: &str, word: &str) -> bool {
        self.found.contains(&(place.to_owned(), word.to_owned()))
    }
}

/// Who has started a process.
fn parent(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// Plain, escaped, percent-encoded, in hexadecimal digits, in UTF-16, and in base64 wherever it may stand in it.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let each = |write: &dyn Fn(&mut String, u8)| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write(&mut text, *byte);
            text
        })
    };
    let percent = |all: bool| {
        each(&move |text, byte| match byte.is_ascii_alphanumeric() && !all {
            true => text.push(char::from(byte)),
            false => write!(text, "%{byte:02X}").expect("written"),
        })
    };
    let hex = each(&|text, byte| write!(text, "{byte:02x}").expect("written"));
    let wide = each(&|text, byte| text.extend([char::from(byte), '\0']));
    let mut forms = vec![
        secret.to_owned(),
        secret.escape_debug().to_string(),
        percent(false),
        percent(false).to_lowercase(),
        percent(true),
        hex.to_uppercase(),
        hex,
        wide,
    ];
    for before in 0..3 {
        let padded = [vec![0; before], bytes.to_vec()].concat();
        // The first and the last digits depend on what stands beside it.
        let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        forms.extend([STANDARD, URL_SAFE].map(|code| code.encode(&padded)[start..end].to_owned()));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Ostrich&Plum%93/x";

    #[test]
    fn a_secret_is_found_in_every_form() {
        let search = Search::new(&[SECRET], &[]);
        let basic = STANDARD.encode(format!("viewer:{SECRET}"));
        let shifted =
            [1, 2, 3].map(|n| STANDARD.encode(format!("{}{SECRET}, more", "x".repeat(n))));
        for text in [
            format!("rtsp://viewer:{SECRET}@camera"),
            "Password(\"Ostrich&Plum%93/x\")".into(),
            "user=viewer&password=Ostrich%26Plum%2593%2Fx".into(),
            "user=viewer&password=%4F%73%74%72%69%63%68%26%50%6C%75%6D%25%39%33%2F%78".into(),
            format!("Authorization: Basic {basic}"),
            "4f7374726963682650\
             6c756d2539332f78"
                .into(),
            SECRET.encode_utf16().flat_map(u16::to_le_bytes).map(char::from).collect(),
        ]
        .into_iter()
        .chain(shifted)
        {
            assert_eq!(search.secret_in(&text), Some(SECRET), "{text}");
        }
        assert_eq!(search.secret_in("Ostrich and Plum"), None);
    }

    #[test]
    #[should_panic(expected = "report.zip tells Ostrich")]
    fn a_secret_is_found_in_an_archive_in_a_folder() {
        let root = tempfile::tempdir().expect("temporary folder");
        let inner = root.path().join("inner");
        std::fs::create_dir(&inner).expect("made");
        let file = std::fs::File::create(inner.join("report.zip")).expect("made");
        let mut archive = zip::ZipWriter::new(file);
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("log.txt", options).expect("begun");
        std::io::Write::write_all(&mut archive, SECRET.repeat(50).as_bytes()).expect("written");
        archive.finish().expect("finished");
        Search::new(&[SECRET], &[]).folder(root.path());
    }
}
