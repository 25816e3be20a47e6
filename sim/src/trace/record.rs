//! The events that a bus keeps, and a copy of them.

use std::collections::VecDeque;

use super::event::{Entry, Event};
use crate::chip::{Ack, Nanos};

/// A copy of the last events of a bus, oldest first; see [`Bus::trace`](crate::Bus::trace).
///
/// `Display` prints one line a transaction: its time in microseconds, `S`, address and direction, the
/// bytes in hex, `P`; `Sr` is a repeated START, `!` follows a byte that was not acknowledged. Polls of a busy chip,
/// which does not acknowledge its address, are one line with their number and how long they went on, whatever the
/// delays between them. Other equal lines one after another are printed once with their number.
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
