//! The two monotonic counters and the limit they put on keys (chip reference 4.9, 4.11, 5.0.4).

use super::config::at;
use super::eeprom::Eeprom;
use super::layout::Zone;
use crate::chip::readings::{Alternative, Readings};
use crate::chip::rule::{Refused, Rule, forbidden};

/// The largest value.
pub(crate) const MAXIMUM: u32 = 2_097_151;

fn encode(value: u32) -> [u8; 8] {
    let late = value.saturating_sub(16);
    let linear = |value: u32| 0xFFFF_u16.checked_shr(value % 32).unwrap_or(0);
    let words = [
        linear(value),
        if value < 16 { 0xFFFF } else { linear(late) },
        // Never above 65535, as the value is at most 2^21 - 1.
        (value / 32) as u16,
        (late / 32) as u16,
    ];
    let mut bytes = [0; 8];
    for (bytes, word) in bytes.chunks_exact_mut(2).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> u32 {
    let word = |index: usize| u16::from_be_bytes([bytes[2 * index], bytes[2 * index + 1]]);
    let (first, second) = (word(0), word(1));
    if first != 0 {
        32 * u32::from(word(2)) + first.leading_zeros()
    } else {
        32 * u32::from(word(3)) + 16 + second.leading_zeros()
    }
}

/// What patterns mean that no value has (UNVERIFIED, chip reference U8).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// What the rule of the regular ones gives; an increment makes them regular.
    Decoded,
    /// As many as there are zero bits in the unary half.
    ZeroBits,
    /// As [`Pattern::Decoded`], but an increment only clears the next bit.
    Kept,
}

impl Eeprom {
    /// The value of counter 0 or 1. Any pattern has one, regular or not (UNVERIFIED, chip reference U8).
    pub(crate) fn counter(&self, counter: usize) -> u32 {
        decode(&self.config()[at::COUNTERS + 8 * counter..][..8])
    }

    /// Counter0 as it is stored.
    pub(crate) fn counter_bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.config()[at::COUNTERS..][..8]);
        bytes
    }

    /// The same by a reading of irregular patterns.
    pub(crate) fn counter_by(&self, counter: usize, pattern: Pattern) -> u32 {
        let value = self.counter(counter);
        let bytes = &self.config()[at::COUNTERS + 8 * counter..][..8];
        if pattern != Pattern::ZeroBits || bytes == encode(value.min(MAXIMUM)) {
            return value;
        }
        bytes[..4].iter().map(|byte| byte.count_zeros()).sum()
    }

    /// Counts one up and returns the new value, or refuses at the maximum.
    pub(crate) fn increment(&mut self, counter: usize, pattern: Pattern) -> Result<u32, Refused> {
        let value = self.counter_by(counter, pattern);
        if value >= MAXIMUM {
            return Err(forbidden(Rule::CounterEnd));
        }
        let offset = at::COUNTERS + 8 * counter;
        let mut next = encode(value + 1);
        let old = &self.config()[offset..][..8];
        if pattern == Pattern::Kept && old != encode(value) {
            // The first bit of the first word that is still set.
            next.copy_from_slice(old);
            let word = u16::from_be_bytes([old[0], old[1]]);
            let cleared = word & !(0x8000_u16.checked_shr(word.leading_zeros()).unwrap_or(0));
            next[..2].copy_from_slice(&cleared.to_be_bytes());
        }
        self.write(Zone::Config, offset, &next);
        Ok(value + 1)
    }

    /// Whether limited-use keys may still be used: Counter0 has not reached the maximum, nor the first
    /// copy of the CountMatch limit (UNVERIFIED, chip reference U47).
    pub(crate) fn uses_left(&self, readings: Readings) -> bool {
        let counter = self.counter(0);
        let reached = match self.count_match(readings) {
            Some(limit) if readings.take(Alternative::CountMatchEqual) => counter == limit,
            Some(limit) => counter >= limit,
            None => false,
        };
        counter < MAXIMUM && !reached
    }

    /// The limit that CountMatch names, if it is enabled.
    fn count_match(&self, readings: Readings) -> Option<u32> {
        let count_match = self.config()[at::COUNT_MATCH];
        if count_match & 1 == 0 {
            return None;
        }
        let stored = self.slot(usize::from(count_match >> 4));
        let copy =
            |at: usize| u32::from_le_bytes([stored[at], stored[at + 1], stored[at + 2], stored[at + 3]]);
        let (first, second) = (copy(0), copy(4));
        match () {
            () if readings.take(Alternative::CountMatchUnequalOpen) && first != second => None,
            () if readings.take(Alternative::CountMatchSecond) => Some(second),
            () => Some(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_4_9() {
        let rows: [(u32, u64); 14] = [
            (0, 0xFFFF_FFFF_0000_0000),
            (1, 0x7FFF_FFFF_0000_0000),
            (15, 0x0001_FFFF_0000_0000),
            (16, 0x0000_FFFF_0000_0000),
            (17, 0x0000_7FFF_0000_0000),
            (31, 0x0000_0001_0000_0000),
            (32, 0xFFFF_0000_0001_0000),
            (33, 0x7FFF_0000_0001_0000),
            (47, 0x0001_0000_0001_0000),
            (48, 0x0000_FFFF_0001_0001),
            (63, 0x0000_0001_0001_0001),
            (64, 0xFFFF_0000_0002_0001),
            (1_048_575, 0x0000_0001_7FFF_7FFF),
            (2_097_151, 0x0000_0001_FFFF_FFFF),
        ];
        for (value, bytes) in rows {
            assert_eq!(encode(value), bytes.to_be_bytes(), "{value}");
        }
        assert_eq!(decode(&[0x01, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]), 7);
    }

    #[test]
    fn round_trip() {
        for value in (0..=MAXIMUM).step_by(7).chain([MAXIMUM]) {
            assert_eq!(decode(&encode(value)), value);
        }
    }
}
