//! Bytes of somebody else's choice, on their way to a terminal.

use core::fmt::{self, Write as _};

/// Shows a payload as text in which nothing commands the terminal: control characters, and those that hide
/// or turn text around, are written as escapes (`\n`, `\u{1b}`), bytes that are no UTF-8 as `\xFF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'a>(pub &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if commands(c) {
                    write!(f, "{}", c.escape_default())?;
                } else {
                    f.write_char(c)?;
                }
            }
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02X}"))?;
        }
        Ok(())
    }
}

/// Control characters of ASCII and Latin-1, line and paragraph separators, marks of direction, and
/// characters without width.
fn commands(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_commands_a_terminal() {
        let bytes: Vec<u8> = (0..=255).collect();
        let shown = Shown(&bytes).to_string();
        assert!(shown.chars().all(|c| (' '..='~').contains(&c)), "{shown}");
        assert!(shown.starts_with("\\u{0}\\u{1}") && shown.ends_with("\\xFE\\xFF"), "{shown}");
        assert_eq!(Shown("\u{9b}31m\u{202e}abc".as_bytes()).to_string(), "\\u{9b}31m\\u{202e}abc");
    }

    #[test]
    fn escapes() {
        assert_eq!(Shown(b"\x1b[2Jgone\n\xff").to_string(), r"\u{1b}[2Jgone\n\xFF");
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in ["", r#"{"a": "b\\n"}"#, "21,5 °C", "温度", "🙂"] {
            assert_eq!(Shown(text.as_bytes()).to_string(), text);
        }
    }
}
