//! Extensions, one after the other (RFC 5280 4.2).

use crate::x509::der::read::{Reader, Span, Value};
use crate::x509::der::tag;
use crate::x509::malformed::Malformed;
use crate::x509::{Error, Oid};

/// An extension of a certificate.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Extension<'a> {
    /// What it is.
    pub oid: Oid<'a>,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// Its value, in DER: content of the OCTET STRING.
    pub value: &'a [u8],
    octets: Value<'a>,
}

impl<'a> Extension<'a> {
    /// The one value that it holds.
    pub(super) const fn inside(&self) -> Reader<'a> {
        self.octets.inside()
    }
}

/// The extensions of a certificate, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Extensions<'a> {
    rest: Reader<'a>,
}

impl<'a> Extensions<'a> {
    pub(super) const fn new(der: &'a [u8], span: Span) -> Self {
        Self { rest: Reader::at(der, span) }
    }

    /// Where the value of the one with this identifier lies, which takes less stack than to read each.
    #[inline(never)]
    pub(in crate::x509) fn value_of(mut self, oid: Oid<'_>) -> Option<Span> {
        while !self.rest.is_empty() {
            let mut inside = self.rest.any().ok()?.inside();
            let mut value = inside.any().ok()?;
            if value.bytes() == oid.as_bytes() {
                // The last one: whether it is critical can stand before it.
                while !inside.is_empty() {
                    value = inside.any().ok()?;
                }
                return Some(value.content);
            }
        }
        None
    }

    /// The next one.
    pub(super) fn read(rest: &mut Reader<'a>) -> Result<Extension<'a>, Error> {
        let mut inside = rest.expect(tag::SEQUENCE)?.inside();
        let oid = inside.oid()?;
        let critical = match inside.optional(tag::BOOLEAN)? {
            None => false,
            // FALSE is the default.
            Some(boolean) if !boolean.boolean()? => return Err(boolean.wrong(Malformed::Boolean)),
            Some(_) => true,
        };
        let octets = inside.expect(tag::OCTET_STRING)?;
        inside.finish()?;
        Ok(Extension { oid, critical, value: octets.bytes(), octets })
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Extension<'a>> {
        if self.rest.is_empty() { None } else { Self::read(&mut self.rest).ok() }
    }
}

/// What a certificate may be used for: identifiers as [`Oid::CLIENT_AUTH`].
#[derive(Debug, Clone, Copy)]
pub struct Usages<'a> {
    rest: Reader<'a>,
}

impl<'a> Usages<'a> {
    pub(super) const fn new(rest: Reader<'a>) -> Self {
        Self { rest }
    }
}

impl<'a> Iterator for Usages<'a> {
    type Item = Oid<'a>;

    fn next(&mut self) -> Option<Oid<'a>> {
        if self.rest.is_empty() { None } else { self.rest.oid().ok() }
    }
}
