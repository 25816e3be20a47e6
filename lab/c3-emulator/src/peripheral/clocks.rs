//! SYSTEM: the processor's clock, peripheral resets and the software interrupts.
//!
//! Source: chapter "System Registers"; clocks: chapter "Reset and Clock".

use super::registers::{Registers, bit, field};
use crate::time::{Picos, RC_FAST_HZ, SECOND, XTAL_HZ};

const CPU_PER_CONF: u32 = 0x08;
const PERIP_RST_EN0: u32 = 0x1C;
const CPU_INTR_FROM_CPU_0: u32 = 0x28;
const SYSCLK_CONF: u32 = 0x58;

const I2C_EXT0_RST: u32 = 7;

#[derive(Debug)]
pub(crate) struct Clocks {
    registers: Registers,
}

impl Clocks {
    /// As the boot loader leaves them: the processor at 80 MHz from the PLL.
    pub(crate) fn new() -> Clocks {
        let mut registers = Registers::default();
        registers.write(CPU_PER_CONF, 1 << 2);
        registers.write(SYSCLK_CONF, 1 << 10);
        Clocks { registers }
    }

    pub(crate) fn read(&self, offset: u32) -> u32 {
        self.registers.read(offset)
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        self.registers.write(offset, value);
    }

    pub(crate) fn i2c_in_reset(&self) -> bool {
        bit(self.registers.read(PERIP_RST_EN0), I2C_EXT0_RST)
    }

    /// The software interrupts 0 to 3 that are asserted, as bits.
    pub(crate) fn software_interrupts(&self) -> u64 {
        (0..4).filter(|n| bit(self.registers.read(CPU_INTR_FROM_CPU_0 + 4 * n), 0)).map(|n| 1 << n).sum()
    }

    /// A cycle of the processor.
    pub(crate) fn cycle(&self) -> Picos {
        let sysclk = self.registers.read(SYSCLK_CONF);
        let divider = u64::from(field(sysclk, 9, 0)) + 1;
        let hz = match field(sysclk, 11, 10) {
            0 => XTAL_HZ / divider,
            1 if field(self.registers.read(CPU_PER_CONF), 1, 0) == 0 => 80_000_000,
            1 => 160_000_000,
            _ => RC_FAST_HZ / divider,
        };
        SECOND / hz.max(1)
    }
}
