//! Refusals explained.

use super::rig::Rig;
use atecc608::command::{MessageSource, State};
use atecc608::config::preset;
use atecc608::diagnose::{Rule, Seen};
use atecc608::memory::Block;
use atecc608::{Slot, Status};
use atecc608::{
    command::{GenKeyPublic, InfoState, NonceFixed, ReadBlock, SignExternal},
    wire::Opcode,
};
use testkit::Locks;

const READS: [u8; 4] = [Opcode::Read.to_byte(); 4];

#[test]
fn what_configuration_and_locks_tell() {
    let mut rig = Rig::workbench(Locks::Both);
    let read = ReadBlock(Block::data(Slot::S3, 0).unwrap());
    assert_eq!(op!(rig.execute(&read)).unwrap_err().status(), Some(Status::Execution));
    rig.executed();
    let said = op!(rig.diagnose(&read, Seen::new().with_gen_dig(Slot::S6))).unwrap();
    assert_eq!(said.rule(), Some(Rule::OtherReadKey { slot: Slot::S3, key: Slot::S4, used: Slot::S6 }));
    assert_eq!(rig.executed(), READS, "nothing but the configuration was asked for");
}

/// Keys are asked for where the answer hangs on them.
#[test]
fn an_empty_slot_and_a_full_one() {
    for (slot, rule) in [(Slot::S0, None), (Slot::S7, Some(Rule::NoKey { slot: Slot::S7 }))] {
        let mut rig = Rig::configured(Locks::Both, |zone| {
            zone[20..].copy_from_slice(&preset::FACTORY[20..]);
            for slot in [0, 7] {
                zone[20 + 2 * slot..][..2].copy_from_slice(&[0x83, 0x20]);
                zone[96 + 2 * slot..][..2].copy_from_slice(&[0x33, 0x00]);
            }
        });
        rig.poke(|eeprom| eeprom.set_private_key(0, &testkit::KEY));
        let said = op!(rig.diagnose(&GenKeyPublic { slot, digest: false }, Seen::new())).unwrap();
        assert_eq!((said.rule(), said.candidates()), (rule, [].as_slice()), "{slot}");
        assert_eq!(rig.executed(), [&READS[..], &[Opcode::Info.to_byte()]].concat());
        assert_eq!(said.to_string() == "configuration and locks permit this command", rule.is_none());
    }
}

/// What InfoState said right before makes the answer certain.
#[test]
fn the_state_before() {
    let mut rig = Rig::workbench(Locks::Both);
    let state: State = session!(rig, |chip| {
        go!(chip.execute(&NonceFixed::TempKey(&[7; 32])))?;
        go!(chip.execute(&InfoState))
    })
    .unwrap();
    let read = ReadBlock(Block::data(Slot::S3, 0).unwrap());
    let (slot, key) = (Slot::S3, Slot::S4);
    let said = op!(rig.diagnose(&read, Seen::new().with_state(state))).unwrap();
    assert_eq!(said.rule(), Some(Rule::ReadKey { slot, key }));
    let said = op!(rig.diagnose(&read, Seen::new())).unwrap();
    assert_eq!(said.rule(), None);
    let needed = [Rule::TempKey, Rule::ReadKey { slot, key }, Rule::ReadRandom { slot }, Rule::TempKeyNoMac];
    assert_eq!(said.candidates(), needed);
}

/// On a chip in the field: sign before there is a key.
#[test]
fn the_preset_device() {
    let mut rig = Rig::gcp(Locks::Config);
    let sign = SignExternal { slot: Slot::S1, source: MessageSource::TempKey };
    assert_eq!(op!(rig.sign_digest(Slot::S1, &[7; 32])).unwrap_err().status(), Some(Status::Execution));
    let said = op!(rig.diagnose(&sign, Seen::new())).unwrap();
    assert_eq!(said.rule(), Some(Rule::NoKey { slot: Slot::S1 }));
}
