//! eFuse: what identifies the chip, a revision 0.4 with a MAC address that is of no vendor.
//!
//! Source: chapter "eFuse Controller"; esp-hal's table of fields.

use super::registers::Registers;

const BLOCK1: u32 = 0x44;

#[derive(Debug)]
pub(crate) struct Efuse {
    registers: Registers,
}

impl Efuse {
    pub(crate) fn new() -> Efuse {
        let mut registers = Registers::default();
        registers.write(BLOCK1, 0x0060_8C03);
        registers.write(BLOCK1 + 4, 0x0200);
        // WAFER_VERSION_MINOR_LO
        registers.write(BLOCK1 + 12, 4 << 18);
        Efuse { registers }
    }

    pub(crate) fn read(&self, offset: u32) -> u32 {
        self.registers.read(offset)
    }

    /// Nothing is ever burnt: no command is under way and none has an effect.
    pub(crate) fn write(&mut self, _offset: u32, _value: u32) {}
}
