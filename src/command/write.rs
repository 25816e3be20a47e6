//! Write, opcode 0x12 (chip reference 5.23).

use super::Command;
use crate::memory::{Block, Word};
use crate::wire::{Opcode, Request};

/// Writes 32 bytes. In a slot's last, partial block the surplus is ignored.
#[doc(alias("atcab_write", "atcab_write_zone"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WriteBlock<'a>(pub Block, pub &'a [u8; 32]);

impl core::fmt::Debug for WriteBlock<'_> {
    // What is written may be a key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("WriteBlock").field(&self.0).finish_non_exhaustive()
    }
}

impl Command for WriteBlock<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let p1 = 0x80 | self.0.zone() as u8;
        Request::with_data(Opcode::Write, p1, self.0.address(), [self.1, &[], &[]])
    }
}

/// Writes 4 bytes. Not possible in OTP, nor in the data zone before it is locked.
#[doc(alias("atcab_write", "atcab_write_zone"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WriteWord<'a>(pub Word, pub &'a [u8; 4]);

impl core::fmt::Debug for WriteWord<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("WriteWord").field(&self.0).finish_non_exhaustive()
    }
}

impl Command for WriteWord<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::with_data(Opcode::Write, self.0.zone() as u8, self.0.address(), [self.1, &[], &[]])
    }
}

/// Writes 32 bytes encrypted under the slot's write key, which GenDig put into TempKey.
#[doc(alias("atcab_write", "atcab_write_enc"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WriteEncrypted<'a> {
    /// The block.
    pub block: Block,
    /// The encrypted bytes.
    pub ciphertext: &'a [u8; 32],
    /// Proof that the sender knows TempKey.
    pub mac: &'a [u8; 32],
}

super::opaque_debug!(WriteEncrypted<'_>);

impl WriteEncrypted<'_> {
    /// Mode byte for a zone, as the MAC covers it. Bit 6 asks for encryption before the data zone
    /// is locked and is ignored afterwards (chip reference 5.23).
    pub(crate) const fn p1(block: Block) -> u8 {
        0xC0 | block.zone() as u8
    }
}

impl Command for WriteEncrypted<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let data: [&[u8]; 3] = [self.ciphertext, self.mac, &[]];
        Request::with_data(Opcode::Write, Self::p1(self.block), self.block.address(), data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;
    use crate::memory::Slot;
    use crate::wire::Status;
    use std::format;

    #[test]
    fn golden() {
        let word = WriteWord(Word::config(5).unwrap(), &[0x83, 0x00, 0x87, 0x20]);
        sends(&word, "0B 12 00 05 00 83 00 87 20 38 1D");
        assert_eq!(receives(&word, "04 00 03 40"), Ok(()));
        assert_eq!(receives(&word, "04 0F 23 42"), Err(Some(Status::Execution)));
        let block = WriteBlock(Block::data(Slot::S9, 1).unwrap(), &[0xA5; 32]);
        let request = block.request();
        assert_eq!((request.p1, request.p2), (0x82, 0x0148));
        assert_eq!(request.data()[0], [0xA5; 32]);
        assert!(!format!("{block:?}").contains("165"), "data must not be printed");
    }

    #[test]
    fn encrypted_golden() {
        // Chip reference 7.4, encrypted write of slot 3 block 0: the group ends with CRC 84 5F.
        let ciphertext =
            super::super::golden::hex("965EE3C3012099ADD40531C1C38CC5442F6449B260B1818981DDF26075E2A91E");
        let mac =
            super::super::golden::hex("E8147383DCC7825C890262C8085F9FC34B35986CBC2671B03CBC0E9352E830E5");
        let (ciphertext, mac) = (ciphertext.try_into().unwrap(), mac.try_into().unwrap());
        let block = Block::data(Slot::S3, 0).unwrap();
        let write = WriteEncrypted { block, ciphertext: &ciphertext, mac: &mac };
        sends(
            &write,
            "47 12 C2 18 00 965EE3C3012099ADD40531C1C38CC5442F6449B260B1818981DDF26075E2A91E\
             E8147383DCC7825C890262C8085F9FC34B35986CBC2671B03CBC0E9352E830E5 84 5F",
        );
    }
}
