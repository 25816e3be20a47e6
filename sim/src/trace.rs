//! A record of what happened on the bus: for people as text, for logic-analyser viewers as VCD.

use core::fmt;
use std::collections::VecDeque;
use std::io;

use crate::chip::{Ack, Nanos};
use crate::vcd;

/// Something that happened on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// START on a free bus.
    Start,
    /// START inside a transaction.
    RepeatedStart,
    /// The address byte after either START.
    Address {
        /// The 7-bit address shifted left by one, bit 0 set to read.
        byte: u8,
        /// What the master saw.
        ack: Ack,
    },
    /// A byte from the master.
    Write {
        /// As it was on the wire.
        byte: u8,
        /// What the master saw.
        ack: Ack,
    },
    /// A byte to the master.
    Read {
        /// As it was on the wire.
        byte: u8,
        /// What the master answered.
        ack: Ack,
    },
    /// STOP.
    Stop,
    /// Time that a delay passed.
    Delay {
        /// Nanoseconds.
        duration: Nanos,
    },
    /// SDA held low by a pin or by a fault.
    SdaLow {
        /// Nanoseconds.
        duration: Nanos,
    },
}

/// An [`Event`] and when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Bus time in nanoseconds.
    pub at: Nanos,
    /// Length of a bit in nanoseconds; 0 where the event has none.
    pub bit: Nanos,
    /// What happened.
    pub event: Event,
}

/// A copy of the last events of a bus, oldest first; see [`Bus::trace`](crate::Bus::trace).
///
/// `Display` prints one line a transaction: its time in microseconds, `S`, address and direction, the
/// bytes in hex, `P`; `Sr` is a repeated START, `!` follows a byte that was not acknowledged. Equal lines
/// one after another, such as polls of a busy chip, are printed once with their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    entries: Vec<Entry>,
    dropped: u64,
}

impl Trace {
    /// The events.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many older events the trace no longer holds.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The last `lines` lines of what `Display` prints.
    pub fn tail(&self, lines: usize) -> impl fmt::Display + '_ {
        Tail { trace: self, lines }
    }

    /// Writes SCL and SDA, bit by bit, as a Value Change Dump, which GTKWave, PulseView and others open.
    /// A mutable reference serves as `writer` too.
    ///
    /// # Errors
    ///
    /// Those of `writer`.
    pub fn write_vcd(&self, writer: impl io::Write) -> io::Result<()> {
        vcd::write(&self.entries, writer)
    }

    fn print(&self, f: &mut fmt::Formatter<'_>, limit: usize) -> fmt::Result {
        let lines = lines(&self.entries);
        let skipped = lines.len().saturating_sub(limit);
        writeln!(f, "I2C trace, times in us")?;
        if self.dropped > 0 || skipped > 0 {
            writeln!(f, "({} events and {skipped} lines before these are left out)", self.dropped)?;
        }
        for line in &lines[skipped..] {
            write!(f, "{:>14} {}", Micros(line.at), line.text)?;
            if line.times > 1 {
                write!(f, "  ({} times, the last at {})", line.times, Micros(line.last_at))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(f, usize::MAX)
    }
}

struct Tail<'a> {
    trace: &'a Trace,
    lines: usize,
}

impl fmt::Display for Tail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trace.print(f, self.lines)
    }
}

/// Nanoseconds, printed as microseconds.
struct Micros(Nanos);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:03}", self.0 / 1000, self.0 % 1000))
    }
}

struct Line {
    at: Nanos,
    last_at: Nanos,
    text: String,
    times: usize,
}

/// Text of the transactions; a delay stays on the line of what it follows.
fn lines(entries: &[Entry]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut open = false;
    for entry in entries {
        if matches!(entry.event, Event::Start | Event::SdaLow { .. }) || lines.is_empty() {
            merge_last(&mut lines);
            lines.push(Line { at: entry.at, last_at: entry.at, text: String::new(), times: 1 });
            open = false;
        }
        let Some(line) = lines.last_mut() else { continue };
        if open || matches!(entry.event, Event::Delay { .. }) {
            line.text.push(' ');
        }
        open = true;
        line.text.push_str(&entry.event.to_string());
    }
    merge_last(&mut lines);
    lines
}

/// Counts a line that says what the one before it says.
fn merge_last(lines: &mut Vec<Line>) {
    if let [.., before, last] = lines.as_mut_slice()
        && before.text == last.text
    {
        before.times += 1;
        before.last_at = last.at;
        lines.pop();
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |ack: Ack| if ack == Ack::Nack { "!" } else { "" };
        match *self {
            Event::Start => f.write_str("S"),
            Event::RepeatedStart => f.write_str("Sr"),
            Event::Address { byte, ack } => {
                let direction = if byte & 1 == 1 { 'R' } else { 'W' };
                write!(f, "0x{:02X}+{direction}{}", byte >> 1, mark(ack))
            }
            Event::Write { byte, ack } => write!(f, "{byte:02X}{}", mark(ack)),
            // The master ends every read without an acknowledgement: not worth a mark.
            Event::Read { byte, .. } => write!(f, "{byte:02X}"),
            Event::Stop => f.write_str("P"),
            Event::Delay { duration } => write!(f, "delay {}", Micros(duration)),
            Event::SdaLow { duration } => write!(f, "SDA low {}", Micros(duration)),
        }
    }
}

/// Events kept if nobody says otherwise.
const DEFAULT_CAPACITY: usize = 16_384;

/// The bounded ring behind a [`Trace`].
#[derive(Debug)]
pub(crate) struct Recorder {
    entries: VecDeque<Entry>,
    capacity: usize,
    dropped: u64,
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder { entries: VecDeque::new(), capacity: DEFAULT_CAPACITY, dropped: 0 }
    }
}

impl Recorder {
    pub(crate) fn restart(&mut self, capacity: usize) {
        *self = Recorder { capacity, ..Recorder::default() };
    }

    pub(crate) fn push(&mut self, at: Nanos, bit: Nanos, event: Event) {
        if let Event::Delay { duration: more } = event
            && let Some(Entry { at: before, event: Event::Delay { duration }, .. }) = self.entries.back_mut()
            && *before + *duration == at
        {
            *duration += more;
            return;
        }
        self.entries.push_back(Entry { at, bit, event });
        self.trim();
    }

    /// A pulse is known when it is over, and goes before what happened during it.
    pub(crate) fn push_sda_low(&mut self, at: Nanos, duration: Nanos) {
        let index = self.entries.iter().rposition(|entry| entry.at < at).map_or(0, |index| index + 1);
        self.entries.insert(index, Entry { at, bit: 0, event: Event::SdaLow { duration } });
        self.trim();
    }

    pub(crate) fn acknowledge_last_read(&mut self) {
        let last = self.entries.iter_mut().rev().find_map(|entry| match &mut entry.event {
            Event::Read { ack, .. } => Some(ack),
            _ => None,
        });
        if let Some(ack) = last {
            *ack = Ack::Ack;
        }
    }

    fn trim(&mut self) {
        while self.entries.len() > self.capacity {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }

    /// What the ring holds, from the beginning of a transaction on.
    pub(crate) fn snapshot(&self) -> Trace {
        let whole = |entry: &Entry| entry.event == Event::Start;
        let torn = match self.dropped {
            0 => 0,
            _ => self.entries.iter().position(whole).unwrap_or(self.entries.len()),
        };
        let entries = self.entries.iter().skip(torn).copied().collect();
        Trace { entries, dropped: self.dropped + torn as u64 }
    }
}
