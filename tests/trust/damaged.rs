//! The published part with each bit wrong of each slot that counts.

use crate::rig::Rig;
use atecc608::x509::trust::{self, TrustError};
use testkit::published;

/// Asserts that a certificate with this bit wrong is refused, and that it is not for the bus or the chip.
fn refused(rig: &mut Rig, bit: &str) {
    let mut buffer = [0; trust::MAX_LEN];
    match rig.chip.read_trust_device(&trust::MICROCHIP, &mut buffer) {
        Ok(device) => panic!("{bit}: {device:?}"),
        Err(TrustError::Chip(error)) => panic!("{bit}: {error}"),
        Err(_) => {}
    }
}

fn each_bit(slot: usize, bytes: impl IntoIterator<Item = usize>) {
    let mut rig = Rig::published();
    let right = rig.slot(slot);
    for byte in bytes {
        for bit in 0..8 {
            let mut wrong = right.clone();
            wrong[byte] ^= 1 << bit;
            rig.change(|eeprom| eeprom.set_slot(slot, &wrong));
            refused(&mut rig, &format!("slot {slot} byte {byte} bit {bit}"));
        }
    }
    // It was for this alone.
    rig.change(|eeprom| eeprom.set_slot(slot, &right));
    let mut buffer = [0; trust::MAX_LEN];
    let device = rig.chip.read_trust_device(&trust::MICROCHIP, &mut buffer).unwrap();
    assert_eq!(device.der(), published::device());
}

#[test]
fn the_devices_certificate() {
    each_bit(10, 0..72);
}

#[test]
fn the_signers_key() {
    each_bit(11, (4..36).chain(40..72));
}

#[test]
fn the_signers_certificate() {
    each_bit(12, 0..72);
}

#[test]
fn the_address() {
    each_bit(5, 0..12);
}

#[test]
fn the_serial_number() {
    let mut rig = Rig::published();
    for bit in 0..9 * 8 {
        let mut serial = published::SERIAL;
        serial[bit / 8] ^= 1 << (bit % 8);
        rig.set_serial(&serial);
        refused(&mut rig, &format!("bit {bit} of the serial number"));
    }
}

/// The key can't have single bits wrong: most such points are none. The other Y, and the signer's key, are.
#[test]
fn the_devices_key() {
    let mut rig = Rig::published();
    let wrong = [published::signer_key(), published::root_key(), opposite(published::device_key())];
    for (number, key) in wrong.iter().enumerate() {
        rig.change(|eeprom| eeprom.set_known_public_key(0, key));
        refused(&mut rig, &format!("key {number}"));
    }
}

/// The key with the same X, and P - Y for Y.
fn opposite(mut key: [u8; 64]) -> [u8; 64] {
    let p = testkit::bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(p[at]) - i16::from(key[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        key[32 + at] = difference.rem_euclid(256) as u8;
    }
    key
}

/// What does not count: pads of the signer's key, what is behind the address.
#[test]
fn bytes_that_nothing_is_made_from() {
    let mut rig = Rig::published();
    rig.change(|eeprom| {
        let mut key = eeprom.slot(11).to_vec();
        key[..4].fill(0xA5);
        key[36..40].fill(0x5A);
        eeprom.set_slot(11, &key);
        let mut address = eeprom.slot(5).to_vec();
        address[12..].fill(0x77);
        eeprom.set_slot(5, &address);
    });
    assert_eq!(rig.read(&trust::MICROCHIP).unwrap().1[0], published::device());
}
