//! Several texts in one file that every system opens: a ZIP archive.
//!
//! Must not do: know what is in them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::ConfigError;

/// The bytes of an archive of `files`, by name.
///
/// # Errors
/// [`ConfigError::Refused`] when two have the same name.
pub fn zip(files: &[(String, String)]) -> Result<Vec<u8>, ConfigError> {
    let refused = |error: &dyn std::fmt::Display| ConfigError::Refused(error.to_string());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(name.as_str(), options).map_err(|error| refused(&error))?;
        writer.write_all(text.as_bytes()).map_err(|error| refused(&error))?;
    }
    Ok(writer.finish().map_err(|error| refused(&error))?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_was_put_in_is_there() {
        let files = [("a.txt".to_owned(), "x".repeat(10_000)), ("b.txt".to_owned(), "ä".into())];
        let bytes = zip(&files).expect("made");
        assert!(bytes.len() < 1_000, "packed");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        for (name, text) in files {
            let mut found = String::new();
            let mut file = archive.by_name(&name).expect("there");
            file.read_to_string(&mut found).expect("read");
            assert_eq!(found, text);
        }
    }
}
