//! A private key in slot 2 and the commands that use it, for tests of what its configuration permits.

use crate::rig::*;

/// Private P-256 key with everything allowed: GenKey, both kinds of signature, PubInfo, Lockable.
pub(crate) const SLOT: u16 = 0x2083;
pub(crate) const KEY: u16 = 0x0033;

/// Slot 2 holds the known key under this configuration; slot 9 is a public key that can authorise.
pub(crate) fn slot_2(locks: Locks, slot_config: u16, key_config: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 2, slot_config);
    set_key_config(&mut config, 2, key_config);
    set_key_config(&mut config, 9, 0x0010);
    let mut rig = Rig::new(config, locks);
    rig.poke_key(2);
    rig
}

pub(crate) fn create(rig: &mut Rig) -> u8 {
    rig.verdict(GENKEY, 0x04, 2, &[])
}

pub(crate) fn public(rig: &mut Rig) -> u8 {
    rig.verdict(GENKEY, 0x00, 2, &[])
}

/// External signature of the message digest buffer.
pub(crate) fn sign_external(rig: &mut Rig) -> u8 {
    rig.load_digest(&[9; 32]);
    rig.verdict(SIGN, 0xA0, 2, &[])
}

/// Internal signature about the public key in slot 9.
pub(crate) fn sign_internal(rig: &mut Rig) -> u8 {
    rig.random_temp_key();
    assert_eq!(rig.status(GENKEY, 0x10, 9, &[0; 3]), OK);
    rig.verdict(SIGN, 0x00, 2, &[])
}
