//! A device that answers reads with what the fuzzer says, and looks at what is written to it.

use super::{Source, crc, group, intact};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{self, ErrorType, I2c, NoAcknowledgeSource, Operation};

/// More than any operation can take: none here sends more than 40 commands, each of which may take 3.2 s at
/// most and be sent three times.
const LONGEST_US: u64 = 400_000_000;

const NACK: i2c::ErrorKind = i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

/// What is written and heard is kept.
pub struct ScriptedDevice<'a> {
    source: Source<'a>,
    /// Used up, it is silent; else the bus fails.
    silent: bool,
    /// Commands without count and CRC, each once for every time it was sent.
    pub sent: Vec<Vec<u8>>,
    /// What undamaged answers said since the first command, wake responses apart.
    pub answers: Vec<Vec<u8>>,
    /// The last of them came after the last command.
    answered: bool,
    /// The pulse that wakes came last: what is read next is the chip's wake response.
    woken: bool,
}

impl<'a> ScriptedDevice<'a> {
    pub fn new(source: Source<'a>, silent: bool) -> Self {
        Self { source, silent, sent: vec![], answers: vec![], answered: false, woken: false }
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), i2c::ErrorKind> {
        if self.source.is_empty() {
            return Err(if self.silent { NACK } else { i2c::ErrorKind::Bus });
        }
        let answer = match self.source.byte() {
            0 => return Err(NACK),
            1 => self.source.bytes(bytes.len()).to_vec(),
            // As after wake.
            2 => group(&[0x11]),
            // What fits the command.
            3 => {
                let mut payload = self.source.bytes(bytes.len().saturating_sub(3)).to_vec();
                payload.resize(bytes.len().saturating_sub(3), 0);
                group(&payload)
            }
            // Done, wherever that is enough.
            4 => group(&vec![0; bytes.len().saturating_sub(3)]),
            len => group(self.source.bytes(usize::from(len % 160))),
        };
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = answer.get(index).copied().unwrap_or(0xFF);
        }
        let wake_response = core::mem::take(&mut self.woken);
        let count = usize::from(bytes[0]);
        let whole = (4..=bytes.len()).contains(&count) && intact(&bytes[..count]);
        if whole && !wake_response && !self.sent.is_empty() {
            self.answers.push(bytes[1..count - 2].to_vec());
            self.answered = true;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) {
        match bytes {
            [0x00..=0x02] => {}
            [0x03, count, body @ .., _, _] => {
                assert_eq!(usize::from(*count), bytes.len() - 1);
                assert_eq!(crc(&bytes[1..bytes.len() - 2]), bytes[bytes.len() - 2..]);
                let same = self.sent.last().is_some_and(|last| last == body);
                if same && !self.may_send_again() {
                    panic!("{body:02X?} sent again after {:02X?}", self.answers.last());
                }
                self.sent.push(body.to_vec());
                self.answered = false;
                self.woken = false;
            }
            other => panic!("nothing the chip knows: {other:02X?}"),
        }
    }

    /// The chip has done the last command, or said that it did not.
    fn may_send_again(&self) -> bool {
        self.answered && !matches!(self.answers.last().map(Vec::as_slice), Some([0x01..=0xED | 0xEF..=0xFE]))
    }

    /// Every command that was sent has been answered.
    pub fn all_went_well(&self) {
        assert!(self.sent.is_empty() || self.answered, "success without an answer");
    }
}

impl ErrorType for ScriptedDevice<'_> {
    type Error = i2c::ErrorKind;
}

impl I2c for ScriptedDevice<'_> {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), i2c::ErrorKind> {
        self.woken |= address == 0;
        for operation in operations {
            match operation {
                Operation::Read(bytes) => self.read(bytes)?,
                Operation::Write(bytes) => self.write(bytes),
            }
        }
        Ok(())
    }
}

impl embedded_hal_async::i2c::I2c for ScriptedDevice<'_> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        I2c::transaction(self, address, operations)
    }
}

/// Counts the time that is waited.
#[derive(Default)]
pub struct Delay(u64);

impl Delay {
    pub fn check(&self) {
        assert!(self.0 < LONGEST_US, "waited for {} us", self.0);
    }
}

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        self.0 += u64::from(ns / 1000);
        self.check();
    }
}

impl embedded_hal_async::delay::DelayNs for Delay {
    async fn delay_ns(&mut self, ns: u32) {
        DelayNs::delay_ns(self, ns);
    }
}
