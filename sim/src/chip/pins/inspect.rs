//! Looks at a chip, and hands in it, past its pins.

use super::{Chip, Executed, Power, PowerState};
use crate::chip::machine::ALL_TESTS;
use crate::chip::memory::eeprom::Eeprom;
use crate::chip::power::Nanos;
use core::fmt;

impl Chip {
    /// Tells the chip how late it is. Everything that happens at its pins does, too; this is for those who
    /// look at it from elsewhere, for instance at its [`Chip::eeprom`], when nothing happened there.
    pub fn advance(&mut self, now: Nanos) {
        self.settle(now);
    }

    /// The non-volatile memory, as the last command that is known to be over left it. See [`Chip::advance`].
    pub fn eeprom(&self) -> &Eeprom {
        &self.machine.eeprom
    }

    /// The same, to be changed behind the chip's back.
    pub fn eeprom_mut(&mut self) -> &mut Eeprom {
        &mut self.machine.eeprom
    }

    /// Makes the self tests in `mask` (bits of SelfTest's mode, chip reference 5.18) fail from now on, and
    /// the others pass. With bit 0 the health test of the random number generator fails, too: commands
    /// that need random numbers answer 0x08. The failure state (status 0x07) is entered when a test is
    /// run.
    pub fn break_self_tests(&mut self, mask: u8) {
        self.machine.broken_tests = mask & ALL_TESTS;
    }

    /// What the chip does at `now`.
    pub fn state(&self, now: Nanos) -> PowerState {
        self.power.at(now)
    }

    /// The commands that were executed or refused so far, oldest first; of very many, the last ones.
    pub fn executed(&self) -> &[Executed] {
        &self.executed
    }
}

/// Shows nothing that is secret.
impl fmt::Debug for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = match self.power {
            Power::Asleep { .. } => "asleep",
            Power::Idle { .. } => "idle",
            Power::On { .. } => "on",
        };
        f.debug_struct("Chip")
            .field("power", &power)
            .field("address", &format_args!("{:#04x}", self.latched.address >> 1))
            .field("eeprom", &self.machine.eeprom)
            .field("executed", &self.executed.len())
            .finish_non_exhaustive()
    }
}
