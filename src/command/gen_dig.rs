//! GenDig, opcode 0x15 (chip reference 5.6).

use super::Command;
use super::counter::CounterId;
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// Which half of the message the host's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SharedNonceOrder {
    /// The host's value first, TempKey last.
    HostFirst,
    /// TempKey first, the host's value last.
    TempKeyFirst,
}

/// Mixes something the chip stores (or, for the shared nonce, something of the host's) into
/// TempKey, which must be valid.
#[doc(alias = "atcab_gendig")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum GenDig<'a> {
    /// Block 0 to 3 of the configuration zone.
    Config(ConfigBlock),
    /// Block 0 (false) or 1 (true) of OTP.
    Otp {
        /// The second block.
        second: bool,
    },
    /// A slot that is no private key.
    Slot(Slot),
    /// A slot with four bytes in place of opcode, mode and slot in the message: needed, and only
    /// used, if the slot's NoMac is set.
    SlotWithOtherData(Slot, &'a [u8; 4]),
    /// 32 bytes that both sides know.
    SharedNonce(SharedNonceOrder, &'a [u8; 32]),
    /// The value of a counter.
    Counter(CounterId),
    /// Configuration and lock state of a slot.
    KeyConfig(Slot),
}

/// A block of the configuration zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ConfigBlock {
    /// Bytes 0 to 31.
    B0 = 0,
    /// Bytes 32 to 63.
    B1 = 1,
    /// Bytes 64 to 95.
    B2 = 2,
    /// Bytes 96 to 127.
    B3 = 3,
}

impl Command for GenDig<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let (p1, p2, data): (u8, u16, &[u8]) = match self {
            Self::Config(block) => (0, *block as u16, &[]),
            Self::Otp { second } => (1, u16::from(*second), &[]),
            Self::Slot(slot) => (2, u16::from(slot.number()), &[]),
            Self::SlotWithOtherData(slot, other) => (2, u16::from(slot.number()), *other),
            Self::SharedNonce(SharedNonceOrder::HostFirst, value) => (3, 0x0000, *value),
            Self::SharedNonce(SharedNonceOrder::TempKeyFirst, value) => (3, 0x8000, *value),
            Self::Counter(counter) => (4, *counter as u16, &[]),
            Self::KeyConfig(slot) => (5, u16::from(slot.number()), &[]),
        };
        Request::with_data(Opcode::GenDig, p1, p2, [data, &[], &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;

    #[test]
    fn golden() {
        sends(&GenDig::Slot(Slot::S4), "07 15 02 04 00 33 48");
        sends(&GenDig::SlotWithOtherData(Slot::S4, &[0x15, 2, 4, 0]), "0B 15 02 04 00 15 02 04 00 D2 EC");
        sends(&GenDig::Config(ConfigBlock::B3), "07 15 00 03 00 3C 8D");
        sends(&GenDig::Otp { second: true }, "07 15 01 01 00 39 87");
        sends(&GenDig::Counter(CounterId::Counter1), "07 15 04 01 00 B9 8F");
        sends(&GenDig::KeyConfig(Slot::S2), "07 15 05 02 00 B5 05");
        let nonce = GenDig::SharedNonce(SharedNonceOrder::TempKeyFirst, &[1; 32]);
        assert_eq!(
            (nonce.request().p1, nonce.request().p2, nonce.request().data()[0].len()),
            (3, 0x8000, 32)
        );
        assert_eq!(receives(&nonce, "04 00 03 40"), Ok(()));
    }
}
