//! DeriveKey: the MAC that it asks for, and earlier keys.

use crate::device::{DERIVED, Device, Made, PARENT, fresh, secret};
use crate::eavesdropper::{Exchange, NONCE, Replay};
use crate::sha256_of;
use atecc608::command::{DeriveKey, NonceFixed, NonceRandom, RandomSource, Seed, TempKeySource};

/// The host makes a new key in slot 9, with the MAC that its configuration asks for.
fn derive(device: &mut Device) -> (Vec<u8>, Vec<Exchange>) {
    let num_in = fresh();
    let nonce = NonceRandom { num_in: &num_in, seed: Seed::Update, source: RandomSource::Generator };
    let mac = sha256_of(&[&secret(PARENT), &[0x1C, 0x00, 9, 0, 0xEE, 0x01, 0x23]]);
    device.recorded();
    device
        .chip
        .session(|chip| {
            chip.execute(&nonce)?;
            chip.execute(&DeriveKey { target: DERIVED, source: TempKeySource::Random, mac: Some(&mac) })
        })
        .unwrap();
    (device.slot(DERIVED)[..32].to_vec(), device.recorded())
}

/// The same with a nonce of the host's choice.
fn derive_from(device: &mut Device, nonce: &[u8; 32]) -> bool {
    let mac = sha256_of(&[&secret(PARENT), &[0x1C, 0x04, 9, 0, 0xEE, 0x01, 0x23]]);
    let done = device.chip.session(|chip| {
        chip.execute(&NonceFixed::TempKey(nonce))?;
        chip.execute(&DeriveKey { target: DERIVED, source: TempKeySource::Input, mac: Some(&mac) })
    });
    done.is_ok()
}

/// p1 is part of the MAC and of the key, and says that the nonce was random: a fixed one makes neither again.
#[test]
fn an_earlier_key_of_a_random_nonce_does_not_come_back() {
    for made in [Made::Now, Made::WithoutReqRandom] {
        for replay in Replay::ALL {
            let mut device = Device::new(made);
            let (first, recording) = derive(&mut device);
            let (second, _) = derive(&mut device);
            assert_ne!(first, second);
            device.attacker.play(&recording, replay);
            assert_ne!(device.slot(DERIVED)[..32], first, "{made:?} {replay:?}");
        }
    }
}

/// One of a fixed nonce does, by the same bytes. With ReqRandom on the parent there are no such keys.
#[test]
fn an_earlier_key_of_a_fixed_nonce_comes_back_only_without_req_random() {
    assert!(!derive_from(&mut Device::new(Made::Now), &[1; 32]));
    let mut device = Device::new(Made::WithoutReqRandom);
    device.recorded();
    assert!(derive_from(&mut device, &[1; 32]));
    let (first, recording) = (device.slot(DERIVED), device.recorded());
    assert!(derive_from(&mut device, &[2; 32]));
    assert_ne!(device.slot(DERIVED), first);
    device.attacker.play(&recording, Replay::Verbatim);
    assert_eq!(device.slot(DERIVED), first);
}

/// The MAC holds no nonce, as the guide and lint say: recorded once, it has the key changed again, to one that nobody
/// knows who did not hear the new nonce. Only ReqAuth keeps it from that.
#[test]
fn the_mac_of_derive_key_serves_again() {
    let mut device = Device::new(Made::Now);
    let (first, recording) = derive(&mut device);
    assert_eq!(device.attacker.play(&recording, Replay::Verbatim).last(), Some(&vec![0x00]));
    let now = device.slot(DERIVED)[..32].to_vec();
    assert_ne!(now, first);
    // With the parent key and the new random number the host can follow.
    let nonce = recording.iter().find(|exchange| exchange.opcode == NONCE).unwrap();
    device.attacker.wake();
    let random = device.attacker.send(NONCE, nonce.p1, 0, &nonce.data);
    let last = recording.last().unwrap();
    device.attacker.send(last.opcode, last.p1, last.p2, &last.data);
    device.attacker.sleep();
    let temp_key = sha256_of(&[&random, &nonce.data, &[NONCE, 0, 0]]);
    let head = [0x1C, 0, 9, 0, 0xEE, 0x01, 0x23];
    let expected = sha256_of(&[&secret(PARENT), &head, &[0; 25], &temp_key]);
    assert_eq!(device.slot(DERIVED)[..32], expected);
}
