//! A public key that is validated by the signature of a certificate: SHA(Public) and Verify(ValidateExternal)
//! (chip reference 4.10, 5.19, 5.22).

use crate::rig::*;

/// Slot 9 is to be validated by slot 15, in format 0: three blocks, the key being the second.
fn rig(locks: Locks) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 9, 0x000F);
    set_key_config(&mut config, 9, 0x0012);
    set_slot_config(&mut config, 15, 0x0000);
    set_key_config(&mut config, 15, 0x0010);
    config[92] = 0x31;
    let mut rig = Rig::new(config, locks);
    rig.chip.eeprom_mut().set_public_key(15, &known_public());
    rig.chip.eeprom_mut().set_public_key(9, &public_9());
    rig
}

/// The key in slot 9 need not be on the curve to be validated.
fn public_9() -> [u8; 64] {
    core::array::from_fn(|index| index as u8 ^ 0xA5)
}

/// Hashes `blocks` before the key of the slot and `tail` after it into TempKey; gives the digest.
fn certificate(rig: &mut Rig, slot: u16, blocks: usize, tail: &[u8]) -> Vec<u8> {
    assert_eq!(rig.status(SHA, 0, 0, &[]), OK);
    for _ in 0..blocks {
        assert_eq!(rig.status(SHA, 1, 64, &[0xCE; 64]), OK);
    }
    assert_eq!(rig.status(SHA, 3, slot, &[]), OK);
    let digest = rig.run(SHA, 2, tail.len() as u16, tail);
    let stored = rig.chip.eeprom().slot(slot.into());
    let key = [&stored[4..36], &stored[40..72]].concat();
    assert_eq!(digest, sha256(&[&vec![0xCE; 64 * blocks], &key, tail]));
    digest
}

fn validate(rig: &mut Rig, digest: &[u8]) -> u8 {
    rig.status(VERIFY, 0x01, 9, &sign(digest))
}

fn nibble(rig: &Rig) -> u8 {
    rig.chip.eeprom().slot(9)[0] >> 4
}

#[test]
fn certificate_validates_the_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for length in [64, 128] {
            let mut rig = rig(locks);
            // Even if the slot is locked.
            rig.configure(|config| config[89] &= !0x02);
            let digest = certificate(&mut rig, 9, 1, &[7; 20]);
            let mut data = sign(&digest);
            data.resize(length, 0);
            assert_eq!(rig.status(VERIFY, 0x01, 9, &data), OK, "{locks:?}");
            assert_eq!(nibble(&rig), 5);
            assert!(!rig.temp_key_valid());
            assert_eq!(rig.run(INFO, 0x01, 9, &[])[0], 1);
        }
    }
}

/// Position and number of blocks have to be those of the format. The padding may need a block of its own.
#[test]
fn format() {
    for (before, tail, format, expected) in [
        (1, 20, 0x31, OK),
        (1, 55, 0x31, OK),
        (1, 56, 0x31, REFUSED),
        (1, 56, 0x41, OK),
        (0, 20, 0x20, OK),
        (0, 20, 0x21, REFUSED),
        (2, 20, 0x31, REFUSED),
        (2, 20, 0x42, OK),
        (1, 20, 0x41, REFUSED),
        (1, 20, 0x30, REFUSED),
        (1, 20, 0x00, REFUSED),
    ] {
        let mut rig = rig(Locks::C1D1);
        rig.configure(|config| config[92] = format);
        let digest = certificate(&mut rig, 9, before, &vec![7; tail]);
        assert_eq!(validate(&mut rig, &digest), expected, "{before} {tail} {format:02X}");
        assert_eq!(nibble(&rig) == 5, expected == OK);
    }
}

/// X509id picks the format.
#[test]
fn format_of_the_slot() {
    let mut rig = rig(Locks::C1D1);
    rig.configure(|config| {
        config[92..96].copy_from_slice(&[0, 0x42, 0x31, 0]);
        set_key_config(config, 9, 0x8012);
    });
    let digest = certificate(&mut rig, 9, 1, &[7; 20]);
    assert_eq!(validate(&mut rig, &digest), OK);
    rig.configure(|config| set_key_config(config, 9, 0x4012));
    let digest = certificate(&mut rig, 9, 1, &[7; 20]);
    assert_eq!(validate(&mut rig, &digest), REFUSED);
}

#[test]
fn digest_has_to_be_of_this_key() {
    let mut rig = rig(Locks::C1D1);
    let digest = certificate(&mut rig, 15, 1, &[7; 20]);
    assert_eq!(validate(&mut rig, &digest), REFUSED, "another slot's");
    let digest = certificate(&mut rig, 9, 1, &[7; 20]);
    rig.load_temp_key(&digest);
    assert_eq!(validate(&mut rig, &digest), REFUSED, "a nonce");
    // The same bytes, but not by SHA(Public).
    rig.status(SHA, 0, 0, &[]);
    rig.status(SHA, 1, 64, &[0xCE; 64]);
    rig.status(SHA, 1, 64, &public_9());
    assert_eq!(rig.run(SHA, 2, 20, &[7; 20]), digest);
    assert_eq!(validate(&mut rig, &digest), REFUSED, "no SHA(Public)");
    // A context that was outside.
    rig.status(SHA, 0, 0, &[]);
    rig.status(SHA, 1, 64, &[0xCE; 64]);
    rig.status(SHA, 3, 9, &[]);
    let context = rig.run(SHA, 6, 0, &[]);
    assert_eq!(rig.status(SHA, 7, context.len() as u16, &context), OK);
    assert_eq!(rig.run(SHA, 2, 20, &[7; 20]), digest);
    assert_eq!(validate(&mut rig, &digest), REFUSED, "written context");
    // GenDig makes another digest of it.
    certificate(&mut rig, 9, 1, &[7; 20]);
    assert_eq!(rig.status(GENDIG, 0x03, 0, &[0; 32]), OK);
    assert_eq!(validate(&mut rig, &digest), REFUSED, "GenDig");
    assert_eq!(nibble(&rig), 0);
}

#[test]
fn refusals() {
    let mut rig = rig(Locks::C1D1);
    certificate(&mut rig, 9, 1, &[7; 20]);
    assert_eq!(validate(&mut rig, &[1; 32]), MISCOMPARE);
    assert!(!rig.temp_key_valid());
    let mut attempt = |change: fn(&mut [u8; 128])| {
        let before = *rig.chip.eeprom().config();
        let digest = certificate(&mut rig, 9, 1, &[7; 20]);
        rig.configure(change);
        let status = validate(&mut rig, &digest);
        rig.configure(|config| *config = before);
        status
    };
    assert_eq!(attempt(|config| set_key_config(config, 9, 0x0010)), REFUSED, "no validation wanted");
    assert_eq!(attempt(|config| set_key_config(config, 15, 0x0011)), REFUSED, "parent is private");
    assert_eq!(attempt(|config| set_key_config(config, 15, 0x0012)), REFUSED, "parent is not valid");
    assert_eq!(attempt(|config| set_key_config(config, 15, 0x1010)), REFUSED, "latch of the parent");
    assert_eq!(attempt(|config| set_key_config(config, 15, 0x0B90)), REFUSED, "authorisation of the parent");
    assert_eq!(attempt(|_| {}), OK);
    // A validated key of this kind is not validated by Verify(Validate).
    rig.nonce(true);
    rig.run(GENKEY, 0x10, 9, &[0; 3]);
    assert_eq!(rig.status(VERIFY, 0x03, 9, &[0; 83]), REFUSED);
    assert_eq!(rig.status(VERIFY, 0x21, 9, &[0; 64]), PARSE, "not from the digest buffer");
}

/// A new key in the slot is not valid.
#[test]
fn writing_takes_the_validity_away() {
    let mut rig = rig(Locks::C1D1);
    let digest = certificate(&mut rig, 9, 1, &[7; 20]);
    assert_eq!(validate(&mut rig, &digest), OK);
    assert_eq!(rig.status(WRITE, 0x82, 9 << 3 | 0x0100, &[1; 32]), OK);
    assert_eq!(nibble(&rig), 0xA);
}

#[test]
fn sha_public() {
    let mut rig = rig(Locks::C1D1);
    assert_eq!(rig.status(SHA, 3, 9, &[]), REFUSED, "no context");
    rig.status(SHA, 0, 0, &[]);
    for slot in [0, 3, 8] {
        assert_eq!(rig.status(SHA, 3, slot, &[]), REFUSED, "slot {slot} holds no public key");
    }
    for (p1, p2, length) in [(3, 9, 1), (3, 0x8009, 0), (0x43, 9, 0)] {
        assert_eq!(rig.status(SHA, p1, p2, &vec![0; length]), PARSE);
    }
    // In the middle of a block.
    rig.status(SHA, 1, 3, b"abc");
    assert_eq!(rig.status(SHA, 3, 9, &[]), OK);
    assert_eq!(rig.run(SHA, 0xC2, 0, &[]), sha256(&[b"abc", &public_9()]));
    // An HMAC takes none.
    rig.load_temp_key(&[1; 32]);
    rig.status(SHA, 4, 0xFFFF, &[]);
    assert_eq!(rig.status(SHA, 3, 9, &[]), REFUSED);
}
