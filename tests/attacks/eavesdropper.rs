//! Records what passes on the bus, and sends bytes of its own.

use crate::sha256_of;
use atecc608_sim::Bus;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use std::sync::{Arc, Mutex};
use testkit::crc;

pub(crate) const READ: u8 = 0x02;
pub(crate) const NONCE: u8 = 0x16;

/// A command as it was sent, and the answer without count and checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) opcode: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u16,
    pub(crate) data: Vec<u8>,
    pub(crate) answer: Vec<u8>,
}

/// Everything recorded so far.
pub(crate) type Recording = Arc<Mutex<Vec<Exchange>>>;
/// What an answer is replaced with on its way to the host, if at all.
pub(crate) type Swap = Arc<Mutex<Option<Box<dyn FnMut(&Exchange) -> Option<Vec<u8>> + Send>>>>;

/// The host's bus with the attacker on it.
pub(crate) struct Eavesdropper {
    i2c: SimI2c,
    pub(crate) recording: Recording,
    pub(crate) swap: Swap,
}

impl Eavesdropper {
    pub(crate) fn on(bus: &Bus) -> Eavesdropper {
        Eavesdropper { i2c: bus.i2c(), recording: Recording::default(), swap: Swap::default() }
    }
}

impl ErrorType for Eavesdropper {
    type Error = I2cError;
}

impl I2c for Eavesdropper {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), I2cError> {
        self.i2c.read(address, read)?;
        let mut recording = self.recording.lock().unwrap();
        let Some(last) = recording.last_mut().filter(|last| last.answer.is_empty()) else { return Ok(()) };
        let end = usize::from(read[0]);
        if (4..=read.len()).contains(&end) {
            last.answer = read[1..end - 2].to_vec();
            let swapped = self.swap.lock().unwrap().as_mut().and_then(|swap| swap(last));
            if let Some(answer) = swapped.filter(|answer| answer.len() == last.answer.len()) {
                read[1..end - 2].copy_from_slice(&answer);
                let crc = crc(&read[..end - 2]);
                read[end - 2..end].copy_from_slice(&crc);
            }
        }
        Ok(())
    }
    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), I2cError> {
        self.i2c.write(address, write)?;
        if let [0x03, count, opcode, p1, low, high, data @ .., _, _] = write
            && usize::from(*count) + 1 == write.len()
        {
            let p2 = u16::from_le_bytes([*low, *high]);
            let exchange = Exchange { opcode: *opcode, p1: *p1, p2, data: data.to_vec(), answer: Vec::new() };
            self.recording.lock().unwrap().push(exchange);
        }
        Ok(())
    }
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        for operation in operations {
            match operation {
                Operation::Read(read) => self.read(address, read)?,
                Operation::Write(write) => self.write(address, write)?,
            }
        }
        Ok(())
    }
}

/// MAC and CheckMac with TempKey, and DeriveKey, say in p1 where TempKey comes from.
fn tells_source(opcode: u8, p1: u8) -> bool {
    opcode == 0x1C || matches!(opcode, 0x08 | 0x28) && p1 & 3 != 0
}

/// The attacker's own master.
pub(crate) struct Attacker {
    i2c: SimI2c,
    delay: SimDelay,
}

/// How a random nonce that was recorded is made to come again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Replay {
    /// The same commands, byte by byte.
    Verbatim,
    /// TempKey is computed and loaded as a fixed nonce; SourceFlag in p1 of what follows is set to match.
    Fixed,
    /// The chip's random number is loaded as a fixed nonce, and Nonce hashes it with the same number of the host.
    HashedAgain,
}

impl Replay {
    pub(crate) const ALL: [Replay; 3] = [Replay::Verbatim, Replay::Fixed, Replay::HashedAgain];
}

impl Attacker {
    pub(crate) fn on(bus: &Bus) -> Attacker {
        Attacker { i2c: bus.i2c(), delay: bus.delay() }
    }

    /// A fresh start: whatever was in the registers is gone.
    pub(crate) fn wake(&mut self) {
        let _ = self.i2c.write(0x60, &[0x01]);
        self.wake_only();
    }

    /// What is in the registers of an idle chip stays.
    pub(crate) fn wake_only(&mut self) {
        let _ = self.i2c.write(0x00, &[]);
        self.delay.delay_us(2_000);
    }

    pub(crate) fn sleep(&mut self) {
        let _ = self.i2c.write(0x60, &[0x01]);
    }

    /// Sends a command and gives what the chip answers, without count and checksum.
    pub(crate) fn send(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
        let count = (data.len() + 7) as u8;
        let mut group = [&[count, opcode, p1][..], &p2.to_le_bytes(), data].concat();
        let crc = crc(&group);
        group.extend(crc);
        self.i2c.write(0x60, &[&[0x03], &group[..]].concat()).expect("awake");
        for _ in 0..3_000 {
            self.delay.delay_us(1_000);
            let mut answer = [0; 160];
            if self.i2c.read(0x60, &mut answer).is_ok() {
                return answer[1..usize::from(answer[0]) - 2].to_vec();
            }
        }
        panic!("no answer to {opcode:02X}");
    }

    /// Plays a recording back, in one waking, and gives the answers.
    pub(crate) fn play(&mut self, recording: &[Exchange], replay: Replay) -> Vec<Vec<u8>> {
        self.wake();
        let answers = self.go_on(recording, replay);
        self.sleep();
        answers
    }

    /// The same without a fresh start, and without an end.
    pub(crate) fn go_on(&mut self, recording: &[Exchange], replay: Replay) -> Vec<Vec<u8>> {
        let mut fixed = false;
        let mut answers = Vec::new();
        for exchange in recording {
            let Exchange { opcode, p1, p2, data, answer } = exchange;
            let random = *opcode == NONCE && p1 & 3 != 3 && *p2 == 0 && answer.len() == 32;
            answers.push(match replay {
                Replay::Fixed if random => {
                    fixed = true;
                    let temp_key = sha256_of(&[answer, data, &[NONCE, *p1, 0]]);
                    self.send(NONCE, 0x03, 0, &temp_key)
                }
                Replay::HashedAgain if random => {
                    fixed = true;
                    self.send(NONCE, 0x03, 0, answer);
                    self.send(NONCE, *p1, 0x8000, data)
                }
                _ if fixed && tells_source(*opcode, *p1) => {
                    let refused = self.send(*opcode, p1 | 4, *p2, data);
                    // The chip may think that it is random: the other form, after the same nonce.
                    if replay == Replay::HashedAgain && refused == [0x0F] {
                        let nonce =
                            recording.iter().find(|exchange| exchange.opcode == NONCE).expect("a nonce");
                        self.send(NONCE, 0x03, 0, &nonce.answer);
                        self.send(NONCE, nonce.p1, 0x8000, &nonce.data);
                        self.send(*opcode, *p1, *p2, data)
                    } else {
                        refused
                    }
                }
                _ => self.send(*opcode, *p1, *p2, data),
            });
        }
        answers
    }
}
