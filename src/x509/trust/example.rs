//! The certificates of Microchip's parts as examples: names, extensions and lengths are those of the real ones, what
//! differs from chip to chip is made up (chip reference 6.8).
//!
//! Put together by the compiler, so that each fact stands once here; a program holds those that it names.

use crate::formats::spki::SPKI_PREFIX;
use crate::x509::unsigned::ECDSA_WITH_SHA256;

/// `30 82`, the length, and the same again for the TBS.
const HEADERS: usize = 8;

/// A signature that is none: R and S are 1.
const SIGNATURE: [u8; 11] = [0x03, 0x09, 0x00, 0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01];

/// Version 3, a serial number of 16 bytes, the algorithm.
const START: &[&[u8]] = &[&[0xA0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x10, 0x40], &[0; 15], &ECDSA_WITH_SHA256];

/// O, in every name.
const ORGANIZATION: &[&[u8]] =
    &[&[0x31, 0x21, 0x30, 0x1F, 0x06, 0x03, 0x55, 0x04, 0x0A, 0x0C, 0x18], b"Microchip Technology Inc"];

/// A name with a CN of 33 characters, in two parts.
macro_rules! authority {
    ($kind:literal, $which:literal) => {
        &[
            &[0x30, 0x4F],
            ORGANIZATION[0],
            ORGANIZATION[1],
            &[0x31, 0x2A, 0x30, 0x28, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x21],
            b"Crypto Authentication ",
            $kind,
            $which,
        ]
    };
}

const ROOT: &[&[u8]] = authority!(b"Root CA", b" 002");
const SIGNER: &[&[u8]] = authority!(b"Signer ", b"C0DE");

/// UTCTime, then GeneralizedTime whatever the year.
const VALIDITY: &[&[u8]] = &[&[0x30, 0x20, 0x17, 0x0D], b"180101000000Z", &[0x18, 0x0F], b"20460101000000Z"];

/// CN of today's devices: sn, 18 digits.
const SN: &[&[u8]] = &[
    &[0x30, 0x42],
    ORGANIZATION[0],
    ORGANIZATION[1],
    &[0x31, 0x1D, 0x30, 0x1B, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x14],
    b"sn0123456789ABCDEF01",
];

/// CN of the first devices: 18 digits, ATECC.
const ATECC: &[&[u8]] = &[
    &[0x30, 0x46],
    ORGANIZATION[0],
    ORGANIZATION[1],
    &[0x31, 0x21, 0x30, 0x1F, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x18],
    b"0123456789ABCDEF01 ATECC",
];

/// A P-256 key.
const KEY: &[&[u8]] = &[&SPKI_PREFIX, &[0x04], &[0; 64]];

/// Key usage of a signer (digitalSignature, keyCertSign, cRLSign), critical; basic constraints: CA, path length 0,
/// critical.
const MAY_SIGN: &[u8] = &[
    0x30, 0x0E, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x01, 0x01, 0xFF, 0x04, 0x04, 0x03, 0x02, 0x01, 0x86, //
    0x30, 0x12, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x01, 0x01, 0xFF, 0x04, 0x08, 0x30, 0x06, 0x01, 0x01, 0xFF,
    0x02, 0x01, 0x00,
];

/// Basic constraints: no CA, critical; key usage of a device (digitalSignature, keyAgreement), critical.
const MAY_NOT_SIGN: &[u8] = &[
    0x30, 0x0C, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x01, 0x01, 0xFF, 0x04, 0x02, 0x30, 0x00, //
    0x30, 0x0E, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x01, 0x01, 0xFF, 0x04, 0x04, 0x03, 0x02, 0x03, 0x88,
];

/// Subject key id, authority key id.
const KEY_IDS: &[&[u8]] = &[
    &[0x30, 0x1D, 0x06, 0x03, 0x55, 0x1D, 0x0E, 0x04, 0x16, 0x04, 0x14],
    &[0; 20],
    &[0x30, 0x1F, 0x06, 0x03, 0x55, 0x1D, 0x23, 0x04, 0x18, 0x30, 0x16, 0x80, 0x14],
    &[0; 20],
];

/// Extensions: what is around them, and those of the kind.
const OF_SIGNER: &[&[u8]] = &[&[0xA3, 0x66, 0x30, 0x64], MAY_SIGN];
const PLAIN: &[&[u8]] = &[&[0xA3, 0x60, 0x30, 0x5E], MAY_NOT_SIGN];
/// With an alternative name: a directory name whose serialNumber (a PrintableString, with an underscore that the type
/// does not permit) is the address.
const WITH_EUI48: &[&[u8]] = &[
    &[0xA3, 0x81, 0x8D, 0x30, 0x81, 0x8A],
    &[0x30, 0x2A, 0x06, 0x03, 0x55, 0x1D, 0x11, 0x04, 0x23, 0x30, 0x21, 0xA4, 0x1F],
    &[0x30, 0x1D, 0x31, 0x1B, 0x30, 0x19, 0x06, 0x03, 0x55, 0x04, 0x05, 0x13, 0x12],
    b"eui48_0123456789AB",
    MAY_NOT_SIGN,
];
const WITH_EUI64: &[&[u8]] = &[
    &[0xA3, 0x81, 0x91, 0x30, 0x81, 0x8E],
    &[0x30, 0x2E, 0x06, 0x03, 0x55, 0x1D, 0x11, 0x04, 0x27, 0x30, 0x25, 0xA4, 0x23],
    &[0x30, 0x21, 0x31, 0x1F, 0x30, 0x1D, 0x06, 0x03, 0x55, 0x04, 0x05, 0x13, 0x16],
    b"eui64_0123456789ABCDEF",
    MAY_NOT_SIGN,
];

/// Offset behind the bytes of `from` once they stand at `at`.
const fn put<const N: usize>(mut der: [u8; N], mut at: usize, from: &[&[u8]]) -> ([u8; N], usize) {
    let mut part = 0;
    while part < from.len() {
        let mut byte = 0;
        while byte < from[part].len() {
            der[at] = from[part][byte];
            byte += 1;
            at += 1;
        }
        part += 1;
    }
    (der, at)
}

/// A certificate of `N` bytes; the compiler refuses another length.
const fn certificate<const N: usize>(issuer: &[&[u8]], subject: &[&[u8]], extensions: &[&[u8]]) -> [u8; N] {
    let (der, at) = put([0; N], HEADERS, START);
    let (der, at) = put(der, at, issuer);
    let (der, at) = put(der, at, VALIDITY);
    let (der, at) = put(der, at, subject);
    let (der, at) = put(der, at, KEY);
    let (der, at) = put(der, at, extensions);
    let (der, end) = put(der, at, KEY_IDS);
    let (der, at) = put(der, end, &[&ECDSA_WITH_SHA256, &SIGNATURE]);
    assert!(at == N);
    let (all, tbs) = (N - 4, end - HEADERS);
    let headers: &[&[u8]] =
        &[&[0x30, 0x82, (all >> 8) as u8, all as u8], &[0x30, 0x82, (tbs >> 8) as u8, tbs as u8]];
    put(der, 0, headers).0
}

/// Of the signer: id 1.
pub(super) static SIGNER_1: [u8; 457] = certificate(ROOT, SIGNER, OF_SIGNER);
/// Of the first TNGTLS and LoRaWAN parts: id 2.
pub(super) static DEVICE_2: [u8; 442] = certificate(SIGNER, ATECC, PLAIN);
/// Of TNGTLS: id 3.
pub(super) static DEVICE_3_TNGTLS: [u8; 484] = certificate(SIGNER, SN, WITH_EUI48);
/// Of TFLXTLS: id 3, too.
pub(super) static DEVICE_3_TFLXTLS: [u8; 438] = certificate(SIGNER, SN, PLAIN);
/// Of LoRaWAN: id 4.
pub(super) static DEVICE_4: [u8; 488] = certificate(SIGNER, SN, WITH_EUI64);

#[cfg(test)]
mod tests {
    use super::*;

    /// Where something lies, what stands before it, and what it is in the examples.
    fn holds(der: &[u8], at: usize, before: &[u8], is: &[u8]) {
        assert_eq!(der[at - before.len()..at], *before, "before {at}");
        assert_eq!(der[at..at + is.len()], *is, "at {at}");
    }

    /// The offsets of Microchip's own definitions: serial number, key, key ids, signature.
    fn lies(der: &[u8], [serial, key, subject_id, authority_id, signature]: [usize; 5]) {
        let mut number = [0; 16];
        number[0] = 0x40;
        holds(der, serial, &[0x02, 0x10], &number);
        holds(der, key, &[0x03, 0x42, 0x00, 0x04], &[0; 64]);
        holds(der, subject_id, &[0x04, 0x14], &[0; 20]);
        holds(der, authority_id, &[0x80, 0x14], &[0; 20]);
        holds(der, signature, &ECDSA_WITH_SHA256, &SIGNATURE);
        assert_eq!(der.len(), signature + SIGNATURE.len());
        // Length of the whole and of the TBS, in two bytes each.
        let long = |at: usize| usize::from(u16::from_be_bytes([der[at], der[at + 1]]));
        assert_eq!((der[0], der[1], 4 + long(2)), (0x30, 0x82, der.len()));
        assert_eq!((der[4], der[5], 8 + long(6)), (0x30, 0x82, signature - ECDSA_WITH_SHA256.len()));
        // The issuer's last four characters and the dates lie at the same place in all of them.
        holds(der, 128, &[0x17, 0x0D], b"180101000000Z");
        holds(der, 143, &[0x18, 0x0F], b"20460101000000Z");
    }

    #[test]
    fn everything_lies_where_microchip_has_it() {
        lies(&SIGNER_1, [15, 266, 381, 414, 446]);
        holds(&SIGNER_1, 235, b"Signer ", b"C0DE");
        holds(&SIGNER_1, 120, b"Root CA", b" 002");
        let devices: [(&[u8], [usize; 5]); 4] = [
            (&DEVICE_2, [15, 257, 366, 399, 431]),
            (&DEVICE_3_TNGTLS, [15, 253, 408, 441, 473]),
            (&DEVICE_4, [15, 253, 412, 445, 477]),
            (&DEVICE_3_TFLXTLS, [15, 253, 362, 395, 427]),
        ];
        for (der, offsets) in devices {
            lies(der, offsets);
            holds(der, 120, b"Signer ", b"C0DE");
        }
        holds(&DEVICE_2, 206, &[0x0C, 0x18], b"0123456789ABCDEF01 ATECC");
        for der in [&DEVICE_3_TNGTLS[..], &DEVICE_4, &DEVICE_3_TFLXTLS] {
            holds(der, 208, b"sn", b"0123456789ABCDEF01");
        }
        holds(&DEVICE_3_TNGTLS, 355, b"\x13\x12eui48_", b"0123456789AB");
        holds(&DEVICE_4, 355, b"\x13\x16eui64_", b"0123456789ABCDEF");
    }
}
