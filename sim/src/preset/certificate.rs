//! Certificates as Microchip's Trust parts have them: X.509 version 3 by one of five templates, put together field by field,
//! and the 72 bytes that a chip keeps of each.

mod compressed;
mod der;
mod sha1;

pub(super) use compressed::Date;

use compressed::compress;
use der::{context, context_around, value};
use p256::SecretKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use sha1::sha1;
use sha2::{Digest, Sha256};

const ORGANIZATION: &str = "Microchip Technology Inc";

/// Contents of OBJECT IDENTIFIERs.
mod oid {
    pub(super) const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
    pub(super) const SERIAL_NUMBER: &[u8] = &[0x55, 0x04, 0x05];
    pub(super) const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0A];
    pub(super) const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1D, 0x0E];
    pub(super) const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
    pub(super) const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1D, 0x11];
    pub(super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
    pub(super) const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1D, 0x23];
    pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
    pub(super) const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    pub(super) const ECDSA_WITH_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
}

/// Who has the certificate, by which everything that is fixed is fixed.
#[derive(Clone, Copy)]
pub(super) enum Template<'a> {
    /// The root, whose certificate no chip has.
    Root,
    /// Number 1: a signer.
    Signer { id: u16 },
    /// Number 2: the device certificate of older parts.
    Old { serial: &'a [u8; 9] },
    /// Number 3: Trust&GO TLS, with the MAC address as 12 digits.
    TngTls { serial: &'a [u8; 9], eui48: &'a str },
    /// Number 4: Trust&GO LoRaWAN, with the EUI-64 as 16 digits.
    TngLora { serial: &'a [u8; 9], eui64: &'a str },
    /// Number 3 as well: TrustFLEX TLS.
    TflxTls { serial: &'a [u8; 9] },
}

/// What differs between certificates of a template.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) template: Template<'a>,
    /// X and Y.
    pub(super) key: &'a [u8; 64],
    pub(super) issuer_key: &'a [u8; 64],
    /// Of the signer, if one issues the certificate and not the root.
    pub(super) signer_id: Option<u16>,
    pub(super) issued: Date,
}

/// An issued certificate.
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    /// For the chip.
    pub(super) compressed: [u8; 72],
}

impl Template<'_> {
    const fn number(self) -> u8 {
        match self {
            Template::Root => 0,
            Template::Signer { .. } => 1,
            Template::Old { .. } => 2,
            Template::TngTls { .. } | Template::TflxTls { .. } => 3,
            Template::TngLora { .. } => 4,
        }
    }

    /// Of validity.
    const fn years(self) -> u8 {
        match self {
            Template::Root => 40,
            Template::Signer { .. } => 31,
            _ => 28,
        }
    }

    fn common_name(self) -> String {
        match self {
            Template::Root => "Crypto Authentication Root CA 002".into(),
            Template::Signer { id } => format!("Crypto Authentication Signer {id:04X}"),
            Template::Old { serial } => format!("{} ATECC", hex(serial)),
            Template::TngTls { serial, .. }
            | Template::TngLora { serial, .. }
            | Template::TflxTls { serial } => format!("sn{}", hex(serial)),
        }
    }

    /// The extensions that are not key identifiers, in the order in which they come before them.
    fn extensions(self) -> Vec<u8> {
        let usage = |bits: &[u8]| extension(oid::KEY_USAGE, true, &value(der::BIT_STRING, &[bits]));
        let basic =
            |contents: &[u8]| extension(oid::BASIC_CONSTRAINTS, true, &value(der::SEQUENCE, &[contents]));
        // digitalSignature and keyAgreement; no CA.
        let device = || [basic(&[]), usage(&[3, 0x88])].concat();
        match self {
            Template::Root => Vec::new(),
            // digitalSignature, keyCertSign and cRLSign; a CA of devices only.
            Template::Signer { .. } => {
                let path_len = der::unsigned(&[0]);
                [usage(&[1, 0x86]), basic(&[&TRUE[..], &path_len].concat())].concat()
            }
            Template::Old { .. } | Template::TflxTls { .. } => device(),
            Template::TngTls { eui48, .. } => {
                [alternative_name(&format!("eui48_{eui48}")), device()].concat()
            }
            Template::TngLora { eui64, .. } => {
                [alternative_name(&format!("eui64_{eui64}")), device()].concat()
            }
        }
    }
}

/// BOOLEAN TRUE.
const TRUE: [u8; 3] = [der::BOOLEAN, 1, 0xFF];

impl Fields<'_> {
    /// Signs it; equal fields make equal certificates.
    pub(super) fn issue(&self, key: &SecretKey) -> Certificate {
        let tbs = self.tbs();
        let key = SigningKey::from(key);
        let signed: Result<Signature, _> = key.sign_prehash(&Sha256::digest(&tbs));
        // Only a digest of a wrong size can't be signed.
        let signature = signed.map(|signature| signature.to_bytes().into()).unwrap_or([0; 64]);
        let dates = self.issued.compressed(self.template.years());
        let signer_id = match (self.template, self.signer_id) {
            (Template::Signer { id }, _) | (_, Some(id)) => id,
            (_, None) => 0,
        };
        Certificate {
            der: certificate(&tbs, &signature),
            compressed: compress(&signature, dates, signer_id, self.template.number()),
        }
    }

    /// The part that is signed.
    fn tbs(&self) -> Vec<u8> {
        let issuer = match self.signer_id {
            Some(id) => Template::Signer { id },
            None => Template::Root,
        };
        let Date { year, month, day, hour } = self.issued;
        let start = format!("{:02}{month:02}{day:02}{hour:02}0000Z", year % 100);
        let end = year + u16::from(self.template.years());
        let end = format!("{end}{month:02}{day:02}{hour:02}0000Z");
        let validity = value(
            der::SEQUENCE,
            &[&value(der::UTC_TIME, &[start.as_bytes()]), &value(der::GENERALIZED_TIME, &[end.as_bytes()])],
        );
        let (subject_id, authority_id) = (key_id(self.key), key_id(self.issuer_key));
        let subject_id = extension(oid::SUBJECT_KEY_ID, false, &value(der::OCTET_STRING, &[&subject_id]));
        let authority_id = value(der::SEQUENCE, &[&value(context(0), &[&authority_id])]);
        let authority_id = extension(oid::AUTHORITY_KEY_ID, false, &authority_id);
        let mut extensions = [self.template.extensions(), subject_id, authority_id].concat();
        if let Template::Root = self.template {
            // A CA of any depth, and at the end.
            extensions.extend(extension(oid::BASIC_CONSTRAINTS, true, &value(der::SEQUENCE, &[&TRUE])));
        }
        let extensions = value(der::SEQUENCE, &[&extensions]);
        value(
            der::SEQUENCE,
            &[
                &value(context_around(0), &[&der::unsigned(&[2])]),
                &der::unsigned(&self.serial()),
                &algorithm(),
                &name(&issuer.common_name()),
                &validity,
                &name(&self.template.common_name()),
                &public_key(self.key),
                &value(context_around(3), &[&extensions]),
            ],
        )
    }

    /// Of key and dates; positive, and of 16 bytes whatever they are.
    fn serial(&self) -> [u8; 16] {
        let digest = Sha256::new().chain_update(self.key);
        let digest = digest.chain_update(self.issued.compressed(self.template.years())).finalize();
        let mut serial = [0; 16];
        serial.copy_from_slice(&digest[..16]);
        serial[0] = serial[0] & 0x3F | 0x40;
        serial
    }
}

/// The whole certificate. R and S are numbers of as many bytes as they take.
fn certificate(tbs: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let signature = value(der::SEQUENCE, &[&der::unsigned(r), &der::unsigned(s)]);
    value(der::SEQUENCE, &[tbs, &algorithm(), &der::bit_string(&signature)])
}

fn algorithm() -> Vec<u8> {
    value(der::SEQUENCE, &[&value(der::OID, &[oid::ECDSA_WITH_SHA256])])
}

fn name(common_name: &str) -> Vec<u8> {
    value(
        der::SEQUENCE,
        &[
            &attribute(oid::ORGANIZATION, der::UTF8_STRING, ORGANIZATION),
            &attribute(oid::COMMON_NAME, der::UTF8_STRING, common_name),
        ],
    )
}

fn attribute(kind: &[u8], tag: u8, text: &str) -> Vec<u8> {
    let pair = [value(der::OID, &[kind]), value(tag, &[text.as_bytes()])].concat();
    value(der::SET, &[&value(der::SEQUENCE, &[&pair])])
}

/// A directory name of one serial number. Its type does not allow the underscore that it has.
fn alternative_name(serial_number: &str) -> Vec<u8> {
    let attribute = attribute(oid::SERIAL_NUMBER, der::PRINTABLE_STRING, serial_number);
    let directory_name = value(context_around(4), &[&value(der::SEQUENCE, &[&attribute])]);
    extension(oid::ALTERNATIVE_NAME, false, &value(der::SEQUENCE, &[&directory_name]))
}

fn extension(kind: &[u8], critical: bool, contents: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &TRUE } else { &[] };
    value(der::SEQUENCE, &[&value(der::OID, &[kind]), critical, &value(der::OCTET_STRING, &[contents])])
}

fn public_key(key: &[u8; 64]) -> Vec<u8> {
    let kind = [value(der::OID, &[oid::EC_PUBLIC_KEY]), value(der::OID, &[oid::P256])].concat();
    value(der::SEQUENCE, &[&value(der::SEQUENCE, &[&kind]), &der::bit_string(&uncompressed(key))])
}

/// SHA-1 of the point, for both key identifiers.
fn key_id(key: &[u8; 64]) -> [u8; 20] {
    sha1(&uncompressed(key))
}

fn uncompressed(key: &[u8; 64]) -> Vec<u8> {
    [&[4], &key[..]].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The published chip's certificates, as its real issuers made them.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::published;

    /// Of Microchip's root, whose id is in the signer's certificate.
    const ROOT_KEY: &str = "bd54e66de3875484006b53ae1580d50aa069e78adf5578d85ce2d54dd5b83029\
                            6bffdd6e6f7256fbd99ef1a116b11d33ad49103aa1858739dcfae437e19d634e";

    fn bytes<const N: usize>(digits: &str) -> [u8; N] {
        core::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
    }

    /// The fields make what the chip holds, and with its signature the certificate whose SHA-256 is known.
    fn check(fields: &Fields<'_>, signer_id: u16, stored: &[u8; 72], fingerprint: &str, length: usize) {
        let signature = stored[..64].try_into().unwrap();
        let dates = fields.issued.compressed(fields.template.years());
        assert_eq!(&compress(signature, dates, signer_id, fields.template.number()), stored);
        let der = certificate(&fields.tbs(), signature);
        assert_eq!(der.len(), length);
        assert_eq!(hex(&Sha256::digest(&der)).to_lowercase(), fingerprint);
    }

    #[test]
    fn the_published_device_certificate() {
        let fields = Fields {
            template: Template::TngTls { serial: &published::SERIAL, eui48: "E8EB1B202027" },
            key: &published::KEY,
            issuer_key: &published::SIGNER_KEY,
            signer_id: Some(0x2C00),
            issued: Date { year: 2020, month: 11, day: 11, hour: 4 },
        };
        let fingerprint = "e5d0935b056968c97815b71b40c49f24110e981411b33172923de76d612d0065";
        check(&fields, 0x2C00, &published::DEVICE, fingerprint, 547);
    }

    #[test]
    fn the_published_signer_certificate() {
        let fields = Fields {
            template: Template::Signer { id: 0x2C00 },
            key: &published::SIGNER_KEY,
            issuer_key: &bytes(ROOT_KEY),
            signer_id: None,
            issued: Date { year: 2018, month: 12, day: 14, hour: 20 },
        };
        let fingerprint = "ec4e5db63bd91b6ff5f38516eb9121aa3af23be103c7f47b2badef96af84deeb";
        check(&fields, 0x2C00, &published::SIGNER, fingerprint, 520);
    }

    /// The lengths of the other templates' signed parts (as their owner's library has them).
    #[test]
    fn lengths() {
        let serial = &published::SERIAL;
        for (template, length) in [
            (Template::Old { serial }, 415),
            (Template::TngLora { serial, eui64: "0004A31000000000" }, 461),
            (Template::TflxTls { serial }, 411),
        ] {
            let (key, issuer_key) = (&published::KEY, &published::SIGNER_KEY);
            let issued = Date { year: 2020, month: 11, day: 11, hour: 4 };
            let fields = Fields { template, key, issuer_key, signer_id: Some(0x2C00), issued };
            assert_eq!(fields.tbs().len(), length, "template {}", template.number());
        }
    }

    /// Years of every size, and "never".
    #[test]
    fn dates() {
        let date = |year, month, day, hour| Date { year, month, day, hour };
        assert_eq!(date(2000, 1, 1, 0).compressed(0), [0x00, 0x84, 0x00]);
        assert_eq!(date(2031, 12, 31, 23).compressed(31), [0xFE, 0x7E, 0xFF]);
        assert_eq!(date(2014, 10, 15, 16).compressed(14), [0x75, 0x3E, 0x0E]);
    }
}
