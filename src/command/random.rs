//! Random, opcode 0x1B (chip reference 5.15).

use super::Command;
use crate::wire::{Opcode, Request};

/// Whether the chip may write a fresh seed to its EEPROM first. A matter of the older chips: the
/// 608A gives equally good numbers either way, and not writing spares the EEPROM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Seed {
    /// Update the seed if needed.
    #[default]
    Update = 0,
    /// Leave the seed.
    Keep = 1,
}

/// Gives 32 random bytes. Until the configuration is locked they are the pattern FF FF 00 00.
#[doc(alias = "atcab_random")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Random(pub Seed);

impl Command for Random {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Random, self.0 as u8, 0)
    }
}

/// What Random repeats while the configuration is not locked (chip reference 5.0.8).
pub(crate) fn is_test_pattern(bytes: &[u8; 32]) -> bool {
    bytes.as_chunks().0.iter().all(|word| *word == [0xFF, 0xFF, 0x00, 0x00])
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;
    use crate::wire::Status;

    #[test]
    fn golden() {
        sends(&Random(Seed::Update), "07 1B 00 00 00 24 CD");
        // The answer of an unlocked chip; its CRC stands in chip reference 7.4 (Nonce).
        let pattern = "FFFF0000".repeat(8);
        let bytes = receives(&Random(Seed::Update), &std::format!("23 {pattern} 41 1A")).unwrap();
        assert_eq!(bytes[..5], [0xFF, 0xFF, 0, 0, 0xFF]);
        assert_eq!(receives(&Random(Seed::Update), "04 08 60 C0"), Err(Some(Status::HealthTest)));
        assert_eq!(Random(Seed::Keep).request().p1, 1);
    }
}
