//! Serial numbers by each rule of the compressed form.

use crate::common::{finish, hour};
use atecc608::x509::{
    CertificateSerial, Compressed, CompressedError, Dates, Error, P256, Parts, SerialSource, SignerId,
    Template, TemplateError, Term,
};
use atecc608::{PublicKey, SerialNumber};
use testkit::{bytes, known_public_key, published};

/// The published chip's, with another last byte in the key's place for the signer.
fn parts() -> Parts<'static> {
    let key = PublicKey::from_bytes(published::device_key());
    Parts::new(key, known_public_key()).with_chip_serial(SerialNumber(published::SERIAL))
}

/// Slot 10 with other bytes 70 and 71.
fn slot(source: u8, version: u8, last: u8) -> Compressed {
    let mut bytes = published::slot_10();
    bytes[70..].copy_from_slice(&[source << 4 | version, last]);
    Compressed::from_bytes(bytes)
}

/// As Microchip's library computes them. It does not look at the reserved bits of byte 71.
#[test]
fn vectors() {
    for (source, version, last, len, serial) in [
        (0x8, 0, 0x00, 10, "400123a23f29f9366a01"),
        (0x9, 0, 0x00, 3, "402c00"),
        (0xA, 0, 0x00, 16, "5f235abdb72bed34b43772e79d40c11c"),
        (0xA, 0, 0x00, 20, "5f235abdb72bed34b43772e79d40c11c3395c4a5"),
        (0xB, 0, 0x00, 16, "6ab5e8a8fa39802e7418650a5dac9871"),
        (0xC, 0, 0x00, 16, "5f235abdb72bed34b43772e79d40c11c"),
        (0xE, 0, 0x00, 16, "5f235abdb72bed34b43772e79d40c11c"),
        (0xD, 0, 0x00, 16, "2ab5e8a8fa39802e7418650a5dac9871"),
        (0xF, 0, 0x00, 16, "2ab5e8a8fa39802e7418650a5dac9871"),
        (0xA, 1, 0x53, 16, "54dc909408847de7d43716950faca1f7"),
        (0xB, 2, 0x53, 16, "742b7876d4db24ee768be6ecc32268e0"),
    ] {
        let made = CertificateSerial::new(&slot(source, version, last), len, &parts()).unwrap();
        assert_eq!(made.as_bytes(), bytes(serial), "{source:x}, version {version}");
        assert_eq!(made.as_der(), bytes(serial));
    }
    let refused = CertificateSerial::new(&slot(0xA, 3, 0x53), 16, &parts()).unwrap_err();
    assert_eq!(refused, Error::Compressed(CompressedError::Version(3)));
}

#[test]
fn only_the_rules_that_there_are() {
    let defined = [0x0, 0x7, 0x8, 0x9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF];
    for nibble in 0..=255 {
        let source = SerialSource::from_nibble(nibble);
        assert_eq!(source.map(SerialSource::nibble), defined.contains(&nibble).then_some(nibble));
        if nibble < 16 && source.is_none() {
            let refused = CertificateSerial::new(&slot(nibble, 0, 0), 16, &parts()).unwrap_err();
            assert_eq!(refused, Error::Compressed(CompressedError::SerialSource(nibble)));
        }
    }
}

#[test]
fn what_is_missing_is_said() {
    let key = PublicKey::from_bytes(published::device_key());
    let nothing = Parts::new(key, key);
    for (source, len, error) in [
        (0x0, 16, TemplateError::NoSerial),
        (0x7, 16, TemplateError::NoSerial),
        (0x8, 10, TemplateError::NoChipSerial),
        (0xB, 16, TemplateError::NoChipSerial),
        (0xD, 16, TemplateError::NoChipSerial),
        (0xF, 16, TemplateError::NoChipSerial),
        (0xA, 33, TemplateError::HashTooShort),
        (0xA, 0, TemplateError::HashTooShort),
    ] {
        let refused = CertificateSerial::new(&slot(source, 0, 0), len, &nothing).unwrap_err();
        assert_eq!(refused, Error::Template(error), "{source:x}");
    }
    let short = nothing.with_serial(&[1; 15]);
    let refused = CertificateSerial::new(&slot(0, 0, 0), 16, &short).unwrap_err();
    assert_eq!(refused, Error::Template(TemplateError::SerialLength { expected: 16, found: 15 }));
    let empty = nothing.with_serial(&[]);
    assert!(CertificateSerial::new(&slot(7, 0, 0), 16, &empty).is_err());
    for source in 0..16 {
        if let Some(source) = SerialSource::from_nibble(source) {
            let made =
                CertificateSerial::new(&slot(source.nibble(), 0, 0), 16, &nothing.with_serial(&[1; 16]));
            assert_eq!(made.is_err(), source.needs_chip_serial());
        }
    }
}

/// Issued, compressed, rebuilt and verified by each rule.
#[test]
fn each_rule_there_and_back() {
    let example = published::signer();
    let dates = Dates::new(hour(2040, 5, 6, 7), Term::Years(9)).unwrap();
    let signer = SignerId(0x1234);
    let mut lengths = Vec::new();
    for nibble in 0..16 {
        let Some(source) = SerialSource::from_nibble(nibble) else { continue };
        let template = Template::new(&example, 1, 2, source);
        for len in [1, 2, 15, 16, 17, 20, 120] {
            let given = vec![0x51; len];
            let parts = parts().with_serial(&given);
            let mut buffer = [0; 800];
            let issued = match template.issue(&parts, signer, &dates, &mut buffer) {
                Err(error) if source == SerialSource::Stored && len != 16 => {
                    let wrong = TemplateError::SerialLength { expected: 16, found: len };
                    assert_eq!(error, Error::Template(wrong));
                    continue;
                }
                Err(Error::Template(TemplateError::SerialNotPositive)) if nibble >= 0xE => continue,
                other => other.unwrap(),
            };
            let (der, signature) = finish(issued);
            let compressed = template.compressed(signer, &dates, &signature).unwrap();
            assert_eq!(template.compress(&der, signer, &parts), Ok(compressed));
            let mut buffer = [0; 800];
            let rebuilt = template.rebuild(&compressed, &parts, &mut buffer).unwrap();
            let certificate = rebuilt.verify(&P256).unwrap();
            assert_eq!(certificate.der(), der);
            let made = CertificateSerial::new(&compressed, 16, &parts).unwrap();
            assert_eq!(certificate.serial(), made.as_bytes());
            if source == SerialSource::StoredWithLength {
                assert_eq!(certificate.serial(), given);
                lengths.push(certificate.tbs().len());
            }
        }
    }
    let tbs = 430;
    let changed = [1, 2, 15, 16, 17, 20].map(|len| tbs - 16 + len);
    assert_eq!(lengths[..6], changed);
    assert_eq!(lengths[6], tbs - 16 + 120);
}

/// The deprecated rules: numbers that begin with zeros lose them in DER, negative ones are not issued, and are read.
#[test]
fn odd_numbers_of_deprecated_rules() {
    let example = published::signer();
    let mut seen = [0; 4];
    for nibble in [0xA, 0xC, 0xE] {
        let template = Template::new(&example, 1, 0, SerialSource::from_nibble(nibble).unwrap());
        for n in 0..3600_u16 {
            let year = 2000 + n % 48;
            let dates =
                Dates::new(hour(year, 1 + (n / 48 % 12) as u8, 1 + (n / 576) as u8, 0), Term::Years(1))
                    .unwrap();
            let nobody = atecc608::Signature::from_bytes([1; 64]);
            let compressed = template.compressed(SignerId(0), &dates, &nobody).unwrap();
            let made = CertificateSerial::new(&compressed, 16, &parts()).unwrap();
            let mut buffer = [0; 600];
            let issued = template.issue(&parts(), SignerId(0), &dates, &mut buffer);
            let negative = made.as_bytes()[0] > 0x7F;
            if negative {
                let error = Error::Template(TemplateError::SerialNotPositive);
                assert_eq!(issued.map(|_| ()), Err(error));
            } else {
                assert!(issued.is_ok());
            }
            let mut buffer = [0; 600];
            let rebuilt = template.rebuild(&compressed, &parts(), &mut buffer).unwrap();
            let shorter = made.as_bytes().len() - made.as_der().len();
            assert!(rebuilt.message().windows(made.as_der().len()).any(|part| part == made.as_der()));
            seen[0] += u32::from(nibble == 0xA && (negative || shorter > 0));
            seen[1] += u32::from(nibble == 0xC && negative);
            seen[2] += u32::from(nibble == 0xC && shorter > 0);
            seen[3] += u32::from(nibble == 0xE && negative);
        }
    }
    let [a, negative_c, shorter_c, negative_e] = seen;
    assert_eq!((a, negative_c), (0, 0));
    assert!(shorter_c > 0 && negative_e > 300, "{seen:?}");
}
