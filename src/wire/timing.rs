//! How long things take (chip reference 3).
//!
//! The driver polls: these figures only bound the wait and say when to ask first.

use super::opcode::Opcode;

/// Shortest wake pulse the chip takes, in microseconds (tWLO, chip reference 1.3).
pub const WAKE_LOW_US: u32 = 60;
/// From the end of the wake pulse to the first communication, in microseconds (tWHI).
pub const WAKE_HIGH_US: u32 = 1_500;
/// tWHI of a chip that runs its power-on self test, in microseconds (tWHIST).
pub const WAKE_HIGH_SELF_TEST_US: u32 = 20_000;
/// Shortest time from wake to the watchdog's bite, in microseconds (chip reference 1.7).
pub const WATCHDOG_MIN_US: u32 = 700_000;
/// What internal EEPROM writes (limited-use keys) can add to a command, in microseconds
/// (chip reference 3.1).
pub const INTERNAL_WRITE_US: u32 = 50_000;

/// Maximum execution time in milliseconds at the fastest and at the slowest clock divider
/// (chip reference 3.1, columns M0 and M2).
#[inline(always)]
const fn max_ms(opcode: Opcode) -> (u16, u16) {
    match opcode {
        Opcode::Aes => (27, 27),
        Opcode::CheckMac => (40, 40),
        Opcode::Counter => (25, 25),
        Opcode::DeriveKey => (50, 50),
        Opcode::Ecdh => (75, 531),
        Opcode::GenDig => (25, 35),
        Opcode::GenKey => (115, 653),
        Opcode::Info => (5, 5),
        Opcode::Kdf => (165, 165),
        Opcode::Lock => (35, 35),
        Opcode::Mac => (55, 55),
        Opcode::Nonce => (20, 20),
        Opcode::PrivWrite => (50, 50),
        Opcode::Random => (23, 23),
        Opcode::Read => (5, 5),
        Opcode::SecureBoot => (80, 480),
        Opcode::SelfTest => (250, 2324),
        Opcode::Sha => (36, 75),
        Opcode::Sign => (115, 665),
        Opcode::UpdateExtra => (10, 10),
        Opcode::Verify => (105, 1085),
        Opcode::Write => (45, 45),
    }
}

/// Longest execution at the fastest clock divider, in microseconds: what a session plans with.
#[must_use]
pub const fn planned_us(opcode: Opcode) -> u32 {
    Times::of(opcode).planned_us()
}

/// Longest execution at any clock divider, internal writes included, in microseconds: when the
/// driver stops asking.
#[must_use]
pub const fn bound_us(opcode: Opcode) -> u32 {
    Times::of(opcode).bound_us()
}

/// The times of one command, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    planned_ms: u16,
    longest_ms: u16,
}

impl Times {
    #[inline(always)]
    pub(crate) const fn of(opcode: Opcode) -> Self {
        let (planned_ms, longest_ms) = max_ms(opcode);
        Self { planned_ms, longest_ms }
    }

    /// See [`planned_us`].
    pub(crate) const fn planned_us(self) -> u32 {
        self.planned_ms as u32 * 1000
    }

    /// See [`bound_us`].
    pub(crate) const fn bound_us(self) -> u32 {
        self.longest_ms as u32 * 1000 + INTERNAL_WRITE_US
    }
}

/// A command is asked for first after this part of its longest time. No typical times of the 608A
/// are public (chip reference 3.1); an eighth of the maximum is early for every chip seen.
pub(crate) const FIRST_POLL: u32 = 8;

/// Shortest time between two questions, in microseconds.
pub(crate) const POLL_MIN_US: u32 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_and_nonce_fit_the_shortest_watchdog() {
        assert!(planned_us(Opcode::Nonce) + planned_us(Opcode::Sign) < WATCHDOG_MIN_US / 2);
    }
}
