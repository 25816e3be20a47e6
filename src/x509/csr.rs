//! Certificate signing requests (PKCS#10, RFC 2986).

use crate::formats::spki::SPKI_PREFIX;
use crate::key::PublicKey;
use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::error::Error;
use crate::x509::extension::{ExtendedKeyUsage, KeyUsage, emit_alternative_names};
use crate::x509::name::{GeneralName, Name};
use crate::x509::unsigned::Unsigned;

/// 1.2.840.113549.1.9.14, the attribute that asks for extensions (RFC 2985 5.4.2).
const EXTENSION_REQUEST: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E];

/// What a request says besides the key: who asks, and which extensions the certificate shall have. A CA may change any
/// of it.
///
/// A constant, with a buffer of its size:
///
/// ```
/// use atecc608::x509::{Attribute, Csr, Name};
///
/// const CSR: Csr<'static> = Csr::new(Name::Attributes(&[Attribute::common_name("0123a23f29f9366a01ee")]));
/// let buffer = [0; CSR.max_der_len()];
/// assert_eq!(buffer.len(), 222);
/// ```
///
/// [`blocking::Atecc608::sign_csr`](crate::blocking::Atecc608::sign_csr) and its async twin have it signed by the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Csr<'a> {
    subject: Name<'a>,
    alternative_names: &'a [GeneralName<'a>],
    key_usage: KeyUsage,
    extended_key_usage: ExtendedKeyUsage,
}

impl<'a> Csr<'a> {
    /// A request that asks for no extensions.
    #[must_use]
    pub const fn new(subject: Name<'a>) -> Self {
        let (key_usage, extended_key_usage) = (KeyUsage::empty(), ExtendedKeyUsage::empty());
        Self { subject, alternative_names: &[], key_usage, extended_key_usage }
    }

    /// Asks for alternative names of the subject.
    #[must_use]
    pub const fn with_alternative_names(self, names: &'a [GeneralName<'a>]) -> Self {
        Self { alternative_names: names, ..self }
    }

    /// Asks for a key usage.
    #[must_use]
    pub const fn with_key_usage(self, key_usage: KeyUsage) -> Self {
        Self { key_usage, ..self }
    }

    /// Asks for an extended key usage.
    #[must_use]
    pub const fn with_extended_key_usage(self, extended_key_usage: ExtendedKeyUsage) -> Self {
        Self { extended_key_usage, ..self }
    }

    /// Bytes of the DER at most, for the longest signature; shorter ones take up to 2 bytes less, rarely more. With a
    /// common name of 20 characters and no extensions 222.
    #[must_use]
    #[doc(alias = "atcacert_max_cert_size")]
    pub const fn max_der_len(&self) -> usize {
        let mut counting = Writer::new(&mut []);
        self.emit(&PublicKey::from_bytes([0; 64]), &mut counting);
        Unsigned::max_len(counting.len())
    }

    /// Writes the request without its signature into `buffer`, which needs [`max_der_len`](Self::max_der_len) bytes.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`]; [`Error::Attribute`], [`Error::DnsName`], [`Error::Uri`], [`Error::NameDer`] and
    /// [`Error::NoName`] if a name can't be written.
    pub fn write<'b>(&self, key: &PublicKey, buffer: &'b mut [u8]) -> Result<Unsigned<'b>, Error> {
        Unsigned::write(buffer, |writer| self.emit(key, writer))
    }

    /// The CertificationRequestInfo.
    const fn emit(&self, key: &PublicKey, writer: &mut Writer<'_>) {
        let nobody = self.subject.is_empty();
        if nobody && self.alternative_names.is_empty() {
            writer.fail(Error::NoName);
        }
        // Without a subject they are all that there is (RFC 5280 4.1.2.6).
        emit_alternative_names(self.alternative_names, nobody, writer);
        self.extended_key_usage.emit(writer);
        self.key_usage.emit(writer);
        // Without attributes their empty set is there nevertheless.
        if writer.len() > 0 {
            writer.wrap(tag::SEQUENCE, 0);
            writer.wrap(tag::SET, 0);
            writer.value(tag::OID, &EXTENSION_REQUEST);
            writer.wrap(tag::SEQUENCE, 0);
        }
        writer.wrap(tag::context_constructed(0), 0);
        emit_key(key, writer);
        self.subject.emit(writer);
        // Version 1 is 0.
        writer.unsigned(&[0]);
        writer.wrap(tag::SEQUENCE, 0);
    }
}

/// A SubjectPublicKeyInfo.
pub(crate) const fn emit_key(key: &PublicKey, writer: &mut Writer<'_>) {
    writer.bytes(key.as_bytes());
    // Not compressed.
    writer.byte(0x04);
    writer.bytes(&SPKI_PREFIX);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::BufferTooSmall;
    use crate::key::Signature;
    use crate::x509::name::Attribute;
    use std::vec::Vec;

    const KEY: PublicKey = PublicKey::from_bytes([0x5A; 64]);

    fn message(csr: &Csr<'_>) -> Result<Vec<u8>, Error> {
        let mut buffer = std::vec![0; csr.max_der_len()];
        Ok(csr.write(&KEY, &mut buffer)?.message().to_vec())
    }

    #[test]
    fn golden() {
        let name = [Attribute::common_name("sensor-7")];
        let wanted = [
            &b"\x30\x75\x02\x01\x00\x30\x13\x31\x11\x30\x0f\x06\x03\x55\x04\x03\x0c\x08sensor-7"[..],
            &KEY.to_spki_der(),
            b"\xa0\x00",
        ];
        assert_eq!(message(&Csr::new(Name::Attributes(&name))).unwrap(), wanted.concat());
    }

    #[test]
    fn golden_with_an_extension_request() {
        let name = [Attribute::common_name("sensor-7")];
        let csr = Csr::new(Name::Attributes(&name))
            .with_alternative_names(&[GeneralName::Dns("a.example")])
            .with_key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .with_extended_key_usage(ExtendedKeyUsage::CLIENT_AUTH);
        let wanted = [
            &b"\x30\x81\xc1\x02\x01\x00\x30\x13\x31\x11\x30\x0f\x06\x03\x55\x04\x03\x0c\x08sensor-7"[..],
            &KEY.to_spki_der(),
            b"\xa0\x4c\x30\x4a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e\x31\x3d\x30\x3b\
              \x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x07\x80\
              \x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02\
              \x30\x14\x06\x03\x55\x1d\x11\x04\x0d\x30\x0b\x82\x09a.example",
        ];
        assert_eq!(message(&csr).unwrap(), wanted.concat());
    }

    #[test]
    fn a_subject_or_an_alternative_name() {
        let nobody = Csr::new(Name::Attributes(&[]));
        assert_eq!(message(&nobody), Err(Error::NoName));
        let critical = message(&nobody.with_alternative_names(&[GeneralName::Dns("a")])).unwrap();
        assert!(critical.ends_with(b"\x06\x03\x55\x1d\x11\x01\x01\xff\x04\x05\x30\x03\x82\x01a"));
    }

    /// Facts of other people's requests: 220 to 222 bytes with a common name of 20 characters.
    #[test]
    fn sizes() {
        const CSR: Csr<'static> =
            Csr::new(Name::Attributes(&[Attribute::common_name("12345678901234567890")]));
        let mut buffer = [0; CSR.max_der_len()];
        let unsigned = CSR.write(&KEY, &mut buffer).unwrap();
        assert_eq!(unsigned.finish(&Signature::from_bytes([0xFF; 64])).unwrap().len(), 222);
        let unsigned = CSR.write(&KEY, &mut buffer).unwrap();
        assert_eq!(unsigned.finish(&Signature::from_bytes([0x7F; 64])).unwrap().len(), 220);
        for size in 0..222 {
            let refused = CSR.write(&KEY, &mut buffer[..size]).unwrap_err();
            assert_eq!(refused, BufferTooSmall::new(222).into());
        }
    }
}
