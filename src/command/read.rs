//! Read, opcode 0x02 (chip reference 5.16).

use super::Command;
use crate::memory::{Block, Word};
use crate::wire::{Opcode, Request};

/// Reads 32 bytes.
#[doc(alias = "atcab_read_zone")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadBlock(pub Block);

impl Command for ReadBlock {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Read, 0x80 | self.0.zone() as u8, self.0.address())
    }
}

/// Reads 4 bytes. Refused in slots that are secret.
#[doc(alias = "atcab_read_zone")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadWord(pub Word);

impl Command for ReadWord {
    type Response = [u8; 4];
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Read, self.0.zone() as u8, self.0.address())
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;
    use crate::memory::Slot;
    use crate::wire::Status;

    fn config(block: u8) -> ReadBlock {
        ReadBlock(Block::config(block).unwrap())
    }

    #[test]
    fn blocks_golden() {
        // Captured from a real chip, chip reference 7.1.
        sends(&config(0), "07 02 80 00 00 09 AD");
        sends(&config(1), "07 02 80 08 00 0A 4D");
        sends(&config(2), "07 02 80 10 00 0A 1D");
        sends(&config(3), "07 02 80 18 00 09 FD");
        let block = receives(
            &config(0),
            "23 01 23 45 E1 00 00 60 02 23 B1 BD 5B EE 01 55 00 \
             C0 00 00 00 83 20 87 20 8F 20 C4 8F 8F 8F 8F 8F 9D D4",
        )
        .unwrap();
        assert_eq!(block[..4], [0x01, 0x23, 0x45, 0xE1]);
        sends(&ReadBlock(Block::otp(0).unwrap()), "07 02 81 00 00 0A 27");
        sends(&ReadBlock(Block::data(Slot::S8, 12).unwrap()), "07 02 82 40 0C A9 A4");
        sends(&ReadBlock(Block::data(Slot::S15, 2).unwrap()), "07 02 82 78 02 89 ED");
    }

    #[test]
    fn words_golden() {
        let word = ReadWord(Word::config(21).unwrap());
        sends(&word, "07 02 00 15 00 17 5D");
        assert_eq!(receives(&word, &group("00005555")), Ok([0, 0, 0x55, 0x55]));
        assert_eq!(receives(&word, "04 0F 23 42"), Err(Some(Status::Execution)));
        sends(&ReadWord(Word::data(Slot::S9, 13).unwrap()), "07 02 02 4D 01 14 87");
    }
}
