//! Revision, serial number, random numbers, key validity, self test.

use super::rig::{Rig, opcodes};
use atecc608::{Error, ErrorKind, Slot, Status};
use atecc608::{
    command::{Revision, Tests},
    wire::Opcode,
};
use atecc608_sim::ChipId;
use testkit::{Locks, answered, refused};

#[test]
fn revision() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        assert_eq!(op!(rig.revision()), Ok(Revision([0, 0, 0x60, 2])), "{locks:?}");
        assert_eq!(rig.executed(), opcodes(&[Opcode::Info]));
    }
}

#[test]
fn serial_number() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let serial = op!(rig.serial_number()).unwrap();
        let zone = *rig.eeprom().config();
        assert_eq!(serial.0[..4], zone[..4], "{locks:?}");
        assert_eq!(serial.0[4..], zone[8..13], "{locks:?}");
    }
}

#[test]
fn random() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let (first, second) = (op!(rig.random()), op!(rig.random()));
        assert_eq!(rig.executed(), opcodes(&[Opcode::Random, Opcode::Random]));
        if locks == Locks::Nothing {
            let not_random = Error::new(Opcode::Random, ErrorKind::NotRandom);
            assert_eq!((first, second), (Err(not_random), Err(not_random)));
        } else {
            assert_ne!(first.unwrap(), second.unwrap(), "{locks:?}");
        }
    }
}

#[test]
fn random_numbers_of_a_broken_generator() {
    let mut rig = Rig::workbench(Locks::Both);
    rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(Tests::RNG.bits()));
    assert_eq!(op!(rig.random()), Err(answered(Opcode::Random, Status::HealthTest)));
    rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(0));
    op!(rig.random()).unwrap();
}

#[test]
fn is_key_valid() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        assert_eq!(op!(rig.is_key_valid(Slot::S0)), Ok(true), "{locks:?}");
        assert_eq!(op!(rig.is_key_valid(Slot::S7)), Ok(false), "{locks:?}: never made");
        assert_eq!(op!(rig.is_key_valid(Slot::S14)), Ok(false), "{locks:?}: not validated");
        rig.poke(|eeprom| eeprom.set_slot(14, &[0x50]));
        assert_eq!(op!(rig.is_key_valid(Slot::S14)), Ok(true), "{locks:?}");
    }
}

#[test]
fn self_test_passes() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        assert_eq!(op!(rig.self_test(Tests::all())), Ok(Tests::empty()), "{locks:?}");
        assert_eq!(rig.executed(), opcodes(&[Opcode::SelfTest]));
    }
}

/// Every mask of failures, 0x11 among them, which as a status would mean "just woken".
#[test]
fn self_test_names_the_failed_tests() {
    for mask in (0..=0x3D_u8).filter(|mask| mask & !Tests::all().bits() == 0) {
        let mut rig = Rig::workbench(Locks::Both);
        rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(mask));
        let broken = Tests::from_bits_retain(mask);
        assert_eq!(op!(rig.self_test(Tests::all())), Ok(broken));
        let some = Tests::SHA | Tests::RNG;
        assert_eq!(op!(rig.self_test(some)), Ok(broken & some));
        // Sleep has cleared the failure state (chip reference 1.8).
        op!(rig.revision()).unwrap();
    }
}

/// A chip that resets during the test and is woken by someone else answers with 0x11, too.
#[test]
fn a_reset_is_no_failed_self_test() {
    let mut rig = Rig::workbench(Locks::Both).settled();
    rig.hook.after_pauses(1, |bus| {
        bus.power_cycle();
        bus.advance(200_000);
        bus.hold_sda_low(80_000);
    });
    let result = op!(rig.self_test(Tests::all()));
    assert_eq!(result, Err(Error::new(Opcode::SelfTest, ErrorKind::Reset)));
}

/// ChipOptions bit 0 (chip reference 4.13): the chip tests itself at each wake, which takes 20 ms.
#[test]
fn power_on_self_test() {
    let mut rig = Rig::workbench_but(Locks::Both, |zone| zone[90] |= 1);
    op!(rig.revision()).unwrap();
    op!(rig.revision()).unwrap();
    rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(Tests::SHA.bits()));
    for _ in 0..2 {
        assert_eq!(op!(rig.revision()), Err(answered(Opcode::Info, Status::SelfTest)));
        assert_eq!(op!(rig.public_key(Slot::S0)), Err(answered(Opcode::GenKey, Status::SelfTest)));
        // What the chip still does (chip reference 2.3).
        assert_eq!(op!(rig.self_test(Tests::empty())), Ok(Tests::SHA));
        assert_eq!(op!(rig.self_test(Tests::all())), Ok(Tests::SHA));
        assert_eq!(op!(rig.read_config()), Ok(rig.config()));
    }
    rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(0));
    op!(rig.revision()).unwrap();
}

#[test]
fn a_broken_generator_makes_no_key() {
    let mut rig = Rig::workbench(Locks::Both);
    rig.bus.with_chip(ChipId::FIRST, |chip| chip.break_self_tests(Tests::RNG.bits()));
    let lost = atecc608::irreversible::OldKeyIsLost;
    assert_eq!(op!(rig.generate_key(Slot::S0, lost)), Err(answered(Opcode::GenKey, Status::HealthTest)));
    assert_eq!(op!(rig.public_key(Slot::S1)), Err(refused(Opcode::GenKey)), "not a key slot");
    assert_eq!(op!(rig.public_key(Slot::S0)), Ok(testkit::known_public_key()), "the old one is there");
}

/// Chip reference 8: told apart by the revision.
#[test]
fn other_chips_are_refused() {
    use atecc608::command::Model;
    for (byte_6, byte_7, model) in
        [(0x60, 0x02, Some(Model::Atecc608A)), (0x60, 0x03, Some(Model::Atecc608B)), (0x50, 0x00, None)]
    {
        let mut rig = Rig::configured(Locks::Nothing, |zone| zone[6..8].copy_from_slice(&[byte_6, byte_7]));
        let kind = ErrorKind::WrongChip([byte_6, byte_7]);
        let expected = model.ok_or(Error::new(Opcode::Info, kind));
        assert_eq!(op!(rig.identify()), expected);
    }
}
