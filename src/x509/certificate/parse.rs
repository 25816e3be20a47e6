//! From bytes to a [`Certificate`] (RFC 5280 4.1).

use super::time::Time;
use super::{Attributes, Certificate, Extensions, known, signature};
use crate::x509::Error;
use crate::x509::der::read::{Reader, Span, Value};
use crate::x509::der::tag;
use crate::x509::malformed::Malformed;
use crate::x509::unsigned::ECDSA_WITH_SHA256;

/// # Reading
impl<'a> Certificate<'a> {
    /// Reads a certificate in DER. Any algorithm and key will do; what they are is asked later.
    ///
    /// It is strict: nothing may follow, no length may be longer than it must be, no extension may be there twice, and
    /// the contents of the extensions that have a method here must be what RFC 5280 says. Two things are taken that
    /// are not allowed, since there are such certificates: `_` in a PrintableString (Trust&GO), and a 29 February in a
    /// year that has none (certificates that Microchip's rule makes on that day). A negative serial number is taken,
    /// too.
    ///
    /// # Errors
    /// [`Error::Malformed`]: where and why it is none.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        let mut certificate = Certificate::unread(der);
        certificate.read()?;
        Ok(certificate)
    }

    /// Not read yet.
    pub(in crate::x509) const fn unread(der: &'a [u8]) -> Self {
        Self {
            der,
            tbs: Span::EMPTY,
            tbs_content: Span::EMPTY,
            serial: Span::EMPTY,
            issuer: Span::EMPTY,
            not_before: Time::NONE,
            not_after: Time::NONE,
            subject: Span::EMPTY,
            key: Span::EMPTY,
            extensions: Span::EMPTY,
            algorithm: Span::EMPTY,
            signature: Span::EMPTY,
            version: 1,
        }
    }

    /// Reads it where it is, which takes less stack.
    pub(in crate::x509) fn read(&mut self) -> Result<(), Error> {
        let mut tbs = fields(self)?;
        self.extensions = extensions(self.der, &mut tbs, self.version)?;
        tbs.finish()
    }
}

/// All but the extensions: gives where they begin. What this needs of the stack is not there when they are read.
#[inline(never)]
fn fields<'a>(found: &mut Certificate<'a>) -> Result<Reader<'a>, Error> {
    let der = found.der;
    let mut whole = Reader::new(der);
    let outer = whole.expect(tag::SEQUENCE)?;
    whole.finish()?;
    let mut outer = outer.inside();
    let tbs = outer.expect(tag::SEQUENCE)?;
    let algorithm = algorithm(&mut outer)?;
    let bits = outer.expect(tag::BIT_STRING)?;
    outer.finish()?;
    found.signature = bits.whole_bytes()?;
    found.algorithm = algorithm.span;
    if algorithm.der() == ECDSA_WITH_SHA256 {
        signature::ecdsa(der, found.signature)?;
    }
    found.tbs = tbs.span;
    found.tbs_content = tbs.content;

    let mut tbs = tbs.inside();
    found.version = version(&mut tbs)?;
    let serial = tbs.expect(tag::INTEGER)?;
    serial.integer()?;
    found.serial = serial.content;
    let inner = self::algorithm(&mut tbs)?;
    if inner.der() != algorithm.der() {
        return Err(inner.wrong(Malformed::Algorithm));
    }
    found.issuer = name(&mut tbs)?;
    let mut validity = tbs.expect(tag::SEQUENCE)?.inside();
    found.not_before = Time::read(&mut validity)?;
    found.not_after = Time::read(&mut validity)?;
    validity.finish()?;
    found.subject = name(&mut tbs)?;
    found.key = public_key_info(&mut tbs)?;
    // issuerUniqueID and subjectUniqueID, which nobody has.
    for unique in [1, 2] {
        if let Some(id) = tbs.optional(tag::context(unique))?
            && found.version == 1
        {
            return Err(id.wrong(Malformed::Version));
        }
    }
    Ok(tbs)
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
    inside.oid()?;
    if !inside.is_empty() {
        inside.any()?;
    }
    inside.finish()?;
    Ok(value)
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

/// Checks them, and that none is there twice.
#[inline(never)]
fn extensions(der: &[u8], tbs: &mut Reader<'_>, version: u8) -> Result<Span, Error> {
    let Some(explicit) = tbs.optional(tag::context_constructed(3))? else {
        return Ok(Span::EMPTY);
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
        let start = rest.start();
        let extension = Extensions::read(&mut rest)?;
        known::check(&extension)?;
        let before = Span { start: list.content.start, end: start };
        if Extensions::new(der, before).value_of(extension.oid).is_some() {
            return Err(Error::Malformed { offset: start, why: Malformed::DuplicateExtension });
        }
    }
    Ok(list.content)
}
