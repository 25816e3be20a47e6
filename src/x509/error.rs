//! What can go wrong with requests and certificates.

use crate::error::BufferTooSmall;
use crate::x509::compressed::error::CompressedError;
use crate::x509::malformed::Malformed;
use crate::x509::name::attribute_type::AttributeType;
use crate::x509::name::text::InvalidText;
use crate::x509::place::SlotPlace;
use crate::x509::template::error::TemplateError;
use core::fmt;

/// A request or certificate can't be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The buffer is too small. The bytes needed are those with the longest signature, so that nothing is signed in
    /// vain.
    BufferTooSmall(BufferTooSmall),
    /// An attribute of a name is too long, too short, or has characters that its type does not allow.
    Attribute(AttributeType, InvalidText),
    /// An alternative name is no host's.
    DnsName(InvalidText),
    /// An alternative name is no URI.
    Uri(InvalidText),
    /// A name that was given as DER is not one SEQUENCE.
    NameDer,
    /// A name is empty that must not be: an issuer's, a signer's, a directory name; or a device's without alternative
    /// names.
    NoName,
    /// The serial number of a certificate must be positive and at most 20 bytes (RFC 5280 4.1.2.2). Of 20 random
    /// bytes the first must be below 0x80.
    Serial,
    /// The end lies before the beginning.
    Validity,
    /// A device's key usage has what is for signers only: keyCertSign or cRLSign.
    KeyUsage,
    /// The key that signs is not the one that the certificate names as its issuer's.
    IssuerKey,
    /// No PEM (RFC 7468), or damaged.
    Pem,
    /// PEM, but of something else.
    PemLabel,
    /// The bytes are no certificate.
    Malformed {
        /// Where the value begins that is wrong, from the first byte.
        offset: usize,
        /// What is wrong.
        why: Malformed,
    },
    /// The certificate's key is another than a P-256 key with named curve and uncompressed point, which is all that an
    /// ATECC608 has. Names, dates and extensions can be read all the same.
    OtherKey,
    /// The certificate is signed with another algorithm than ecdsa-with-SHA256 and a P-256 key.
    OtherSignature,
    /// The certificate begins or ends on a 29 February in a year that has none, as those end that Microchip's rule
    /// gives to a certificate of such a day.
    NoSuchDay,
    /// The compressed form can't say it, or says what is not defined.
    Compressed(CompressedError),
    /// The template does not fit.
    Template(TemplateError),
    /// Nothing was ever written there: all bytes are 0xFF.
    Blank(SlotPlace),
    /// The signer's certificate is verified with a key that the program brings along (`KeyPlace::Known`), and the
    /// definition has another.
    NoRoot,
    /// The device's certificate names another issuer than the signer's certificate has as its subject.
    OtherIssuer,
    /// Another chip answers than the one whose key the certificate is for.
    OtherChip,
    /// The signature is not the issuer's over this certificate: another issuer, another chip, or a byte that was
    /// changed.
    NotVerified,
}

impl From<CompressedError> for Error {
    fn from(error: CompressedError) -> Self {
        Self::Compressed(error)
    }
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        Self::Template(error)
    }
}

impl From<BufferTooSmall> for Error {
    fn from(error: BufferTooSmall) -> Self {
        Self::BufferTooSmall(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall(error) => fmt::Display::fmt(error, f),
            Self::Attribute(kind, why) => write!(f, "the attribute {kind} of a name: {why}"),
            Self::DnsName(why) => write!(f, "the alternative name of a host: {why}"),
            Self::Uri(why) => write!(f, "the alternative name that is a URI: {why}"),
            Self::NameDer => f.write_str("the DER of a name must be one SEQUENCE, from its first byte to its last"),
            Self::NoName => f.write_str(
                "a name has no attributes: issuers and signers need one, and so does a device without alternative names",
            ),
            Self::Serial => f.write_str(
                "the serial number must be positive and at most 20 bytes: of 20 random bytes the first must be below \
                 0x80",
            ),
            Self::Validity => f.write_str("the certificate would end before it begins"),
            Self::KeyUsage => f.write_str("keyCertSign and cRLSign are for signers, not for devices"),
            Self::IssuerKey => f.write_str("the signer has another key than the certificate names as its issuer's"),
            Self::Pem => f.write_str(
                "no PEM, or damaged: BEGIN and END lines with the same label, between them base64 in lines of 64 \
                 characters, nothing behind",
            ),
            Self::PemLabel => f.write_str("PEM of something else: its label is not the one that is wanted"),
            Self::Malformed { offset, why } => write!(f, "this is no certificate, at byte {offset}: {why}"),
            Self::OtherKey => f.write_str(
                "the certificate's key is no P-256 key with named curve and uncompressed point, the only ones that \
                 this chip has",
            ),
            Self::OtherSignature => f.write_str(
                "the certificate is not signed with ecdsa-with-SHA256 and a P-256 key, the only signature that this \
                 chip can verify",
            ),
            Self::NoSuchDay => f.write_str(
                "the certificate begins or ends on a 29 February that there is not: it was issued on that day for a \
                 number of years that is no multiple of 4",
            ),
            Self::Compressed(error) => fmt::Display::fmt(error, f),
            Self::Template(error) => fmt::Display::fmt(error, f),
            Self::Blank(place) => write!(
                f,
                "{place} is blank (all bytes are 0xFF): no certificate or key was written there, or it was put in \
                 another place"
            ),
            Self::NoRoot => f.write_str(
                "the signer's certificate needs a root key that the program brings along (KeyPlace::Known) as its \
                 issuer's key",
            ),
            Self::OtherIssuer => f.write_str(
                "the device's certificate names another issuer than the signer's certificate has as its subject: one of \
                 both was made with the template of another fleet",
            ),
            Self::OtherChip => f.write_str(
                "another chip answers than the one whose key the certificate is for: it was changed while the signer \
                 worked, and nothing was written to this one",
            ),
            Self::NotVerified => f.write_str(
                "the signature is not the issuer's over this certificate: the issuer's key, the chip's key or the \
                 serial number is another, or a byte was changed",
            ),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::BufferTooSmall(error) => Some(error),
            Self::Attribute(_, error) | Self::DnsName(error) | Self::Uri(error) => Some(error),
            Self::Compressed(error) => Some(error),
            Self::Template(error) => Some(error),
            _ => None,
        }
    }
}

/// An operation with a certificate or request failed: in the chip or on its way, or because of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChipError<E> {
    /// The request or certificate.
    X509(Error),
    /// The chip.
    Chip(crate::error::Error<E>),
}

impl<E> From<Error> for ChipError<E> {
    fn from(error: Error) -> Self {
        Self::X509(error)
    }
}

impl<E> From<crate::error::Error<E>> for ChipError<E> {
    fn from(error: crate::error::Error<E>) -> Self {
        Self::Chip(error)
    }
}

impl<E: embedded_hal::i2c::Error> fmt::Display for ChipError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509(error) => fmt::Display::fmt(error, f),
            Self::Chip(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: embedded_hal::i2c::Error + 'static> core::error::Error for ChipError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::X509(error) => Some(error),
            Self::Chip(error) => Some(error),
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for ChipError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::X509(error) => defmt::write!(f, "{}", error),
            Self::Chip(error) => defmt::write!(f, "{}", error),
        }
    }
}

/// A certificate could not be issued. `S` is the signer's own error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueError<S> {
    /// The certificate.
    X509(Error),
    /// The signer.
    Signer(S),
}

impl<S> From<Error> for IssueError<S> {
    fn from(error: Error) -> Self {
        Self::X509(error)
    }
}

impl<S: fmt::Display> fmt::Display for IssueError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509(error) => fmt::Display::fmt(error, f),
            Self::Signer(error) => write!(f, "the signer: {error}"),
        }
    }
}

impl<S: core::error::Error + 'static> core::error::Error for IssueError<S> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::X509(error) => Some(error),
            Self::Signer(error) => Some(error),
        }
    }
}

#[cfg(feature = "defmt")]
impl<S: fmt::Debug> defmt::Format for IssueError<S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::X509(error) => defmt::write!(f, "{}", error),
            Self::Signer(error) => defmt::write!(f, "{}", defmt::Debug2Format(error)),
        }
    }
}
