//! The forms of commands that no public source proves, against what the chip reference recommends.

use super::rig::Rig;
use atecc608::{Secret, Slot, Status, host};
use atecc608::{
    command::{
        Derivation, EcdhInside, EcdhTarget, KdfAead, KdfAeadEncrypted, KdfOutput, KdfSource, KdfTarget,
        NonceFixed, PrfKeyLen,
    },
    wire::Opcode,
};
use testkit::{KEY, Locks, answered, known_public_key, refused};

fn secret() -> Secret<32> {
    Secret::new([0x44; 32])
}

fn rig() -> Rig {
    let rig = Rig::workbench(Locks::Both);
    rig.poke(|eeprom| {
        eeprom.set_slot(4, secret().expose());
        eeprom.set_slot(13, &message());
    });
    rig
}

/// What slot 13 holds.
fn message() -> [u8; 72] {
    core::array::from_fn(|i| i as u8 ^ 0xC0)
}

/// U17: slot 2 may give its secrets out (ReadKey bit 3 is clear); this mode stores them in slot 3.
#[test]
fn ecdh_into_the_slot_after() {
    let mut rig = rig();
    let public_key = &known_public_key();
    op!(rig.execute(&EcdhInside { target: EcdhTarget::SlotAfter(Slot::S2), public_key })).unwrap();
    let ours = p256::SecretKey::from_slice(&KEY).unwrap();
    let shared = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), ours.public_key().as_affine());
    assert_eq!(rig.eeprom().slot(3)[..32], shared.raw_secret_bytes()[..]);
    // Slot 7 has no ECDH permission.
    let result = op!(rig.execute(&EcdhInside { target: EcdhTarget::SlotAfter(Slot::S7), public_key }));
    assert_eq!(result, Err(refused(Opcode::Ecdh)));
}

/// U21: the message is what a slot or TempKey holds.
#[test]
fn hkdf_of_what_is_inside() {
    let mut rig = rig();
    let slot_4 = KdfSource::Slot(Slot::S4);
    for len in [1, 16, 32, 72] {
        let of_slot = Derivation::hkdf_of_slot(Slot::S13, len).unwrap();
        let derived = op!(rig.derive(Slot::S4, of_slot)).unwrap();
        assert_eq!(derived, host::hkdf(&secret(), &message()[..usize::from(len)]));
    }
    let beyond = Derivation::hkdf_of_slot(Slot::S13, 73).unwrap();
    assert_eq!(op!(rig.derive(Slot::S4, beyond)), Err(answered(Opcode::Kdf, Status::Parse)));
    let private = Derivation::hkdf_of_slot(Slot::S2, 32).unwrap();
    assert_eq!(op!(rig.derive(Slot::S4, private)), Err(refused(Opcode::Kdf)));

    let loaded: [u8; 64] = core::array::from_fn(|i| i as u8);
    let (short, long) = session!(rig, |chip| {
        wait!(chip.execute(&NonceFixed::TempKey64(&loaded)))?;
        let short = KdfOutput::new(slot_4, Derivation::hkdf_of_temp_key()).unwrap();
        let long = KdfOutput::new(slot_4, Derivation::hkdf_of_temp_key64()).unwrap();
        Ok((wait!(chip.execute(&short))?, wait!(chip.execute(&long))?))
    })
    .unwrap();
    assert_eq!(short, host::hkdf(&secret(), &loaded[..32]));
    assert_eq!(long, host::hkdf(&secret(), &loaded));
}

/// U51: half of the PRF's 64 bytes stays, half comes out.
#[test]
fn prf_split_in_two() {
    let mut rig = rig();
    let whole: Secret<64> = host::prf::<32, 64>(&secret(), b"label and seed");
    let (inside, outside) = whole.expose().split_at(32);
    let (slot_4, key) = (KdfSource::Slot(Slot::S4), PrfKeyLen::L32);
    let to_slot = KdfAead::new(slot_4, KdfTarget::Slot(Slot::S13), key, b"label and seed").unwrap();
    assert_eq!(op!(rig.execute(&to_slot)).unwrap().expose()[..], *outside);
    assert_eq!(rig.eeprom().slot(13)[..32], *inside);
    let encrypted = KdfAeadEncrypted::new(slot_4, key, b"label and seed").unwrap();
    let output = op!(rig.execute(&encrypted)).unwrap();
    assert_eq!(host::io_decrypt(&output, &secret()).expose()[..], *outside);
    // Slot 8 takes encrypted writes only.
    let closed = KdfAead::new(slot_4, KdfTarget::Slot(Slot::S8), key, b"label and seed").unwrap();
    assert_eq!(op!(rig.execute(&closed)), Err(refused(Opcode::Kdf)));
}
