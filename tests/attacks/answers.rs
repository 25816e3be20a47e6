//! Answers on their way to the host: old ones, and ones that were made from others.

use crate::device::{
    AGREEMENT, AUTH_KEY, DIGEST, Device, IO_KEY, KEY, MAC_KEY, Made, SIGNER, STORAGE_KEY, STORE, fresh,
    public_of, secret, shared, sign,
};
use crate::eavesdropper::{Exchange, READ, Replay};
use crate::xor;
use atecc608::blocking::SharedKey;
use atecc608::command::{MessageSource, NonceFixed, OtherData, SignExternal};
use atecc608::{PublicKey, Secret, Signature, Status};

const ECDH: u8 = 0x43;
const VERIFY: u8 = 0x45;

fn io_key() -> Secret<32> {
    Secret::new(secret(IO_KEY))
}

/// Answers every command with what was recorded to one of the same kind, in order.
fn play_back(device: &Device, recording: Vec<Exchange>) {
    let mut recording = recording.into_iter();
    device.on_answers(move |exchange| {
        recording.find(|old| old.opcode == exchange.opcode).map(|old| old.answer)
    });
}

#[test]
fn recorded_answers_prove_no_verification() {
    let mut device = Device::new(Made::Now);
    let key = PublicKey::from_bytes(public_of(&KEY));
    let good = Signature::from_bytes(sign(&KEY, &DIGEST));
    let bad = Signature::from_bytes(sign(&[0x51; 32], &DIGEST));
    device.chip.verify_protected(&key, &DIGEST, &good, &io_key(), &[1; 32]).unwrap();
    let recording = device.recorded();
    assert!(recording.iter().any(|exchange| exchange.opcode == VERIFY && exchange.answer.len() == 32));
    play_back(&device, recording.clone());
    assert!(device.chip.verify_protected(&key, &DIGEST, &good, &io_key(), &[2; 32]).is_err());
    // In the clear an answer is one byte.
    device.on_answers(|exchange| (exchange.opcode == VERIFY).then(|| vec![0]));
    assert!(device.chip.verify(&key, &DIGEST, &bad).is_ok(), "believed");
    assert!(device.chip.verify_protected(&key, &DIGEST, &bad, &io_key(), &[3; 32]).is_err());
}

/// The host gets what it read before, whatever is there now, only if it repeats its share of the nonce.
#[test]
fn recorded_contents_come_back_only_if_the_host_repeats_its_number() {
    for repeats in [false, true] {
        let mut device = Device::new(Made::Now);
        let write = |device: &mut Device, byte| {
            device.chip.write_encrypted(STORE, 0, &Secret::new([byte; 32]), &shared(STORAGE_KEY), &fresh())
        };
        write(&mut device, 1).unwrap();
        device.recorded();
        let number = fresh();
        let old = device.chip.read_encrypted(STORE, 0, &shared(STORAGE_KEY), &number).unwrap();
        let recording = device.recorded();
        write(&mut device, 2).unwrap();
        play_back(&device, recording);
        let again = if repeats { number } else { fresh() };
        let read = device.chip.read_encrypted(STORE, 0, &shared(STORAGE_KEY), &again).unwrap();
        assert_eq!(read == old, repeats);
    }
}

/// An encrypted secret carries no proof. Who can ask the chip for one that he knows (ECDH with a key of his own) has a
/// mask that the chip made, and sends the host any secret under it.
#[test]
fn a_protected_secret_is_exchanged_for_one_of_the_attackers_choice() {
    let mut device = Device::new(Made::Now);
    let mine = [0x66; 32];
    device.attacker.wake();
    let answer = device.attacker.send(ECDH, 0x0E, AGREEMENT.number().into(), &public_of(&mine));
    device.attacker.sleep();
    assert_eq!(answer.len(), 64);
    let shared = p256::ecdh::diffie_hellman(
        p256::SecretKey::from_slice(&mine).unwrap().to_nonzero_scalar(),
        p256::SecretKey::from_slice(&KEY).unwrap().public_key().as_affine(),
    );
    let mask = xor(&answer[..32], shared.raw_secret_bytes());
    let chosen = [0x99; 32];
    let sent = [xor(&chosen, &mask), answer[32..].to_vec()].concat();
    device.on_answers(move |exchange| (exchange.opcode == ECDH).then(|| sent.clone()));
    let peer = PublicKey::from_bytes(public_of(&[0x31; 32]));
    let secret = device.chip.shared_secret_protected(AGREEMENT, &peer, &io_key()).unwrap();
    assert_eq!(secret, Secret::new(chosen), "believed: have the peer prove that it has the same");
}

/// An old answer gives an old secret.
#[test]
fn a_recorded_protected_secret_is_taken_for_a_new_one() {
    let mut device = Device::new(Made::Now);
    let peers = [0x31, 0x32].map(|byte| PublicKey::from_bytes(public_of(&[byte; 32])));
    device.recorded();
    let first = device.chip.shared_secret_protected(AGREEMENT, &peers[0], &io_key()).unwrap();
    let recording = device.recorded();
    assert_ne!(device.chip.shared_secret_protected(AGREEMENT, &peers[1], &io_key()).unwrap(), first);
    play_back(&device, recording.clone());
    assert_eq!(device.chip.shared_secret_protected(AGREEMENT, &peers[1], &io_key()).unwrap(), first);
    // The recorded command gives the chip's own answer under another mask: what was secret stays it.
    let again = device.attacker.play(&recording, Replay::Verbatim).pop().unwrap();
    assert_ne!(again, recording.last().unwrap().answer);
    assert_ne!(again[32..], recording.last().unwrap().answer[32..]);
    assert!(!recording.iter().any(|exchange| exchange.opcode == READ));
}

/// One byte says whether a MAC or a password is right. What the chip guards does not believe it.
#[test]
fn right_is_said_in_the_chips_place() {
    let mut device = Device::new(Made::Now);
    let wrong = SharedKey { slot: AUTH_KEY, key: Secret::new([0; 32]) };
    device.on_answers(|exchange| (exchange.opcode == 0x28).then(|| vec![0]));
    device.chip.check_password(&wrong, &fresh()).unwrap();
    device.chip.check_mac(MAC_KEY, &[1; 32], &[2; 32], &OtherData([0; 13])).unwrap();
    let signed = device.chip.session(|chip| {
        chip.authorise(&wrong, &fresh())?;
        chip.execute(&NonceFixed::MessageDigest(&DIGEST))?;
        chip.execute(&SignExternal { slot: SIGNER, source: MessageSource::MessageDigest })
    });
    assert_eq!(signed.unwrap_err().status(), Some(Status::Execution));
}
