//! One bit wrong, in the 72 bytes or in what goes with them: no certificate is handed out.

use crate::common::{device, device_parts, signer, signer_parts};
use atecc608::x509::{Compressed, P256, Parts, Template};
use atecc608::{PublicKey, SerialNumber};
use testkit::published;

/// Whether a certificate comes of it.
fn handed_out(template: &Template<'_>, compressed: [u8; 72], parts: &Parts<'_>) -> bool {
    let mut buffer = [0; 560];
    match template.rebuild(&Compressed::from_bytes(compressed), parts, &mut buffer) {
        Ok(unverified) => unverified.verify(&P256).is_ok(),
        Err(_) => false,
    }
}

/// The same with each bit turned round.
fn flipped<const N: usize>(bytes: [u8; N]) -> impl Iterator<Item = (usize, [u8; N])> {
    (0..N * 8).map(move |bit| {
        let mut bytes = bytes;
        bytes[bit / 8] ^= 0x80 >> (bit % 8);
        (bit, bytes)
    })
}

#[test]
fn each_bit_of_the_72_bytes() {
    let (device_der, signer_der) = (published::device(), published::signer());
    let both = [
        (device(&device_der), published::slot_10(), device_parts()),
        (signer(&signer_der), published::slot_12(), signer_parts()),
    ];
    for (template, slot, parts) in both {
        assert!(handed_out(&template, slot, &parts));
        for (bit, changed) in flipped(slot) {
            assert!(!handed_out(&template, changed, &parts), "bit {bit}");
        }
    }
}

#[test]
fn each_bit_of_both_keys() {
    let der = published::device();
    let (template, slot) = (device(&der), published::slot_10());
    let (subject, issuer) = (published::device_key(), published::signer_key());
    let texts = [published::MAC.as_bytes()];
    let parts = |subject, issuer| {
        Parts::new(PublicKey::from_bytes(subject), PublicKey::from_bytes(issuer))
            .with_chip_serial(SerialNumber(published::SERIAL))
            .with_texts(&texts)
    };
    assert!(handed_out(&template, slot, &parts(subject, issuer)));
    for (bit, changed) in flipped(subject) {
        assert!(!handed_out(&template, slot, &parts(changed, issuer)), "bit {bit} of the subject's key");
    }
    for (bit, changed) in flipped(issuer) {
        assert!(!handed_out(&template, slot, &parts(subject, changed)), "bit {bit} of the issuer's key");
    }
    // The mistakes that people make: the wrong one, both the same, changed places.
    let root = published::root_key();
    for (subject, issuer) in [(subject, root), (subject, subject), (issuer, issuer), (issuer, subject)] {
        assert!(!handed_out(&template, slot, &parts(subject, issuer)));
    }
}

#[test]
fn each_bit_of_the_chips_serial_number_and_of_its_text() {
    let der = published::device();
    let (template, slot) = (device(&der), published::slot_10());
    let keys = device_parts();
    let keys = Parts::new(keys.subject_key(), keys.issuer_key());
    let mac: [u8; 12] = published::MAC.as_bytes().try_into().unwrap();
    for (bit, changed) in flipped(published::SERIAL) {
        let texts = [&mac[..]];
        let parts = keys.with_chip_serial(SerialNumber(changed)).with_texts(&texts);
        assert!(!handed_out(&template, slot, &parts), "bit {bit} of the serial number");
    }
    for (bit, changed) in flipped(mac) {
        let texts = [&changed[..]];
        let parts = keys.with_chip_serial(SerialNumber(published::SERIAL)).with_texts(&texts);
        assert!(!handed_out(&template, slot, &parts), "bit {bit} of the MAC");
    }
}

/// The device's 72 bytes by the signer's template, and so on.
#[test]
fn nothing_fits_what_is_not_its_own() {
    let (device_der, signer_der) = (published::device(), published::signer());
    let (device, signer) = (device(&device_der), signer(&signer_der));
    assert!(!handed_out(&device, published::slot_12(), &device_parts()));
    assert!(!handed_out(&signer, published::slot_10(), &signer_parts()));
    assert!(!handed_out(&signer, published::slot_11(), &signer_parts()));
    for byte in [0x00, 0xFF, 0xA0] {
        assert!(!handed_out(&device, [byte; 72], &device_parts()));
    }
}
