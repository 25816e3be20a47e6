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
    (result.map(|_| ()).map_err(|failure| failure.to_string()), report, kept)
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

/// Tables of others, from the tests of `config`.
fn posted(name: &str) -> [u8; 128] {
    let path = format!("{}/../../config/tests/forms/tables/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let bytes: Vec<u8> = text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

/// A chip with this configuration, locked, with keys made in these slots.
fn foreign(table: [u8; 128], keys: &[Slot]) -> Bus {
    let bus = Bus::with_blank_chip(1);
    let lock = |value: u8| {
        bus.with_chip(ChipId::FIRST, |chip| {
            let mut config = *chip.eeprom().config();
            config[16..84].copy_from_slice(&table[16..84]);
            config[88..].copy_from_slice(&table[88..]);
            (config[86], config[87]) = (value, 0);
            chip.eeprom_mut().set_config(&config);
        });
        // A chip takes its address from the configuration when it wakes up next.
        bus.power_cycle();
    };
    lock(0x55);
    for slot in keys {
        let mut chip = at(&bus, table[16]);
        chip.generate_key(*slot, atecc608::irreversible::OldKeyIsLost).unwrap();
    }
    lock(0x00);
    bus
}

fn at(bus: &Bus, byte: u8) -> Atecc608<atecc608_sim::hal::SimI2c, atecc608_sim::hal::SimDelay> {
    let address = atecc608::Address::from_config_byte(byte).unwrap();
    Atecc608::new(bus.i2c(), bus.delay()).with_address(address)
}

/// Provisioned where it answers, as far as it is not.
fn run_anywhere(bus: &Bus, slot: Option<Slot>, locking: Locking) -> (Result<Slot, String>, Report) {
    let mut report = Report::default();
    let address = bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().config()[16]);
    let mut chip = at(bus, address);
    let result =
        provision(&mut chip, slot, locking, Steps { json: true }, &mut report, || Ok(())).and_then(|slot| {
            let digest = [0x5A; 32];
            let signature = chip.sign_digest(slot, &digest).map_err(failed("a digest was signed"))?;
            let key = chip.public_key(slot).map_err(failed("the key was read"))?;
            chip.verify(&key, &digest, &signature).map_err(failed("the signature was verified"))?;
            Ok(slot)
        });
    (result.map_err(|failure| failure.to_string()), report)
}

#[test]
fn chips_of_others_sign_with_the_slot_that_can() {
    for (name, table, keys, expected) in [
        ("Trust&GO", preset::TNGTLS, &[Slot::S0][..], Slot::S0),
        ("TrustFLEX", preset::TFLXTLS, &[Slot::S0], Slot::S0),
        ("TrustFLEX, another slot", preset::TFLXTLS, &[Slot::S3], Slot::S3),
        ("Arduino", posted("arduino"), &[Slot::S0], Slot::S0),
        ("Helium", posted("helium"), &[Slot::S0], Slot::S0),
        ("NervesKey", posted("nerves"), &[Slot::S0], Slot::S0),
        ("factory", preset::FACTORY, &[Slot::S2], Slot::S2),
    ] {
        let bus = foreign(table, keys);
        let before = contents(&bus);
        for wanted in [None, Some(expected)] {
            for locking in [Locking::Refused, Locking::Allowed] {
                let (result, report) = run_anywhere(&bus, wanted, locking);
                assert_eq!(result, Ok(expected), "{name}");
                assert_eq!(
                    (report.slot, report.new_key, report.locked_now),
                    (expected.number(), false, false)
                );
                assert!(report.public_key_pem.starts_with("-----BEGIN PUBLIC KEY-----"));
            }
        }
        assert!(contents(&bus) == before, "{name}: something was written");
    }
}

#[test]
fn what_can_not_sign_says_why() {
    // Slot 1 of Trust&GO signs what comes from inside only.
    let bus = foreign(preset::TNGTLS, &[Slot::S0, Slot::S1]);
    let message = run_anywhere(&bus, Some(Slot::S1), Locking::Allowed).0.unwrap_err();
    assert!(message.contains("slot 1: its key may not sign digests from outside"), "{message}");
    assert!(message.contains("leave --slot out"), "{message}");
    let message = run_anywhere(&bus, Some(Slot::S8), Locking::Allowed).0.unwrap_err();
    assert!(message.contains("slot 8: not made for a private key"), "{message}");

    // No key anywhere: NervesKey's slot could still get one, that of Trust&GO can't.
    let message = run_anywhere(&foreign(posted("nerves"), &[]), None, Locking::Refused).0.unwrap_err();
    assert!(
        message.contains("slot 0: it may sign, but no key was made in it; --lock-chip-for-ever"),
        "{message}"
    );
    let bus = foreign(preset::TNGTLS, &[]);
    let message = run_anywhere(&bus, Some(Slot::S0), Locking::Allowed).0.unwrap_err();
    assert!(message.contains("no key was made in it, and it can't get one any more"), "{message}");

    // NervesKey with a volatile key: the latch is needed first.
    let bus = foreign(posted("nerves_volatile"), &[Slot::S0]);
    let message = run_anywhere(&bus, None, Locking::Refused).0.unwrap_err();
    assert!(message.contains("slot 0: its key works only while the persistent latch is set"), "{message}");

    // A table out of place: no slot is made for a private key of any use.
    let message = run_anywhere(&foreign(posted("cal280"), &[]), None, Locking::Refused).0.unwrap_err();
    assert!(message.contains("a slot that can sign was looked for, and there is none"), "{message}");
}

#[test]
fn a_missing_key_is_made_with_leave_only() {
    let bus = foreign(preset::TFLXTLS, &[]);
    let before = contents(&bus);
    let message = run_anywhere(&bus, None, Locking::Refused).0.unwrap_err();
    assert!(
        message.contains("slot 2: it may sign, but no key was made in it; --lock-chip-for-ever"),
        "{message}"
    );
    assert!(contents(&bus) == before, "something was written");
    let (result, report) = run_anywhere(&bus, None, Locking::Allowed);
    assert_eq!((result, report.new_key), (Ok(Slot::S2), true));
    assert_eq!(run_anywhere(&bus, None, Locking::Refused).0, Ok(Slot::S2));
}
