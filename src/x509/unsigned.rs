//! What is written and waits for its signature.

use crate::error::BufferTooSmall;
use crate::key::Signature;
use crate::x509::der::tag;
use crate::x509::der::write::{Writer, unsigned_len, value_len};
use crate::x509::error::Error;
use core::fmt;
use core::ops::Range;

/// AlgorithmIdentifier of ecdsa-with-SHA256, which has no parameters (RFC 5758 3.2).
pub(crate) const ECDSA_WITH_SHA256: [u8; 12] =
    [tag::SEQUENCE, 10, tag::OID, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];

/// Bytes of R or S in DER at most: tag, length, a zero in front, 32 bytes.
const MAX_INTEGER: usize = 35;

/// What comes behind the signed bytes, at most: algorithm, and a BIT STRING with R and S.
pub(crate) const MAX_TRAILER: usize = ECDSA_WITH_SHA256.len() + value_len(1 + value_len(2 * MAX_INTEGER));

/// A request or a certificate without its signature, in a buffer that has room for it.
///
/// The signed bytes of a request or certificate are hashed with SHA-256 and signed, then [`finish`](Self::finish) makes
/// the whole. The DER need not begin at the buffer's first byte: its length is known only with the signature, from 8 to
/// 72 bytes long.
#[must_use]
pub struct Unsigned<'b> {
    buffer: &'b mut [u8],
    message: Range<usize>,
}

impl fmt::Debug for Unsigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsigned").field("message", &self.message).finish_non_exhaustive()
    }
}

impl<'b> Unsigned<'b> {
    /// Bytes of the whole at most, for a message of `len`.
    #[must_use]
    pub(crate) const fn max_len(len: usize) -> usize {
        value_len(len.saturating_add(MAX_TRAILER))
    }

    /// For a message that lies in the buffer at `message`, with as much room before it as its header takes (4 bytes
    /// always do) and [`MAX_TRAILER`] behind it.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`], with what a buffer needs that has the message as far in front.
    pub(crate) fn new(buffer: &'b mut [u8], message: Range<usize>) -> Result<Self, Error> {
        let needed = message.end.saturating_add(MAX_TRAILER);
        let content = message.len().saturating_add(MAX_TRAILER);
        let missing = (value_len(content) - content).saturating_sub(message.start);
        if missing > 0 || needed > buffer.len() {
            return Err(BufferTooSmall::new(needed.saturating_add(missing)).into());
        }
        Ok(Self { buffer, message })
    }

    /// What `emit` writes, at the buffer's end but for the signature.
    ///
    /// # Errors
    /// What the writer was told; [`Error::BufferTooSmall`].
    pub(crate) fn write(buffer: &'b mut [u8], emit: impl FnOnce(&mut Writer<'_>)) -> Result<Self, Error> {
        let end = buffer.len().saturating_sub(MAX_TRAILER);
        let mut writer = Writer::new(buffer.get_mut(..end).unwrap_or_default());
        emit(&mut writer);
        if let Some(error) = writer.error() {
            return Err(error);
        }
        let len = writer.len();
        if Self::max_len(len) > buffer.len() {
            return Err(BufferTooSmall::new(Self::max_len(len)).into());
        }
        Self::new(buffer, end.saturating_sub(len)..end)
    }

    /// The bytes whose SHA-256 is signed: the CertificationRequestInfo of a request, the TBSCertificate of a
    /// certificate.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.buffer.get(self.message.clone()).unwrap_or_default()
    }

    /// The whole, in DER. Whether the signature fits is not checked: R and S are written as they are.
    ///
    /// # Errors
    /// None: there is room for the longest signature.
    #[doc(alias("atcacert_set_signature", "atcacert_der_enc_ecdsa_sig_value"))]
    pub fn finish(self, signature: &Signature) -> Result<&'b [u8], Error> {
        let Self { buffer, message } = self;
        let integers = unsigned_len(signature.r()) + unsigned_len(signature.s());
        let trailer = ECDSA_WITH_SHA256.len() + value_len(1 + value_len(integers));
        let end = message.end.saturating_add(trailer);
        let needed = BufferTooSmall::new(end);
        let mut writer = Writer::new(buffer.get_mut(..end).ok_or(needed)?);
        writer.unsigned(signature.s());
        writer.unsigned(signature.r());
        writer.wrap(tag::SEQUENCE, 0);
        // No bits unused.
        writer.byte(0);
        writer.wrap(tag::BIT_STRING, 0);
        writer.bytes(&ECDSA_WITH_SHA256);
        writer.skip(message.len());
        writer.wrap(tag::SEQUENCE, 0);
        let len = writer.len();
        end.checked_sub(len).and_then(|start| buffer.get(start..end)).ok_or(needed.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn signature(r: &[u8], s: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        bytes[32 - r.len()..32].copy_from_slice(r);
        bytes[64 - s.len()..].copy_from_slice(s);
        Signature::from_bytes(bytes)
    }

    fn whole(message: &[u8], signature: &Signature) -> Vec<u8> {
        let mut buffer = std::vec![0xEE; Unsigned::max_len(message.len())];
        let unsigned = Unsigned::write(&mut buffer, |writer| writer.bytes(message)).unwrap();
        assert_eq!(unsigned.message(), message);
        unsigned.finish(signature).unwrap().to_vec()
    }

    #[test]
    fn golden() {
        let der = whole(b"\x30\x00", &signature(&[0x80], &[0, 1]));
        let wanted = b"\x30\x1a\x30\x00\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\
                       \x03\x0a\x00\x30\x07\x02\x02\x00\x80\x02\x01\x01";
        assert_eq!(der, wanted);
    }

    #[test]
    fn every_length_of_message_and_signature() {
        for len in 0..300 {
            let message = std::vec![7; len];
            for (r, s) in [(&[0xFF; 32][..], &[0xFF; 32][..]), (&[1; 32], &[0x7F; 32]), (&[1], &[1])] {
                let der = whole(&message, &signature(r, s));
                let integer = |bytes: &[u8]| {
                    let zero = if bytes[0] > 0x7F { &[0][..] } else { &[] };
                    [&[2, (zero.len() + bytes.len()) as u8], zero, bytes].concat()
                };
                let both = [integer(r), integer(s)].concat();
                let bits = [&[3, both.len() as u8 + 3, 0, 0x30, both.len() as u8], &both[..]].concat();
                assert!(der.ends_with(&[&message, &ECDSA_WITH_SHA256[..], &bits].concat()));
                let content = len + 12 + bits.len();
                let head = match content {
                    0..0x80 => std::vec![0x30, content as u8],
                    0x80..0x100 => std::vec![0x30, 0x81, content as u8],
                    _ => std::vec![0x30, 0x82, (content >> 8) as u8, content as u8],
                };
                assert_eq!(der.len(), head.len() + content);
                assert!(der.starts_with(&head));
                assert!(der.len() <= Unsigned::max_len(len));
                if r[0] == 0xFF {
                    assert_eq!(der.len(), Unsigned::max_len(len));
                }
            }
        }
    }

    #[test]
    fn too_small_at_every_size() {
        for len in [0, 1, 40, 41, 168, 169, 300] {
            let needed = Unsigned::max_len(len);
            for size in 0..needed {
                let mut buffer = std::vec![0; size];
                let refused =
                    Unsigned::write(&mut buffer, |writer| writer.bytes(&std::vec![7; len])).unwrap_err();
                assert_eq!(refused, BufferTooSmall::new(needed).into(), "{size}");
            }
        }
    }

    #[test]
    fn a_message_that_is_there() {
        for (before, len, missing) in [(4, 300, 0), (3, 300, 1), (3, 100, 0), (2, 100, 1), (0, 300, 4)] {
            let needed = before + len + MAX_TRAILER;
            let mut buffer = std::vec![7; needed];
            let found =
                Unsigned::new(&mut buffer, before..before + len).map(|unsigned| unsigned.message().len());
            let wanted =
                if missing == 0 { Ok(len) } else { Err(BufferTooSmall::new(needed + missing).into()) };
            assert_eq!(found, wanted);
            let refused = Unsigned::new(&mut buffer[1..], before..before + len).unwrap_err();
            assert_eq!(refused, BufferTooSmall::new(needed + missing).into());
        }
    }
}
