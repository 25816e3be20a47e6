//! The peripherals. Offsets, fields and reset values are those of the chapter that each file names of the
//! ESP32-C3 Technical Reference Manual, and of the crate `esp32c3`, which is made from Espressif's SVD.

pub(crate) mod clocks;
pub(crate) mod efuse;
pub(crate) mod gpio;
pub(crate) mod i2c;
pub(crate) mod interrupts;
pub(crate) mod registers;
pub(crate) mod rtc;
pub(crate) mod systimer;
pub(crate) mod timer_group;
pub(crate) mod uart;
