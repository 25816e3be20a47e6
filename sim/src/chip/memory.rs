//! What the chip keeps without power, where it lies and what its bits mean (chip reference 4).

pub(crate) mod config;
pub(crate) mod counter;
pub(crate) mod eeprom;
pub(crate) mod layout;
