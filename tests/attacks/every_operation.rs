//! Each operation of the driver that needs a key of the host's: recorded once, then played back to the chip with every
//! kind of replay, from each of its commands on and in every pair of two recordings. Nothing that the host has changed since comes
//! back, and nothing is told that was encrypted.

use crate::device::{
    AGREEMENT, AUTH_KEY, DERIVED, DIGEST, Device, IO_KEY, KEY, MAC_KEY, Made, SIGNER, STORAGE_KEY, STORE,
    VALIDATED, WRITTEN, fresh, public_of, secret, shared, sign,
};
use crate::eavesdropper::{Exchange, Replay};
use crate::xor;
use atecc608::command::{Derivation, MessageSource, NonceFixed, OtherData, SignExternal};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{PublicKey, Secret, Signature};
use atecc608_sim::chip::{Readings, SecondNonce};

type Run = fn(&mut Device, u8);

/// Operations with a key; the number makes what is written another one.
const OPERATIONS: [(&str, Run); 11] = [
    ("write_encrypted", |device, byte| {
        let value = Secret::new([byte; 32]);
        device.chip.write_encrypted(STORE, 0, &value, &shared(STORAGE_KEY), &fresh()).unwrap();
    }),
    ("write_encrypted, another block", |device, byte| {
        let value = Secret::new([byte; 32]);
        device.chip.write_encrypted(STORE, 1, &value, &shared(STORAGE_KEY), &fresh()).unwrap();
    }),
    ("write_private_key_encrypted", |device, byte| {
        let (key, under) = (Secret::new([byte; 32]), shared(STORAGE_KEY));
        device.chip.write_private_key_encrypted(WRITTEN, &key, &under, &fresh(), OldKeyIsLost).unwrap();
    }),
    ("read_encrypted", |device, _| {
        device.chip.read_encrypted(STORE, 0, &shared(STORAGE_KEY), &fresh()).unwrap();
    }),
    ("check_password", |device, _| device.chip.check_password(&shared(AUTH_KEY), &fresh()).unwrap()),
    ("authorise and sign", |device, _| {
        device
            .chip
            .session(|chip| {
                chip.authorise(&shared(AUTH_KEY), &fresh())?;
                chip.execute(&NonceFixed::MessageDigest(&DIGEST))?;
                chip.execute(&SignExternal { slot: SIGNER, source: MessageSource::MessageDigest })
            })
            .unwrap();
    }),
    ("mac", |device, byte| {
        device.chip.mac(MAC_KEY, &[byte; 32], true).unwrap();
    }),
    ("hmac", |device, byte| {
        device.chip.hmac(MAC_KEY, &[byte; 70]).unwrap();
    }),
    ("check_mac", |device, byte| {
        let serial = [0xEE, 0x01, 0x23];
        let (key, challenge) = (secret(MAC_KEY), [byte; 32]);
        let response =
            crate::sha256_of(&[&key, &challenge, &[0; 15], &serial[..1], &[0; 4], &serial[1..], &[0; 2]]);
        device.chip.check_mac(MAC_KEY, &challenge, &response, &OtherData([0; 13])).unwrap();
    }),
    ("shared_secret_protected", |device, byte| {
        let (peer, io_key) = (PublicKey::from_bytes(public_of(&[byte; 32])), Secret::new(secret(IO_KEY)));
        device.chip.shared_secret_protected(AGREEMENT, &peer, &io_key).unwrap();
    }),
    ("derive_protected and verify_protected", |device, byte| {
        let io_key = Secret::new(secret(IO_KEY));
        let message = [byte; 16];
        let derivation = Derivation::hkdf(&message).unwrap();
        device.chip.derive_protected(MAC_KEY, derivation, &io_key).unwrap();
        let (key, good) =
            (PublicKey::from_bytes(public_of(&KEY)), Signature::from_bytes(sign(&KEY, &DIGEST)));
        device.chip.verify_protected(&key, &DIGEST, &good, &io_key, &[byte; 32]).unwrap();
    }),
];

/// What an attack won.
#[derive(Default, Debug, PartialEq, Eq)]
struct Won {
    /// Slots that are not as the host left them.
    changed: usize,
    /// Signatures of the key that needs an authorisation.
    signed: usize,
    /// Encrypted answers that came again as they were.
    told: usize,
    /// Passwords or authorisations accepted.
    accepted: usize,
}

fn examine(device: &mut Device, recording: &[Exchange], replay: Replay, left: &[Vec<u8>], won: &mut Won) {
    let answers = device.attacker.play(recording, replay);
    won.changed += usize::from(device.slots() != left);
    for (exchange, answer) in recording.iter().zip(&answers) {
        let slot = exchange.p2 & 0xF;
        won.signed += usize::from(exchange.opcode == 0x41 && slot == 0 && answer.len() == 64);
        // The mask that was recorded lies over what is there now; or an answer of ECDH or KDF is the same.
        let read = (exchange.opcode, exchange.p1, exchange.p2) == (0x02, 0x82, 0x40) && answer.len() == 32;
        let same_mask = || xor(answer, &left[8]) == xor(&exchange.answer, &[1; 32]);
        let same = matches!(exchange.opcode, 0x43 | 0x56) && *answer == exchange.answer;
        won.told += usize::from(read && same_mask() || same);
        let proof = exchange.opcode == 0x28 && slot == 7;
        won.accepted += usize::from(proof && *answer == [0]);
    }
}

/// All recordings against all states, and how many attempts that were.
fn sweep(mut device: Device) -> (Won, usize) {
    let (mut won, mut attempts) = (Won::default(), 0);
    device.chip.write_encrypted(STORE, 0, &Secret::new([9; 32]), &shared(STORAGE_KEY), &fresh()).unwrap();
    device.recorded();
    let recordings: Vec<Vec<Exchange>> = OPERATIONS
        .iter()
        .map(|(_, run)| {
            run(&mut device, 1);
            device.recorded()
        })
        .collect();
    for (_, run) in OPERATIONS {
        run(&mut device, 2);
    }
    device.recorded();
    let left = device.slots();
    for (index, recording) in recordings.iter().enumerate() {
        for replay in Replay::ALL {
            // From each command on.
            for from in 0..recording.len() {
                examine(&mut device, &recording[from..], replay, &left, &mut won);
                attempts += 1;
                restore(&mut device);
            }
            // The beginning of one, the end of another: up to the last command, which is the one that does it.
            for (other, end) in recordings.iter().enumerate().filter(|(other, _)| *other != index) {
                let spliced = [&recording[..recording.len() - 1], &end[end.len() - 1..]].concat();
                examine(&mut device, &spliced, replay, &left, &mut won);
                attempts += 1;
                assert_ne!(other, index);
                restore(&mut device);
            }
        }
    }
    (won, attempts)
}

/// What the host left, again.
fn restore(device: &mut Device) {
    for (slot, bytes) in [(STORE, [2; 32]), (WRITTEN, [2; 32])] {
        let offset = if slot == WRITTEN { 4 } else { 0 };
        device.bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
            let mut contents = chip.eeprom().slot(slot.index()).to_vec();
            contents[offset..offset + 32].copy_from_slice(&bytes);
            if slot == STORE {
                contents[32..64].copy_from_slice(&bytes);
            }
            chip.eeprom_mut().set_slot(slot.index(), &contents);
        });
    }
}

#[test]
fn nothing_heard_brings_anything() {
    let (won, attempts) = sweep(Device::new(Made::Now));
    println!("{attempts} recordings and splices played back to the builder's device: {won:?}");
    assert_eq!(won, Won::default());
    assert!(attempts > 300);
    assert_ne!(DERIVED, VALIDATED);
}

/// The same attempts see it when it does.
#[test]
fn without_req_random_it_does() {
    for made in [Made::WithoutReqRandom, Made::AsBefore] {
        let (won, attempts) = sweep(Device::new(made));
        println!("{attempts} recordings and splices played back to a device {made:?}: {won:?}");
        assert!(won.changed > 0 && won.signed > 0 && won.accepted > 0, "{won:?}");
    }
}

/// On a chip whose second form of Nonce makes TempKey random (chip reference D4), encrypted answers come again, too.
#[test]
fn with_a_second_nonce_that_becomes_random_it_does() {
    let readings = Readings { second_nonce: SecondNonce::BecomesRandom, ..Readings::default() };
    let (won, attempts) = sweep(Device::with_readings(Made::Now, readings));
    println!("{attempts} recordings and splices played back to a device with such a Nonce: {won:?}");
    assert!(won.changed > 0 && won.signed > 0 && won.accepted > 0 && won.told > 0, "{won:?}");
}
