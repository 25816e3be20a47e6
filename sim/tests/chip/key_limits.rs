//! What limits the use of private keys beyond their kind: authorisation, persistent latch, limited use
//! (chip reference 5.0.3 to 5.0.5).

use crate::private_key::*;
use crate::rig::*;

const REQ_AUTH_9: u16 = 0x0980;
const PERSISTENT_DISABLE: u16 = 0x1000;
const LIMITED_USE: u16 = 0x0020;

#[test]
fn req_auth() {
    for act in [create as fn(&mut Rig) -> u8, public, sign_external, sign_internal] {
        let mut rig = slot_2(Locks::C1D1, SLOT, KEY | REQ_AUTH_9);
        rig.chip.eeprom_mut().set_public_key(9, &known_public());
        assert_eq!(act(&mut rig), REFUSED);
        rig.authorise(9);
        assert_eq!(rig.authorised(), Some(9));
        assert_eq!(act(&mut rig), OK);
        // Used up.
        assert_eq!(rig.authorised(), None);
        assert_eq!(act(&mut rig), REFUSED);

        // Another key's authorisation does not do, and is used up as well.
        rig.configure(|config| set_key_config(config, 11, 0x0010));
        rig.authorise(11);
        assert_eq!(rig.authorised(), Some(11));
        assert_eq!(act(&mut rig), REFUSED);
        assert_eq!(rig.authorised(), None);
    }
    let mut rig = slot_2(Locks::C1D0, SLOT, KEY | REQ_AUTH_9);
    assert_eq!(create(&mut rig), OK);
    assert_eq!(sign_external(&mut rig), OK);
}

#[test]
fn authorisation_survives_other_commands_and_idle() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY | REQ_AUTH_9);
    rig.authorise(9);
    rig.run(RANDOM, 0, 0, &[]);
    rig.run(READ, 0x80, 0, &[]);
    rig.random_temp_key();
    rig.idle();
    rig.wake();
    assert_eq!(sign_external(&mut rig), OK);
    rig.authorise(9);
    rig.sleep();
    rig.wake();
    assert_eq!(sign_external(&mut rig), REFUSED);
}

#[test]
fn persistent_disable() {
    let permitted = |rig: &mut Rig| rig.configure(|config| config[69] = 0x89);
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY | PERSISTENT_DISABLE);
    permitted(&mut rig);
    assert_eq!(sign_external(&mut rig), REFUSED);
    // GenKey does not care.
    assert_eq!(public(&mut rig), OK);
    assert_eq!(create(&mut rig), OK);
    assert_eq!(rig.status(INFO, 0x04, 3, &[]), REFUSED);
    rig.authorise(9);
    assert_eq!(rig.run(INFO, 0x04, 3, &[]), [0; 4]);
    assert_eq!(rig.run(INFO, 0x04, 0, &[]), [1, 0, 0, 0]);
    assert_eq!(sign_external(&mut rig), OK);
    // Sleep keeps the latch, loss of the supply does not.
    rig.sleep();
    rig.wake();
    assert_eq!(sign_external(&mut rig), OK);
    rig.chip.power_cycle(rig.now);
    rig.pass(MS);
    rig.wake();
    assert_eq!(rig.run(INFO, 0x04, 0, &[]), [0; 4]);
    assert_eq!(sign_external(&mut rig), REFUSED);

    let mut rig = slot_2(Locks::C1D0, SLOT, KEY | PERSISTENT_DISABLE);
    assert_eq!(sign_external(&mut rig), OK);
}

#[test]
fn latch_permissions() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    rig.authorise(9);
    // Not enabled; enabled for another slot; left to SecureBoot.
    assert_eq!(rig.status(INFO, 0x04, 3, &[]), REFUSED);
    rig.configure(|config| config[69] = 0x88);
    assert_eq!(rig.status(INFO, 0x04, 3, &[]), REFUSED);
    rig.configure(|config| (config[69], config[70]) = (0x89, 0x08));
    assert_eq!(rig.status(INFO, 0x04, 3, &[]), REFUSED);
    rig.configure(|config| config[70] = 0);
    assert_eq!(rig.run(INFO, 0x04, 3, &[]), [0; 4]);
    assert_eq!(rig.authorised(), Some(9));
    // Clearing is free.
    rig.sleep();
    rig.wake();
    assert_eq!(rig.run(INFO, 0x04, 2, &[]), [0; 4]);
    assert_eq!(rig.run(INFO, 0x04, 0, &[]), [0; 4]);
}

#[test]
fn limited_use_counts_signatures() {
    let mut rig = slot_2(Locks::C1D1, SLOT | LIMITED_USE, KEY);
    assert_eq!(public(&mut rig), OK);
    assert_eq!(create(&mut rig), OK);
    assert_eq!(rig.counter0(), 0);
    assert_eq!(sign_external(&mut rig), OK);
    assert_eq!(rig.counter0(), 1);
    assert_eq!(sign_internal(&mut rig), OK);
    assert_eq!(rig.counter0(), 2);
    // Refused for another reason: not counted (chip reference U12).
    assert_eq!(rig.status(SIGN, 0x80, 2, &[]), REFUSED);
    assert_eq!(rig.counter0(), 2);

    let mut rig = slot_2(Locks::C1D0, SLOT | LIMITED_USE, KEY);
    assert_eq!(sign_external(&mut rig), OK);
    assert_eq!(rig.counter0(), 0);
}

#[test]
fn limited_use_ends_at_the_largest_count() {
    let mut rig = slot_2(Locks::C1D1, SLOT | LIMITED_USE, KEY);
    rig.configure(|config| config[52..60].copy_from_slice(&hex("00000001FFFFFFFF")));
    assert_eq!(rig.counter0(), 2_097_151);
    assert_eq!(sign_external(&mut rig), REFUSED);
    assert_eq!(rig.counter0(), 2_097_151);
}

/// Limit 32, count 31: one more use (chip reference 4.11).
#[test]
fn count_match() {
    let mut rig = slot_2(Locks::C1D1, SLOT | LIMITED_USE, KEY);
    rig.configure(|config| {
        config[18] = 0xA1;
        config[52..60].copy_from_slice(&hex("0000000100000000"));
    });
    rig.chip.eeprom_mut().set_slot(10, &hex("2000000020000000"));
    assert_eq!(rig.counter0(), 31);
    assert_eq!(sign_external(&mut rig), OK);
    assert_eq!(sign_external(&mut rig), REFUSED);
    assert_eq!(rig.counter0(), 32);
    // Nor can a use be given up that is not there.
    assert_eq!(rig.status(UPDATE_EXTRA, 2, 2, &[]), REFUSED);
    assert_eq!(rig.counter0(), 32);
    // A slot that holds no such limit does not count as one.
    rig.chip.eeprom_mut().set_slot(10, &[0xFF; 8]);
    assert_eq!(sign_external(&mut rig), OK);
    // Switched off.
    rig.chip.eeprom_mut().set_slot(10, &[0; 8]);
    assert_eq!(sign_external(&mut rig), REFUSED);
    rig.configure(|config| config[18] = 0xA0);
    assert_eq!(sign_external(&mut rig), OK);
}
