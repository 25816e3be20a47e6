//! What went over the wire, in numbers.

use crate::chip::Nanos;

/// Totals of a bus, for benches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transactions, from START to STOP, answered or not. A repeated START begins no new one.
    pub transactions: u64,
    /// Bytes on the wire, address bytes included.
    pub bytes: u64,
    /// Nanoseconds of START, byte and STOP bits; SDA pulses and pauses are not in it.
    pub busy: Nanos,
}
