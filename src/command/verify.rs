//! Verify, opcode 0x45 (chip reference 5.22).

use super::sign::MessageSource;
use super::{Command, Opcode, Reply, Request, nothing};
use crate::key::{PublicKey, Signature};
use crate::slot::PublicKeySlot;

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
        Request::with_data(Opcode::Verify, 0x02 | source_bit(self.source), P256, data, Reply::Status)
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
    }
}

/// Verifies a signature over the digest in a register with a stored public key.
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
        Request::with_data(Opcode::Verify, source_bit(self.source), slot, data, Reply::Status)
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::receives;
    use super::*;
    use crate::frame::{Buffer, crc16};
    use crate::slot::Slot;
    use crate::status::Status;

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
}
