//! Certificates, before they are signed (RFC 5280 4.1.2).

use crate::key::PublicKey;
use crate::x509::csr::emit_key;
use crate::x509::der::tag;
use crate::x509::der::write::{Writer, unsigned_len, without_leading_zeros};
use crate::x509::error::Error;
use crate::x509::extension::{Profile, emit_alternative_names};
use crate::x509::key_id::KeyId;
use crate::x509::name::{GeneralName, Name};
use crate::x509::time::Validity;
use crate::x509::unsigned::{ECDSA_WITH_SHA256, Unsigned};

/// Bytes of a serial number's content, with the zero in front that some need.
const MAX_SERIAL: usize = 20;

/// What a certificate says. Subject key id and authority key id are made from the keys.
///
/// [`blocking::issue`](crate::blocking::issue) and its async twin have it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TbsCertificate<'a> {
    /// The serial number, big endian: positive, at most 20 bytes (of 20 the first below 0x80), and never twice of
    /// the same issuer.
    pub serial: &'a [u8],
    /// Who issues it. If the issuer has a certificate, that one's subject as [`Name::Der`].
    pub issuer: Name<'a>,
    /// From when to when it holds.
    pub validity: Validity,
    /// Who it is about; for a device it may be empty if there are alternative names.
    pub subject: Name<'a>,
    /// The subject's key.
    pub subject_key: PublicKey,
    /// The key that signs.
    pub issuer_key: PublicKey,
    /// What it is for.
    pub profile: Profile,
    /// Alternative names of the subject; none is fine.
    pub alternative_names: &'a [GeneralName<'a>],
}

impl<'a> TbsCertificate<'a> {
    /// One that its own subject signs.
    #[must_use]
    pub const fn self_signed(
        serial: &'a [u8],
        name: Name<'a>,
        validity: Validity,
        key: PublicKey,
        profile: Profile,
    ) -> Self {
        Self {
            serial,
            issuer: name,
            validity,
            subject: name,
            subject_key: key,
            issuer_key: key,
            profile,
            alternative_names: &[],
        }
    }

    /// Bytes of the DER at most, for the longest signature.
    #[must_use]
    #[doc(alias = "atcacert_max_cert_size")]
    pub const fn max_der_len(&self) -> usize {
        let mut counting = Writer::new(&mut []);
        let id = KeyId::from_bytes([0; 20]);
        self.emit(&id, &id, &mut counting);
        Unsigned::max_len(counting.len())
    }

    /// Writes the certificate without its signature into `buffer`, which needs [`max_der_len`](Self::max_der_len) bytes.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`]; [`Error::Serial`], [`Error::Validity`], [`Error::KeyUsage`]; [`Error::Attribute`],
    /// [`Error::DnsName`], [`Error::Uri`], [`Error::NameDer`] and [`Error::NoName`] if a name can't be written.
    pub fn write<'b>(&self, buffer: &'b mut [u8]) -> Result<Unsigned<'b>, Error> {
        let (subject, authority) = (self.subject_key.key_id(), self.issuer_key.key_id());
        Unsigned::write(buffer, |writer| self.emit(&subject, &authority, writer))
    }

    const fn emit(&self, subject: &KeyId, authority: &KeyId, writer: &mut Writer<'_>) {
        self.check(writer);
        authority.emit_authority(writer);
        subject.emit_subject(writer);
        emit_alternative_names(self.alternative_names, self.subject.is_empty(), writer);
        self.profile.emit(writer);
        writer.wrap(tag::SEQUENCE, 0);
        writer.wrap(tag::context_constructed(3), 0);
        emit_key(&self.subject_key, writer);
        self.subject.emit(writer);
        let since = writer.len();
        self.validity.not_after.emit(writer);
        self.validity.not_before.emit(writer);
        writer.wrap(tag::SEQUENCE, since);
        self.issuer.emit(writer);
        writer.bytes(&ECDSA_WITH_SHA256);
        writer.unsigned(self.serial);
        // Version 3 is 2.
        writer.bytes(&[tag::context_constructed(0), 3, tag::INTEGER, 1, 2]);
        writer.wrap(tag::SEQUENCE, 0);
    }

    /// What is wrong besides names and profile.
    const fn check(&self, writer: &mut Writer<'_>) {
        let zero = without_leading_zeros(self.serial).is_empty();
        // Without tag and length.
        if zero || unsigned_len(self.serial) > MAX_SERIAL + 2 {
            writer.fail(Error::Serial);
        }
        if self.validity.is_reversed() {
            writer.fail(Error::Validity);
        }
        // Those whom a signer signs name it by its subject (RFC 5280 4.1.2.6).
        let needed = self.alternative_names.is_empty() || self.profile.basic_constraints().ca;
        if self.issuer.is_empty() || needed && self.subject.is_empty() {
            writer.fail(Error::NoName);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::BufferTooSmall;
    use crate::x509::name::Attribute;
    use crate::x509::time::DateTime;
    use std::vec::Vec;

    const KEY: PublicKey = PublicKey::from_bytes([0x5A; 64]);
    const SIGNER: PublicKey = PublicKey::from_bytes([0xA5; 64]);

    const VALIDITY: Validity = Validity {
        not_before: DateTime::new(2026, 1, 2, 3, 4, 5).unwrap(),
        not_after: DateTime::new(2050, 1, 1, 0, 0, 0).unwrap(),
    };

    const DEVICE: TbsCertificate<'static> = TbsCertificate {
        serial: &[0x12, 0x34],
        issuer: Name::Attributes(&[Attribute::common_name("signer")]),
        validity: VALIDITY,
        subject: Name::Attributes(&[Attribute::common_name("sensor-7")]),
        subject_key: KEY,
        issuer_key: SIGNER,
        profile: Profile::DEVICE,
        alternative_names: &[],
    };

    fn message(tbs: &TbsCertificate<'_>) -> Result<Vec<u8>, Error> {
        let mut buffer = std::vec![0; tbs.max_der_len()];
        Ok(tbs.write(&mut buffer)?.message().to_vec())
    }

    #[test]
    fn golden() {
        let extensions = [
            &b"\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00\
               \x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x07\x80\
               \x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02\
               \x30\x1d\x06\x03\x55\x1d\x0e\x04\x16\x04\x14"[..],
            KEY.key_id().as_bytes(),
            b"\x30\x1f\x06\x03\x55\x1d\x23\x04\x18\x30\x16\x80\x14",
            SIGNER.key_id().as_bytes(),
        ]
        .concat();
        let content = [
            &b"\xa0\x03\x02\x01\x02\x02\x02\x12\x34\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\
               \x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06signer\
               \x30\x20\x17\x0d260102030405Z\x18\x0f20500101000000Z\
               \x30\x13\x31\x11\x30\x0f\x06\x03\x55\x04\x03\x0c\x08sensor-7"[..],
            &KEY.to_spki_der(),
            &[0xA3, extensions.len() as u8 + 2, 0x30, extensions.len() as u8],
            &extensions,
        ]
        .concat();
        let wanted = [&[0x30, 0x82, (content.len() >> 8) as u8, content.len() as u8], &content[..]].concat();
        assert_eq!(message(&DEVICE).unwrap(), wanted);
    }

    #[test]
    fn serial_numbers() {
        let most = [&[0x7F][..], &[0xFF; 19]].concat();
        let der = |serial: &[u8]| message(&TbsCertificate { serial, ..DEVICE });
        for (serial, content) in [
            (&[1][..], &[1][..]),
            (&[0x80], &[0, 0x80]),
            (&[0, 0, 5], &[5]),
            (&[0xFF; 19], &[&[0][..], &[0xFF; 19]].concat()),
            (&most, &most),
            (&[&[0; 200][..], &most].concat(), &most),
        ] {
            let integer = [&[2, content.len() as u8], content].concat();
            let der = der(serial).unwrap();
            assert!(der[9..].starts_with(&integer), "{serial:02x?}");
        }
        for serial in [&[][..], &[0], &[0; 30], &[0x80; 20], &[1; 21], &[1; 200]] {
            assert_eq!(der(serial), Err(Error::Serial), "{serial:02x?}");
        }
    }

    #[test]
    fn what_can_not_be() {
        let reversed = Validity { not_before: VALIDITY.not_after, not_after: VALIDITY.not_before };
        let moment = Validity { not_before: VALIDITY.not_after, not_after: VALIDITY.not_after };
        assert_eq!(message(&TbsCertificate { validity: reversed, ..DEVICE }), Err(Error::Validity));
        assert!(message(&TbsCertificate { validity: moment, ..DEVICE }).is_ok());
        let nobody = Name::Attributes(&[]);
        assert_eq!(message(&TbsCertificate { issuer: nobody, ..DEVICE }), Err(Error::NoName));
        assert_eq!(message(&TbsCertificate { subject: nobody, ..DEVICE }), Err(Error::NoName));
        let names = [GeneralName::Uri("urn:x")];
        let named = TbsCertificate { subject: nobody, alternative_names: &names, ..DEVICE };
        assert!(message(&named).is_ok());
        assert_eq!(message(&TbsCertificate { profile: Profile::SIGNER, ..named }), Err(Error::NoName));
    }

    #[test]
    fn the_length_is_known_before() {
        const NEEDED: usize = DEVICE.max_der_len();
        let mut buffer = [0; NEEDED];
        for size in 0..NEEDED {
            let refused = DEVICE.write(&mut buffer[..size]).unwrap_err();
            assert_eq!(refused, BufferTooSmall::new(NEEDED).into());
        }
        let whole = DEVICE.write(&mut buffer).unwrap();
        let whole = whole.finish(&crate::key::Signature::from_bytes([0xFF; 64])).unwrap();
        assert_eq!(whole.len(), NEEDED);
    }
}
