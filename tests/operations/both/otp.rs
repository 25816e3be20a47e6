//! The OTP zone (chip reference 4.15).

use super::rig::{Rig, opcodes};
use atecc608::wire::Opcode;
use testkit::{Locks, refused};

fn contents() -> [u8; 64] {
    core::array::from_fn(|i| (i * 3 + 1) as u8)
}

#[test]
fn read_otp() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        rig.poke(|eeprom| eeprom.set_otp(&contents()));
        let result = op!(rig.read_otp());
        if locks == Locks::Both {
            assert_eq!(result, Ok(contents()));
            assert_eq!(rig.executed(), opcodes(&[Opcode::Read; 2]));
        } else {
            assert_eq!(result, Err(refused(Opcode::Read)), "{locks:?}");
        }
    }
}

#[test]
fn write_otp() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let before = rig.eeprom();
        let result = op!(rig.write_otp(&contents()));
        if locks == Locks::Config {
            assert_eq!(result, Ok(()));
            assert_eq!(*rig.eeprom().otp(), contents());
            assert_eq!(rig.executed(), opcodes(&[Opcode::Write; 2]));
            assert_eq!(
                op!(rig.write_otp(&[0; 64])),
                Ok(()),
                "until the zone is locked it can be written again"
            );
            assert_eq!(*rig.eeprom().otp(), [0; 64]);
        } else {
            assert_eq!(result, Err(refused(Opcode::Write)), "{locks:?}");
            assert_eq!(rig.eeprom().otp(), before.otp(), "{locks:?}");
        }
    }
}

#[test]
fn written_then_locked_then_read() {
    let mut rig = Rig::gcp(Locks::Config);
    op!(rig.write_otp(&contents())).unwrap();
    op!(rig.lock_data_unchecked(atecc608::irreversible::NoMoreFreeDataWrites)).unwrap();
    assert_eq!(op!(rig.read_otp()), Ok(contents()));
    assert_eq!(op!(rig.write_otp(&[0; 64])), Err(refused(Opcode::Write)));
}
