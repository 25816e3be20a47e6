//! SecureBoot, opcode 0x80 (chip reference 5.17).

use super::Command;
use crate::key::Signature;
use crate::wire::{Opcode, Request};

/// How an image's digest is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SecureBootCheck<'a> {
    /// Against a signature.
    Full(&'a Signature),
    /// Against what the chip stored (FullStore).
    Stored,
    /// Against a signature; the chip stores digest or signature for the next time (FullCopy).
    Copy(&'a Signature),
}

impl<'a> SecureBootCheck<'a> {
    /// Bits 2:0 of p1.
    pub(crate) const fn mode(self) -> u8 {
        match self {
            Self::Full(_) => 5,
            Self::Stored => 6,
            Self::Copy(_) => 7,
        }
    }

    fn signature(self) -> &'a [u8] {
        match self {
            Self::Full(signature) | Self::Copy(signature) => signature.as_bytes(),
            Self::Stored => &[],
        }
    }
}

/// Checks the digest of an image. A bad one is status [`Miscompare`](crate::Status::Miscompare).
#[doc(alias = "atcab_secureboot")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SecureBoot<'a> {
    /// SHA-256 of the image.
    pub digest: &'a [u8; 32],
    /// What to check it against.
    pub check: SecureBootCheck<'a>,
    /// Allow no other SecureBoot until power is cycled.
    pub once: bool,
}

impl SecureBoot<'_> {
    fn p1(&self) -> u8 {
        self.check.mode() | u8::from(self.once) << 6
    }
}

impl Command for SecureBoot<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let data: [&[u8]; 3] = [self.digest, self.check.signature(), &[]];
        Request::with_data(Opcode::SecureBoot, self.p1(), 0, data)
    }
}

/// The same with the digest encrypted, answered by a MAC that can't be forged on the bus. Needs
/// the I/O protection key and a nonce in TempKey.
#[doc(alias = "atcab_secureboot_mac")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SecureBootMac<'a>(pub SecureBoot<'a>);

impl SecureBootMac<'_> {
    /// Mode byte, as the MAC covers it.
    pub(crate) fn p1(&self) -> u8 {
        self.0.p1() | 0x80
    }
}

impl Command for SecureBootMac<'_> {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        let data: [&[u8]; 3] = [self.0.digest, self.0.check.signature(), &[]];
        Request::with_data(Opcode::SecureBoot, self.p1(), 0, data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::receives;
    use super::*;
    use crate::wire::Status;
    use crate::wire::frame::Buffer;

    #[test]
    fn modes_of_the_reference() {
        let signature = Signature::from_bytes([7; 64]);
        let mut buffer = Buffer::new();
        for (check, mode, count) in [
            (SecureBootCheck::Full(&signature), 5, 0x67),
            (SecureBootCheck::Stored, 6, 0x27),
            (SecureBootCheck::Copy(&signature), 7, 0x67),
        ] {
            let boot = SecureBoot { digest: &[1; 32], check, once: false };
            boot.request().emit(&mut buffer).unwrap();
            assert_eq!((buffer[1], buffer[3]), (count, mode));
            assert_eq!(SecureBoot { once: true, ..boot }.request().p1, mode | 0x40);
            assert_eq!(SecureBootMac(boot).request().p1, mode | 0x80);
            assert_eq!(receives(&boot, "04 01 00 C3"), Err(Some(Status::Miscompare)));
        }
    }
}
