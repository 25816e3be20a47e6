//! The parser on certificates that were cut or changed: no panic, and nothing changed that still verifies.

use atecc608::PublicKey;
use atecc608::x509::{Certificate, Error, Malformed, P256};
use testkit::published;

/// The published certificates, with the key that signed them.
fn all() -> [(Vec<u8>, PublicKey); 3] {
    let (signer, root) = (published::signer_key(), published::root_key());
    [(published::device(), signer), (published::signer(), root), (published::root(), root)]
        .map(|(der, key)| (der, PublicKey::from_bytes(key)))
}

/// Asks everything.
fn read(certificate: &Certificate<'_>) {
    for attribute in certificate.issuer_attributes().chain(certificate.subject_attributes()) {
        let _ = attribute.text();
    }
    certificate.extensions().count();
    certificate.alternative_names().count();
    let _ = (certificate.key_usage(), certificate.basic_constraints(), certificate.common_name());
    let _ = (certificate.subject_key_id(), certificate.authority_key_id(), certificate.validity());
    let _ = (certificate.extended_key_usage().map(Iterator::count), certificate.signature());
}

#[test]
fn cut_anywhere() {
    for (der, _) in all() {
        for len in 0..der.len() {
            let error = Certificate::parse(&der[..len]).unwrap_err();
            assert_eq!(error, Error::Malformed { offset: 0, why: Malformed::Truncated }, "{len} bytes");
        }
    }
}

#[test]
fn bytes_too_many() {
    for (der, _) in all() {
        let (offset, why) = (der.len(), Malformed::Trailing);
        let longer = [&der[..], &[0]].concat();
        assert_eq!(Certificate::parse(&longer).unwrap_err(), Error::Malformed { offset, why });
    }
}

/// Cut inside of any value, with the lengths around it put right: what is inside ends too early.
#[test]
fn each_byte_left_out() {
    for (der, key) in all() {
        for at in 0..der.len() {
            let mut shorter = der.clone();
            shorter.remove(at);
            let len = u16::try_from(shorter.len() - 4).unwrap();
            if at > 3 {
                shorter[2..4].copy_from_slice(&len.to_be_bytes());
            }
            if let Ok(certificate) = Certificate::parse(&shorter) {
                read(&certificate);
                assert!(certificate.verify(&key, &P256).is_err(), "without byte {at}");
            }
        }
    }
}

/// Each byte to each other value.
fn each_byte_changed(der: &[u8], key: &[u8; 64]) {
    let key = PublicKey::from_bytes(*key);
    let original = Certificate::parse(der).unwrap();
    original.verify(&key, &P256).unwrap();
    let tbs = original.range_of(original.tbs()).unwrap();
    let mut changed = der.to_vec();
    let mut taken = 0;
    for at in 0..der.len() {
        for difference in 1..=255 {
            changed[at] = der[at] ^ difference;
            let Ok(certificate) = Certificate::parse(&changed) else { continue };
            taken += 1;
            read(&certificate);
            // What is signed is another, or the signature is.
            assert_eq!(tbs.contains(&at), certificate.tbs() != original.tbs(), "byte {at}");
            assert_eq!(tbs.contains(&at), certificate.signature() == original.signature(), "byte {at}");
            // One value of each byte: the arithmetic takes long.
            if difference == 1 {
                let error = certificate.verify(&key, &P256).unwrap_err();
                assert!(matches!(error, Error::NotVerified | Error::OtherSignature), "byte {at}: {error}");
            }
        }
        changed[at] = der[at];
    }
    assert!(taken > 10_000, "most changes make another certificate: {taken}");
}

#[test]
fn each_byte_of_the_device_certificate_changed() {
    each_byte_changed(&published::device(), &published::signer_key());
}

#[test]
fn each_byte_of_the_signer_certificate_changed() {
    each_byte_changed(&published::signer(), &published::root_key());
}

#[test]
fn each_byte_of_the_root_changed() {
    each_byte_changed(&published::root(), &published::root_key());
}
