//! From bytes to a [`Certificate`] (RFC 5280 4.1).

use super::{Attributes, Certificate, Extensions, known};
use crate::key::Signature;
use crate::x509::der::read::{Reader, Span, Value};
use crate::x509::der::tag;
use crate::x509::malformed::Malformed;
use crate::x509::unsigned::ECDSA_WITH_SHA256;
use crate::x509::{DateTime, Error, Oid};

/// One end of the validity.
#[derive(Debug, Clone, Copy)]
pub(in crate::x509) struct Time {
    /// Its digits.
    pub(in crate::x509) span: Span,
    /// Whether the year has two of them.
    pub(in crate::x509) utc: bool,
    /// `None`: a 29 February that there is not.
    pub(super) date: Option<DateTime>,
}

pub(super) fn certificate(der: &[u8]) -> Result<Certificate<'_>, Error> {
    let mut whole = Reader::new(der);
    let outer = whole.expect(tag::SEQUENCE)?;
    whole.finish()?;
    let mut outer = outer.inside();
    let tbs = outer.expect(tag::SEQUENCE)?;
    let algorithm = algorithm(&mut outer)?;
    let bits = outer.expect(tag::BIT_STRING)?;
    outer.finish()?;
    let signature = bits.whole_bytes()?;
    if algorithm.der() == ECDSA_WITH_SHA256 {
        ecdsa_signature(der, signature)?;
    }
    let tbs_value = tbs;

    let mut tbs = tbs.inside();
    let version = version(&mut tbs)?;
    let serial = tbs.expect(tag::INTEGER)?;
    serial.integer()?;
    let inner = self::algorithm(&mut tbs)?;
    if inner.der() != algorithm.der() {
        return Err(inner.wrong(Malformed::Algorithm));
    }
    let issuer = name(&mut tbs)?;
    let mut validity = tbs.expect(tag::SEQUENCE)?.inside();
    let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
    validity.finish()?;
    let subject = name(&mut tbs)?;
    let key = public_key_info(&mut tbs)?;
    // issuerUniqueID and subjectUniqueID, which nobody has.
    for unique in [1, 2] {
        if let Some(id) = tbs.optional(tag::context(unique))?
            && version == 1
        {
            return Err(id.wrong(Malformed::Version));
        }
    }
    let extensions = extensions(der, &mut tbs, version)?;
    tbs.finish()?;
    Ok(Certificate {
        der,
        tbs: tbs_value.span,
        tbs_content: tbs_value.content,
        serial: serial.content,
        issuer,
        not_before,
        not_after,
        subject,
        key,
        extensions,
        algorithm: algorithm.span,
        signature,
        version,
    })
}

/// 1 to 3; the default is 1, which DER leaves out.
fn version(tbs: &mut Reader<'_>) -> Result<u8, Error> {
    let Some(explicit) = tbs.optional(tag::context_constructed(0))? else { return Ok(1) };
    let mut inside = explicit.inside();
    let version = inside.expect(tag::INTEGER)?;
    inside.finish()?;
    match version.bytes() {
        [1] => Ok(2),
        [2] => Ok(3),
        _ => Err(version.wrong(Malformed::Version)),
    }
}

/// AlgorithmIdentifier.
fn algorithm<'a>(reader: &mut Reader<'a>) -> Result<Value<'a>, Error> {
    let value = reader.expect(tag::SEQUENCE)?;
    let mut inside = value.inside();
    oid(&mut inside)?;
    if !inside.is_empty() {
        inside.any()?;
    }
    inside.finish()?;
    Ok(value)
}

pub(super) fn oid<'a>(reader: &mut Reader<'a>) -> Result<Oid<'a>, Error> {
    let value = reader.expect(tag::OID)?;
    Oid::from_der_content(value.bytes()).ok_or(value.wrong(Malformed::Oid))
}

fn name(tbs: &mut Reader<'_>) -> Result<Span, Error> {
    let value = tbs.expect(tag::SEQUENCE)?;
    Attributes::check(value)?;
    Ok(value.span)
}

fn public_key_info(tbs: &mut Reader<'_>) -> Result<Span, Error> {
    let value = tbs.expect(tag::SEQUENCE)?;
    let mut inside = value.inside();
    algorithm(&mut inside)?;
    inside.expect(tag::BIT_STRING)?.whole_bytes()?;
    inside.finish()?;
    Ok(value.span)
}

fn time(validity: &mut Reader<'_>) -> Result<Time, Error> {
    let (value, utc) = match validity.optional(tag::UTC_TIME)? {
        Some(value) => (value, true),
        None => (validity.expect(tag::GENERALIZED_TIME)?, false),
    };
    let wrong = value.wrong(Malformed::Time);
    let [digits @ .., b'Z'] = value.bytes() else { return Err(wrong) };
    let (year, digits) = if utc {
        let (year, digits) = two_digits(digits).ok_or(wrong)?;
        // RFC 5280 4.1.2.5.1.
        (u16::from(year) + if year < 50 { 2000 } else { 1900 }, digits)
    } else {
        let (century, digits) = two_digits(digits).ok_or(wrong)?;
        let (year, digits) = two_digits(digits).ok_or(wrong)?;
        (u16::from(century) * 100 + u16::from(year), digits)
    };
    let (month, digits) = two_digits(digits).ok_or(wrong)?;
    let (day, digits) = two_digits(digits).ok_or(wrong)?;
    let (hour, digits) = two_digits(digits).ok_or(wrong)?;
    let (minute, digits) = two_digits(digits).ok_or(wrong)?;
    let (second, digits) = two_digits(digits).ok_or(wrong)?;
    let new = |day| DateTime::new(year, month, day, hour, minute, second);
    match new(day) {
        _ if !digits.is_empty() => Err(wrong),
        None if (month, day) != (2, 29) || new(28).is_none() => Err(wrong),
        date => Ok(Time { span: value.content, utc, date }),
    }
}

fn two_digits(digits: &[u8]) -> Option<(u8, &[u8])> {
    match digits {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Some(((a - b'0') * 10 + (b - b'0'), rest)),
        _ => None,
    }
}

/// Checks them, and that none is there twice.
fn extensions(der: &[u8], tbs: &mut Reader<'_>, version: u8) -> Result<Span, Error> {
    let Some(explicit) = tbs.optional(tag::context_constructed(3))? else {
        return Ok(Span { start: 0, end: 0 });
    };
    if version != 3 {
        return Err(explicit.wrong(Malformed::Version));
    }
    let mut inside = explicit.inside();
    let list = inside.expect(tag::SEQUENCE)?;
    inside.finish()?;
    if list.content.len() == 0 {
        return Err(list.wrong(Malformed::Empty));
    }
    let mut rest = list.inside();
    while !rest.is_empty() {
        let (value, extension) = Extensions::read(&mut rest)?;
        known::check(&extension)?;
        let before = Span { end: value.span.start, ..list.content };
        if Extensions::new(der, before).any(|other| other.oid == extension.oid) {
            return Err(value.wrong(Malformed::DuplicateExtension));
        }
    }
    Ok(list.content)
}

/// R and S of ecdsa-with-SHA256, as INTEGERs without the zero in front.
fn ecdsa_signature(der: &[u8], span: Span) -> Result<(&[u8], &[u8]), Error> {
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
pub(super) fn p256_signature(der: &[u8], algorithm: Span, signature: Span) -> Option<Signature> {
    if algorithm.of(der) != ECDSA_WITH_SHA256 {
        return None;
    }
    let (r, s) = ecdsa_signature(der, signature).ok()?;
    let mut bytes = [0; 64];
    let (left, right) = bytes.split_at_mut(32);
    for (number, to) in [(r, left), (s, right)] {
        let start = to.len().checked_sub(number.len())?;
        for (to, from) in to.iter_mut().skip(start).zip(number) {
            *to = *from;
        }
    }
    Some(Signature::from_bytes(bytes))
}
