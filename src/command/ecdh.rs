//! ECDH, opcode 0x43 (chip reference 5.5).

use super::{Command, Encrypted, Response};
use crate::key::PublicKey;
use crate::memory::Slot;
use crate::secret::Secret;
use crate::wire::{Opcode, Reply, Request};

/// The private key of an ECDH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EcdhKey {
    /// A slot whose configuration allows ECDH.
    Slot(Slot),
    /// The key GenKey put into TempKey, which is consumed.
    TempKey,
}

impl EcdhKey {
    const fn source(self) -> (u8, u16) {
        match self {
            Self::Slot(slot) => (0x00, slot.number() as u16),
            Self::TempKey => (0x01, 0),
        }
    }
}

/// Where a shared secret goes that does not leave the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EcdhTarget {
    /// From a slot's key into TempKey.
    TempKeyFromSlot(Slot),
    /// From TempKey's key into TempKey.
    TempKeyFromTempKey,
    /// From TempKey's key into a slot.
    SlotFromTempKey(Slot),
    /// From a slot's key into the slot after it, if the key's configuration says so (ReadKey bit 3):
    /// the way of the 508A.
    NextSlot(Slot),
    /// From a slot's key into the slot after it, asked for by the mode (p1 0x04), whatever ReadKey bit 3
    /// says. UNVERIFIED, chip reference U17.
    SlotAfter(Slot),
}

/// Shared secret of a private key of the chip and a public key, kept inside.
#[doc(alias("atcab_ecdh_base", "atcab_ecdh_enc"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EcdhInside<'a> {
    /// Whose key, and where to.
    pub target: EcdhTarget,
    /// The other side's key.
    pub public_key: &'a PublicKey,
}

impl Command for EcdhInside<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let (p1, p2) = match self.target {
            EcdhTarget::TempKeyFromSlot(slot) => (0x08, u16::from(slot.number())),
            EcdhTarget::TempKeyFromTempKey => (0x09, 0),
            EcdhTarget::SlotFromTempKey(slot) => (0x05, u16::from(slot.number())),
            EcdhTarget::NextSlot(slot) => (0x00, u16::from(slot.number())),
            EcdhTarget::SlotAfter(slot) => (0x04, u16::from(slot.number())),
        };
        Request::with_data(Opcode::Ecdh, p1, p2, [self.public_key.as_bytes(), &[], &[]])
    }
}

/// Shared secret of a private key of the chip and a public key, given out in clear.
///
/// `None` if the chip encrypted it all the same, as its configuration says EcdhProt 1: [`EcdhEncrypted`] is the command to
/// send.
#[doc(alias("atcab_ecdh", "atcab_ecdh_base", "atcab_ecdh_tempkey"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EcdhOutput<'a> {
    /// The private key.
    pub key: EcdhKey,
    /// The other side's key.
    pub public_key: &'a PublicKey,
}

impl Command for EcdhOutput<'_> {
    type Response = Option<Secret<32>>;
    fn request(&self) -> Request<'_> {
        let (source, p2) = self.key.source();
        let data: [&[u8]; 3] = [self.public_key.as_bytes(), &[], &[]];
        Request::with_data(Opcode::Ecdh, 0x0C | source, p2, data)
    }
}

/// A secret in clear, or `None` where the chip encrypted it.
impl Response for Option<Secret<32>> {
    /// For the encrypted form.
    type Room = Secret<64>;
    const REPLY: Reply = Reply::UpTo(64);

    fn read(room: &Secret<64>, len: usize) -> Option<Self> {
        let mut secret = Secret::room();
        match len {
            32 => {
                secret.expose_mut().iter_mut().zip(room.expose()).for_each(|(to, from)| *to = *from);
                Some(Some(secret.clone()))
            }
            64 => Some(None),
            _ => None,
        }
    }
}

/// Shared secret given out encrypted with the I/O protection key.
#[doc(alias("atcab_ecdh_base", "atcab_ecdh_ioenc", "atcab_ecdh_tempkey_ioenc"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EcdhEncrypted<'a> {
    /// The private key.
    pub key: EcdhKey,
    /// The other side's key.
    pub public_key: &'a PublicKey,
}

impl Command for EcdhEncrypted<'_> {
    type Response = Encrypted<32>;
    fn request(&self) -> Request<'_> {
        let (source, p2) = self.key.source();
        let data: [&[u8]; 3] = [self.public_key.as_bytes(), &[], &[]];
        Request::with_data(Opcode::Ecdh, 0x0E | source, p2, data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;

    #[test]
    fn modes_of_the_reference() {
        let public_key = &PublicKey::from_bytes([4; 64]);
        let inside = |target| {
            let command = EcdhInside { target, public_key };
            (command.request().p1, command.request().p2)
        };
        assert_eq!(inside(EcdhTarget::NextSlot(Slot::S0)), (0x00, 0));
        assert_eq!(inside(EcdhTarget::SlotAfter(Slot::S2)), (0x04, 2));
        assert_eq!(inside(EcdhTarget::TempKeyFromSlot(Slot::S2)), (0x08, 2));
        assert_eq!(inside(EcdhTarget::TempKeyFromTempKey), (0x09, 0));
        assert_eq!(inside(EcdhTarget::SlotFromTempKey(Slot::S3)), (0x05, 3));
        let out = |key| EcdhOutput { key, public_key }.request().p1;
        assert_eq!((out(EcdhKey::Slot(Slot::S2)), out(EcdhKey::TempKey)), (0x0C, 0x0D));
        let encrypted = EcdhEncrypted { key: EcdhKey::Slot(Slot::S2), public_key };
        assert_eq!((encrypted.request().p1, encrypted.request().data()[0].len()), (0x0E, 64));
        let answer = receives(&encrypted, &group(&("AB".repeat(32) + &"CD".repeat(32)))).unwrap();
        assert_eq!((answer.ciphertext, answer.nonce), ([0xAB; 32], [0xCD; 32]));
    }

    #[test]
    fn into_the_slot_after() {
        let public_key = &PublicKey::from_bytes([4; 64]);
        let command = EcdhInside { target: EcdhTarget::SlotAfter(Slot::S2), public_key };
        // Count 0x47, mode 04, chip reference 5.5.
        let head = "47 43 04 02 00";
        let body = std::format!("{head}{}", "04".repeat(64));
        let crc = crate::wire::frame::crc16([&super::super::golden::hex(&body)[..]]);
        sends(&command, &std::format!("{body}{:02X}{:02X}", crc[0], crc[1]));
        assert_eq!(receives(&command, "04 00 03 40"), Ok(()));
    }

    #[test]
    fn clear_or_encrypted() {
        let public_key = &PublicKey::from_bytes([4; 64]);
        let output = EcdhOutput { key: EcdhKey::TempKey, public_key };
        let (clear, encrypted) = (group(&"AB".repeat(32)), group(&"CD".repeat(64)));
        assert_eq!(receives(&output, &clear), Ok(Some(Secret::new([0xAB; 32]))));
        assert_eq!(receives(&output, &encrypted), Ok(None));
        assert_eq!(receives(&output, &group(&"AB".repeat(33))), Err(None));
    }
}
