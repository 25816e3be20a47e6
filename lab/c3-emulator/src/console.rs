//! The serial line's other end: standard output, and lines of standard input.

use std::collections::VecDeque;
use std::fmt;
use std::io::{BufRead, Write};

/// What the program is talking to.
pub struct Console {
    output: Box<dyn Write>,
    input: Box<dyn BufRead>,
    input_ended: bool,
    typed: VecDeque<u8>,
    line: Vec<u8>,
    until: Option<String>,
    /// The program has printed a line with the text that was waited for.
    pub(crate) found: bool,
}

impl Console {
    /// `until` is a text that ends the run when a line with it has been printed.
    pub fn new(
        output: impl Write + 'static,
        input: impl BufRead + 'static,
        until: Option<String>,
    ) -> Console {
        Console {
            output: Box::new(output),
            input: Box::new(input),
            input_ended: false,
            typed: VecDeque::new(),
            line: Vec::new(),
            until,
            found: false,
        }
    }

    /// The program sends a byte. A terminal that is gone is no reason to stop.
    pub(crate) fn put(&mut self, byte: u8) {
        let _ = self.output.write_all(&[byte]);
        if byte != b'\n' {
            self.line.push(byte);
            return;
        }
        let _ = self.output.flush();
        if let Some(until) = &self.until {
            self.found |= String::from_utf8_lossy(&self.line).contains(until);
        }
        self.line.clear();
    }

    /// Somebody types a line, if there is one more. Virtual time waits for them.
    pub(crate) fn type_line(&mut self) {
        let _ = self.output.flush();
        let mut line = Vec::new();
        if self.input_ended || !matches!(self.input.read_until(b'\n', &mut line), Ok(1..)) {
            self.input_ended = true;
        }
        self.typed.extend(line);
    }

    pub(crate) fn ended(&self) -> bool {
        self.input_ended
    }

    pub(crate) fn typed(&self) -> usize {
        self.typed.len()
    }

    pub(crate) fn take(&mut self) -> Option<u8> {
        self.typed.pop_front()
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("until", &self.until)
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}
