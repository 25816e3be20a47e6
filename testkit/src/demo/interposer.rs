//! Somebody between microcontroller and chip, who records what the chip says and plays it back later.

use atecc608_sim::hal::{I2cError, SimI2c};
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use std::collections::VecDeque;

/// What was read in one transaction, and how it ended.
type Recorded = (Vec<Vec<u8>>, Result<(), I2cError>);

/// A bus with a recorder in it.
#[derive(Debug)]
pub struct Interposer {
    bus: SimI2c,
    recorded: VecDeque<Recorded>,
    playing: bool,
}

impl Interposer {
    /// Records.
    pub fn new(bus: SimI2c) -> Self {
        Self { bus, recorded: VecDeque::new(), playing: false }
    }

    /// Answers in the chip's place from now on, until the recording ends.
    pub fn play(mut self) -> Self {
        self.playing = true;
        self
    }
}

impl ErrorType for Interposer {
    type Error = I2cError;
}

impl I2c for Interposer {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        if self.playing
            && let Some((recorded, result)) = self.recorded.pop_front()
        {
            for (operation, recorded) in operations.iter_mut().zip(recorded) {
                if let Operation::Read(bytes) = operation {
                    bytes.iter_mut().zip(recorded).for_each(|(to, from)| *to = from);
                }
            }
            return result;
        }
        let result = self.bus.transaction(address, operations);
        let read = |operation: &Operation<'_>| match operation {
            Operation::Read(bytes) => bytes.to_vec(),
            Operation::Write(_) => vec![],
        };
        self.recorded.push_back((operations.iter().map(read).collect(), result));
        result
    }
}
