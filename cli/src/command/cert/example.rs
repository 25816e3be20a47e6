//! Templates from certificates.
//!
//! On a chip a certificate has 72 bytes: the rest is that of an example, any certificate of the same kind. What differs
//! between them is found in its names: the chip's serial number (18 hexadecimal digits) in the subject's, the signer's
//! id (4 hexadecimal digits at the end) in the signer's.

use atecc608::x509::{Certificate, Compressed, Error, Field, Parts, Place, SerialSource, SignerId, Template};

/// A certificate of the kind, and what it shows of its own.
#[derive(Debug)]
pub(super) struct Example {
    der: Vec<u8>,
    /// In which name, and the digits.
    chip: Option<String>,
    signer: Option<(Place<'static>, String)>,
}

/// In the order in which they are most likely.
const SOURCES: [SerialSource; 8] = [
    SerialSource::PublicKeyHash,
    SerialSource::ChipSerialHash,
    SerialSource::ChipSerial,
    SerialSource::SignerId,
    SerialSource::PublicKeyHashPositive,
    SerialSource::ChipSerialHashPositive,
    SerialSource::PublicKeyHashRaw,
    SerialSource::ChipSerialHashRaw,
];

impl Example {
    /// Of devices' certificates.
    pub(super) fn device(der: Vec<u8>) -> Result<Self, Error> {
        let certificate = Certificate::parse(&der)?;
        let chip = certificate.common_name().and_then(chip_digits).map(str::to_owned);
        let signer = issuer_name(&certificate)
            .as_deref()
            .and_then(id_digits)
            .map(|digits| (Place::Issuer, digits.to_owned()));
        Ok(Self { chip, signer, der })
    }

    /// Of signers' certificates.
    pub(super) fn signer(der: Vec<u8>) -> Result<Self, Error> {
        let name = Certificate::parse(&der)?.common_name().map(str::to_owned);
        let signer = name.as_deref().and_then(id_digits).map(|digits| (Place::Subject, digits.to_owned()));
        Ok(Self { chip: None, signer, der })
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The signer's id; 0 if no name tells it.
    pub(super) fn signer_id(&self) -> SignerId {
        let digits = self.signer.as_ref().map(|(_, digits)| u16::from_str_radix(digits, 16));
        SignerId(digits.and_then(Result::ok).unwrap_or(0))
    }

    /// Runs `work` with the template.
    pub(super) fn with<T>(
        &self,
        (number, chain): (u8, u8),
        source: SerialSource,
        work: impl FnOnce(&Template<'_>) -> T,
    ) -> T {
        let mut fields = Vec::new();
        if let Some((place, digits)) = &self.signer {
            fields.push(Field::signer_id(*place, digits));
        }
        if let Some(digits) = &self.chip {
            fields.push(Field::chip_serial(Place::Subject, digits));
        }
        work(&Template::new(&self.der, number, chain, source).with_fields(&fields))
    }

    /// This certificate in 72 bytes, by whichever rule its serial number was made.
    pub(super) fn compress(&self, numbers: (u8, u8), parts: &Parts<'_>) -> Result<Compressed, Error> {
        let by = |source| {
            self.with(numbers, source, |template| template.compress(&self.der, self.signer_id(), parts))
        };
        let [usual, others @ ..] = SOURCES;
        by(usual).or_else(|first| others.into_iter().find_map(|source| by(source).ok()).ok_or(first))
    }
}

/// 18 digits in a row.
fn chip_digits(name: &str) -> Option<&str> {
    let is_digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    (0..=name.len().checked_sub(18)?).find_map(|from| name.get(from..from + 18).filter(is_digits))
}

/// 4 digits at the end.
fn id_digits(name: &str) -> Option<&str> {
    let digits = name.get(name.len().checked_sub(4)?..)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)
}

fn issuer_name(certificate: &Certificate<'_>) -> Option<String> {
    let mut attributes = certificate.issuer_attributes();
    attributes.find(|part| part.oid == atecc608::x509::Oid::COMMON_NAME)?.text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_names() {
        assert_eq!(chip_digits("sn0123456789ABCDEF01"), Some("0123456789ABCDEF01"));
        assert_eq!(chip_digits("0123456789abcdef01-sensor"), Some("0123456789abcdef01"));
        assert_eq!(chip_digits("sensor-7"), None);
        assert_eq!(chip_digits("sn0123456789ABCDEF0"), None);
        assert_eq!(id_digits("Example Signer 2C00"), Some("2C00"));
        assert_eq!(id_digits("Example Signer"), None);
        assert_eq!(id_digits("CA1"), None);
    }
}
