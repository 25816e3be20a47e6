//! GenKey, opcode 0x40 (chip reference 5.7).

use super::{Command, Response};
use crate::irreversible::OldKeyIsLost;
use crate::key::PublicKey;
use crate::memory::{PublicKeySlot, Slot};
use crate::wire::{Opcode, Request};

/// Where a new private key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum KeyTarget {
    /// A slot.
    Slot(Slot, OldKeyIsLost),
    /// A slot, and the digest of the new public key goes into TempKey, which must be valid.
    SlotWithDigest(Slot, OldKeyIsLost),
    /// TempKey, for ECDH only; lost when the chip sleeps.
    TempKey,
}

/// Makes a new private key and returns its public key.
#[doc(alias("atcab_genkey", "atcab_genkey_base"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GenKeyCreate(pub KeyTarget);

impl Command for GenKeyCreate {
    type Response = PublicKey;
    fn request(&self) -> Request<'_> {
        let (p1, p2) = match self.0 {
            KeyTarget::Slot(slot, _) => (0x04, u16::from(slot.number())),
            KeyTarget::SlotWithDigest(slot, _) => (0x0C, u16::from(slot.number())),
            KeyTarget::TempKey => (0x04, 0xFFFF),
        };
        Request::new(Opcode::GenKey, p1, p2)
    }
}

impl Response for PublicKey {
    type Room = [u8; 64];

    fn read(room: &[u8; 64], _: usize) -> Option<Self> {
        Some(Self::from_bytes(*room))
    }
}

/// Computes the public key of a stored private key.
#[doc(alias("atcab_get_pubkey", "atcab_genkey_base"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GenKeyPublic {
    /// The private key's slot.
    pub slot: Slot,
    /// Also put the digest of the public key into TempKey, which must be valid.
    pub digest: bool,
}

impl Command for GenKeyPublic {
    type Response = PublicKey;
    fn request(&self) -> Request<'_> {
        let p1 = if self.digest { 0x08 } else { 0x00 };
        Request::new(Opcode::GenKey, p1, u16::from(self.slot.number()))
    }
}

/// Puts the digest of a *stored public key* into TempKey, which must be valid.
#[doc(alias = "atcab_genkey_base")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GenKeyDigest {
    /// The public key's slot.
    pub slot: PublicKeySlot,
    /// Three bytes that go into the digest in place of mode and slot.
    pub other_data: [u8; 3],
}

impl Command for GenKeyDigest {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let slot = u16::from(self.slot.slot().number());
        Request::with_data(Opcode::GenKey, 0x10, slot, [&self.other_data, &[], &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;
    use crate::wire::Status;

    #[test]
    fn create_golden() {
        let create = GenKeyCreate(KeyTarget::Slot(Slot::S0, OldKeyIsLost));
        sends(&create, "07 40 04 00 00 83 87");
        sends(&GenKeyCreate(KeyTarget::TempKey), "07 40 04 FF FF 8E 07");
        sends(&GenKeyCreate(KeyTarget::SlotWithDigest(Slot::S0, OldKeyIsLost)), "07 40 0C 00 00 C0 06");
        // The public key of chip reference 7.3.
        let key = receives(
            &create,
            &group(
                "8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
                 E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86",
            ),
        )
        .unwrap();
        assert_eq!((key.x()[0], key.y()[31]), (0x8F, 0x86));
        assert_eq!(receives(&create, "04 05 C3 43"), Err(Some(Status::EccFault)));
    }

    #[test]
    fn public_golden() {
        sends(&GenKeyPublic { slot: Slot::S0, digest: false }, "07 40 00 00 00 00 05");
        sends(&GenKeyPublic { slot: Slot::S0, digest: true }, "07 40 08 00 00 43 84");
        let slot = PublicKeySlot::new(Slot::S14).unwrap();
        let digest = GenKeyDigest { slot, other_data: [0, 1, 2] };
        sends(&digest, "0A 40 10 0E 00 00 01 02 DD 54");
        assert_eq!(receives(&digest, "04 00 03 40"), Ok(()));
    }
}
