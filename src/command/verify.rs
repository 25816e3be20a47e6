//! Verify, opcode 0x45 (chip reference 5.22).

use super::Command;
use super::sign::MessageSource;
use crate::key::{PublicKey, Signature};
use crate::memory::PublicKeySlot;
use crate::wire::{Opcode, Request};

const P256: u16 = 4;

const fn source_bit(source: MessageSource) -> u8 {
    match source {
        MessageSource::TempKey => 0x00,
        MessageSource::MessageDigest => 0x20,
    }
}

/// Verifies a signature over the digest in a register with a public key that comes along.
///
/// A wrong signature is status [`Miscompare`](crate::Status::Miscompare), a key off the curve
/// [`Execution`](crate::Status::Execution).
#[doc(alias("atcab_verify", "atcab_verify_extern"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VerifyExternal<'a> {
    /// The signature.
    pub signature: &'a Signature,
    /// The signer's key.
    pub key: &'a PublicKey,
    /// Where the digest is.
    pub source: MessageSource,
}

impl Command for VerifyExternal<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let data: [&[u8]; 3] = [self.signature.as_bytes(), self.key.as_bytes(), &[]];
        Request::with_data(Opcode::Verify, 0x02 | source_bit(self.source), P256, data)
    }
}

/// Verifies a signature over the digest in a register with a stored public key.
#[doc(alias("atcab_verify", "atcab_verify_stored"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VerifyStored<'a> {
    /// The signature.
    pub signature: &'a Signature,
    /// Where the signer's key is stored.
    pub slot: PublicKeySlot,
    /// Where the digest is.
    pub source: MessageSource,
}

impl Command for VerifyStored<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let slot = u16::from(self.slot.slot().number());
        let data: [&[u8]; 3] = [self.signature.as_bytes(), &[], &[]];
        Request::with_data(Opcode::Verify, source_bit(self.source), slot, data)
    }
}

/// A verification that answers with a MAC under the I/O protection key, so that nobody on the bus
/// can forge a success. A wrong signature is still status
/// [`Miscompare`](crate::Status::Miscompare).
#[doc(alias("atcab_verify", "atcab_verify_extern_mac", "atcab_verify_stored_mac"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum VerifyMac<'a> {
    /// With a key that comes along.
    External(VerifyExternal<'a>),
    /// With a stored key.
    Stored(VerifyStored<'a>),
}

impl Command for VerifyMac<'_> {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        let mut request = match self {
            Self::External(verify) => verify.request(),
            Self::Stored(verify) => verify.request(),
        };
        request.p1 |= 0x80;
        request
    }
}

/// What becomes of a stored public key that must be validated before use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Validity {
    /// It may be used.
    Validate = 3,
    /// It may not be used any more.
    Invalidate = 7,
}

/// Validates or invalidates a stored public key with a signature of its parent over the digest that
/// GenKey (digest of a stored public key) left in TempKey.
#[doc(alias("atcab_verify_validate", "atcab_verify_invalidate"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VerifyValidate<'a> {
    /// Which of the two.
    pub validity: Validity,
    /// The key's slot.
    pub slot: PublicKeySlot,
    /// The parent's signature.
    pub signature: &'a Signature,
    /// What the parent's chip hashed besides TempKey and serial number (chip reference 5.22).
    pub other_data: &'a [u8; 19],
}

impl Command for VerifyValidate<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let slot = u16::from(self.slot.slot().number());
        let data: [&[u8]; 3] = [self.signature.as_bytes(), self.other_data, &[]];
        Request::with_data(Opcode::Verify, self.validity as u8, slot, data)
    }
}

/// Validates a stored public key with a signature over a certificate that SHA hashed into TempKey,
/// the key itself by SHA(Public) (chip reference 4.10, 5.22).
#[doc(alias = "atcab_verify")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VerifyValidateExternal<'a> {
    /// The key's slot.
    pub slot: PublicKeySlot,
    /// The parent's signature.
    pub signature: &'a Signature,
}

impl Command for VerifyValidateExternal<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let slot = u16::from(self.slot.slot().number());
        let data: [&[u8]; 3] = [self.signature.as_bytes(), &[], &[]];
        Request::with_data(Opcode::Verify, 0x01, slot, data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::receives;
    use super::*;
    use crate::memory::Slot;
    use crate::wire::Status;
    use crate::wire::frame::{Buffer, crc16};

    #[test]
    fn golden() {
        let signature = Signature::from_bytes([0x51; 64]);
        let key = PublicKey::from_bytes([0x9B; 64]);
        let external =
            VerifyExternal { signature: &signature, key: &key, source: MessageSource::MessageDigest };
        let mut buffer = Buffer::new();
        external.request().emit(&mut buffer).unwrap();
        // Count 0x87, mode 2 with the MDB bit, curve 4 (chip reference 5.22).
        assert_eq!(buffer[..6], [0x03, 0x87, 0x45, 0x22, 0x04, 0x00]);
        assert_eq!(buffer[6..70], [0x51; 64]);
        assert_eq!(buffer[70..134], [0x9B; 64]);
        assert_eq!(buffer[134..], crc16([&buffer[1..134]]));
        let plain = VerifyExternal { source: MessageSource::TempKey, ..external };
        assert_eq!(plain.request().p1, 0x02);
        assert_eq!(receives(&external, "04 00 03 40"), Ok(()));
        assert_eq!(receives(&external, "04 01 00 C3"), Err(Some(Status::Miscompare)));

        let slot = PublicKeySlot::new(Slot::S11).unwrap();
        let stored = VerifyStored { signature: &signature, slot, source: MessageSource::TempKey };
        stored.request().emit(&mut buffer).unwrap();
        assert_eq!(buffer[..6], [0x03, 0x47, 0x45, 0x00, 0x0B, 0x00]);
        assert_eq!(VerifyStored { source: MessageSource::MessageDigest, ..stored }.request().p1, 0x20);
    }

    #[test]
    fn the_other_modes() {
        let signature = Signature::from_bytes([0x51; 64]);
        let key = PublicKey::from_bytes([0x9B; 64]);
        let slot = PublicKeySlot::new(Slot::S14).unwrap();
        let external =
            VerifyExternal { signature: &signature, key: &key, source: MessageSource::MessageDigest };
        let stored = VerifyStored { signature: &signature, slot, source: MessageSource::TempKey };
        // Chip reference 5.22: bit 7 asks for the MAC; modes A2, 80 of 7.4.
        let (external, stored) = (VerifyMac::External(external), VerifyMac::Stored(stored));
        assert_eq!((external.request().p1, external.reply()), (0xA2, crate::wire::Reply::Data(32)));
        assert_eq!((stored.request().p1, stored.request().p2), (0x80, 14));
        let mut buffer = Buffer::new();
        for (validity, p1) in [(Validity::Validate, 3), (Validity::Invalidate, 7)] {
            let validate = VerifyValidate { validity, slot, signature: &signature, other_data: &[1; 19] };
            validate.request().emit(&mut buffer).unwrap();
            assert_eq!(buffer[..6], [0x03, 0x5A, 0x45, p1, 0x0E, 0x00]);
        }
        let external = VerifyValidateExternal { slot, signature: &signature };
        external.request().emit(&mut buffer).unwrap();
        assert_eq!(buffer[..6], [0x03, 0x47, 0x45, 0x01, 0x0E, 0x00]);
    }
}
