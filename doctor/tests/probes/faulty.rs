//! A bus on which one thing goes wrong, at the nth transfer.

use std::panic;

use atecc608_doctor::line::{BusFault, Line};
use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not reach the chip.
    Lost,
    /// It does, and looks as if it did not.
    Unheard,
    /// Another master has the bus.
    Arbitration,
    /// The last bit of what is read or written is another.
    Flipped,
    /// The program panics.
    Panic,
    /// From here on nothing reaches the chip: the program dies.
    Dead,
}

pub(crate) struct Faulty<L> {
    line: L,
    fault: Fault,
    /// Transfers until it happens.
    left: usize,
    /// Which transfers were writes, so far.
    writes: Vec<bool>,
}

/// At how many of a run's reads something goes wrong, most of which ask a chip that is at work; and at how many writes.
const READS: usize = 40;
const WRITES: usize = 150;

impl<L: Line> Faulty<L> {
    pub(crate) fn new(line: L, fault: Fault, nth: usize) -> Self {
        Self { line, fault, left: nth, writes: Vec::new() }
    }

    /// One on which nothing goes wrong, to count the transfers.
    pub(crate) fn counting(line: L) -> Self {
        Self::new(line, Fault::Lost, usize::MAX)
    }

    /// The transfers at which something is to go wrong, all over the run.
    pub(crate) fn places(&self) -> Vec<usize> {
        let some = |write: bool, most: usize| {
            let places =
                self.writes.iter().enumerate().filter(move |(_, is)| **is == write).map(|(place, _)| place);
            let step = (places.clone().count() / most).max(1);
            places.step_by(step)
        };
        some(true, WRITES).chain(some(false, READS)).collect()
    }

    fn now(&mut self, write: bool) -> Option<Fault> {
        self.writes.push(write);
        if self.left > 0 {
            self.left -= 1;
            return None;
        }
        if self.fault != Fault::Dead {
            self.left = usize::MAX;
        }
        Some(self.fault)
    }
}

fn fault(kind: ErrorKind) -> BusFault {
    BusFault { kind, name: format!("{kind:?}") }
}

fn nack() -> BusFault {
    fault(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address))
}

impl<L: Line> Line for Faulty<L> {
    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), BusFault> {
        match self.now(true) {
            None => self.line.write(address, bytes),
            Some(Fault::Lost | Fault::Dead) => Err(nack()),
            Some(Fault::Unheard) => self.line.write(address, bytes).and(Err(nack())),
            Some(Fault::Arbitration) => Err(fault(ErrorKind::ArbitrationLoss)),
            Some(Fault::Flipped) => {
                let mut bytes = bytes.to_vec();
                if let Some(last) = bytes.last_mut() {
                    *last ^= 1;
                }
                self.line.write(address, &bytes)
            }
            Some(Fault::Panic) => panic::resume_unwind(Box::new("as the test wants")),
        }
    }

    fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), BusFault> {
        match self.now(false) {
            None => self.line.read(address, buffer),
            Some(Fault::Lost | Fault::Dead) => Err(nack()),
            Some(Fault::Unheard) => self.line.read(address, buffer).and(Err(nack())),
            Some(Fault::Arbitration) => Err(fault(ErrorKind::ArbitrationLoss)),
            Some(Fault::Flipped) => {
                self.line.read(address, buffer)?;
                if let Some(last) = buffer.last_mut() {
                    *last ^= 1;
                }
                Ok(())
            }
            Some(Fault::Panic) => panic::resume_unwind(Box::new("as the test wants")),
        }
    }

    fn wait_us(&mut self, us: u32) {
        self.line.wait_us(us);
    }

    fn nanos(&mut self) -> u64 {
        self.line.nanos()
    }
}
