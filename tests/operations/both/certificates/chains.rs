//! A device's certificate and its signer's, up to the root.

use super::super::rig::Rig;
use super::{certificate, enrolled, says, serial};
use atecc608::blocking::sign;
use atecc608::x509::{Definition, Error, KeyPlace, Parts, SlotPlace, Stored};
use atecc608::{Slot, wire::Opcode};
use testkit::{Locks, fleet, known_public_key};

#[test]
fn up_to_the_root_in_one_session() {
    let mut rig = enrolled(Locks::Both).settled();
    let (mut device, mut signer) = ([0; 512], [0; 512]);
    let (device_is, signer_is) = (fleet::device(), fleet::signer_of_device());
    let chain =
        op!(rig.read_chain(&device_is, &signer_is, &fleet::ROOT_KEY, &mut device, &mut signer)).unwrap();
    fleet::verify(chain.device.der(), chain.signer.der()).unwrap();
    assert_eq!(chain.device.issuer(), chain.signer.subject());
    assert_eq!(chain.signer.public_key(), Ok(*fleet::SIGNER_KEY));
    assert_eq!(chain.signer.basic_constraints().map(|constraints| constraints.ca), Some(true));
    assert_eq!(rig.executed().iter().filter(|opcode| **opcode == Opcode::Verify.to_byte()).count(), 2);
}

/// The signer's key in slot 11 is not asked: who replaces it, and all of slots 10 and 12, is still not the root.
#[test]
fn nothing_on_the_chip_stands_in_for_the_root() {
    let (mut device, mut signer) = ([0; 512], [0; 512]);
    let (device_is, signer_is) = (fleet::device(), fleet::signer_of_device());
    let mut rig = enrolled(Locks::Both);
    // A certificate by someone else, whose key lies beside it: good as far as the key goes, and no further.
    let parts = Parts::new(known_public_key(), *fleet::OTHER_KEY).with_chip_serial(serial(&rig));
    let mut buffer = [0; 512];
    let unsigned = fleet::DEVICE.issue(&parts, fleet::ID, &fleet::dates(), &mut buffer).unwrap();
    let der = sign(unsigned, &mut fleet::other()).unwrap();
    let forged = fleet::DEVICE.compress(der, fleet::ID, &parts).unwrap();
    let parts = Parts::new(*fleet::OTHER_KEY, *fleet::OTHER_KEY);
    let unsigned = fleet::SIGNERS.issue(&parts, fleet::ID, &fleet::dates(), &mut buffer).unwrap();
    let der = sign(unsigned, &mut fleet::other()).unwrap();
    let forged_signer = fleet::SIGNERS.compress(der, fleet::ID, &parts).unwrap();
    rig.poke(|eeprom| {
        eeprom.set_slot(10, forged.as_bytes());
        eeprom.set_slot(11, &Stored::Key(&fleet::OTHER_KEY).to_bytes());
    });
    op!(rig.read_certificate(&device_is, &mut device)).unwrap();
    let result = op!(rig.read_chain(&device_is, &signer_is, &fleet::ROOT_KEY, &mut device, &mut signer));
    assert_eq!(says(result), Error::NotVerified);
    // Their own signer's certificate as well, and a definition that names them: it does not count.
    rig.poke(|eeprom| eeprom.set_slot(12, forged_signer.as_bytes()));
    let theirs = signer_is.with_issuer_key(KeyPlace::Known(*fleet::OTHER_KEY));
    op!(rig.read_certificate(&theirs, &mut signer)).unwrap();
    let result = op!(rig.read_chain(&device_is, &theirs, &fleet::ROOT_KEY, &mut device, &mut signer));
    assert_eq!(says(result), Error::NotVerified);
}

#[test]
fn another_root() {
    let mut rig = enrolled(Locks::Both);
    let (device_is, signer_is) = (fleet::device(), fleet::signer_of_device());
    let (mut device, mut signer) = ([0; 512], [0; 512]);
    let result = op!(rig.read_chain(&device_is, &signer_is, &fleet::OTHER_KEY, &mut device, &mut signer));
    assert_eq!(says(result), Error::NotVerified);
}

/// Both verify, but the names do not chain: another signer's id in the signer's certificate.
#[test]
fn names_that_do_not_chain() {
    use atecc608::x509::SignerId;
    let mut rig = enrolled(Locks::Both);
    let parts = Parts::new(known_public_key(), *fleet::SIGNER_KEY).with_chip_serial(serial(&rig));
    let mut buffer = [0; 512];
    let id = SignerId(0x0001);
    let unsigned = fleet::DEVICE.issue(&parts, id, &fleet::dates(), &mut buffer).unwrap();
    let der = sign(unsigned, &mut fleet::signer()).unwrap();
    let other = fleet::DEVICE.compress(der, id, &parts).unwrap();
    rig.poke(|eeprom| eeprom.set_slot(10, other.as_bytes()));
    let (mut device, mut signer) = ([0; 512], [0; 512]);
    let (device_is, signer_is) = (fleet::device(), fleet::signer_of_device());
    let result = op!(rig.read_chain(&device_is, &signer_is, &fleet::ROOT_KEY, &mut device, &mut signer));
    assert_eq!(says(result), Error::OtherIssuer);
}

/// All in slot 8, as on a Trust&GO LoRaWAN chip.
#[test]
fn a_chain_in_slot_8() {
    let [key, device_place, signer_place, ..] = SlotPlace::S8;
    let mut rig = Rig::x509(Locks::Both);
    let compressed = certificate(&rig);
    op!(rig.write_places(&[
        (key, Stored::Key(&fleet::SIGNER_KEY)),
        (device_place, Stored::Certificate(&compressed)),
        (signer_place, Stored::Certificate(&fleet::SIGNER_CERTIFICATE)),
    ]))
    .unwrap();
    let device_is =
        Definition::new(&fleet::DEVICE, device_place, KeyPlace::Private(Slot::S0), KeyPlace::Stored(key));
    let signer_is = fleet::in_places(signer_place, key);
    let (mut device, mut signer) = ([0; 512], [0; 512]);
    let chain =
        op!(rig.read_chain(&device_is, &signer_is, &fleet::ROOT_KEY, &mut device, &mut signer)).unwrap();
    fleet::verify(chain.device.der(), chain.signer.der()).unwrap();
    let in_slots = {
        let mut rig = enrolled(Locks::Both);
        let mut buffer = [0; 512];
        op!(rig.read_certificate(&fleet::device(), &mut buffer)).unwrap().der().to_vec()
    };
    // ECDSA signs with another number each time; all else is the same.
    assert_eq!(chain.device.tbs(), atecc608::x509::Certificate::parse(&in_slots).unwrap().tbs());
}
