//! A real chip's certificates lead to Microchip's root, also by way of a manifest.

use crate::workshop::{MANIFEST_SIGNER, device, key, signing_certificate};
use atecc608::SerialNumber;
use atecc608_fleet::chain::{ChainError, Roots};
use atecc608_fleet::export;
use atecc608_fleet::manifest::{Device, Entry, Key, Manifest};
use testkit::published;

fn trust_and_go() -> Device {
    Device {
        serial: SerialNumber(published::SERIAL),
        keys: vec![Key {
            slot: 0,
            public_key: published::device_key().into(),
            certificates: vec![published::device(), published::signer()],
        }],
        ..device(1)
    }
}

#[test]
fn up_to_microchips_root() {
    let mut roots = Roots::new();
    roots.add(&published::root()).unwrap();
    let chain = [published::device(), published::signer(), published::root()];
    for len in [2, 3] {
        assert_eq!(roots.verify(&chain[..len]), Ok(published::device_key().into()));
    }
    assert_eq!(roots.verify(&chain[..1]), Err(ChainError::UnknownRoot(0)));

    let certificate = signing_certificate(MANIFEST_SIGNER);
    let entry = Entry::sign(&trust_and_go(), &certificate, &mut key(MANIFEST_SIGNER)).unwrap();
    let manifest = Manifest::from(vec![entry]);
    let devices = manifest.verify(&[certificate], &roots).unwrap();
    assert_eq!(devices.get(SerialNumber(published::SERIAL)), Some(&trust_and_go()));

    let row = export::Row::new(&devices.all()[0]).unwrap().unwrap();
    assert_eq!(row.thing, "0123A23F29F9366A01");
    assert_eq!(row.common_name, "sn0123A23F29F9366A01");
    assert_eq!(row.sha256, published::DEVICE_SHA256);
    assert_eq!(row.subject_key_id, published::DEVICE_KEY_ID);
    assert_eq!(row.certificate_serial, "5f235abdb72bed34b43772e79d40c11c");
}

/// Each bit of the two certificates counts.
#[test]
fn a_wrong_bit() {
    let mut roots = Roots::new();
    roots.add(&published::root()).unwrap();
    let chain = [published::device(), published::signer()];
    for which in [0, 1] {
        for at in (0..8 * chain[which].len()).step_by(7) {
            let mut chain = chain.clone();
            chain[which][at / 8] ^= 1 << (at % 8);
            assert!(roots.verify(&chain).is_err(), "certificate {which}, bit {at}");
        }
    }
}
