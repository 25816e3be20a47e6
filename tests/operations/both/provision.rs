//! From a blank chip to an identity in one go.

use super::rig::{Rig, opcodes};
use atecc608::config::lint::Kind;
use atecc608::config::plan::CommitError;
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::{CountIsSpent, NoMoreConfigWrites, NoMoreFreeDataWrites, OldKeyIsLost};
use atecc608::{Argument, DataContents, ErrorKind, KeyOrigin, Slot, config::ConfigError};
use atecc608::{command::CounterId, wire::Opcode};
use testkit::{Locks, refused};

macro_rules! provision {
    ($rig:ident, $wanted:expr, $contents:expr) => {
        op!($rig.provision($wanted, Slot::S0, &$contents, NoMoreConfigWrites, NoMoreFreeDataWrites))
    };
}

/// What must not change.
fn kept(rig: &Rig) -> (ConfigZone, Vec<u8>) {
    (rig.config(), rig.eeprom().slot(0).to_vec())
}

#[test]
fn one_wake_no_step_too_many_and_nothing_the_second_time() {
    let mut rig = Rig::blank();
    let (key, origin) = provision!(rig, preset::gcp_device, DataContents::BLANK).unwrap();
    assert_eq!(origin, KeyOrigin::Made);
    let mut executed = rig.executed();
    assert_eq!(executed[..4], [Opcode::Read.to_byte(); 4]);
    executed.retain(|opcode| *opcode != Opcode::Write.to_byte());
    let read = [Opcode::Read; 8];
    assert_eq!(
        executed,
        [&opcodes(&read)[..], &opcodes(&[Opcode::Lock, Opcode::GenKey, Opcode::Lock])].concat()
    );
    let trace = rig.bus.trace().to_string();
    // Found, and told to forget what others left in it; then at the end.
    assert_eq!(trace.matches("+W 01 P").count(), 2, "{trace}");
    assert!(rig.config().is_config_locked() && rig.config().is_data_locked());

    let finished = kept(&rig);
    let again = provision!(rig, preset::gcp_device, DataContents::BLANK);
    assert_eq!(again, Ok((key, KeyOrigin::Found)));
    assert_eq!(kept(&rig), finished);
    assert_eq!(rig.executed(), opcodes(&[&[Opcode::Read; 4][..], &[Opcode::Info, Opcode::GenKey]].concat()));
}

#[test]
fn what_is_done_is_not_done_again() {
    let mut rig = Rig::gcp(Locks::Config);
    let (key, origin) = provision!(rig, preset::gcp_device, DataContents::BLANK).unwrap();
    assert_eq!((origin, Ok(key)), (KeyOrigin::Made, op!(rig.public_key(Slot::S0))));
    assert!(rig.config().is_data_locked());
}

#[test]
fn another_configuration_that_is_locked_is_a_mismatch() {
    let mut rig = Rig::configured(Locks::Config, |_| {});
    let before = kept(&rig);
    match provision!(rig, preset::gcp_device, DataContents::BLANK) {
        Err(CommitError::Config(ConfigError::Mismatch(mismatch))) => assert!(mismatch.total() > 3),
        other => panic!("{other:?}"),
    }
    assert_eq!(kept(&rig), before);
    assert_eq!(rig.executed(), [Opcode::Read.to_byte(); 4]);
}

#[test]
fn errors_of_lint_and_bytes_that_can_not_be_written_stop_it() {
    // Slot 0's private key may be written by anyone.
    let spoilt = |zone: &ConfigZone| {
        let mut wanted = preset::gcp_device(zone);
        wanted.set_byte(21, 0x40);
        wanted
    };
    let mut rig = Rig::blank();
    let before = kept(&rig);
    let result = provision!(rig, spoilt, DataContents::BLANK);
    assert!(matches!(result, Err(CommitError::Findings { errors: 1.. })), "{result:?}");
    let renumbered = |zone: &ConfigZone| {
        let mut wanted = preset::gcp_device(zone);
        wanted.set_byte(0, 0x02);
        wanted
    };
    let result = provision!(rig, renumbered, DataContents::BLANK);
    assert_eq!(result, Err(CommitError::Config(ConfigError::NotWritable { offset: 0 })));
    assert_eq!(kept(&rig), before);
}

#[test]
fn a_slot_for_something_else_is_refused_before_anything_is_written() {
    let mut rig = Rig::blank();
    let before = kept(&rig);
    let (contents, slot) = (DataContents::BLANK, Slot::S8);
    let result =
        op!(rig.provision(preset::gcp_device, slot, &contents, NoMoreConfigWrites, NoMoreFreeDataWrites));
    match result {
        Err(CommitError::Config(ConfigError::Chip(error))) => {
            assert_eq!(error.kind, ErrorKind::Argument(Argument::NoKeySlot));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(kept(&rig), before);
}

/// A table made once, not anew of what the chip holds: lock bytes, UserExtra, counters and slots locked since are not in
/// it.
#[test]
fn what_has_become_of_a_chip_is_no_mismatch() {
    let mut rig = Rig::blank();
    let table = preset::gcp_device(&rig.config());
    let (key, _) = provision!(rig, |_: &ConfigZone| table, DataContents::BLANK).unwrap();
    for (offset, value) in [(84, 0x55), (85, 0x6A), (53, 0x7F), (67, 0x01), (88, 0xFD), (89, 0x7F)] {
        rig.poke(|eeprom| {
            let mut zone = *eeprom.config();
            zone[offset] = value;
            eeprom.set_config(&zone);
        });
        let again = provision!(rig, |_: &ConfigZone| table, DataContents::BLANK);
        assert_eq!(again, Ok((key, KeyOrigin::Found)), "byte {offset}");
    }
}

/// Private, but of another type; a public key.
#[test]
fn a_slot_that_is_half_a_key_slot_is_refused_too() {
    let mut rig = Rig::blank();
    let before = kept(&rig);
    for key_config in [0x1D, 0x1C, 0x10] {
        let half = |zone: &ConfigZone| {
            let mut wanted = preset::gcp_device(zone);
            wanted.set_byte(96, key_config);
            wanted
        };
        match provision!(rig, half, DataContents::BLANK) {
            Err(CommitError::Config(ConfigError::Chip(error))) => {
                assert_eq!(error.kind, ErrorKind::Argument(Argument::NoKeySlot), "{key_config:02X}");
            }
            other => panic!("{key_config:02X}: {other:?}"),
        }
    }
    assert_eq!(kept(&rig), before);
}

#[test]
fn what_use_has_changed_does_not_count_and_a_lock_that_is_missing_does() {
    let mut rig = Rig::gcp(Locks::Config);
    op!(rig.increment_counter(CounterId::Counter0, CountIsSpent)).unwrap();
    let locks_more = |zone: &ConfigZone| {
        let mut wanted = preset::gcp_device(zone);
        wanted.set_byte(89, 0x7F);
        wanted
    };
    match provision!(rig, locks_more, DataContents::BLANK) {
        Err(CommitError::Config(ConfigError::Mismatch(mismatch))) => {
            assert_eq!(mismatch.differences()[0].offset, 89);
        }
        other => panic!("{other:?}"),
    }
    provision!(rig, preset::gcp_device, DataContents::BLANK).unwrap();
}

#[test]
fn other_contents_leave_the_data_zone_open() {
    let mut rig = Rig::blank();
    let wrong = DataContents::BLANK.with_slot(Slot::S8, &[1]).unwrap();
    let result = provision!(rig, preset::gcp_device, wrong);
    assert_eq!(result, Err(CommitError::Config(ConfigError::Chip(refused(Opcode::Lock)))));
    assert!(rig.config().is_config_locked() && !rig.config().is_data_locked());
    let (_, origin) = provision!(rig, preset::gcp_device, DataContents::BLANK).unwrap();
    assert_eq!(origin, KeyOrigin::Found);
    assert!(rig.config().is_data_locked());
}

/// Without PubInfo the public key is told until the data zone is locked, as `provision` and lint say.
#[test]
fn a_lost_answer_of_a_key_without_pub_info_is_lost_with_the_data_lock() {
    let without = |zone: &ConfigZone| {
        let mut wanted = preset::gcp_device(zone);
        wanted.set_byte(96, wanted.byte(96) & !0x02);
        wanted
    };
    let mut rig = Rig::configured(Locks::Config, |zone| {
        *zone = *without(&ConfigZone::from_bytes(*zone)).as_bytes();
    });
    assert!(rig.config().lint().any(|finding| finding.kind == Kind::PublicKeyLost));
    let made = op!(rig.generate_key(Slot::S0, OldKeyIsLost)).unwrap();
    let (key, origin) = provision!(rig, without, DataContents::BLANK).unwrap();
    assert_eq!((key, origin), (made, KeyOrigin::Found));
    match provision!(rig, without, DataContents::BLANK) {
        Err(CommitError::Config(ConfigError::Chip(error))) => assert_eq!(error, refused(Opcode::GenKey)),
        other => panic!("{other:?}"),
    }
    op!(rig.sign_digest(Slot::S0, &[1; 32])).unwrap();
}
