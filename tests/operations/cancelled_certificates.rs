//! Certificates written, read and provisioned by the async driver, cut off after each of their polls.

use crate::both::certificates::{enrolled, serial};
use crate::both::rig::Rig;
use crate::cancellation::at_every_poll;
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{ChipError, Enrolment, Error, SlotPlace, Stored};
use atecc608::{KeyOrigin, PublicKey};
use embassy_futures::block_on;
use testkit::{Locks, fleet, public_of};

const RENEWED_KEY: [u8; 32] = [0x71; 32];

/// A device with a second identity, whose certificate is of this year.
fn with_second(year: u16) -> Rig {
    let rig = enrolled(Locks::Both);
    let key = PublicKey::from_bytes(public_of(&RENEWED_KEY));
    let certificate = fleet::certificate(key, serial(&rig), &fleet::dates_of(year));
    rig.poke(|eeprom| {
        eeprom.set_private_key(1, &RENEWED_KEY);
        eeprom.set_slot(13, certificate.as_bytes());
        eeprom.set_slot(14, &Stored::Key(&fleet::SIGNER_KEY).to_bytes());
        eeprom.set_slot(15, fleet::SIGNER_CERTIFICATE.as_bytes());
    });
    rig
}

/// Half a new certificate is none: the old one, the new one, or "not verified"; and the first identity is as it was.
#[test]
fn renewing() {
    let rig = with_second(2026);
    let key = PublicKey::from_bytes(public_of(&RENEWED_KEY));
    let new = fleet::certificate(key, serial(&rig), &fleet::dates_of(2029));
    let places = [
        (SlotPlace::S14, Stored::Key(&fleet::SIGNER_KEY)),
        (SlotPlace::S15, Stored::Certificate(&fleet::SIGNER_CERTIFICATE)),
        (SlotPlace::S13, Stored::Certificate(&new)),
    ];
    let mut seen = [0; 3];
    at_every_poll(
        || with_second(2026),
        async |chip| chip.write_places(&places).await.is_ok(),
        |rig| {
            let mut buffer = [0; 512];
            let found = block_on(rig.chip.read_certificate(&fleet::renewed(), &mut buffer))
                .map(|certificate| certificate.validity().unwrap().not_before.year());
            match found {
                Ok(2026) => seen[0] += 1,
                Err(ChipError::X509(Error::NotVerified)) => seen[1] += 1,
                Ok(2029) => seen[2] += 1,
                other => panic!("{other:?}"),
            }
            block_on(rig.chip.read_certificate(&fleet::device(), &mut buffer)).unwrap();
            block_on(rig.chip.write_places(&places)).unwrap();
            let (mut one, mut other) = ([0; 512], [0; 512]);
            let (device, signer) = (fleet::renewed(), fleet::signer_of_renewed());
            let root = &fleet::ROOT_KEY;
            block_on(rig.chip.read_chain(&device, &signer, root, &mut one, &mut other)).unwrap();
        },
    );
    println!("old, not verified, new: {seen:?}");
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

#[test]
fn reading() {
    at_every_poll(
        || enrolled(Locks::Both),
        async |chip| chip.read_certificate(&fleet::device(), &mut [0; 512]).await.is_ok(),
        |rig| {
            let mut buffer = [0; 512];
            block_on(rig.chip.read_certificate(&fleet::device(), &mut buffer)).unwrap();
        },
    );
}

/// Whatever was done, another call ends it, with the key that is there.
#[test]
fn provisioning() {
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    let (config_lock, data_lock) = (NoMoreConfigWrites, NoMoreFreeDataWrites);
    let mut found = [0; 2];
    at_every_poll(
        Rig::blank,
        async |chip| {
            let (mut signer, mut buffer) = (fleet::signer(), [0; 1024]);
            chip.provision_with_certificate(
                preset::x509_device,
                &enrolment,
                &mut signer,
                &mut buffer,
                config_lock,
                data_lock,
            )
            .await
            .is_ok()
        },
        |rig| {
            // The command that was cut off ends.
            rig.bus.advance(2_000_000_000);
            let key = rig.eeprom().slot(0).to_vec();
            let had_key = key[4..36] != [0xFF; 32];
            let (mut signer, mut buffer) = (fleet::signer(), [0; 1024]);
            let (_, origin) = block_on(rig.chip.provision_with_certificate(
                preset::x509_device,
                &enrolment,
                &mut signer,
                &mut buffer,
                config_lock,
                data_lock,
            ))
            .unwrap();
            assert_eq!(origin, if had_key { KeyOrigin::Found } else { KeyOrigin::Made });
            assert!(!had_key || rig.eeprom().slot(0) == key, "the key was replaced");
            found[usize::from(had_key)] += 1;
            assert!(rig.config().is_data_locked());
            let (mut one, mut other) = ([0; 1024], [0; 1024]);
            let root = &fleet::ROOT_KEY;
            block_on(rig.chip.read_chain(&device, &signer_is, root, &mut one, &mut other)).unwrap();
        },
    );
    println!("without a key, with one: {found:?}");
    assert!(found.iter().all(|times| *times > 10), "{found:?}");
}
