//! What a key may be used for.

use super::{extension, id};
use crate::x509::der::tag;
use crate::x509::der::write::Writer;

flags! {
    /// What the key may do (RFC 5280 4.2.1.3). The bits are those of the first two bytes, big endian.
    pub struct KeyUsage: u16 {
        /// Sign anything but certificates: what TLS needs of a key on P-256.
        const DIGITAL_SIGNATURE = 0x8000;
        /// Sign what can't be denied later (nonRepudiation).
        const CONTENT_COMMITMENT = 0x4000;
        /// Encrypt keys. RFC 8813 forbids it for keys on curves, but there are clouds that ask for it.
        const KEY_ENCIPHERMENT = 0x2000;
        /// Encrypt data.
        const DATA_ENCIPHERMENT = 0x1000;
        /// Agree on keys (ECDH).
        const KEY_AGREEMENT = 0x0800;
        /// Sign certificates.
        const KEY_CERT_SIGN = 0x0400;
        /// Sign lists of revoked certificates.
        const CRL_SIGN = 0x0200;
        /// Agree on keys, only to encrypt.
        const ENCIPHER_ONLY = 0x0100;
        /// Agree on keys, only to decrypt.
        const DECIPHER_ONLY = 0x0080;
    }
}

impl KeyUsage {
    /// A critical extension; nothing if it is empty.
    pub(crate) const fn emit(self, writer: &mut Writer<'_>) {
        if self.is_empty() {
            return;
        }
        let since = writer.len();
        let [first, second] = self.bits().to_be_bytes();
        // No zeros at the end: DER has this of lists of named bits.
        let unused = if second == 0 {
            first.trailing_zeros()
        } else {
            writer.byte(second);
            second.trailing_zeros()
        };
        writer.byte(first);
        writer.byte(unused as u8);
        writer.wrap(tag::BIT_STRING, since);
        extension(writer, since, id::KEY_USAGE, true);
    }
}

flags! {
    /// Purposes of the key (RFC 5280 4.2.1.12). Bit n stands for the identifier 1.3.6.1.5.5.7.3.(n + 1).
    pub struct ExtendedKeyUsage: u16 {
        /// A TLS server.
        const SERVER_AUTH = 0x01;
        /// A TLS client, as devices are.
        const CLIENT_AUTH = 0x02;
        /// Signs software.
        const CODE_SIGNING = 0x04;
        /// Signs mail.
        const EMAIL_PROTECTION = 0x08;
        /// Signs times.
        const TIME_STAMPING = 0x80;
        /// Says whether certificates are revoked.
        const OCSP_SIGNING = 0x100;
    }
}

impl ExtendedKeyUsage {
    /// 1.3.6.1.5.5.7.3
    const ARC: [u8; 7] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03];

    /// An extension that is not critical; nothing if it is empty.
    pub(crate) const fn emit(self, writer: &mut Writer<'_>) {
        if self.is_empty() {
            return;
        }
        let since = writer.len();
        let mut number = 16;
        while number > 0 {
            if self.bits() & (1 << (number - 1)) != 0 {
                let purpose = writer.len();
                writer.byte(number);
                writer.bytes(&Self::ARC);
                writer.wrap(tag::OID, purpose);
            }
            number -= 1;
        }
        writer.wrap(tag::SEQUENCE, since);
        extension(writer, since, id::EXTENDED_KEY_USAGE, false);
    }
}

/// Whether the subject may issue certificates (RFC 5280 4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BasicConstraints {
    /// It may.
    pub ca: bool,
    /// How many certificates of issuers may stand between it and a device's; `None` is no limit. With 0 it may issue for
    /// devices only.
    pub path_len: Option<u8>,
}

impl BasicConstraints {
    /// A critical extension.
    pub(crate) const fn emit(self, writer: &mut Writer<'_>) {
        let since = writer.len();
        if self.ca {
            if let Some(path_len) = self.path_len {
                writer.unsigned(&[path_len]);
            }
            writer.value(tag::BOOLEAN, &[0xFF]);
        }
        writer.wrap(tag::SEQUENCE, since);
        extension(writer, since, id::BASIC_CONSTRAINTS, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::der::write::written;

    #[test]
    fn key_usage() {
        let all = KeyUsage::all();
        for (usage, bits) in [
            (KeyUsage::DIGITAL_SIGNATURE, &b"\x03\x02\x07\x80"[..]),
            // As Trust&GO has them: devices and signers.
            (KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT, b"\x03\x02\x03\x88"),
            (KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN, b"\x03\x02\x01\x86"),
            (KeyUsage::ENCIPHER_ONLY, b"\x03\x02\x00\x01"),
            (KeyUsage::DECIPHER_ONLY, b"\x03\x03\x07\x00\x80"),
            (all, b"\x03\x03\x07\xff\x80"),
        ] {
            let der = written(|writer| usage.emit(writer)).unwrap();
            let n = bits.len() as u8;
            let head = [0x30, n + 10, 6, 3, 0x55, 0x1D, 0x0F, 1, 1, 0xFF, 4, n];
            assert_eq!(der, [&head, bits].concat(), "{usage:?}");
        }
        assert!(written(|writer| KeyUsage::empty().emit(writer)).unwrap().is_empty());
    }

    #[test]
    fn extended_key_usage() {
        let der = |usage: ExtendedKeyUsage| written(|writer| usage.emit(writer)).unwrap();
        assert_eq!(
            der(ExtendedKeyUsage::CLIENT_AUTH),
            b"\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
        );
        let numbers: std::vec::Vec<u8> = der(ExtendedKeyUsage::all())
            .windows(8)
            .filter(|oid| oid.starts_with(&ExtendedKeyUsage::ARC))
            .map(|oid| oid[7])
            .collect();
        assert_eq!(numbers, [1, 2, 3, 4, 8, 9]);
        assert!(der(ExtendedKeyUsage::empty()).is_empty());
    }

    #[test]
    fn basic_constraints() {
        let der = |ca, path_len| written(|writer| BasicConstraints { ca, path_len }.emit(writer)).unwrap();
        let head = b"\x06\x03\x55\x1d\x13\x01\x01\xff\x04";
        for (ca, path_len, content) in [
            (false, None, &b"\x30\x00"[..]),
            // Means nothing then.
            (false, Some(1), b"\x30\x00"),
            (true, None, b"\x30\x03\x01\x01\xff"),
            (true, Some(0), b"\x30\x06\x01\x01\xff\x02\x01\x00"),
            (true, Some(200), b"\x30\x07\x01\x01\xff\x02\x02\x00\xc8"),
        ] {
            let n = content.len() as u8;
            let wanted = [&[0x30, n + 10], &head[..], &[n], content].concat();
            assert_eq!(der(ca, path_len), wanted);
        }
    }
}
