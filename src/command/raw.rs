//! Any bytes at all, past every type of this crate. **Wrong use can lock or ruin the chip.**
//!
//! For commands and modes this crate has no type for. Nothing is checked: a Lock sent this way
//! locks, a Write writes.

use super::{Command, Response};
use crate::secret::Secret;
use crate::wire::{Opcode, Reply, Request};
use core::ops::Deref;

/// A command made by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawCommand<'a> {
    /// What is sent.
    pub request: Request<'a>,
    /// The answer it should give.
    pub reply: Reply,
}

impl<'a> RawCommand<'a> {
    /// A command with its parameters, data and the answer it should give.
    #[must_use]
    pub const fn new(opcode: Opcode, p1: u8, p2: u16, data: &'a [u8], reply: Reply) -> Self {
        Self { request: Request::with_data(opcode, p1, p2, [data, &[], &[]]), reply }
    }
}

impl Command for RawCommand<'_> {
    type Response = RawResponse;
    fn request(&self) -> Request<'_> {
        self.request
    }
    fn reply(&self) -> Reply {
        self.reply
    }
}

/// The result bytes of a raw command: a slice. Wiped when dropped, and not printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawResponse {
    bytes: Secret<{ Reply::MAX }>,
    len: usize,
}

impl Deref for RawResponse {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.expose().get(..self.len).unwrap_or_default()
    }
}

impl Response for RawResponse {
    type Room = Secret<{ Reply::MAX }>;
    const REPLY: Reply = Reply::UpTo(Reply::MAX as u8);

    fn read(room: &Self::Room, len: usize) -> Option<Self> {
        Some(Self { bytes: room.clone(), len })
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;

    #[test]
    fn golden() {
        // AES-ECB with the key in TempKey, chip reference 7.3.
        let input = super::super::golden::hex("6BC1BEE22E409F96E93D7E117393172A");
        let aes = RawCommand::new(Opcode::Aes, 0x00, 0xFFFF, &input, Reply::Data(16));
        sends(&aes, "17 51 00 FF FF 6BC1BEE22E409F96E93D7E117393172A A5 8E");
        let output = receives(&aes, "13 3AD77BB40D7A3660A89ECAF32466EF97 E7 D9").unwrap();
        assert_eq!(output[0], 0x3A);
        assert_eq!(receives(&aes, &group("00")), Err(Some(crate::wire::Status::Success)));
    }
}
