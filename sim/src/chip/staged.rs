//! Commands take effect when they are over: until then, what outlives sleep or the supply is as it was before
//! (UNVERIFIED: at which moment of its execution a chip writes is not public).

use super::command::{self, Answer};
use super::machine::Machine;
use super::memory::eeprom::Changes;
use super::wire::packet::Packet;

/// Lasting effects of a command that is being executed.
pub(crate) struct Staged {
    changes: Changes,
    latch: bool,
    secure_boot_inhibited: bool,
}

impl Machine {
    /// Runs a command and holds its lasting effects back. Registers change at once: nobody can look at them
    /// before the end, and what interrupts the command wipes them.
    pub(crate) fn start(&mut self, packet: &Packet) -> (Answer, Staged) {
        let eeprom = self.eeprom.clone();
        let (latch, secure_boot_inhibited) = (self.latch, self.secure_boot_inhibited);
        self.counted_use = false;
        self.counted_early = false;
        let answer = command::execute(self, packet);
        let after = core::mem::replace(&mut self.eeprom, eeprom);
        let staged = Staged {
            changes: after.changes_since(&self.eeprom),
            latch: core::mem::replace(&mut self.latch, latch),
            secure_boot_inhibited: core::mem::replace(&mut self.secure_boot_inhibited, secure_boot_inhibited),
        };
        (answer, staged)
    }

    /// The command is over.
    pub(crate) fn complete(&mut self, staged: &Staged) {
        self.eeprom.apply(&staged.changes);
        self.latch = staged.latch;
        self.secure_boot_inhibited = staged.secure_boot_inhibited;
    }

    /// The supply was gone: what it alone keeps is lost.
    pub(crate) fn lose_supply(&mut self) {
        self.latch = false;
        self.secure_boot_inhibited = false;
    }
}
