//! The I/O buffer (chip reference 1.5, 1.6): a command's bytes on their way in, a response's on their way
//! out.

use super::packet::{LONGEST_GROUP, SHORTEST_GROUP};

/// Word address of a write transaction (chip reference 1.2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordAddress {
    Reset,
    Sleep,
    Idle,
    Command,
    Reserved,
}

impl From<u8> for WordAddress {
    fn from(byte: u8) -> WordAddress {
        match byte {
            0 => WordAddress::Reset,
            1 => WordAddress::Sleep,
            2 => WordAddress::Idle,
            3 => WordAddress::Command,
            _ => WordAddress::Reserved,
        }
    }
}

/// Input and output share one address counter, so a write after reads rewinds.
pub(crate) struct IoBuffer {
    input: Vec<u8>,
    output: Vec<u8>,
    position: usize,
    /// The longest group that it takes.
    longest: usize,
}

impl IoBuffer {
    pub(crate) fn with_output(output: Vec<u8>) -> IoBuffer {
        IoBuffer { input: Vec::new(), output, position: 0, longest: LONGEST_GROUP }
    }

    /// The same with another longest group.
    pub(crate) fn up_to(mut self, longest: usize) -> IoBuffer {
        self.longest = longest;
        self
    }

    /// Word address 0x00: back to the count byte; a command that is not complete is forgotten.
    pub(crate) fn reset(&mut self) {
        self.input.clear();
        self.position = 0;
    }

    /// Word address 0x03: the bytes that follow continue a command that is not complete, else they start
    /// a new one.
    pub(crate) fn rewind(&mut self) {
        self.position = 0;
    }

    /// Takes a byte of the command; false if it already has all of them.
    pub(crate) fn push(&mut self, byte: u8) -> bool {
        if self.is_complete() {
            return false;
        }
        self.input.push(byte);
        true
    }

    /// Some bytes of a command have come, but not all.
    pub(crate) fn is_partial(&self) -> bool {
        !self.input.is_empty() && !self.is_complete()
    }

    /// The counted bytes are there. A count out of range completes the group at once, to be refused.
    fn is_complete(&self) -> bool {
        match self.input.first() {
            None => false,
            Some(count) => {
                let count = usize::from(*count);
                !(SHORTEST_GROUP..=self.longest).contains(&count) || self.input.len() == count
            }
        }
    }

    /// Whether the response is this one.
    pub(crate) fn holds(&self, response: &[u8]) -> bool {
        self.output == response
    }

    /// The complete group, for execution.
    pub(crate) fn take_group(&mut self) -> Option<Vec<u8>> {
        self.is_complete().then(|| core::mem::take(&mut self.input))
    }

    /// A complete group waits for its STOP.
    pub(crate) fn has_group(&self) -> bool {
        self.is_complete()
    }

    /// The next byte of the response. Past its end 0xFF, or the first one (UNVERIFIED, chip reference U54).
    pub(crate) fn next(&mut self, repeats: bool) -> u8 {
        if repeats && self.position == self.output.len() {
            self.position = 0;
        }
        let byte = self.output.get(self.position).copied();
        self.position += usize::from(byte.is_some());
        byte.unwrap_or(0xFF)
    }
}
