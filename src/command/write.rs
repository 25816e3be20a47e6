//! Write in clear, opcode 0x12 (chip reference 5.23).

use super::{Command, Opcode, Reply, Request, nothing};
use crate::zone::{Block, Word};

/// Writes 32 bytes. In a slot's last, partial block the surplus is ignored.
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
        Request::with_data(Opcode::Write, p1, self.0.address(), [self.1, &[], &[]], Reply::Status)
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
    }
}

/// Writes 4 bytes. Not possible in OTP, nor in the data zone before it is locked.
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
        Request::with_data(
            Opcode::Write,
            self.0.zone() as u8,
            self.0.address(),
            [self.1, &[], &[]],
            Reply::Status,
        )
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;
    use crate::slot::Slot;
    use crate::status::Status;
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
        assert_eq!(request.data[0], [0xA5; 32]);
        assert!(!format!("{block:?}").contains("165"), "data must not be printed");
    }
}
