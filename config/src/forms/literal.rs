//! Text with escapes: byte strings of C, Python, Rust, Elixir, JSON.

use super::Unreadable;

pub(super) fn is_literal(text: &str) -> bool {
    text.contains("\\x") || text.contains("\\X") || text.contains("\\u00")
}

/// The bytes between quotation marks; without any, the escapes alone.
pub(super) fn read(text: &str) -> Result<Vec<u8>, Unreadable> {
    let mut reader = Reader { rest: text, line: 1 };
    let quoted =
        text.find(['"', '\'']).is_some_and(|quote| text.find('\\').is_some_and(|slash| quote < slash));
    let mut bytes = Vec::new();
    if !quoted {
        while let Some(c) = reader.next() {
            match c {
                '\\' => reader.escape(&mut bytes)?,
                c if c.is_whitespace() || ",;|`".contains(c) => {}
                other => return Err(Unreadable::at(reader.line, format_args!("{other:?} between escapes"))),
            }
        }
        return Ok(bytes);
    }
    while let Some(c) = reader.next() {
        match c {
            '"' | '\'' => reader.string(c, &mut bytes)?,
            '#' => reader.skip_to("\n"),
            '/' if reader.rest.starts_with('/') => reader.skip_to("\n"),
            '/' if reader.rest.starts_with('*') => reader.skip_to("*/"),
            // Names, brackets, whatever else a language wants around it.
            _ => {}
        }
    }
    Ok(bytes)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Iterator for Reader<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        self.line += usize::from(c == '\n');
        Some(c)
    }
}

impl Reader<'_> {
    /// Goes on behind `end`.
    fn skip_to(&mut self, end: &str) {
        while !self.rest.is_empty() && !self.rest.starts_with(end) {
            self.next();
        }
        for _ in end.chars() {
            self.next();
        }
    }

    fn string(&mut self, quote: char, bytes: &mut Vec<u8>) -> Result<(), Unreadable> {
        let opened = self.line;
        while let Some(c) = self.next() {
            match c {
                c if c == quote => return Ok(()),
                '\\' => self.escape(bytes)?,
                c if c.is_ascii() => bytes.push(c as u8),
                other => return Err(Unreadable::at(self.line, format_args!("{other:?} is no byte"))),
            }
        }
        Err(Unreadable::at(opened, format_args!("the text that begins here has no {quote} at its end")))
    }

    /// What stands behind a backslash.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), Unreadable> {
        let line = self.line;
        let wrong = |what: &str| Err(Unreadable::at(line, format_args!("\\{what} is no byte")));
        let Some(c) = self.next() else { return wrong("") };
        bytes.push(match c {
            'x' | 'X' => match self.digits(16, 2) {
                Some((value, 2)) => value,
                _ => return wrong("x without two hex digits"),
            },
            'u' => match self.digits(16, 4) {
                Some((value, 4)) => value,
                _ => return wrong("u that is not 00 and two hex digits"),
            },
            '0'..='7' => {
                let first = c as u8 - b'0';
                let (rest, count) = self.digits(8, 2).unwrap_or((0, 0));
                match u8::try_from((u32::from(first) << (3 * count)) + u32::from(rest)) {
                    Ok(value) => value,
                    Err(_) => return wrong("and an octal number above 377"),
                }
            }
            'a' => 0x07,
            'b' => 0x08,
            't' => b'\t',
            'n' => b'\n',
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => b'\r',
            'e' => 0x1B,
            '\\' | '"' | '\'' | '/' | '?' | '#' => c as u8,
            // The literal goes on in the next line.
            '\n' => return Ok(()),
            '\r' => return Ok(()),
            other => return wrong(&other.to_string()),
        });
        Ok(())
    }

    /// Up to `most` digits: the number, if it is a byte, and how many they were.
    fn digits(&mut self, radix: u32, most: usize) -> Option<(u8, usize)> {
        let count = self.rest.chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let value = match count {
            0 => 0,
            _ => u8::try_from(u32::from_str_radix(digits, radix).ok()?).ok()?,
        };
        self.rest = rest;
        Some((value, count))
    }
}
