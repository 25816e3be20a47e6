//! A device with certificates, by its preset: what someone on the bus can do to it, and cannot.

use crate::eavesdropper::{Attacker, Eavesdropper, Swap};
use atecc608::blocking::{Atecc608, sign};
use atecc608::config::{ConfigZone, preset};
use atecc608::x509::{ChipError, Compressed, Error, P256, Parts, SlotPlace, Stored};
use atecc608::{PublicKey, SerialNumber, Slot};
use atecc608_sim::hal::SimDelay;
use atecc608_sim::{Bus, ChipId};
use testkit::fleet;

const WRITE: u8 = 0x12;
const GEN_KEY: u8 = 0x40;
const SIGN: u8 = 0x41;
const VERIFY: u8 = 0x45;
const REFUSED: [u8; 1] = [0x0F];

struct Device {
    bus: Bus,
    chip: Atecc608<Eavesdropper, SimDelay>,
    attacker: Attacker,
    swap: Swap,
}

impl Device {
    fn new() -> Device {
        let bus = fleet::enrolled_chip();
        let eavesdropper = Eavesdropper::on(&bus);
        let swap = eavesdropper.swap.clone();
        let chip = Atecc608::new(eavesdropper, bus.delay());
        Device { chip, attacker: Attacker::on(&bus), swap, bus }
    }

    fn slots(&self) -> Vec<Vec<u8>> {
        self.bus
            .with_chip(ChipId::FIRST, |chip| (0..16).map(|slot| chip.eeprom().slot(slot).to_vec()).collect())
    }

    fn serial(&self) -> SerialNumber {
        let config = self.bus.with_chip(ChipId::FIRST, |chip| *chip.eeprom().config());
        ConfigZone::from_bytes(config).serial_number()
    }

    /// One command of the attacker's.
    fn command(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
        self.attacker.wake();
        let answer = self.attacker.send(opcode, p1, p2, data);
        self.attacker.sleep();
        answer
    }

    fn chain(&mut self) -> Result<(), ChipError<atecc608_sim::hal::I2cError>> {
        let (mut one, mut other) = ([0; 512], [0; 512]);
        let (device, signer) = (fleet::device(), fleet::signer_of_device());
        self.chip.read_chain(&device, &signer, &fleet::ROOT_KEY, &mut one, &mut other).map(drop)
    }
}

/// What someone else signs for this chip's key.
fn forged(key: PublicKey, serial: SerialNumber) -> Compressed {
    let parts = Parts::new(key, *fleet::OTHER_KEY).with_chip_serial(serial);
    let mut buffer = [0; 512];
    let unsigned =
        fleet::DEVICE.issue(&parts, fleet::ID, &fleet::dates(), &mut buffer).expect("parts that fit");
    let der = sign(unsigned, &mut fleet::other()).expect("a signature");
    fleet::DEVICE.compress(der, fleet::ID, &parts).expect("what the template makes")
}

fn address(slot: u8, block: u16, word: u16) -> u16 {
    block << 8 | u16::from(slot) << 3 | word
}

/// Every write of every size to every block and word, in clear and as if encrypted; new keys; internal signatures.
#[test]
fn the_first_identity_can_not_be_changed() {
    let mut device = Device::new();
    let before = device.slots();
    for slot in [0, 2, 9, 10, 11, 12] {
        let size = Slot::new(slot).unwrap().size() as u16;
        for block in 0..size.div_ceil(32) {
            for data in [32, 64] {
                let data = vec![0x5A; data];
                assert_eq!(device.command(WRITE, 0x82, address(slot, block, 0), &data), REFUSED, "{slot}");
                assert_eq!(device.command(WRITE, 0xC2, address(slot, block, 0), &data), REFUSED, "{slot}");
            }
        }
        for word in 0..size / 4 {
            let at = address(slot, word / 8, word % 8);
            assert_eq!(device.command(WRITE, 0x02, at, &[0x5A; 4]), REFUSED, "{slot} {word}");
        }
    }
    assert_eq!(device.command(GEN_KEY, 0x04, 0, &[]), REFUSED);
    // PrivWrite, in clear and encrypted; Sign of what GenDig or GenKey left.
    for (slot, p1) in [(0, 0x00), (0, 0x40), (1, 0x00), (1, 0x40)] {
        assert_eq!(device.command(0x46, p1, slot, &[0x11; 68]), REFUSED);
        assert_eq!(device.command(SIGN, 0x00, slot, &[]), REFUSED);
    }
    assert_eq!(device.slots(), before);
    device.chain().unwrap();
}

/// Anyone makes a new key in slot 1 and writes slots 13 to 15: the second identity ends, forges nothing, and is made
/// anew; the first does not notice. Until its slots are locked.
#[test]
fn the_second_identity_can_be_ended_and_not_forged() {
    let mut device = Device::new();
    let renew = |device: &mut Device, key| {
        let new = fleet::certificate(key, device.serial(), &fleet::dates());
        device
            .chip
            .write_places(&[
                (SlotPlace::S14, Stored::Key(&fleet::SIGNER_KEY)),
                (SlotPlace::S15, Stored::Certificate(&fleet::SIGNER_CERTIFICATE)),
                (SlotPlace::S13, Stored::Certificate(&new)),
            ])
            .unwrap();
    };
    let read = |device: &mut Device| {
        let (mut one, mut other) = ([0; 512], [0; 512]);
        let (renewed, signer) = (fleet::renewed(), fleet::signer_of_renewed());
        device.chip.read_chain(&renewed, &signer, &fleet::ROOT_KEY, &mut one, &mut other).map(drop)
    };
    let key = device.command(GEN_KEY, 0x04, 1, &[]);
    let key = PublicKey::try_from(&key[..]).unwrap();
    renew(&mut device, key);
    read(&mut device).unwrap();

    // Another key: the certificate is not for it.
    let other = PublicKey::try_from(&device.command(GEN_KEY, 0x04, 1, &[])[..]).unwrap();
    assert_eq!(read(&mut device), Err(ChipError::X509(Error::NotVerified)));
    // A certificate of the attacker's own, with their key beside it: as far as that key goes, and no further.
    let own = forged(other, device.serial());
    for (slot, bytes) in [(13, *own.as_bytes()), (14, Stored::Key(&fleet::OTHER_KEY).to_bytes())] {
        for (block, part) in (0..).zip(bytes.chunks(32)) {
            let mut data = part.to_vec();
            data.resize(32, 0);
            assert_eq!(device.command(WRITE, 0x82, address(slot, block, 0), &data), [0]);
        }
    }
    device.chip.read_certificate(&fleet::renewed(), &mut [0; 512]).unwrap();
    assert_eq!(read(&mut device), Err(ChipError::X509(Error::NotVerified)));
    device.chain().unwrap();

    renew(&mut device, other);
    read(&mut device).unwrap();
    for slot in [Slot::S1, Slot::S13, Slot::S14, Slot::S15] {
        device.chip.lock_slot(slot, atecc608::irreversible::NoMoreSlotChanges).unwrap();
    }
    assert_eq!(device.command(GEN_KEY, 0x04, 1, &[]), REFUSED);
    for slot in 13..16 {
        assert_eq!(device.command(WRITE, 0x82, address(slot, 0, 0), &[0x5A; 32]), REFUSED);
    }
    read(&mut device).unwrap();
}

/// The chip's answer is one byte, which anyone on the bus can make: who does not trust the bus verifies in software.
#[test]
fn a_forged_answer_deceives_the_driver_and_not_software() {
    let mut device = Device::new();
    let mut spoil = |byte: usize| {
        *device.swap.lock().unwrap() = Some(Box::new(move |exchange| match exchange.opcode {
            VERIFY => Some(vec![0]),
            // The first block of slot 10, changed on its way.
            0x02 if exchange.p2 == address(10, 0, 0) => {
                let mut answer = exchange.answer.clone();
                answer[byte] ^= 1;
                Some(answer)
            }
            _ => None,
        }));
        let mut buffer = [0; 512];
        assert!(device.chip.read_certificate(&fleet::device(), &mut buffer).is_ok(), "believed");
        let unverified = device.chip.read_unverified_certificate(&fleet::device(), &mut buffer).unwrap();
        assert_eq!(unverified.verify(&P256).unwrap_err(), Error::NotVerified);
    };
    spoil(0);
    spoil(31);
    *device.swap.lock().unwrap() = None;
    let mut buffer = [0; 512];
    let unverified = device.chip.read_unverified_certificate(&fleet::device(), &mut buffer).unwrap();
    unverified.verify(&P256).unwrap();
}

/// The same attacks on what the preset is not: with slot 10 writable the first identity ends as the second does.
#[test]
fn without_the_presets_bits_the_first_identity_ends() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let open = |zone: &ConfigZone| {
        let mut wanted = preset::x509_device(zone);
        wanted.set_slot_config(Slot::S10, atecc608::config::SlotConfig::OPEN_DATA);
        wanted
    };
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = atecc608::x509::Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    let mut buffer = [0; 512];
    let (config_lock, data_lock) = (NoMoreConfigWrites, NoMoreFreeDataWrites);
    chip.provision_with_certificate(
        open,
        &enrolment,
        &mut fleet::signer(),
        &mut buffer,
        config_lock,
        data_lock,
    )
    .unwrap();
    let mut attacker = Attacker::on(&bus);
    attacker.wake();
    assert_eq!(attacker.send(WRITE, 0x82, address(10, 0, 0), &[0x5A; 32]), [0]);
    attacker.sleep();
    let error = chip.read_certificate(&device, &mut buffer).unwrap_err();
    assert_eq!(error, ChipError::X509(Error::NotVerified));
}
