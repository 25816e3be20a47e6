//! Authorisations and passwords.

use crate::device::{AUTH_KEY, DIGEST, Device, KEY, MAC_KEY, Made, SIGNER, fresh, shared};
use crate::eavesdropper::{Attacker, Exchange, NONCE, Replay};
use crate::sha256_of;
use atecc608::LowPower;
use atecc608::blocking::Atecc608;
use atecc608::command::{MessageSource, NonceFixed, SignExternal};
use atecc608_sim::chip::Readings;

const MAC: u8 = 0x08;
const CHECK_MAC: u8 = 0x28;
const SIGN: u8 = 0x41;

/// The host authorises and signs; what was recorded up to the authorisation.
fn authorisation(device: &mut Device) -> Vec<Exchange> {
    device.recorded();
    device
        .chip
        .session(|chip| {
            chip.authorise(&shared(AUTH_KEY), &fresh())?;
            chip.execute(&NonceFixed::MessageDigest(&DIGEST))?;
            chip.execute(&SignExternal { slot: SIGNER, source: MessageSource::MessageDigest })
        })
        .unwrap();
    let recording = device.recorded();
    let end = recording.iter().position(|exchange| exchange.opcode == CHECK_MAC).unwrap();
    recording[..=end].to_vec()
}

/// Has the chip sign what the attacker wants.
fn signs(attacker: &mut Attacker) -> bool {
    attacker.send(NONCE, 0x43, 0, &[0x66; 32]);
    let answer = attacker.send(SIGN, 0xA0, 0, &[]);
    assert!(answer.len() == 64 || answer == [0x0F]);
    answer.len() == 64
}

fn authorised_by(recording: &[Exchange], replay: Replay, device: &mut Device) -> bool {
    device.attacker.wake();
    device.attacker.go_on(recording, replay);
    let signed = signs(&mut device.attacker);
    device.attacker.sleep();
    signed
}

#[test]
fn a_recorded_authorisation_is_played_back_only_without_req_random() {
    for made in [Made::Now, Made::WithoutReqRandom, Made::AsBefore] {
        for replay in Replay::ALL {
            let mut device = Device::new(made);
            let recording = authorisation(&mut device);
            let open = made != Made::Now && replay != Replay::Verbatim;
            assert_eq!(authorised_by(&recording, replay, &mut device), open, "{made:?} {replay:?}");
        }
    }
}

/// The answer that was recorded, with its nonce as the challenge that comes along (p1 0), after a random nonce of the
/// attacker's: so ReqRandom is content. The data sheet of the ATECC508A promises that a stored answer does not
/// authorise then; a chip on which it did (chip reference U11) would break the promise.
#[test]
fn a_recorded_nonce_as_the_challenge_does_not_authorise() {
    for challenge_authorises in [false, true] {
        let readings = Readings { challenge_authorises, ..Readings::default() };
        let mut device = Device::with_readings(Made::Now, readings);
        let recording = authorisation(&mut device);
        let nonce = recording.iter().find(|exchange| exchange.opcode == NONCE).unwrap();
        let check = recording.iter().find(|exchange| exchange.opcode == CHECK_MAC).unwrap();
        let temp_key = sha256_of(&[&nonce.answer, &nonce.data, &[NONCE, nonce.p1, 0]]);
        let attacker = &mut device.attacker;
        attacker.wake();
        attacker.send(NONCE, 0x00, 0, &[0; 20]);
        let answer = attacker.send(CHECK_MAC, 0x00, 7, &[&temp_key, &check.data[32..]].concat());
        assert_eq!(answer, [0x00], "the answer is right");
        assert_eq!(signs(attacker), challenge_authorises);
        attacker.sleep();
    }
}

/// With NoMac clear the chip answers its own question: random nonce, MAC of it as a challenge, CheckMac. ReqRandom
/// does not help, NoMac does.
#[test]
fn the_chip_does_not_make_the_answer_itself() {
    for no_mac in [true, false] {
        let mut device = Device::new(Made::Now);
        device.bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
            let mut zone = *chip.eeprom().config();
            zone[20 + 14] = if no_mac { 0x9F } else { 0x8F };
            chip.eeprom_mut().set_config(&zone);
        });
        let attacker = &mut device.attacker;
        attacker.wake();
        let random = attacker.send(NONCE, 0x00, 0, &[0; 20]);
        let temp_key = sha256_of(&[&random, &[0; 20], &[NONCE, 0, 0]]);
        let mac = attacker.send(MAC, 0x00, 7, &temp_key);
        assert_eq!(mac.len() == 32, !no_mac);
        if !no_mac {
            // The bytes that the MAC was made over stand in OtherData.
            let other = [MAC, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            let answer = attacker.send(CHECK_MAC, 0x01, 7, &[&[0; 32], &mac[..], &other].concat());
            assert_eq!(answer, [0x00]);
        }
        assert_eq!(signs(attacker), !no_mac);
        attacker.sleep();
    }
}

/// `check_password` is the same proof: neither nonce nor answer serve again, nor does a challenge of another key.
#[test]
fn a_recorded_password_check_is_not_played_back() {
    for (made, open) in [(Made::Now, false), (Made::WithoutReqRandom, true)] {
        let mut device = Device::new(made);
        device.recorded();
        device.chip.check_password(&shared(AUTH_KEY), &fresh()).unwrap();
        let recording = device.recorded();
        for replay in Replay::ALL {
            let answers = device.attacker.play(&recording, replay);
            let accepted = answers.last() == Some(&vec![0x00]);
            assert_eq!(accepted, open && replay != Replay::Verbatim, "{made:?} {replay:?}");
        }
    }
}

/// A MAC that one device answered proves nothing again: the challenge is the host's.
#[test]
fn a_recorded_mac_does_not_answer_another_challenge() {
    let mut device = Device::new(Made::Now);
    device.recorded();
    let first = device.chip.mac(MAC_KEY, &[1; 32], true).unwrap();
    let proof = device.recorded().pop().unwrap().answer;
    device.on_answers(move |exchange| (exchange.opcode == MAC).then(|| proof.clone()));
    // What the host computes for its new challenge is something else.
    assert_eq!(device.chip.mac(MAC_KEY, &[2; 32], true).unwrap(), first);
    let serial = [0xEE, 0x01, 0x23];
    let expected = |challenge: &[u8]| {
        sha256_of(&[
            &[0xA5; 32],
            challenge,
            &[MAC, 0, 5, 0],
            &[0; 11],
            &serial[..1],
            &[0; 4],
            &serial[1..],
            &[0; 2],
        ])
    };
    assert_ne!(expected(&[1; 32]), expected(&[2; 32]));
    assert_ne!(KEY, [0xA5; 32]);
}

/// Two handles, one chip, left idle: the second finds what the first left (documented at `LowPower::Idle`). Asleep it is
/// gone.
#[test]
fn an_idle_chip_keeps_an_authorisation_for_whoever_comes_next() {
    for (low_power, open) in [(LowPower::Idle, true), (LowPower::Sleep, false)] {
        let mut device = Device::new(Made::Now);
        let mut chip = Atecc608::new(device.bus.i2c(), device.bus.delay()).with_low_power(low_power);
        chip.session(|chip| chip.authorise(&shared(AUTH_KEY), &fresh())).unwrap();
        let mut other = Atecc608::new(device.bus.i2c(), device.bus.delay()).with_low_power(LowPower::Idle);
        // A new handle may put a chip of which it knows nothing to sleep first; the attacker does not.
        let attacker = &mut device.attacker;
        attacker.wake_only();
        assert_eq!(signs(attacker), open, "{low_power:?}");
        attacker.sleep();
        assert!(other.sign_digest(SIGNER, &DIGEST).is_err(), "used up, or never there");
    }
}
