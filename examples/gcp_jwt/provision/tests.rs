//! Chips that are not as they should be.

use super::*;
use atecc608_sim::{Bus, ChipId};

fn run(bus: &Bus, slot: Slot, locking: Locking) -> (Result<(), String>, Report, usize) {
    let (mut report, mut kept) = (Report::default(), 0);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let result = provision(&mut chip, slot, locking, Steps { json: true }, &mut report, || {
        kept += 1;
        Ok(())
    });
    (result.map_err(|failure| failure.to_string()), report, kept)
}

/// Everything the chip holds for good.
fn contents(bus: &Bus) -> Vec<u8> {
    bus.with_chip(ChipId::FIRST, |chip| {
        let eeprom = chip.eeprom();
        let slots = Slot::all().flat_map(|slot| eeprom.slot(slot.index()));
        eeprom.config().iter().chain(eeprom.otp()).chain(slots).copied().collect()
    })
}

#[test]
fn a_blank_chip_is_not_touched_without_leave() {
    let bus = Bus::with_blank_chip(1);
    let before = contents(&bus);
    let (result, report, kept) = run(&bus, Slot::S0, Locking::Refused);
    let message = result.unwrap_err();
    assert!(message.contains("--lock-chip-for-ever") && message.contains("NEVER"), "{message}");
    assert!(contents(&bus) == before, "something was written");
    assert_eq!((kept, report.locked_now, report.new_key), (0, false, false));
}

#[test]
fn a_half_provisioned_chip_needs_leave_too() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let before = contents(&bus);
    assert!(run(&bus, Slot::S0, Locking::Refused).0.unwrap_err().contains("--lock-chip-for-ever"));
    assert!(contents(&bus) == before, "something was written");
    let (result, report, _) = run(&bus, Slot::S0, Locking::Allowed);
    assert_eq!((result, report.new_key, report.locked_now), (Ok(()), true, true));
}

#[test]
fn a_provisioned_chip_is_found_so() {
    let bus = Bus::with_blank_chip(1);
    let (result, first, kept) = run(&bus, Slot::S1, Locking::Allowed);
    assert_eq!((result, first.new_key, first.locked_now), (Ok(()), true, true));
    assert!(kept >= 4, "kept after each step");
    let before = contents(&bus);
    let (result, second, _) = run(&bus, Slot::S1, Locking::Refused);
    assert_eq!((result, second.new_key, second.locked_now), (Ok(()), false, false));
    assert_eq!(second.public_key_pem, first.public_key_pem);
    assert!(contents(&bus) == before, "something was written");
    // Slot 0 got its key when that was still possible.
    let (result, slot_0, _) = run(&bus, Slot::S0, Locking::Refused);
    assert_eq!((result, slot_0.new_key), (Ok(()), false));
    assert_ne!(slot_0.public_key_pem, first.public_key_pem);
}

#[test]
fn another_configuration_is_named_byte_by_byte() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut other = preset::gcp_device(&chip.read_config().unwrap());
    other.set_byte(20, other.byte(20) ^ 0x80);
    chip.write_config(&other).unwrap();
    chip.lock_config(&other, NoMoreConfigWrites).unwrap();
    let before = contents(&bus);
    for locking in [Locking::Allowed, Locking::Refused] {
        let message = run(&bus, Slot::S0, locking).0.unwrap_err();
        assert!(message.contains("another configuration"), "{message}");
        assert!(message.contains("of 128 bytes 1 differ (byte 20 is"), "{message}");
    }
    assert!(contents(&bus) == before, "something was written");
}

#[test]
fn a_chip_in_use_is_still_the_same_chip() {
    let bus = Bus::with_blank_chip(1);
    run(&bus, Slot::S0, Locking::Allowed).0.unwrap();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    chip.lock_slot(Slot::S1, atecc608::irreversible::NoMoreSlotChanges).unwrap();
    chip.increment_counter(atecc608::command::CounterId::Counter1, atecc608::irreversible::CountIsSpent)
        .unwrap();
    assert_eq!(run(&bus, Slot::S0, Locking::Refused).0, Ok(()));
}

#[test]
fn written_data_is_not_locked_in() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    chip.write_slot(Slot::S8, 0, &[7; 32]).unwrap();
    let message = run(&bus, Slot::S0, Locking::Allowed).0.unwrap_err();
    assert!(message.contains("data slots or OTP"), "{message}");
    assert!(!chip.lock_state().unwrap().data);
}

#[test]
fn no_chip_is_said_so() {
    let message = run(&Bus::new(), Slot::S0, Locking::Allowed).0.unwrap_err();
    assert!(message.contains("no chip answers"), "{message}");
}

/// Locked without a key in slot 0, which can't get one any more: the chip's rule is named.
#[test]
fn a_refused_key_says_by_which_rule() {
    let bus = Bus::with_blank_chip(1);
    run(&bus, Slot::S1, Locking::Allowed).0.unwrap();
    bus.with_chip(ChipId::FIRST, |chip| chip.eeprom_mut().set_slot(0, &[0; 36]));
    let said = run(&bus, Slot::S0, Locking::Refused).0.unwrap_err();
    assert!(said.contains("why: after the data lock no new key is made in slot 0"), "{said}");
}
