//! What the usual extensions say (RFC 5280 4.2.1).
//!
//! [`check`] reads them once with the certificate; the methods read them again, when nothing can be wrong any more.

use super::{AlternativeNames, Certificate, Extension, Usages};
use crate::x509::der::read::{Reader, Value};
use crate::x509::der::tag;
use crate::x509::malformed::Malformed;
use crate::x509::{BasicConstraints, Error, KeyUsage, Oid};

/// Whether an extension, if it is one of those below, is what its name says.
#[inline(never)]
pub(super) fn check(extension: &Extension<'_>) -> Result<(), Error> {
    match extension.oid {
        Oid::SUBJECT_KEY_ID => subject_key_id(extension).map(drop),
        Oid::AUTHORITY_KEY_ID => authority_key_id(extension).map(drop),
        Oid::KEY_USAGE => key_usage(extension).map(drop),
        Oid::BASIC_CONSTRAINTS => basic_constraints(extension).map(drop),
        Oid::EXTENDED_KEY_USAGE => {
            let mut usages = list(extension)?;
            while !usages.is_empty() {
                usages.oid()?;
            }
            Ok(())
        }
        Oid::ALTERNATIVE_NAMES => {
            let mut names = AlternativeNames::new(list(extension)?);
            while names.read()?.is_some() {}
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The one value in an extension.
fn only<'a>(extension: &Extension<'a>, tag: u8) -> Result<Value<'a>, Error> {
    let mut inside = extension.inside();
    let value = inside.expect(tag)?;
    inside.finish()?;
    Ok(value)
}

/// What a SEQUENCE holds that is not empty.
fn list<'a>(extension: &Extension<'a>) -> Result<Reader<'a>, Error> {
    let value = only(extension, tag::SEQUENCE)?;
    if value.content.len() == 0 { Err(value.wrong(Malformed::Empty)) } else { Ok(value.inside()) }
}

fn subject_key_id<'a>(extension: &Extension<'a>) -> Result<Value<'a>, Error> {
    only(extension, tag::OCTET_STRING)
}

/// The key's id; issuer and serial number, which can stand behind it, are left alone.
fn authority_key_id<'a>(extension: &Extension<'a>) -> Result<Option<Value<'a>>, Error> {
    let mut inside = only(extension, tag::SEQUENCE)?.inside();
    let id = inside.optional(tag::context(0))?;
    while !inside.is_empty() {
        inside.any()?;
    }
    Ok(id)
}

fn key_usage(extension: &Extension<'_>) -> Result<KeyUsage, Error> {
    let value = only(extension, tag::BIT_STRING)?;
    let wrong = value.wrong(Malformed::BitString);
    let (odd, last, bits) = match *value.bytes() {
        [odd @ 0..=7, a] => (odd, a, u16::from_be_bytes([a, 0])),
        [odd @ 0..=7, a, b] => (odd, b, u16::from_be_bytes([a, b])),
        _ => return Err(wrong),
    };
    // Named bits end with the last that is set (X.690 11.2.2).
    if last.trailing_zeros() == u32::from(odd) { Ok(KeyUsage::from_bits_retain(bits)) } else { Err(wrong) }
}

fn basic_constraints(extension: &Extension<'_>) -> Result<BasicConstraints, Error> {
    let mut inside = only(extension, tag::SEQUENCE)?.inside();
    let ca = match inside.optional(tag::BOOLEAN)? {
        None => false,
        // FALSE is the default.
        Some(boolean) if !boolean.boolean()? => return Err(boolean.wrong(Malformed::Boolean)),
        Some(_) => true,
    };
    let path_len = match inside.optional(tag::INTEGER)? {
        None => None,
        Some(value) => match *value.integer()? {
            [len @ 0..=0x7F] => Some(len),
            [0, len] => Some(len),
            [0x80..=0xFF, ..] => return Err(value.wrong(Malformed::Integer)),
            // Longer than any chain.
            _ => Some(u8::MAX),
        },
    };
    inside.finish()?;
    Ok(BasicConstraints { ca, path_len })
}

/// # Usual extensions
impl<'a> Certificate<'a> {
    /// The id of its own key.
    #[doc(alias = "atcacert_get_subj_key_id")]
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&'a [u8]> {
        self.subject_key_id_value().map(Value::bytes)
    }

    pub(in crate::x509) fn subject_key_id_value(&self) -> Option<Value<'a>> {
        subject_key_id(&self.extension(Oid::SUBJECT_KEY_ID)?).ok()
    }

    /// The id of the issuer's key.
    #[doc(alias = "atcacert_get_auth_key_id")]
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&'a [u8]> {
        self.authority_key_id_value().map(Value::bytes)
    }

    pub(in crate::x509) fn authority_key_id_value(&self) -> Option<Value<'a>> {
        authority_key_id(&self.extension(Oid::AUTHORITY_KEY_ID)?).ok().flatten()
    }

    /// What the key may do. `None`: nothing is said, so everything.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        key_usage(&self.extension(Oid::KEY_USAGE)?).ok()
    }

    /// Whether it may issue certificates, and how long a chain below it may be. `None`: it may not. A path length
    /// above 255 is given as 255.
    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        basic_constraints(&self.extension(Oid::BASIC_CONSTRAINTS)?).ok()
    }

    /// What the certificate may be used for, as [`Oid::CLIENT_AUTH`]. `None`: nothing is said, so everything.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<Usages<'a>> {
        list(&self.extension(Oid::EXTENDED_KEY_USAGE)?).ok().map(Usages::new)
    }

    /// Other names of the subject; none if there is no such extension.
    #[must_use]
    pub fn alternative_names(&self) -> AlternativeNames<'a> {
        let names = self.extension(Oid::ALTERNATIVE_NAMES).and_then(|extension| list(&extension).ok());
        AlternativeNames::new(names.unwrap_or(Reader::EMPTY))
    }
}
