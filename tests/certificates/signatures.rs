//! Signatures of every length: the certificate's length changes with them, and nothing else.

use crate::common::{device, finish, hour};
use atecc608::x509::{Certificate, Dates, P256, Parts, SignerId, Term};
use atecc608::{PublicKey, SerialNumber, Signature};
use std::collections::BTreeSet;
use testkit::{Random, known_public_key, published};

fn parts() -> Parts<'static> {
    Parts::new(PublicKey::from_bytes([0x5A; 64]), known_public_key())
        .with_chip_serial(SerialNumber([0xEE; 9]))
        .with_texts(&[b"0123456789AB"])
}

/// Real ones, of thousands of certificates: R and S with the high bit, without it, and with leading zeros.
#[test]
fn of_a_real_key() {
    let example = published::device();
    let template = device(&example);
    let dates = Dates::new(hour(2024, 7, 1, 12), Term::Years(20)).unwrap();
    let mut seen = BTreeSet::new();
    for number in 0..2500 {
        let signer = SignerId(number);
        let mut buffer = [0; 560];
        let (der, signature) = finish(template.issue(&parts(), signer, &dates, &mut buffer).unwrap());
        let kind = [signature.r(), signature.s()].map(|number| match number {
            [0x00, 0x80..=0xFF, ..] => "zero before a high bit",
            [0x00, ..] => "zero",
            [0x80..=0xFF, ..] => "high bit",
            _ => "plain",
        });
        if number > 16 && !seen.insert(kind) {
            continue;
        }
        let compressed = template.compress(&der, signer, &parts()).unwrap();
        assert_eq!(compressed.signature(), signature);
        let mut buffer = [0; 560];
        let rebuilt = template.rebuild(&compressed, &parts(), &mut buffer).unwrap();
        assert_eq!(rebuilt.verify(&P256).unwrap().der(), der, "{kind:?}");
    }
    for zero in ["zero", "zero before a high bit"] {
        assert!(seen.iter().any(|[r, _]| *r == zero) && seen.iter().any(|[_, s]| *s == zero), "{seen:?}");
    }
}

/// Numbers of every length, which no one would sign: written and read as they are, in exactly the bytes that there are.
#[test]
fn numbers_of_every_length() {
    let example = published::device();
    let template = device(&example);
    let dates = Dates::new(hour(2024, 7, 1, 12), Term::Years(20)).unwrap();
    let mut random = Random(3);
    let mut number = |zeros: usize, first: u8| -> Vec<u8> {
        let mut number: Vec<u8> = (0..32).map(|_| random.next() as u8).collect();
        number[..zeros].fill(0);
        if let Some(byte) = number.get_mut(zeros) {
            *byte = first;
        }
        number
    };
    let mut lengths = BTreeSet::new();
    for zeros in 0..=32 {
        for (first, others, other) in
            [(0x01, 32 - zeros, 0x7F), (0x80, zeros, 0x01), (0xFF, 32 - zeros, 0xFF), (0xFF, zeros, 0xFF)]
        {
            let both = [number(zeros, first), number(others, other)].concat();
            let signature = Signature::try_from(&both[..]).unwrap();
            let mut buffer = [0; 560];
            let unsigned = template.issue(&parts(), SignerId(7), &dates, &mut buffer).unwrap();
            let der = unsigned.finish(&signature).unwrap().to_vec();
            lengths.insert(der.len());
            let certificate = Certificate::parse(&der).unwrap();
            assert_eq!(certificate.signature(), Ok(signature));
            assert_eq!(certificate.tbs().len(), 457);
            let compressed = template.compress(&der, SignerId(7), &parts()).unwrap();
            assert_eq!(compressed.signature(), signature);
            // Room for the longest signature is asked for before it is signed.
            let needed = template.max_len();
            assert!(der.len() <= needed && needed == 473 + 75);
            for size in [0, 1, needed - 1] {
                let mut small = vec![0; size];
                assert!(template.rebuild(&compressed, &parts(), &mut small).is_err(), "{size}");
            }
            let mut buffer = vec![0; needed];
            let rebuilt = template.rebuild(&compressed, &parts(), &mut buffer).unwrap();
            assert_eq!(rebuilt.signature(), signature);
            assert_eq!(rebuilt.message(), certificate.tbs());
        }
    }
    assert!(lengths.len() > 60, "{lengths:?}");
}
