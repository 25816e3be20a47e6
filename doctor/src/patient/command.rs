//! Commands with their answers.

use atecc608::wire::frame::{crc16, payload};
use atecc608::wire::{Opcode, timing};

use super::{AWAKE_US, Patient};
use crate::line::BusFault;
use crate::probe::Stop;
use crate::record::{Record, name};

/// How often a command is sent of which the chip says that it arrived damaged, and how often an answer is read.
const TRIES: u8 = 3;
/// Between two questions whether the chip is done.
const POLL_US: u32 = 100;

/// What the chip answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// One byte: a status, or SelfTest's mask.
    Status(u8),
    /// More.
    Data(Vec<u8>),
}

impl Reply {
    /// The status, or none: data came.
    #[must_use]
    pub fn status(&self) -> Option<u8> {
        match self {
            Self::Status(status) => Some(*status),
            Self::Data(_) => None,
        }
    }

    /// Whether it is the status of success.
    #[must_use]
    pub fn is_done(&self) -> bool {
        *self == Self::Status(0x00)
    }

    /// Success, on which what follows depends.
    ///
    /// # Errors
    ///
    /// [`Stop::Unready`] with `doing`.
    pub fn expect_done(&self, doing: &str) -> Result<(), Stop> {
        match self.is_done() {
            true => Ok(()),
            false => Err(Stop::Unready(format!("{doing}, and the chip answered {self}"))),
        }
    }

    /// Data of this length, on which what follows depends.
    ///
    /// # Errors
    ///
    /// [`Stop::Unready`] with `doing`.
    pub fn expect_data(self, doing: &str, len: usize) -> Result<Vec<u8>, Stop> {
        match self {
            Self::Data(data) if data.len() == len => Ok(data),
            other => Err(Stop::Unready(format!("{doing}, and the chip answered {other}"))),
        }
    }
}

/// The status, or how many bytes: never the bytes, which may be secret.
impl core::fmt::Display for Reply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status:#04x}"),
            Self::Data(data) => write!(f, "{} bytes", data.len()),
        }
    }
}

impl Patient<'_> {
    /// A command and its answer. Wakes the chip if it is asleep or idle. If it might fall asleep in the middle, it idles
    /// and is woken before, which keeps its registers.
    ///
    /// # Errors
    ///
    /// [`Stop::Forbidden`] if the level does not allow it, and what the bus can fail with. A refusal is an answer.
    pub fn raw(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Result<Reply, Stop> {
        let longest = Opcode::from_byte(opcode).map_or(timing::INTERNAL_WRITE_US, timing::planned_us);
        let now = self.line.nanos();
        if let Some(woke) = self.woke
            && now.saturating_sub(woke) / 1_000 + u64::from(longest) > u64::from(AWAKE_US)
        {
            self.idle()?;
        }
        if self.woke.is_none() {
            self.wake()?;
        }
        let written = frame(opcode, p1, p2, data);
        let doing = || format!("{} {p1:#04x} {p2:#06x}", name(opcode));
        for _ in 0..TRIES {
            // Also after what a probe has left in its buffer.
            self.write(&[0x00])?;
            if !self.write(&written)? {
                self.record.retries += 1;
                self.line.wait_us(POLL_US);
                continue;
            }
            let reply = self.answer(opcode, &doing)?;
            if reply != Reply::Status(0xFF) || opcode == 0x77 {
                return Ok(reply);
            }
            self.record.retries += 1;
        }
        Err(Stop::Silent { doing: doing(), last: "the command did not arrive".into() })
    }

    /// Waits for the answer of the command that was sent, and gives it. For what was sent with
    /// [`write`](Self::write).
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub fn answer(&mut self, opcode: u8, doing: &dyn Fn() -> String) -> Result<Reply, Stop> {
        let sent = self.line.nanos();
        let bound = Opcode::from_byte(opcode).map_or(500_000, timing::bound_us);
        let mut count = [0];
        loop {
            match self.line.read(self.address, &mut count) {
                Ok(()) => break,
                Err(fault) => self.not_yet(sent, bound, doing, fault)?,
            }
        }
        let elapsed = self.line.nanos().saturating_sub(sent);
        for again in 0..TRIES {
            if again > 0 {
                self.record.retries += 1;
                // From its beginning.
                self.write(&[0x00])?;
                count = [0];
                let _ = self.line.read(self.address, &mut count);
            }
            let mut group = vec![0xFF; usize::from(count[0]).max(1)];
            if let [first, rest @ ..] = group.as_mut_slice() {
                *first = count[0];
                if let Err(fault) = self.line.read(self.address, rest) {
                    Record::count(&mut self.record.faults, fault.name);
                    continue;
                }
            }
            match payload(&group) {
                Ok([status]) => {
                    // Awake, or a damaged command: there was none to execute. SelfTest answers with a mask.
                    if opcode == 0x77 || !matches!(*status, 0x11 | 0xFF) {
                        self.record.time(opcode, *status != 0, elapsed);
                    }
                    return Ok(Reply::Status(*status));
                }
                Ok(data) => {
                    self.record.time(opcode, false, elapsed);
                    return Ok(Reply::Data(data.to_vec()));
                }
                Err(_) => {}
            }
        }
        Err(Stop::Damaged { doing: doing() })
    }

    /// How long the last command of this opcode took that was done, in microseconds.
    #[must_use]
    pub fn last_time(&self, opcode: u8) -> Option<u64> {
        let [done, _] = self.record.times.get(&opcode)?;
        done.last().map(|nanos| nanos / 1_000)
    }

    fn not_yet(
        &mut self,
        sent: u64,
        bound: u32,
        doing: &dyn Fn() -> String,
        fault: BusFault,
    ) -> Result<(), Stop> {
        Record::count(&mut self.record.nacks, fault.name.clone());
        if self.line.nanos().saturating_sub(sent) / 1_000 > u64::from(bound) {
            self.woke = None;
            return Err(Stop::Silent { doing: doing(), last: fault.name });
        }
        self.line.wait_us(POLL_US);
        Ok(())
    }
}

/// Word address, count, packet, CRC; of any opcode.
#[must_use]
pub fn frame(opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
    let [low, high] = p2.to_le_bytes();
    let count = (data.len() + 7) as u8;
    let group = [&[count, opcode, p1, low, high], data].concat();
    let crc = crc16([&group[..]]);
    [&[0x03], &group[..], &crc].concat()
}
