//! Someone on the bus, as SECURITY.md says: what they achieve, and what stops them.

use atecc608::blocking::{Atecc608, SharedKey};
use atecc608::wire::frame::crc16;
use atecc608::x509::{ChipError, Definition, Error, KeyPlace, SlotPlace};
use atecc608::{ErrorKind, PublicKey, Secret, Signature, Slot, Status};
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::i2c::{ErrorType, I2c, Operation};
use std::sync::{Arc, Mutex};
use testkit::{Failure, KEY, Locks, WORKBENCH, fleet, known_public_key, public_of, sha256, sign_outside};

/// Sees and changes what is on its way: the opcode of the last command, and the group.
type Hand = Box<dyn FnMut(u8, &mut [u8]) + Send>;

#[derive(Clone, Default)]
struct Attacker {
    commands: Arc<Mutex<Option<Hand>>>,
    answers: Arc<Mutex<Option<Hand>>>,
}

impl Attacker {
    fn on_commands(&self, hand: impl FnMut(u8, &mut [u8]) + Send + 'static) {
        *self.commands.lock().unwrap() = Some(Box::new(hand));
    }
    fn on_answers(&self, hand: impl FnMut(u8, &mut [u8]) + Send + 'static) {
        *self.answers.lock().unwrap() = Some(Box::new(hand));
    }
}

/// A CRC protects from noise only.
fn touch(hand: &Mutex<Option<Hand>>, opcode: u8, group: &mut [u8]) {
    if let Some(hand) = hand.lock().unwrap().as_mut() {
        hand(opcode, group);
        let end = usize::from(group[0]) - 2;
        let crc = crc16([&group[..end]]);
        group[end..end + 2].copy_from_slice(&crc);
    }
}

/// The bus with the attacker between host and chip.
struct Between {
    i2c: SimI2c,
    attacker: Attacker,
    opcode: u8,
}

impl ErrorType for Between {
    type Error = I2cError;
}

impl I2c for Between {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), I2cError> {
        self.i2c.read(address, read)?;
        touch(&self.attacker.answers, self.opcode, read);
        Ok(())
    }
    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), I2cError> {
        let mut sent = write.to_vec();
        if let [0x03, group @ ..] = &mut sent[..] {
            self.opcode = group[1];
            touch(&self.attacker.commands, self.opcode, group);
        }
        self.i2c.write(address, &sent)
    }
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        self.i2c.transaction(address, operations)
    }
}

const READ: u8 = 0x02;
const WRITE: u8 = 0x12;
const ECDH: u8 = 0x43;
const VERIFY: u8 = 0x45;
const DIGEST: [u8; 32] = [0xD1; 32];
const PLAIN: [u8; 32] = [0x3A; 32];

fn io_key() -> Secret<32> {
    Secret::new([0x44; 32])
}

fn shared() -> SharedKey {
    SharedKey { slot: Slot::S4, key: io_key() }
}

fn scene() -> (Atecc608<Between, SimDelay>, Attacker, Bus) {
    let mut eeprom = Chip::blank(608).eeprom().clone();
    let mut zone = *eeprom.config();
    zone[16..84].copy_from_slice(&WORKBENCH[..68]);
    zone[84..86].fill(0);
    zone[88..].copy_from_slice(&WORKBENCH[72..]);
    Locks::Both.apply(&mut zone);
    eeprom.set_config(&zone);
    eeprom.set_private_key(2, &KEY);
    eeprom.set_slot(4, io_key().expose());
    eeprom.set_slot(8, &PLAIN);
    let (bus, attacker) = (Bus::new(), Attacker::default());
    bus.add(Chip::with_eeprom(eeprom));
    let between = Between { i2c: bus.i2c(), attacker: attacker.clone(), opcode: 0 };
    (Atecc608::new(between, bus.delay()), attacker, bus)
}

fn forged() -> Failure {
    Failure::new(atecc608::wire::Opcode::Verify, ErrorKind::Forged)
}

#[test]
fn a_verification_in_clear_is_forged_and_one_with_a_proof_is_not() {
    let (mut chip, attacker, _) = scene();
    let (key, good) = (known_public_key(), sign_outside(&DIGEST));
    let wrong = Signature::from_bytes([0x11; 64]);
    // A proof that was recorded.
    let proof = Arc::new(Mutex::new(Vec::new()));
    let record = proof.clone();
    attacker.on_answers(move |opcode, group| {
        if opcode == VERIFY && group[0] == 35 {
            *record.lock().unwrap() = group.to_vec();
        }
    });
    chip.verify_protected(&key, &DIGEST, &good, &io_key(), &[1; 32]).unwrap();
    let recorded = proof.lock().unwrap().clone();
    assert_eq!(recorded.len(), 35);
    attacker.on_answers(move |opcode, group| match group[0] {
        // "Miscompare" becomes success: a status, or the proof of another time.
        4 if group.len() == 4 && group[1] == 0x01 => group[1] = 0,
        _ if opcode == VERIFY && group.len() == 35 => group.copy_from_slice(&recorded),
        _ => {}
    });
    assert_eq!(chip.verify(&key, &DIGEST, &wrong), Ok(()), "believed, which is why there is the other one");
    assert_eq!(chip.verify_protected(&key, &DIGEST, &wrong, &io_key(), &[2; 32]), Err(forged()));
    assert_eq!(chip.verify_protected(&key, &DIGEST, &good, &io_key(), &[2; 32]), Err(forged()));
    // The proof covers the signature, too. With the same nonce, which the documentation forbids, it passes again.
    assert_eq!(chip.verify_protected(&key, &DIGEST, &wrong, &io_key(), &[1; 32]), Err(forged()));
    assert_eq!(chip.verify_protected(&key, &DIGEST, &good, &io_key(), &[1; 32]), Ok(()));
}

#[test]
fn encrypted_data_that_was_recorded_reads_as_garbage() {
    let (mut chip, attacker, _) = scene();
    let answers = Arc::new(Mutex::new(Vec::new()));
    let record = answers.clone();
    attacker.on_answers(move |_, group| record.lock().unwrap().push(group.to_vec()));
    assert_eq!(chip.read_encrypted(Slot::S8, 0, &shared(), &[1; 20]).unwrap(), Secret::new(PLAIN));
    // Again, with the recorded answers of the same lengths in the same order.
    let mut replay = std::mem::take(&mut *answers.lock().unwrap()).into_iter();
    attacker.on_answers(move |_, group| {
        if let Some(old) = replay.next().filter(|old| old.len() == group.len()) {
            group.copy_from_slice(&old);
        }
    });
    assert_ne!(chip.read_encrypted(Slot::S8, 0, &shared(), &[2; 20]).unwrap(), Secret::new(PLAIN));
}

#[test]
fn chosen_bits_of_an_encrypted_read_are_flipped() {
    let (mut chip, attacker, _) = scene();
    // The serial number is read before.
    let mut reads = 0;
    attacker.on_answers(move |opcode, group| {
        if opcode == READ && group.len() == 35 {
            reads += 1;
            group[1] ^= u8::from(reads == 2);
        }
    });
    let mut flipped = PLAIN;
    flipped[0] ^= 1;
    assert_eq!(chip.read_encrypted(Slot::S8, 0, &shared(), &[1; 20]).unwrap(), Secret::new(flipped));
}

/// Of a certificate every bit counts.
#[test]
fn a_flipped_bit_of_an_encrypted_certificate_and_it_is_not_given_out() {
    let (mut chip, attacker, bus) = scene();
    let certificate = fleet::certificate(known_public_key(), chip.serial_number().unwrap(), &fleet::dates());
    bus.with_chip(ChipId::FIRST, |chip| chip.eeprom_mut().set_slot(9, certificate.as_bytes()));
    let (key, signer) = (KeyPlace::Private(Slot::S2), KeyPlace::Known(*fleet::SIGNER_KEY));
    let definition = Definition::new(&fleet::DEVICE, SlotPlace::S9, key, signer);
    let (nonces, mut buffer) = ([[1; 20], [2; 20], [3; 20]], [0; 512]);
    // The serial number is read before each of the three blocks.
    for (block, byte) in [(0, 0), (0, 31), (1, 5), (1, 31), (2, 0)] {
        let mut reads = 0;
        attacker.on_answers(move |opcode, group| {
            if opcode == READ && group.len() == 35 {
                reads += 1;
                group[1 + byte] ^= u8::from(reads == 2 * block + 2);
            }
        });
        let read = chip.read_certificate_encrypted(&definition, &shared(), &nonces, &mut buffer);
        assert_eq!(read.map(drop), Err(ChipError::X509(Error::NotVerified)), "{block} {byte}");
    }
    attacker.on_answers(|_, _| ());
    chip.read_certificate_encrypted(&definition, &shared(), &nonces, &mut buffer).unwrap();
}

#[test]
fn a_changed_byte_of_an_encrypted_write_is_refused() {
    let (mut chip, attacker, bus) = scene();
    let slot = || bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().slot(8)[..32].to_vec());
    attacker.on_commands(|opcode, group| {
        if opcode == WRITE {
            group[5 + 7] ^= 1;
        }
    });
    let error = chip.write_encrypted(Slot::S8, 0, &Secret::new([7; 32]), &shared(), &[1; 20]).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Status(Status::Execution)), "{error}");
    assert_eq!(slot(), PLAIN);
    attacker.on_commands(|_, _| ());
    chip.write_encrypted(Slot::S8, 0, &Secret::new([7; 32]), &shared(), &[2; 20]).unwrap();
    assert_eq!(slot(), [7; 32]);
}

#[test]
fn a_public_key_is_exchanged_on_its_way_to_ecdh() {
    let (mut chip, attacker, _) = scene();
    let peer = PublicKey::from_bytes(public_of(&[0x31; 32]));
    let honest = chip.shared_secret_protected(Slot::S2, &peer, &io_key()).unwrap();
    attacker.on_commands(|opcode, group| {
        if opcode == ECDH {
            group[5..69].copy_from_slice(&public_of(&[0x66; 32]));
        }
    });
    let secret = chip.shared_secret_protected(Slot::S2, &peer, &io_key()).unwrap();
    assert_ne!(secret, honest);
    // The attacker knows it, though it was encrypted on the bus. A MAC of the peer's over the exchange shows it.
    let theirs = p256::SecretKey::from_slice(&[0x66; 32]).unwrap();
    let ours = p256::SecretKey::from_slice(&KEY).unwrap();
    let known = p256::ecdh::diffie_hellman(theirs.to_nonzero_scalar(), ours.public_key().as_affine());
    assert_eq!(secret, Secret::new((*known.raw_secret_bytes()).into()));
}

#[test]
fn a_digest_is_exchanged_on_its_way_to_signing() {
    let (mut chip, attacker, _) = scene();
    attacker.on_commands(|opcode, group| {
        if opcode == 0x16 && group[0] == 39 {
            group[5..37].copy_from_slice(&sha256(b"pay the attacker"));
        }
    });
    let signature = chip.sign_digest(Slot::S2, &DIGEST).unwrap();
    attacker.on_commands(|_, _| ());
    // The check that SECURITY.md asks for.
    assert!(chip.verify(&known_public_key(), &DIGEST, &signature).is_err());
    assert!(testkit::verifies(&known_public_key(), &sha256(b"pay the attacker"), &signature));
}

#[test]
fn clear_data_is_forged() {
    let (mut chip, attacker, _) = scene();
    attacker.on_answers(|opcode, group| {
        if opcode == READ && group.len() == 35 {
            group[1] ^= 0xFF;
        }
    });
    let serial = chip.serial_number().unwrap();
    assert_ne!(serial.0[0], 0x01);
}
