//! SHA, opcode 0x47 (chip reference 5.19).

use super::{Command, Response};
use crate::memory::{PublicKeySlot, Slot};
use crate::secret::Secret;
use crate::wire::{Opcode, Reply, Request};

/// Starts a SHA-256.
#[doc(alias("atcab_sha_base", "atcab_sha_start"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaStart;

impl Command for ShaStart {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Sha, 0x00, 0)
    }
}

/// Adds up to 64 bytes.
#[doc(alias("atcab_sha_base", "atcab_sha_update"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShaUpdate<'a>(&'a [u8]);

super::opaque_debug!(ShaUpdate<'_>);

impl<'a> ShaUpdate<'a> {
    /// `None` above 64 bytes. Blocks of exactly 64 bytes work on every chip of the family.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Option<Self> {
        if data.len() <= 64 { Some(Self(data)) } else { None }
    }
}

impl Command for ShaUpdate<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::with_data(Opcode::Sha, 0x01, self.0.len() as u16, [self.0, &[], &[]])
    }
}

/// Where the digest goes besides the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ShaTarget {
    /// Into TempKey.
    TempKey = 0x00,
    /// Into the message digest buffer.
    MessageDigest = 0x40,
    /// Nowhere else.
    OutputOnly = 0xC0,
}

/// Adds the last bytes and returns the digest.
#[doc(alias("atcab_sha_base", "atcab_sha_end"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShaEnd<'a> {
    last: &'a [u8],
    target: ShaTarget,
}

super::opaque_debug!(ShaEnd<'_>);

impl<'a> ShaEnd<'a> {
    /// `None` above 63 bytes.
    #[must_use]
    pub const fn new(last: &'a [u8], target: ShaTarget) -> Option<Self> {
        if last.len() <= 63 { Some(Self { last, target }) } else { None }
    }
}

impl Command for ShaEnd<'_> {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        let p1 = 0x02 | self.target as u8;
        Request::with_data(Opcode::Sha, p1, self.last.len() as u16, [self.last, &[], &[]])
    }
}

/// The key of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum HmacKey {
    /// The first 32 bytes of a slot.
    Slot(Slot),
    /// TempKey.
    TempKey,
}

/// Starts an HMAC-SHA256; goes on with [`ShaUpdate`] and [`ShaEnd`].
#[doc(alias = "atcab_sha_hmac_init")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaHmacStart(pub HmacKey);

impl Command for ShaHmacStart {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let key_id = match self.0 {
            HmacKey::Slot(slot) => u16::from(slot.number()),
            HmacKey::TempKey => 0xFFFF,
        };
        Request::new(Opcode::Sha, 0x04, key_id)
    }
}

/// Adds the 64 bytes of a stored public key, without its pads.
#[doc(alias = "atcab_sha_base")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaPublic(pub PublicKeySlot);

impl Command for ShaPublic {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Sha, 0x03, u16::from(self.0.slot().number()))
    }
}

/// A SHA-256 under way, as the chip gives it out: 36 to 99 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct ShaContext(heapless::Vec<u8, { ShaContext::MAX }>);

impl ShaContext {
    /// Largest size in bytes.
    pub const MAX: usize = 99;
    /// Byte count and state, before the bytes that wait for a full block.
    const FIXED: usize = 36;

    /// From bytes that [`as_bytes`](Self::as_bytes) gave; `None` if their number does not fit what
    /// they say.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let waiting = usize::from(bytes.first()? & 63);
        let context = heapless::Vec::from_slice(bytes).ok()?;
        (bytes.len() == Self::FIXED + waiting).then_some(Self(context))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Response for ShaContext {
    type Room = Secret<{ Self::MAX }>;
    const REPLY: Reply = Reply::UpTo(Self::MAX as u8);

    fn read(room: &Self::Room, len: usize) -> Option<Self> {
        Self::from_bytes(room.expose().get(..len)?)
    }
}

impl core::fmt::Debug for ShaContext {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ShaContext").finish_non_exhaustive()
    }
}

/// Gives out the SHA-256 under way, which goes on. Not for HMAC.
#[doc(alias = "atcab_sha_read_context")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShaReadContext;

impl Command for ShaReadContext {
    type Response = ShaContext;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Sha, 0x06, 0)
    }
}

/// Goes on with a SHA-256 that was given out.
#[doc(alias = "atcab_sha_write_context")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShaWriteContext<'a>(pub &'a ShaContext);

impl Command for ShaWriteContext<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let bytes = self.0.as_bytes();
        Request::with_data(Opcode::Sha, 0x07, bytes.len() as u16, [bytes, &[], &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{hex, receives, sends};
    use super::*;

    #[test]
    fn golden() {
        sends(&ShaStart, "07 47 00 00 00 2E 85");
        assert_eq!(receives(&ShaStart, "04 00 03 40"), Ok(()));
        sends(&ShaUpdate::new(&[1, 2, 3, 4, 5][..]).unwrap(), "0C 47 01 05 00 01 02 03 04 05 DD B2");
        // A 64-byte block and two ends captured from a real chip, chip reference 7.1.
        let block = hex("1FE654C18088E7FEF084F98A1A12DB846954342506F51769189E3A90792FD328\
             CF515D1E44BBA49D34DE3B99CA4C5E7EF43AF6DA413C91C79870D48768AC745B");
        let mut update = hex("47 47 01 40 00");
        update.extend(&block);
        update.extend(hex("AB 41"));
        let update: std::string::String = update.iter().map(|byte| std::format!("{byte:02X}")).collect();
        sends(&ShaUpdate::new(&block).unwrap(), &update);
        let end = ShaEnd::new(&[1, 2, 3, 4, 5], ShaTarget::TempKey).unwrap();
        sends(&end, "0C 47 02 05 00 01 02 03 04 05 75 B0");
        let digest =
            receives(&end, "23 74F81FE167D99B4CB41D6D0CCDA82278CAEE9F3E2F25D5E5A3936FF3DCEC60D0 90 22")
                .unwrap();
        assert_eq!(digest[..2], [0x74, 0xF8]);
        sends(&ShaEnd::new(b"abc", ShaTarget::TempKey).unwrap(), "0A 47 02 03 00 61 62 63 70 53");
        sends(&ShaEnd::new(&[], ShaTarget::TempKey).unwrap(), "07 47 02 00 00 2D 00");
        let output = ShaEnd::new(&[0, 1, 2, 3, 4], ShaTarget::OutputOnly).unwrap();
        sends(&output, "0C 47 C2 05 00 00 01 02 03 04 52 75");
        assert_eq!(ShaEnd::new(&[], ShaTarget::MessageDigest).unwrap().request().p1, 0x42);
    }

    #[test]
    fn too_much_data_is_no_command() {
        assert_eq!(ShaUpdate::new(&[0; 65]), None);
        assert!(ShaUpdate::new(&[0; 64]).is_some());
        assert_eq!(ShaEnd::new(&[0; 64], ShaTarget::OutputOnly), None);
    }

    #[test]
    fn hmac_and_context_golden() {
        sends(&ShaHmacStart(HmacKey::Slot(Slot::S4)), "07 47 04 04 00 AE 47");
        sends(&ShaHmacStart(HmacKey::TempKey), "07 47 04 FF FF A0 87");
        sends(&ShaReadContext, "07 47 06 00 00 AE 82");
        assert_eq!(ShaPublic(PublicKeySlot::new(Slot::S11).unwrap()).request().p2, 11);
        // Chip reference 5.19: the context after five bytes.
        let bytes =
            "05000000 67E6096A 85AE67BB 72F36E3C 3AF54FA5 7F520E51 8C68059B ABD9831F 19CDE05B 0102030405";
        let context = receives(&ShaReadContext, &super::super::golden::group(bytes)).unwrap();
        assert_eq!(context.as_bytes(), hex(bytes));
        let write = ShaWriteContext(&context);
        assert_eq!((write.request().p1, write.request().p2), (0x07, 41));
        assert_eq!(ShaContext::from_bytes(&hex(bytes)[..40]), None);
        assert_eq!(receives(&ShaReadContext, "04 0F 23 42"), Err(Some(crate::wire::Status::Execution)));
    }
}
