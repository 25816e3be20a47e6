//! The simulator's chips with certificates: what they hold stands for certificates that OpenSSL and GnuTLS trust.

mod expander;

use std::collections::HashSet;

use atecc608::{Address, PublicKey, Slot, blocking::Atecc608};
use atecc608_sim::Bus;
use atecc608_sim::preset::{Preset, demo_root};
use testkit::{openssl, oracle, published};

const PARTS: [Preset; 5] =
    [Preset::TngTls, Preset::TngTlsLegacy, Preset::TflxTls, Preset::TngLora, Preset::TngAct];

/// The device's key by GenKey, as the chip gives it to the driver.
fn asked(preset: Preset, seed: u64) -> [u8; 64] {
    let bus = Bus::new();
    bus.add(preset.chip(seed));
    let address = Address::from_7bit(preset.address()).unwrap();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    let slot = Slot::new(preset.device_key() as u8).unwrap();
    *chip.public_key(slot).unwrap().as_bytes()
}

fn expanded(preset: Preset, seed: u64, root: &[u8; 64]) -> [Vec<u8>; 2] {
    expander::chain(preset, &preset.eeprom(seed), &asked(preset, seed), root)
}

#[test]
fn what_is_stored_is_what_was_issued() {
    for preset in PARTS {
        for seed in [0, 1, 255, 256, u64::MAX] {
            let chain = preset.chain(seed);
            let [device, signer] = expanded(preset, seed, &demo_root().public_key);
            assert_eq!(chain, [device, signer, demo_root().certificate.clone()], "{preset} {seed}");
        }
    }
}

#[test]
fn they_are_trusted_and_not_with_another_signer() {
    let other = Preset::TngTls.chain(256);
    for preset in PARTS {
        let chain = preset.chain(7);
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        oracle::chain(&chain).unwrap();
        for certificate in &chain {
            oracle::certificate(certificate).unwrap();
        }
        oracle::chain(&[chain[0], &other[1], chain[2]]).unwrap_err();
        oracle::chain(&[chain[0], chain[1], &published::root()]).unwrap_err();
    }
}

/// The real chip: Microchip's library made these bytes.
#[test]
fn the_published_chip() {
    let preset = Preset::TngTlsPublished;
    let [device, signer] = expanded(preset, 3, &published::root_key());
    assert_eq!([&device, &signer], [&published::device(), &published::signer()]);
    oracle::chain(&[&device, &signer, &published::root()]).unwrap();
    assert!(preset.chain(3).is_empty(), "it is not the demo root's");
}

/// Each chip is another one, few signers have signed all of them, and every certificate is valid when it should be.
#[test]
fn a_fleet() {
    let (mut devices, mut signers) = (HashSet::new(), HashSet::new());
    for seed in 0..1000 {
        let eeprom = Preset::TngTls.eeprom(seed);
        devices.insert(eeprom.slot(10).to_vec());
        signers.insert((eeprom.slot(11).to_vec(), eeprom.slot(12).to_vec()));
    }
    assert_eq!((devices.len(), signers.len()), (1000, 4));
    // 2024 and 2045: every device certificate is made before, and ends after.
    for seed in 0..20 {
        let chain = Preset::TngTls.chain(seed * 256);
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        for unix in [1_704_067_200, 2_366_841_600] {
            openssl::chain_at(&chain, unix).unwrap();
        }
    }
}

/// The signer's key is in a chip: what it signs verifies with the key of the certificate that it has.
#[test]
fn the_signer_as_a_chip() {
    let seed = 300;
    let bus = Bus::new();
    bus.add(Preset::DemoSigner.chip(seed));
    let address = Address::from_7bit(Preset::DemoSigner.address()).unwrap();
    let mut signer = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    let key = signer.public_key(Slot::S0).unwrap();
    let signature = signer.sign_digest(Slot::S0, &[0x17; 32]).unwrap();
    signer.verify(&key, &[0x17; 32], &signature).unwrap();

    let device = Preset::TngLora.eeprom(seed);
    let stored = &device.slot(8)[..72];
    assert_eq!(key, PublicKey::from_bytes([&stored[4..36], &stored[40..]].concat().try_into().unwrap()));
    let eeprom = Preset::DemoSigner.eeprom(seed);
    assert_eq!(eeprom.slot(10), &device.slot(8)[144..216], "its certificate");
    assert_eq!(Preset::DemoSigner.chain(seed), Preset::TngLora.chain(seed)[1..]);
}
