//! SelfTest, opcode 0x77 (chip reference 5.18).

use super::{Command, Response};
use crate::wire::{Opcode, Reply, Request};

flags! {
    /// The chip's built-in tests.
    pub struct Tests: u8 {
        /// Random number generator.
        const RNG = 0x01;
        /// ECDSA sign and verify.
        const ECDSA = 0x04;
        /// ECDH.
        const ECDH = 0x08;
        /// AES.
        const AES = 0x10;
        /// SHA-256.
        const SHA = 0x20;
    }
}

/// Runs the tests named; with none, reports those that failed last. Answers with the failed ones.
#[doc(alias = "atcab_selftest")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SelfTest(pub Tests);

impl Command for SelfTest {
    type Response = Tests;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::SelfTest, self.0.bits(), 0)
    }
}

impl Response for Tests {
    type Room = [u8; 1];
    const REPLY: Reply = Reply::Mask;

    fn read([mask]: &[u8; 1], _: usize) -> Option<Self> {
        Some(Self::from_bits_retain(*mask))
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;

    #[test]
    fn golden() {
        // 0x3B is the vendor's "all", with a bit no test stands for (chip reference 7.2, 5.18).
        sends(&SelfTest(Tests::from_bits_retain(0x3B)), "07 77 3B 00 00 9D FB");
        sends(&SelfTest(Tests::empty()), "07 77 00 00 00 2E 75");
        assert_eq!(Tests::all().bits(), 0x3D);
        assert_eq!(receives(&SelfTest(Tests::all()), "04 00 03 40"), Ok(Tests::empty()));
        let failed = receives(&SelfTest(Tests::all()), "04 05 C3 43");
        assert_eq!(failed, Ok(Tests::RNG | Tests::ECDSA), "a mask, not a status");
    }
}
