//! What differs between the certificates of a template.

use crate::x509::Oid;

/// Part of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Place<'a> {
    /// The issuer's name.
    Issuer,
    /// The subject's name.
    Subject,
    /// The subject's alternative names.
    AlternativeNames,
    /// The value of the extension with this identifier.
    Extension(Oid<'a>),
}

/// What differs between the certificates of a [`Template`](super::Template): found by what the example shows, which must
/// be there once.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    pub(super) place: Place<'a>,
    pub(super) what: What,
    /// What the example has there.
    pub(super) shown: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    SignerId,
    ChipSerial,
    Text,
    /// All of the place.
    Name,
}

impl<'a> Field<'a> {
    /// The signer's id, 4 hexadecimal digits; with small letters if the example's has some.
    #[must_use]
    pub const fn signer_id(place: Place<'a>, shown: &'a str) -> Self {
        Self { place, what: What::SignerId, shown: shown.as_bytes() }
    }

    /// The chip's serial number, 18 hexadecimal digits; with small letters if the example's has some.
    #[must_use]
    pub const fn chip_serial(place: Place<'a>, shown: &'a str) -> Self {
        Self { place, what: What::ChipSerial, shown: shown.as_bytes() }
    }

    /// A text of always the same length, given with [`Parts`](crate::x509::Parts).
    #[must_use]
    pub const fn text(place: Place<'a>, shown: &'a str) -> Self {
        Self { place, what: What::Text, shown: shown.as_bytes() }
    }

    /// The same with bytes that are no text.
    #[must_use]
    pub const fn bytes(place: Place<'a>, shown: &'a [u8]) -> Self {
        Self { place, what: What::Text, shown }
    }

    /// The whole name of the issuer, of any length: its DER is given with the texts of [`Parts`](crate::x509::Parts).
    /// With it signers of different names use one template.
    #[must_use]
    pub const fn issuer() -> Self {
        Self { place: Place::Issuer, what: What::Name, shown: &[] }
    }

    /// The whole name of the subject, as [`issuer`](Self::issuer).
    #[must_use]
    pub const fn subject() -> Self {
        Self { place: Place::Subject, what: What::Name, shown: &[] }
    }

    /// Whether it is given with the texts.
    pub(super) const fn is_given(&self) -> bool {
        matches!(self.what, What::Text | What::Name)
    }
}
