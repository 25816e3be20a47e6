//! The record for people, one line a transaction.

use core::fmt;

use super::event::{Entry, Event, Micros};
use super::record::Trace;
use crate::chip::{Ack, Nanos};

impl Trace {
    /// The last `lines` lines of what `Display` prints.
    pub fn tail(&self, lines: usize) -> impl fmt::Display + '_ {
        Tail { trace: self, lines }
    }

    fn print(&self, f: &mut fmt::Formatter<'_>, limit: usize) -> fmt::Result {
        let lines = lines(self.entries());
        let skipped = lines.len().saturating_sub(limit);
        writeln!(f, "I2C trace, times in us")?;
        if self.dropped() > 0 || skipped > 0 {
            writeln!(f, "({} events and {skipped} lines before these are left out)", self.dropped())?;
        }
        lines[skipped..].iter().try_for_each(|line| writeln!(f, "{line}"))
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

/// A transaction, or an SDA pulse, and the delay behind it.
struct Line {
    at: Nanos,
    /// When the last one on this line began, and when it and its delay were over.
    last_at: Nanos,
    end: Nanos,
    text: String,
    /// If it is a poll that was not acknowledged: its text without the delay.
    poll: Option<String>,
    times: usize,
}

impl Line {
    fn new(entries: &[Entry]) -> Option<Line> {
        let (first, last) = (entries.first()?, entries.last()?);
        let poll = unacknowledged_poll(entries).map(text);
        Some(Line { at: first.at, last_at: first.at, end: last.end(), text: text(entries), poll, times: 1 })
    }

    /// Takes in the line after it, if that says the same.
    fn fold(&mut self, next: &Line) -> bool {
        let same = self.text == next.text || self.poll.is_some() && self.poll == next.poll;
        if same {
            (self.last_at, self.end) = (next.last_at, next.end);
            self.times += next.times;
        }
        same
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>14} ", Micros(self.at))?;
        match (&self.poll, self.times) {
            (_, 1) => f.write_str(&self.text),
            (Some(poll), times) => {
                write!(f, "{poll}  ({times} times in {}, not acknowledged)", Micros(self.end - self.at))
            }
            (None, times) => {
                write!(f, "{}  ({times} times, the last at {})", self.text, Micros(self.last_at))
            }
        }
    }
}

/// The transaction, if it has nothing but an address that was not acknowledged.
fn unacknowledged_poll(entries: &[Entry]) -> Option<&[Entry]> {
    let transaction = match entries {
        [transaction @ .., Entry { event: Event::Delay { .. }, .. }] => transaction,
        transaction => transaction,
    };
    let events = transaction.iter().map(|entry| entry.event);
    let [start, address, stop] = events.collect::<Vec<_>>()[..] else { return None };
    let refused = matches!(address, Event::Address { ack: Ack::Nack, .. });
    (start == Event::Start && refused && stop == Event::Stop).then_some(transaction)
}

fn text(entries: &[Entry]) -> String {
    let words: Vec<String> = entries.iter().map(|entry| entry.event.to_string()).collect();
    words.join(" ")
}

/// A line a transaction; a delay stays on the line of what it follows.
fn lines(entries: &[Entry]) -> Vec<Line> {
    let goes_on = |_: &Entry, next: &Entry| !matches!(next.event, Event::Start | Event::SdaLow { .. });
    let mut lines: Vec<Line> = Vec::new();
    for line in entries.chunk_by(goes_on).filter_map(Line::new) {
        if !lines.last_mut().is_some_and(|before| before.fold(&line)) {
            lines.push(line);
        }
    }
    lines
}
