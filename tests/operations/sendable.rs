//! Compile time: the async driver's futures can move between threads when bus and delay can.

use crate::both::rig::Rig;
use atecc608::command::{CounterId, ExtraByte, InfoRevision, Tests};
use atecc608::config::ConfigZone;
use atecc608::formats::jwt::Header;
use atecc608::irreversible::*;
use atecc608::{DataContents, PublicKeySlot, Slot};
use testkit::{Failure, Locks, known_public_key, sign_outside};

fn sendable<T: Send>(_: T) {}

#[test]
fn every_future_is_send() {
    let mut rig = Rig::workbench(Locks::Both);
    let chip = &mut rig.chip;
    let zone = ConfigZone::from_bytes([0; 128]);
    let (key, signature) = (known_public_key(), sign_outside(&[1; 32]));
    sendable(chip.revision());
    sendable(chip.serial_number());
    sendable(chip.random());
    sendable(chip.is_key_valid(Slot::S0));
    sendable(chip.counter(CounterId::Counter0));
    sendable(chip.increment_counter(CounterId::Counter0, CountIsSpent));
    sendable(chip.update_extra(ExtraByte::UserExtra, 1, ByteIsFixed));
    sendable(chip.self_test(Tests::all()));
    sendable(chip.generate_key(Slot::S0, OldKeyIsLost));
    sendable(chip.ensure_key(Slot::S0));
    sendable(chip.public_key(Slot::S0));
    sendable(chip.sign_digest(Slot::S0, &[1; 32]));
    sendable(chip.sign_message(Slot::S0, b"m"));
    sendable(chip.sign_jwt(Slot::S0, &Header::ES256, "claims", &mut [0; 300]));
    sendable(chip.verify(&key, &[1; 32], &signature));
    sendable(chip.verify_stored(PublicKeySlot::new(Slot::S15).unwrap(), &[1; 32], &signature));
    sendable(chip.sha256(b"m"));
    sendable(chip.sha256_stream().update(b"m"));
    sendable(chip.sha256_stream().finish());
    sendable(chip.read_slot(Slot::S8, 0, &mut [0; 4]));
    sendable(chip.write_slot(Slot::S8, 0, &[0; 4]));
    sendable(chip.read_otp());
    sendable(chip.write_otp(&[0; 64]));
    sendable(chip.read_config());
    sendable(chip.write_config(&zone));
    sendable(chip.lock_state());
    sendable(chip.lock_config(&zone, NoMoreConfigWrites));
    sendable(chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites));
    sendable(chip.lock_data_unchecked(NoMoreFreeDataWrites));
    sendable(chip.lock_slot(Slot::S0, NoMoreSlotChanges));
    sendable(chip.execute(&InfoRevision));
    sendable(chip.session(async |chip| {
        chip.execute(&InfoRevision).await?;
        Ok::<(), Failure>(())
    }));
}
