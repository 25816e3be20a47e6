//! The configuration of a chip that has not locked it.

use std::panic::{self, AssertUnwindSafe};

use super::{Patient, Reply};
use crate::level::{Level, Stage};
use crate::probe::Stop;
use crate::report;
use crate::run::Warrant;

/// How often a configuration is written back until it is as it was.
const TRIES: u8 = 5;

/// The words that can be written, and whose bytes are no locks and can be written more than once.
fn words() -> impl Iterator<Item = usize> {
    (4..32).filter(|word| *word != 21)
}

impl Patient<'_> {
    /// Writes the bytes that differ, a word at a time.
    ///
    /// # Errors
    ///
    /// [`Stop`]; [`Stop::Unready`] if the chip refuses one.
    pub fn write_config(&mut self, wanted: &[u8; 128]) -> Result<(), Stop> {
        let present = self.read_config()?;
        for word in words() {
            let bytes = 4 * word..4 * word + 4;
            if present[bytes.clone()] != wanted[bytes.clone()] {
                self.raw(0x12, 0x00, word as u16, &wanted[bytes])?
                    .expect_done(&format!("word {word} of the configuration was written"))?;
            }
        }
        Ok(())
    }

    /// Runs `probe`, then has the configuration as `saved`, whatever happened: also if it panicked.
    pub(crate) fn restoring<R>(
        &mut self,
        saved: &[u8; 128],
        warrant: &Warrant,
        probe: impl FnOnce(&mut Self) -> R,
    ) -> Result<R, Stop> {
        let result = panic::catch_unwind(AssertUnwindSafe(|| probe(self)));
        let restored = self.restore(saved, warrant);
        let result = result.unwrap_or_else(|panic| panic::resume_unwind(panic));
        restored.map(|()| result)
    }

    /// Has the configuration as it was.
    pub(crate) fn restore(&mut self, saved: &[u8; 128], warrant: &Warrant) -> Result<(), Stop> {
        let level = std::mem::replace(&mut self.level, warrant.level());
        let (mut result, mut panicked) = (Ok(()), None);
        for again in 0..TRIES {
            if again > 0 {
                self.record.retries += 1;
                // A watchdog of 1.7 s at most ends whatever it is at.
                self.line.wait_us(1_700_000);
            }
            let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.restore_once(saved)));
            result = tried.unwrap_or_else(|panic| {
                panicked = Some(panic);
                Err(Stop::Unready("the bus panicked when the configuration was restored".into()))
            });
            if result.is_ok() {
                break;
            }
        }
        self.level = level;
        if let Some(panic) = panicked {
            panic::resume_unwind(panic);
        }
        result
    }

    fn restore_once(&mut self, saved: &[u8; 128]) -> Result<(), Stop> {
        self.find()?;
        let found = self.read_config()?;
        if found == *saved {
            return Ok(());
        }
        if report::serial(&found) != report::serial(saved) {
            return Err(Stop::Unready(
                "another chip is there now, and was left alone; the one before has still to be restored: put it back, \
                 and run it again"
                    .into(),
            ));
        }
        if Stage::of(&found) != Stage::Unlocked {
            return Err(Stop::Unready("the configuration of the chip was locked meanwhile".into()));
        }
        self.write_config(saved)?;
        self.sleep()?;
        self.find()?;
        match self.read_config()? == *saved {
            true => Ok(()),
            false => Err(Stop::Unready("the configuration could not be restored".into())),
        }
    }

    /// Whether the chip is still this one. Somebody can put in another one at any time.
    ///
    /// # Errors
    ///
    /// [`Stop::Unready`]: it is another one.
    pub(crate) fn is_still(&mut self, serial: &[u8; 9]) -> Result<(), Stop> {
        let data = self.raw(0x02, 0x80, 0x0000, &[])?.expect_data("the serial number was read", 32)?;
        let mut config = [0; 128];
        config[..32].copy_from_slice(&data);
        match report::serial(&config) == *serial {
            true => Ok(()),
            false => Err(Stop::Unready(
                "another chip is there now than the run began with; it was left alone".into(),
            )),
        }
    }

    /// Has the chip asleep, then awake, at its address or at another one that a probe has given it.
    fn find(&mut self) -> Result<(), Stop> {
        let mut last = Stop::Unready("the chip has no address".into());
        for address in self.addresses.clone() {
            self.address = address;
            let tried = self.sleep().and_then(|()| self.wake());
            match tried {
                Ok(_) => return Ok(()),
                Err(stop) => last = stop,
            }
        }
        Err(last)
    }

    /// Talks to the chip at another address from here on; a probe that has written byte 16 does. The chip is looked for
    /// there, too, when it is restored.
    pub fn call_at(&mut self, address: u8) {
        self.address = address;
        self.know(address);
    }

    pub(super) fn know(&mut self, address: u8) {
        if !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }

    /// The lock of a zone, once.
    pub(crate) fn lock_zone(&mut self, p1: u8, p2: u16, warrant: &Warrant) -> Result<Reply, Stop> {
        self.zone_lock = Some((p1, p2)).filter(|_| warrant.level() == Level::Spend);
        let reply = self.raw(0x17, p1, p2, &[]);
        self.zone_lock = None;
        reply
    }
}
