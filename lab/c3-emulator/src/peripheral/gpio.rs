//! GPIO: outputs as they are driven; every pin that is not is high, as the pull-ups of a bus make it.
//!
//! Source: chapter "IO MUX and GPIO Matrix". Pin interrupts and the matrix's routing have no effect: the
//! I2C controller is connected to the bus whatever the pins.

use super::registers::Registers;

const OUT: u32 = 0x04;
const ENABLE: u32 = 0x20;
const STRAP: u32 = 0x38;
const IN: u32 = 0x3C;
const STATUS: u32 = 0x44;
/// Behind each of these: a register that sets bits, and one that clears them.
const WITH_SET_AND_CLEAR: [u32; 3] = [OUT, ENABLE, STATUS];

#[derive(Debug, Default)]
pub(crate) struct Gpio {
    registers: Registers,
}

impl Gpio {
    pub(crate) fn read(&self, offset: u32) -> u32 {
        match offset {
            // Started from flash.
            STRAP => 8,
            IN => !self.registers.read(ENABLE) | self.registers.read(OUT),
            _ => self.registers.read(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        for register in WITH_SET_AND_CLEAR {
            let old = self.registers.read(register);
            if offset == register + 4 {
                return self.registers.write(register, old | value);
            }
            if offset == register + 8 {
                return self.registers.write(register, old & !value);
            }
        }
        self.registers.write(offset, value);
    }
}
