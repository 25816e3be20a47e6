//! Counter, opcode 0x24 (chip reference 5.3).

use super::{Command, Response};
use crate::irreversible::CountIsSpent;
use crate::wire::{Opcode, Request};

/// One of the two monotonic counters, 0 to 2 097 151.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum CounterId {
    /// Counter 0, which also counts the uses of limited-use keys.
    Counter0 = 0,
    /// Counter 1.
    Counter1 = 1,
}

/// Value of a counter.
pub type Counter = u32;

impl Response for Counter {
    type Room = [u8; 4];

    fn read(room: &[u8; 4], _: usize) -> Option<Self> {
        Some(Self::from_le_bytes(*room))
    }
}

/// Reads a counter.
#[doc(alias("atcab_counter", "atcab_counter_read"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CounterRead(pub CounterId);

impl Command for CounterRead {
    type Response = Counter;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Counter, 0x00, self.0 as u16)
    }
}

/// Adds one to a counter, for ever, and returns the new value.
#[doc(alias("atcab_counter", "atcab_counter_increment"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CounterIncrement(pub CounterId, pub CountIsSpent);

impl Command for CounterIncrement {
    type Response = Counter;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Counter, 0x01, self.0 as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;

    #[test]
    fn golden() {
        sends(&CounterRead(CounterId::Counter0), "07 24 00 00 00 0C FD");
        sends(&CounterIncrement(CounterId::Counter1, CountIsSpent), "07 24 01 01 00 06 F7");
        let value = receives(&CounterRead(CounterId::Counter0), &group("45 23 01 00"));
        assert_eq!(value, Ok(0x0001_2345));
        assert_eq!(receives(&CounterIncrement(CounterId::Counter1, CountIsSpent), &group("01000000")), Ok(1));
    }
}
