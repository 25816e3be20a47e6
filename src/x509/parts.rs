//! What a certificate has of its own, beside what its template and the 72 bytes say.

use crate::key::PublicKey;
use crate::serial::SerialNumber;

/// What a certificate has of its own, beside what its [`Template`](super::Template) and the 72 bytes of its
/// [`Compressed`](super::Compressed) form say.
///
/// Both keys are required: the issuer's makes the authority key id and verifies the signature.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    subject_key: PublicKey,
    issuer_key: PublicKey,
    chip_serial: Option<SerialNumber>,
    serial: Option<&'a [u8]>,
    texts: &'a [&'a [u8]],
}

/// The same where they are: copies of keys take stack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'k, 'a> {
    pub(crate) subject_key: &'k PublicKey,
    pub(crate) issuer_key: &'k PublicKey,
    pub(crate) chip_serial: Option<SerialNumber>,
    pub(crate) serial: Option<&'a [u8]>,
    pub(crate) texts: &'a [&'a [u8]],
}

impl<'a> Parts<'a> {
    pub(super) const fn given(&self) -> Given<'_, 'a> {
        let Self { subject_key, issuer_key, chip_serial, serial, texts } = self;
        Given { subject_key, issuer_key, chip_serial: *chip_serial, serial: *serial, texts }
    }

    /// Of a certificate that has nothing but its key of its own: a signer's, mostly.
    ///
    /// `issuer_key` is that of who signed; for a self-signed certificate it is the subject's.
    #[doc(alias("atcacert_set_subj_public_key", "atcacert_set_auth_key_id", "atcacert_set_auth_key_id_raw"))]
    #[must_use]
    pub const fn new(subject_key: PublicKey, issuer_key: PublicKey) -> Self {
        Self { subject_key, issuer_key, chip_serial: None, serial: None, texts: &[] }
    }

    /// The serial number of the chip whose key the certificate is for: for templates that show it, and for serial
    /// numbers that are made from it. That of a signer is not that of the device on which its certificate lies.
    #[must_use]
    pub const fn with_chip_serial(mut self, serial: SerialNumber) -> Self {
        self.chip_serial = Some(serial);
        self
    }

    /// The certificate's serial number, for templates with a stored one: content of the DER INTEGER, without the
    /// byte for the length that [`SerialSource::StoredWithLength`](super::SerialSource::StoredWithLength) has on
    /// the chip.
    #[doc(alias = "atcacert_set_cert_sn")]
    #[must_use]
    pub const fn with_serial(mut self, serial: &'a [u8]) -> Self {
        self.serial = Some(serial);
        self
    }

    /// The texts and names of the template's fields, in the order in which it declares these.
    #[doc(alias("atcacert_get_cert_element", "atcacert_set_cert_element"))]
    #[must_use]
    pub const fn with_texts(mut self, texts: &'a [&'a [u8]]) -> Self {
        self.texts = texts;
        self
    }

    /// The key that the certificate is for.
    #[must_use]
    pub const fn subject_key(&self) -> PublicKey {
        self.subject_key
    }

    /// The key of who signed it.
    #[must_use]
    pub const fn issuer_key(&self) -> PublicKey {
        self.issuer_key
    }
}
