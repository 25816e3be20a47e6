//! Bits that flip on the wire: commands run once, or not at all.

use super::rig::Rig;
use atecc608::irreversible::{CountIsSpent, NoMoreFreeDataWrites, OldKeyIsLost};
use atecc608::{ErrorKind, Slot};
use atecc608::{command::CounterId, wire::Opcode};
use atecc608_sim::Fault;
use testkit::{Locks, known_public_key, sign_outside, verifies};

const DIGEST: [u8; 32] = [0xD1; 32];
/// Bytes of the wake response after wake.
const WAKE_RESPONSE: usize = 4;

/// One byte of what the chip says is damaged, whichever: the result is right, each command ran once.
#[test]
fn a_damaged_answer_is_read_again() {
    for nth in 0..WAKE_RESPONSE + 7 {
        let mut rig = Rig::workbench(Locks::Both).settled();
        rig.bus.inject(Fault::ReadByte { nth, xor: 0x10 });
        assert_eq!(op!(rig.increment_counter(CounterId::Counter1, CountIsSpent)), Ok(1), "{nth}");
        assert_eq!(rig.executed(), [Opcode::Counter.to_byte()], "{nth}");
        assert_eq!(rig.config().counter(CounterId::Counter1), 1, "{nth}");
    }
    for nth in (0..WAKE_RESPONSE + 4 + 67).step_by(3) {
        let mut rig = Rig::workbench(Locks::Both).settled();
        rig.bus.inject(Fault::ReadByte { nth, xor: 0x80 });
        let signature = op!(rig.sign_digest(Slot::S0, &DIGEST)).unwrap();
        assert!(verifies(&known_public_key(), &DIGEST, &signature), "{nth}");
        assert_eq!(rig.executed(), [Opcode::Nonce.to_byte(), Opcode::Sign.to_byte()], "{nth}");
        assert_eq!(rig.config().counter(CounterId::Counter0), 1, "{nth}: one use");

        rig.bus.inject(Fault::ReadByte { nth: nth % (WAKE_RESPONSE + 67), xor: 0x01 });
        let key = op!(rig.generate_key(Slot::S0, OldKeyIsLost)).unwrap();
        assert_eq!(rig.executed(), [Opcode::GenKey.to_byte()], "{nth}");
        assert_eq!(op!(rig.public_key(Slot::S0)), Ok(key), "{nth}");
    }
}

/// Twice in a row is still fine; three times is an error that says the command ran.
#[test]
fn an_answer_that_stays_damaged() {
    for damaged in 1..=4 {
        let mut rig = Rig::workbench(Locks::Both).settled();
        for reading in 0..damaged {
            rig.bus.inject(Fault::ReadByte { nth: WAKE_RESPONSE + 7 * reading + 2, xor: 0x04 });
        }
        let result = op!(rig.increment_counter(CounterId::Counter1, CountIsSpent));
        if damaged < 3 {
            assert_eq!(result, Ok(1));
        } else {
            let failure = result.unwrap_err();
            assert_eq!((failure.command, failure.kind), (Some(Opcode::Counter), ErrorKind::Crc));
            assert!(failure.may_have_run());
        }
        assert_eq!(rig.executed(), [Opcode::Counter.to_byte()], "{damaged}");
        if damaged < 4 {
            assert_eq!(op!(rig.counter(CounterId::Counter1)), Ok(1), "{damaged}");
        }
    }
}

/// One bit of what the driver sends is damaged, whichever: the command runs once or is not run, never
/// twice, never another; an error says so; what comes next works.
#[test]
fn a_damaged_command_never_runs_twice() {
    // Word address and group of Counter.
    for nth in 0..8 {
        for bit in 0..8 {
            let mut rig = Rig::workbench(Locks::Both).settled();
            rig.bus.inject(Fault::WriteByte { nth, xor: 1 << bit });
            let result = go!(rig.chip.increment_counter(CounterId::Counter1, CountIsSpent));
            let log = rig.log();
            let counted = rig.config().counter(CounterId::Counter1);
            match result {
                Ok(value) => assert_eq!((value, counted, log.len()), (1, 1, 1), "{nth} {bit}"),
                Err(error) => {
                    assert!(nth < 2, "{nth} {bit}: the chip notices and the driver sends again: {error:?}");
                    assert_eq!((counted, log.len()), (0, 0), "{nth} {bit}: {error:?}");
                }
            }
            assert_eq!(op!(rig.counter(CounterId::Counter1)), Ok(counted), "{nth} {bit}");
            assert_eq!(rig.config().counter(CounterId::Counter0), 0);
        }
    }
}

/// The same with data: what is written is right or nothing, and the neighbours stay.
#[test]
fn damaged_data_is_never_written() {
    for nth in 0..40 {
        let mut rig = Rig::open(Locks::Both).settled();
        let before = rig.eeprom();
        rig.bus.inject(Fault::WriteByte { nth, xor: 0x08 });
        let result = go!(rig.chip.write_slot(Slot::S12, 32, &[0x12; 32]));
        let after = rig.eeprom();
        let mut expected = before.slot(12).to_vec();
        if result.is_ok() {
            expected[32..64].fill(0x12);
        } else {
            assert!(nth < 2, "{nth}: {result:?}");
        }
        assert_eq!(after.slot(12), expected, "{nth}");
        for other in (0..16).filter(|slot| *slot != 12) {
            assert_eq!(after.slot(other), before.slot(other), "{nth}");
        }
        op!(rig.revision()).unwrap();
    }
}

/// Lost acknowledgements: an error or not, what comes next works and nothing ran twice.
#[test]
fn lost_acknowledgements() {
    // Word address and group of Counter, then Sleep.
    for nth in 0..9 {
        let mut rig = Rig::workbench(Locks::Both).settled();
        rig.bus.inject(Fault::NackByte { nth });
        let result = go!(rig.chip.increment_counter(CounterId::Counter1, CountIsSpent));
        // What was started without an answer ends meanwhile.
        rig.bus.advance(100_000_000);
        let counted = rig.config().counter(CounterId::Counter1);
        assert!(counted <= 1, "{nth}");
        match result {
            Ok(value) => assert_eq!((value, counted), (1, 1), "{nth}"),
            Err(error) => assert!(error.may_have_run(), "{nth}: {error:?}"),
        }
        assert_eq!(op!(rig.counter(CounterId::Counter1)), Ok(counted), "{nth}");
    }
    for nacks in 1..6 {
        let mut rig = Rig::workbench(Locks::Both).settled();
        (0..nacks).for_each(|_| rig.bus.inject(Fault::NackAddress));
        let result = go!(rig.chip.increment_counter(CounterId::Counter1, CountIsSpent));
        // What was started without an answer ends meanwhile.
        rig.bus.advance(100_000_000);
        let counted = rig.config().counter(CounterId::Counter1);
        assert_eq!(result.is_ok(), counted == 1, "{nacks}: {result:?}");
        rig.bus.advance(2_000_000_000);
        assert_eq!(op!(rig.counter(CounterId::Counter1)), Ok(counted), "{nacks}");
    }
}

/// An answer that is lost altogether leaves the caller to look: `ensure_key` and the locks do.
#[test]
fn steps_that_may_be_repeated() {
    for nth in (0..WAKE_RESPONSE + 7 + 67).step_by(5) {
        let mut rig = Rig::gcp(Locks::Config).settled();
        for reading in 0..3 {
            rig.bus.inject(Fault::ReadByte { nth: nth + 67 * reading, xor: 0x20 });
        }
        let first = go!(rig.chip.ensure_key(Slot::S0));
        rig.bus.advance(2_000_000_000);
        let (key, _) = op!(rig.ensure_key(Slot::S0)).unwrap();
        if let Ok((made, _)) = first {
            assert_eq!(made, key, "{nth}");
        }
        let made = rig.log().iter().filter(|c| (c.opcode, c.p1) == (0x40, 0x04)).count();
        assert_eq!(made, 1, "{nth}: one key, ever");
    }
    let mut rig = Rig::gcp(Locks::Config);
    op!(rig.lock_data_unchecked(NoMoreFreeDataWrites)).unwrap();
    assert_eq!(op!(rig.verify(&known_public_key(), &DIGEST, &sign_outside(&DIGEST))), Ok(()));
}
