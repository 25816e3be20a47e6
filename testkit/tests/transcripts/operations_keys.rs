//! Operations of the handle: keys, signatures, verification. Several commands run in one go.

use crate::chip_crc::{group, hex, text};
use crate::commands_crypto::{Q, RS, public_key, signature};
use crate::script::{REFUSED, SUCCESS, Script, operation};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind, KeyOrigin, PublicKeySlot, Slot, Status};

const CREATE: &str = "07 40 04 00 00 83 87";
const PUBLIC: &str = "07 40 00 00 00 00 05";
const KEY_VALID: &str = "07 30 01 00 00 00 D7";
/// From the message digest buffer, slot 0.
const SIGN: &str = "07 41 A0 00 00 7B 85";

/// Digest 00 to 1F.
fn digest() -> [u8; 32] {
    std::array::from_fn(|i| i as u8)
}

/// Nonce of that digest into the message digest buffer (chip reference 7.2).
fn nonce() -> String {
    format!("27 16 43 00 00 {} D7 6C", text(&digest()))
}

#[test]
fn keys_are_made_and_read() {
    let script = operation(|s| s.exchange(CREATE, &group(Q)));
    assert_eq!(both!(script; chip => chip.generate_key(Slot::S0, OldKeyIsLost)).result, Ok(public_key()));
    let script = operation(|s| s.exchange(PUBLIC, &group(Q)));
    assert_eq!(both!(script; chip => chip.public_key(Slot::S0)).result, Ok(public_key()));
}

#[test]
fn a_key_is_made_only_where_there_is_none() {
    let found = operation(|s| s.exchange(KEY_VALID, &group("01 00 00 00")).exchange(PUBLIC, &group(Q)));
    let run = both!(found; chip => chip.ensure_key(Slot::S0));
    assert_eq!(run.result, Ok((public_key(), KeyOrigin::Found)));
    let made = operation(|s| s.exchange(KEY_VALID, &group("00 00 00 00")).exchange(CREATE, &group(Q)));
    let run = both!(made; chip => chip.ensure_key(Slot::S0));
    assert_eq!(run.result, Ok((public_key(), KeyOrigin::Made)));
    // Not knowing is no reason to make one.
    let unknown = operation(|s| s.command(KEY_VALID).read_short(7, REFUSED));
    assert!(both!(unknown; chip => chip.ensure_key(Slot::S0)).result.is_err());
}

#[test]
fn a_digest_is_signed_as_it_is() {
    let script = operation(|s| s.exchange(&nonce(), SUCCESS).exchange(SIGN, &group(RS)));
    assert_eq!(both!(script; chip => chip.sign_digest(Slot::S0, &digest())).result, Ok(signature()));
}

#[test]
fn a_digest_that_was_not_taken_is_not_signed() {
    let script = operation(|s| s.exchange(&nonce(), REFUSED));
    let error = both!(script; chip => chip.sign_digest(Slot::S0, &digest())).result.unwrap_err();
    assert_eq!(error, Error::new(Opcode::Nonce, ErrorKind::Status(Status::Execution)));
}

#[test]
fn trouble_in_the_middle_neither_repeats_nor_skips_a_command() {
    // Damaged Nonce answer, Sign the chip got damaged, damaged signature.
    let mut damaged = hex(&group(RS));
    damaged[40] ^= 0x01;
    let script = operation(|s| {
        let s = s.command(&nonce()).read("04 00 03 41").rewind().read(SUCCESS);
        let s = s.command(SIGN).read_short(67, "04 FF 01 42");
        s.command(SIGN).busy(3, 67).read(&text(&damaged)).rewind().read(&group(RS))
    });
    assert_eq!(both!(script; chip => chip.sign_digest(Slot::S0, &digest())).result, Ok(signature()));
}

#[test]
fn a_message_is_hashed_into_the_register_that_is_signed() {
    let message: Vec<u8> = (0..67).collect();
    let hash = group(&"5A".repeat(32));
    let script = operation(|s| {
        let s = s.exchange("07 47 00 00 00 2E 85", SUCCESS);
        let s = s.exchange(&group(&format!("47 01 40 00 {}", text(&message[..64]))), SUCCESS);
        s.exchange(&group("47 42 03 00 40 41 42"), &hash).exchange(SIGN, &group(RS))
    });
    assert_eq!(both!(script; chip => chip.sign_message(Slot::S0, &message)).result, Ok(signature()));
}

#[test]
fn a_signature_is_verified() {
    let external = group(&format!("45 22 04 00 {RS} {Q}"));
    let verifying =
        |answer: &str| operation(|s: Script| s.exchange(&nonce(), SUCCESS).exchange(&external, answer));
    let (key, signature) = (public_key(), signature());
    let good = both!(verifying(SUCCESS); chip => chip.verify(&key, &digest(), &signature));
    assert_eq!(good.result, Ok(()));
    let bad = both!(verifying("04 01 00 C3"); chip => chip.verify(&key, &digest(), &signature));
    assert_eq!(bad.result.unwrap_err().status(), Some(Status::Miscompare));

    let slot = PublicKeySlot::new(Slot::S9).unwrap();
    let stored = group(&format!("45 20 09 00 {RS}"));
    let script = operation(|s| s.exchange(&nonce(), SUCCESS).exchange(&stored, SUCCESS));
    assert_eq!(both!(script; chip => chip.verify_stored(slot, &digest(), &signature)).result, Ok(()));
}
