//! R and S (RFC 3279 2.2.3).

use crate::key::Signature;
use crate::x509::Error;
use crate::x509::der::read::{Reader, Span};
use crate::x509::der::tag;
use crate::x509::unsigned::ECDSA_WITH_SHA256;

/// R and S of ecdsa-with-SHA256, as INTEGERs without the zero in front.
pub(super) fn ecdsa(der: &[u8], span: Span) -> Result<(&[u8], &[u8]), Error> {
    let mut bits = Reader::at(der, span);
    let sequence = bits.expect(tag::SEQUENCE)?;
    bits.finish()?;
    let mut inside = sequence.inside();
    let r = inside.expect(tag::INTEGER)?.unsigned()?;
    let s = inside.expect(tag::INTEGER)?.unsigned()?;
    inside.finish()?;
    Ok((r, s))
}

/// R and S, if the algorithm is ecdsa-with-SHA256 and both are not longer than those of P-256.
pub(super) fn p256_numbers(der: &[u8], algorithm: Span, signature: Span) -> Option<(&[u8], &[u8])> {
    if algorithm.of(der) != ECDSA_WITH_SHA256 {
        return None;
    }
    ecdsa(der, signature).ok().filter(|(r, s)| r.len() <= 32 && s.len() <= 32)
}

/// The same as a signature.
pub(super) fn p256(der: &[u8], algorithm: Span, signature: Span) -> Option<Signature> {
    let (r, s) = p256_numbers(der, algorithm, signature)?;
    let mut bytes = [0; 64];
    let (left, right) = bytes.split_at_mut(32);
    for (number, to) in [(r, left), (s, right)] {
        for (to, from) in to.iter_mut().rev().zip(number.iter().rev()) {
            *to = *from;
        }
    }
    Some(Signature::from_bytes(bytes))
}
