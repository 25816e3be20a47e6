//! Encrypted writes and reads.

use crate::device::{Device, KEY, Made, STORAGE_KEY, STORE, WRITTEN, fresh, secret, shared};
use crate::eavesdropper::{Exchange, NONCE, READ, Replay};
use crate::{sha256_of, xor};
use atecc608::Secret;
use atecc608::irreversible::OldKeyIsLost;
use atecc608_sim::chip::{Readings, SecondNonce};

const WRITE: u8 = 0x12;
const GEN_DIG: u8 = 0x15;

/// The host writes one value and then another; the attacker wants the first back.
fn first_comes_back(mut device: Device, replay: Replay) -> bool {
    device.recorded();
    device.chip.write_encrypted(STORE, 0, &Secret::new([1; 32]), &shared(STORAGE_KEY), &fresh()).unwrap();
    let recording = device.recorded();
    device.chip.write_encrypted(STORE, 0, &Secret::new([2; 32]), &shared(STORAGE_KEY), &fresh()).unwrap();
    assert_eq!(device.slot(STORE)[..32], [2; 32]);
    device.attacker.play(&recording, replay);
    let now = device.slot(STORE)[..32].to_vec();
    assert!(now == [1; 32] || now == [2; 32]);
    now == [1; 32]
}

#[test]
fn a_recorded_encrypted_write_is_played_back_only_without_req_random() {
    for replay in Replay::ALL {
        assert!(!first_comes_back(Device::new(Made::Now), replay), "{replay:?}");
        let open = replay != Replay::Verbatim;
        assert_eq!(first_comes_back(Device::new(Made::WithoutReqRandom), replay), open, "{replay:?}");
        assert_eq!(first_comes_back(Device::new(Made::AsBefore), replay), open, "{replay:?}");
    }
}

/// The vendor's data sheets of the pre-provisioned parts say that the second form of Nonce makes TempKey count as
/// random. If a chip does, ReqRandom is no help: SECURITY.md says so.
#[test]
fn req_random_rests_on_what_the_second_nonce_does() {
    for (second_nonce, open) in
        [(SecondNonce::Keeps, false), (SecondNonce::Forgets, false), (SecondNonce::BecomesRandom, true)]
    {
        let device = Device::with_readings(Made::Now, Readings { second_nonce, ..Readings::default() });
        assert_eq!(first_comes_back(device, Replay::HashedAgain), open, "{second_nonce:?}");
    }
}

/// The host writes one private key and then another.
#[test]
fn a_recorded_private_key_is_played_back_only_without_req_random() {
    let key = |byte: u8| Secret::new([byte; 32]);
    for made in [Made::Now, Made::WithoutReqRandom] {
        for replay in Replay::ALL {
            let mut device = Device::new(made);
            device.recorded();
            let write = |device: &mut Device, byte| {
                let under = shared(STORAGE_KEY);
                let new = key(byte);
                device.chip.write_private_key_encrypted(WRITTEN, &new, &under, &fresh(), OldKeyIsLost)
            };
            write(&mut device, 0x11).unwrap();
            let recording = device.recorded();
            write(&mut device, 0x22).unwrap();
            device.attacker.play(&recording, replay);
            let open = made == Made::WithoutReqRandom && replay != Replay::Verbatim;
            assert_eq!(device.slot(WRITTEN)[4..36], if open { [0x11; 32] } else { [0x22; 32] }, "{replay:?}");
        }
    }
}

/// Who knows what was read once knows the mask of that nonce, and with it can write anything.
#[test]
fn known_contents_let_anything_be_written_only_without_req_random() {
    for made in [Made::Now, Made::WithoutReqRandom] {
        let mut device = Device::new(made);
        let known = [0x77; 32];
        device.chip.write_encrypted(STORE, 0, &Secret::new(known), &shared(STORAGE_KEY), &fresh()).unwrap();
        device.recorded();
        device.chip.read_encrypted(STORE, 0, &shared(STORAGE_KEY), &fresh()).unwrap();
        let recording = device.recorded();
        let read = recording.iter().rfind(|exchange| exchange.opcode == READ).unwrap();
        let mask = xor(&read.answer, &known);
        let until_gen_dig: Vec<Exchange> =
            recording.iter().filter(|exchange| matches!(exchange.opcode, NONCE | GEN_DIG)).cloned().collect();
        device.attacker.wake();
        device.attacker.go_on(&until_gen_dig, Replay::Fixed);
        let mac = sha256_of(&[
            &mask,
            &[WRITE, 0x82, 0x40, 0, 0xEE, 0x01, 0x23],
            &[0; 25],
            b"the attacker's thirty-two bytes!",
        ]);
        let sent = [xor(b"the attacker's thirty-two bytes!", &mask), mac.to_vec()].concat();
        let answer = device.attacker.send(WRITE, 0x82, 0x40, &sent);
        device.attacker.sleep();
        let open = made == Made::WithoutReqRandom;
        assert_eq!(answer, [if open { 0x00 } else { 0x0F }]);
        assert_eq!(device.slot(STORE)[..32] == *b"the attacker's thirty-two bytes!", open);
    }
}

/// Four commands without any key. The data sheet of the ATECC508A says of the second form of Nonce that it gives
/// TempKey out and leaves all flags as they are; then TempKey counts as made by GenDig, and everybody knows it.
/// Nobody has said what a chip does: SECURITY.md names the four commands to try.
#[test]
fn encrypted_reads_rest_on_what_the_second_nonce_does() {
    for (second_nonce, open) in
        [(SecondNonce::Keeps, true), (SecondNonce::BecomesRandom, true), (SecondNonce::Forgets, false)]
    {
        let mut device = Device::with_readings(Made::Now, Readings { second_nonce, ..Readings::default() });
        let contents = Secret::new([0x5E; 32]);
        device.chip.write_encrypted(STORE, 0, &contents, &shared(STORAGE_KEY), &fresh()).unwrap();
        let attacker = &mut device.attacker;
        attacker.wake();
        attacker.send(NONCE, 0x00, 0, &[0; 20]);
        attacker.send(GEN_DIG, 0x02, 4, &[]);
        let mask = attacker.send(NONCE, 0x00, 0x8000, &[0; 20]);
        let answer = attacker.send(READ, 0x82, 0x40, &[]);
        assert_eq!(answer.len() == 32 && xor(&answer, &mask) == [0x5E; 32], open, "{second_nonce:?}");
        attacker.sleep();
    }
}

/// MAC is open on a storage key (no product has NoMac there). What it gives is no mask and no MAC of a write.
#[test]
fn what_mac_says_with_the_storage_key_is_no_mask() {
    let mut device = Device::new(Made::Now);
    let contents = [0x5E; 32];
    device.chip.write_encrypted(STORE, 0, &Secret::new(contents), &shared(STORAGE_KEY), &fresh()).unwrap();
    device.recorded();
    device.chip.read_encrypted(STORE, 0, &shared(STORAGE_KEY), &fresh()).unwrap();
    let recording = device.recorded();
    let nonce = recording.iter().find(|exchange| exchange.opcode == NONCE).unwrap();
    let temp_key = sha256_of(&[&nonce.answer, &nonce.data, &[NONCE, 0, 0]]);
    let read = recording.iter().rfind(|exchange| exchange.opcode == READ).unwrap();
    let mask = xor(&read.answer, &contents);
    let mut told = Vec::new();
    for p1 in [0x00, 0x01, 0x02, 0x40, 0x41] {
        device.attacker.wake();
        device.attacker.send(NONCE, 0x00, 0, &[0; 20]);
        let challenge: &[u8] = if p1 & 1 == 0 { &temp_key } else { &[] };
        told.push(device.attacker.send(0x08, p1, 4, challenge));
    }
    device.attacker.sleep();
    assert!(told.iter().any(|answer| answer.len() == 32), "MAC is open");
    assert!(!told.contains(&mask) && !told.contains(&secret(STORAGE_KEY).to_vec()));
    assert_ne!(KEY, secret(STORAGE_KEY));
}
