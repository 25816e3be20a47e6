//! Certificates written encrypted.

use super::super::super::SharedKey;
use super::super::rig::{Rig, opcodes};
use super::{bytes_at, certificate, serial};
use atecc608::config::{ConfigZone, KeyConfig, SlotConfig, preset};
use atecc608::wire::Opcode;
use atecc608::x509::{Definition, KeyPlace, SlotPlace, Unfit};
use atecc608::{Argument, ErrorKind, Secret, Slot};
use testkit::{KEY, Locks, fleet};

const SECRET: [u8; 32] = [0x44; 32];
const NONCES: [[u8; 20]; 3] = [[0x17; 20], [0x18; 20], [0x19; 20]];

/// The preset, but slot 9 holds a storage key, and slot 13 is written under it.
fn zone(chip: &ConfigZone) -> ConfigZone {
    let mut zone = preset::x509_device(chip);
    zone.set_slot_config(Slot::S9, SlotConfig::from_bits(0x8F8F));
    zone.set_key_config(Slot::S9, KeyConfig::from_bits(0x005C));
    zone.set_slot_config(Slot::S13, SlotConfig::from_bits(0x490F));
    zone
}

fn rig(locks: Locks) -> Rig {
    let rig = Rig::configured(locks, |bytes| *bytes = *zone(&ConfigZone::from_bytes(*bytes)).as_bytes());
    rig.poke(|eeprom| {
        eeprom.set_slot(9, &SECRET);
        eeprom.set_private_key(0, &KEY);
    });
    rig
}

fn key() -> SharedKey {
    SharedKey { slot: Slot::S9, key: Secret::new(SECRET) }
}

#[test]
fn after_the_data_lock_and_read_in_clear() {
    let mut rig = rig(Locks::Both);
    let compressed = certificate(&rig);
    op!(rig.write_certificate_encrypted(SlotPlace::S13, &compressed, &key(), &NONCES)).unwrap();
    assert_eq!(bytes_at(&rig, SlotPlace::S13), compressed.as_bytes());
    let definition = Definition::new(
        &fleet::DEVICE,
        SlotPlace::S13,
        KeyPlace::Private(Slot::S0),
        KeyPlace::Known(*fleet::SIGNER_KEY),
    );
    let mut buffer = [0; 512];
    let read = op!(rig.read_certificate(&definition, &mut buffer)).unwrap();
    assert_eq!(read.common_name().unwrap()[2..].to_lowercase(), serial(&rig).to_string());
    let kinds: Vec<_> = definition.misfits(&rig.config()).map(|misfit| misfit.kind).collect();
    assert_eq!(kinds, [Unfit::EncryptedTail]);
}

#[test]
fn between_the_locks() {
    let mut rig = rig(Locks::Config);
    let compressed = certificate(&rig);
    op!(rig.write_certificate_encrypted(SlotPlace::S13, &compressed, &key(), &NONCES)).unwrap();
    assert_eq!(bytes_at(&rig, SlotPlace::S13), compressed.as_bytes());
}

/// If the chip refuses the last block nothing was changed: it comes first.
#[test]
fn the_tail_first_and_nothing_with_a_wrong_key() {
    let mut rig = rig(Locks::Both).settled();
    let compressed = certificate(&rig);
    op!(rig.write_certificate_encrypted(SlotPlace::S13, &compressed, &key(), &NONCES)).unwrap();
    let writes: Vec<_> = rig.log().iter().filter(|command| command.opcode == 0x12).map(|c| c.p2).collect();
    assert_eq!(writes, [0x0268, 0x0168, 0x0068]);
    let before = rig.eeprom();
    let wrong = SharedKey { slot: Slot::S9, key: Secret::new([0x45; 32]) };
    let error =
        op!(rig.write_certificate_encrypted(SlotPlace::S13, &compressed, &wrong, &NONCES)).unwrap_err();
    assert_eq!(error, testkit::refused(Opcode::Write));
    assert_eq!(rig.eeprom().slot(13), before.slot(13));
    rig.executed();
    let error =
        op!(rig.write_certificate_encrypted(SlotPlace::S8[0], &compressed, &key(), &NONCES)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Argument(Argument::SharedBlock));
    assert_eq!(rig.executed(), opcodes(&[]));
}
