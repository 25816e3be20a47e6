//! Bytes from a serial line to lines of text.

use heapless::String;

/// Longest line that is told apart from other lines, in bytes.
pub const LINE_MAX: usize = 64;

/// Puts a line together. Ends at CR or LF (both together count once); backspace takes the last character
/// back; control characters are dropped. A line that is too long or was damaged on its way can't be mistaken
/// for another one: it comes back with U+2026 at its end.
#[derive(Debug, Default)]
pub struct LineEditor {
    text: String<LINE_MAX>,
    spoiled: bool,
    after_cr: bool,
}

/// What a terminal should show for a byte that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echo {
    /// Nothing.
    Nothing,
    /// This character.
    Char(char),
    /// One character less.
    Erase,
    /// The line is complete.
    Line(String<LINE_MAX>),
}

impl LineEditor {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: String::new(), spoiled: false, after_cr: false }
    }

    /// Something was lost or damaged on the way.
    pub const fn damage(&mut self) {
        self.spoiled = true;
    }

    /// Takes a byte.
    pub fn push(&mut self, byte: u8) -> Echo {
        let after_cr = core::mem::replace(&mut self.after_cr, byte == b'\r');
        match byte {
            b'\n' if after_cr => Echo::Nothing,
            b'\r' | b'\n' => {
                let mut line = core::mem::take(&mut self.text);
                if core::mem::take(&mut self.spoiled) {
                    while line.len() > LINE_MAX - '…'.len_utf8() {
                        line.pop();
                    }
                    // There is room now.
                    let _ = line.push('…');
                }
                Echo::Line(line)
            }
            0x08 | 0x7F => {
                // What did not fit can't be taken back one by one.
                if !self.spoiled && self.text.pop().is_some() { Echo::Erase } else { Echo::Nothing }
            }
            0x20..=0x7E => match self.text.push(char::from(byte)) {
                Ok(()) => Echo::Char(char::from(byte)),
                Err(_) => {
                    self.spoiled = true;
                    Echo::Nothing
                }
            },
            _ => Echo::Nothing,
        }
    }
}
