//! Command lines as words, written in the ways of autostart entries, service units and Windows.
//!
//! Must not do: run them.

/// For `Exec=` of a desktop entry: quoted by the rules of Exec, then escaped as a string of the file.
#[must_use]
pub fn for_desktop_entry(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let word = escape(word, &['"', '`', '$', '\\']).replace('%', "%%");
        format!("\"{word}\"")
    });
    quoted.collect::<Vec<_>>().join(" ").replace('\\', "\\\\")
}

/// For `ExecStart=` of a systemd unit.
#[must_use]
pub fn for_unit(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let word = escape(word, &['"', '\\']).replace('%', "%%").replace('$', "$$");
        format!("\"{word}\"")
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// For Windows, as `CommandLineToArgvW` reads it.
#[must_use]
pub fn for_windows(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let (mut text, mut slashes) = (String::from("\""), 0);
        for letter in word.chars() {
            match letter {
                '\\' => slashes += 1,
                '"' => {
                    text.push_str(&"\\".repeat(2 * slashes + 1));
                    slashes = 0;
                }
                _ => {
                    text.push_str(&"\\".repeat(slashes));
                    slashes = 0;
                }
            }
            if letter != '\\' {
                text.push(letter);
            }
        }
        text.push_str(&"\\".repeat(2 * slashes));
        text + "\""
    });
    quoted.collect::<Vec<_>>().join(" ")
}

fn escape(word: &str, special: &[char]) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if special.contains(&letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_letters_are_only_letters() {
        let words = ["/opt/my \"$cams\"/50%/w".to_owned(), "record".to_owned()];
        assert_eq!(for_desktop_entry(&words), r#""/opt/my \\"\\$cams\\"/50%%/w" "record""#);
        assert_eq!(for_unit(&words), r#""/opt/my \"$$cams\"/50%%/w" "record""#);
        let words = [r"C:\My Cams\w.exe".to_owned(), r"D:\a b\".to_owned(), "a\"b".to_owned()];
        assert_eq!(for_windows(&words), r#""C:\My Cams\w.exe" "D:\a b\\" "a\"b""#);
    }
}
