//! The serial line: text out, lines in.

mod port;

use core::fmt;
use core::time::Duration;
use esp_hal::delay::Delay;
use esp_hal::time::{Duration as Ticks, Instant};
use esp_println::{print, println};
use heapless::String;
use operator::{Echo, LINE_MAX, LineEditor, Terminal};
use port::{Byte, Port};

pub use port::{Failed, Pins};

/// How long to wait between looks for a byte, in ms. At 115,200 baud the port's buffer fills in 11 ms.
const POLL_MS: u32 = 1;

/// The serial line.
#[derive(Debug)]
pub struct Console {
    port: Port,
    editor: LineEditor,
}

impl Console {
    /// Begins to listen.
    ///
    /// # Errors
    /// esp-hal's, if the port can't be set up.
    pub fn new(pins: Pins) -> Result<Self, Failed> {
        Ok(Self { port: Port::new(pins)?, editor: LineEditor::new() })
    }

    /// What has come so far, if that ends a line.
    fn line(&mut self) -> Option<String<LINE_MAX>> {
        loop {
            let byte = match self.port.read() {
                Byte::None => return None,
                Byte::Damaged => {
                    self.editor.damage();
                    continue;
                }
                Byte::Is(byte) => byte,
            };
            match self.editor.push(byte) {
                Echo::Nothing => {}
                Echo::Char(c) => print!("{c}"),
                Echo::Erase => print!("\u{8} \u{8}"),
                Echo::Line(line) => {
                    println!();
                    return Some(line);
                }
            }
        }
    }
}

impl Terminal for Console {
    fn say(&mut self, text: fmt::Arguments<'_>) {
        println!("{text}");
    }

    fn ask(&mut self, question: fmt::Arguments<'_>, patience: Option<Duration>) -> Option<String<LINE_MAX>> {
        print!("{question}");
        let start = Instant::now();
        let patience = patience.map(|patience| Ticks::from_millis(patience.as_millis() as u64));
        loop {
            if let Some(line) = self.line() {
                return Some(line);
            }
            if patience.is_some_and(|patience| start.elapsed() >= patience) {
                println!();
                return None;
            }
            Delay::new().delay_millis(POLL_MS);
        }
    }
}
