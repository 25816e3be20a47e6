//! Registers that keep what is written to them: what is not modelled, and the settings of what is.

use std::collections::BTreeMap;

/// Words by address or offset, 0 until written.
#[derive(Debug, Default)]
pub(crate) struct Registers(BTreeMap<u32, u32>);

impl Registers {
    pub(crate) fn read(&self, offset: u32) -> u32 {
        self.0.get(&offset).copied().unwrap_or(0)
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        self.0.insert(offset, value);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whether bit `n` is set.
pub(crate) fn bit(value: u32, n: u32) -> bool {
    value >> n & 1 == 1
}

/// The bits `low` to `high`.
pub(crate) fn field(value: u32, high: u32, low: u32) -> u32 {
    value >> low & (u32::MAX >> (31 - (high - low)))
}
