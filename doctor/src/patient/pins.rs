//! The chip at its pins: single transfers, wake, sleep, idle.

use super::Patient;
use crate::guard;
use crate::level::Level;
use crate::line::BusFault;
use crate::probe::Stop;
use crate::record::Record;

/// From the end of the wake pulse to the first transfer, with the power-on self test (chip reference 1.3), in steps.
const WAKE_US: u32 = 1_500;
const WAKE_LONGEST_US: u32 = 25_000;

/// The longest that the watchdog lets a chip be awake (chip reference 1.7), the long one included.
const WATCHDOG_NS: u64 = 1_700_000_000;
const LONG_WATCHDOG_NS: u64 = 15_000_000_000;
/// Between two questions whether it is still at work.
const POLL_US: u32 = 10_000;
/// More than the longest group.
const PENDING: usize = 256;

impl Patient<'_> {
    /// One write; whether it was acknowledged.
    ///
    /// # Errors
    ///
    /// [`Stop::Forbidden`] if the chip might take it for a command that the level does not allow; [`Stop::Bus`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<bool, Stop> {
        self.permit_write(bytes)?;
        match self.line.write(self.address, bytes) {
            Ok(()) => {
                if matches!(bytes, [0x01 | 0x02, ..]) {
                    (self.woke, self.pulsed) = (None, None);
                }
                Ok(true)
            }
            Err(fault) => self.nack("a write", fault),
        }
    }

    /// One read; nothing if it was not acknowledged.
    ///
    /// # Errors
    ///
    /// [`Stop::Bus`].
    pub fn read(&mut self, len: usize) -> Result<Option<Vec<u8>>, Stop> {
        let mut bytes = vec![0; len];
        match self.line.read(self.address, &mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(fault) => self.nack("a read", fault).map(|_| None),
        }
    }

    fn nack(&mut self, doing: &str, fault: BusFault) -> Result<bool, Stop> {
        if !fault.may_be_nack() {
            Record::count(&mut self.record.faults, fault.name.clone());
            return Err(Stop::Bus { doing: doing.into(), fault });
        }
        Record::count(&mut self.record.nacks, fault.name);
        Ok(false)
    }

    /// One wake pulse, whatever the chip is at; nothing is waited for and nothing read.
    pub fn pulse(&mut self) {
        self.pulsed = Some(self.line.nanos());
        if let Err(fault) = self.line.write(0x00, &[0x00]) {
            Record::count(&mut self.record.nacks, fault.name);
        }
    }

    /// Wakes the chip, and gives its wake response.
    ///
    /// # Errors
    ///
    /// It does not answer, or with no wake response.
    pub fn wake(&mut self) -> Result<[u8; 4], Stop> {
        let doing = || "the chip was woken".to_owned();
        let mut last = String::new();
        for _ in 0..3 {
            self.pending.clear();
            self.pulse();
            let pulsed = self.line.nanos();
            let mut waited = 0;
            while waited < WAKE_LONGEST_US {
                self.line.wait_us(WAKE_US);
                waited += WAKE_US;
                let mut bytes = [0; 4];
                match self.line.read(self.address, &mut bytes) {
                    Ok(()) => {
                        self.woke = Some(pulsed);
                        let text = crate::report::hex(&bytes);
                        Record::count(&mut self.record.wakes, text);
                        return match atecc608::wire::frame::payload(&bytes) {
                            Ok([0x11 | 0x07]) => Ok(bytes),
                            _ => Err(Stop::Damaged { doing: doing() }),
                        };
                    }
                    Err(fault) => {
                        last = fault.name;
                        Record::count(&mut self.record.nacks, last.clone());
                    }
                }
            }
            self.record.retries += 1;
        }
        Err(Stop::Silent { doing: doing(), last })
    }

    /// Puts the chip to sleep: all but its memory and its latch is lost. One that is at work is waited for.
    ///
    /// # Errors
    ///
    /// [`Stop::Bus`]. A chip that is asleep does not acknowledge, which is none.
    pub fn sleep(&mut self) -> Result<(), Stop> {
        self.power_down(0x01)
    }

    /// Lets the chip idle: its registers stay. One that is at work is waited for.
    ///
    /// # Errors
    ///
    /// [`Stop::Bus`]. A chip that is asleep does not acknowledge, which is none.
    pub fn idle(&mut self) -> Result<(), Stop> {
        self.power_down(0x02)
    }

    /// Until it acknowledges, or its watchdog has put it to sleep.
    fn power_down(&mut self, word: u8) -> Result<(), Stop> {
        let limit = if self.config[19] & 0x04 == 0 { WATCHDOG_NS } else { LONG_WATCHDOG_NS };
        while !self.write(&[word])? {
            let now = self.line.nanos();
            if self.pulsed.is_none_or(|pulsed| now.saturating_sub(pulsed) > limit) {
                break;
            }
            self.line.wait_us(POLL_US);
        }
        (self.woke, self.pulsed) = (None, None);
        self.pending.clear();
        Ok(())
    }

    /// A chip that joins pieces and one that does not (chip reference D28) take different commands from the same bytes;
    /// and nobody knows what else one begins anew after. So none that ends here may be forbidden, wherever it begins.
    fn permit_write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match bytes {
            [0x03, piece @ ..] => {
                let old = self.pending.len().saturating_sub(PENDING);
                self.pending.drain(..old);
                let joined = [&self.pending, piece].concat();
                for start in 0..joined.len() {
                    if let Some(command) = guard::command(&joined[start..]) {
                        self.permit(command)?;
                    }
                }
                self.pending = joined;
                Ok(())
            }
            [0x00] => {
                self.pending.clear();
                Ok(())
            }
            [] | [0x01 | 0x02] => Ok(()),
            [word, ..] if self.level == Level::Look => {
                Err(Stop::Forbidden(format!("nobody knows what word address {word:#04x} does")))
            }
            _ => Ok(()),
        }
    }
}
