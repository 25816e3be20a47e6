//! SHA, GenKey, Sign and Verify, one by one.

use crate::chip_crc::{group, hex, text};
use crate::script::SUCCESS;
use atecc608::command::{
    GenKeyCreate, GenKeyDigest, GenKeyPublic, KeyTarget, MessageSource, ShaEnd, ShaStart, ShaTarget,
    ShaUpdate, SignExternal, SignInternal, VerifyExternal, VerifyStored,
};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{Error, ErrorKind, PublicKey, PublicKeySlot, Signature, Slot, Status};

/// RFC 6979 "sample" (chip reference 7.3): key and signature.
pub(crate) const Q: &str = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6 \
                 7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
pub(crate) const RS: &str = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716 \
                  F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";

pub(crate) fn public_key() -> PublicKey {
    PublicKey::from_bytes(hex(Q).try_into().unwrap())
}

pub(crate) fn signature() -> Signature {
    Signature::from_bytes(hex(RS).try_into().unwrap())
}

fn digest(text: &str) -> [u8; 32] {
    hex(text).try_into().unwrap()
}

#[test]
fn sha() {
    executes!(ShaStart, "07 47 00 00 00 2E 85", SUCCESS => ());
    let block = hex("1FE654C18088E7FEF084F98A1A12DB846954342506F51769189E3A90792FD328 \
         CF515D1E44BBA49D34DE3B99CA4C5E7EF43AF6DA413C91C79870D48768AC745B");
    let captured = format!("47 47 01 40 00 {} AB 41", text(&block));
    executes!(ShaUpdate::new(&block).unwrap(), captured, SUCCESS => ());
    let five = [1, 2, 3, 4, 5];
    executes!(ShaUpdate::new(&five).unwrap(), "0C 47 01 05 00 01 02 03 04 05 DD B2", SUCCESS => ());

    let result = "74F81FE167D99B4CB41D6D0CCDA82278CAEE9F3E2F25D5E5A3936FF3DCEC60D0";
    let end = ShaEnd::new(&five, ShaTarget::TempKey).unwrap();
    let sent = "0C 47 02 05 00 01 02 03 04 05 75 B0";
    executes!(end, sent, format!("23 {result} 90 22") => digest(result));

    let last = &block[..32];
    let result = "6E688897D470E7742744CF2BCDE93C9BE694F33634544648270419E7CEE340DD";
    let sent = format!("27 47 02 20 00 {} BC 9C", text(last));
    let answer = format!("23 {result} 39 96");
    executes!(ShaEnd::new(last, ShaTarget::TempKey).unwrap(), sent, answer => digest(result));
}

#[test]
fn sha_end() {
    let result = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
    let answer = format!("23 {result} B3 FF");
    let to_temp_key = ShaEnd::new(b"abc", ShaTarget::TempKey).unwrap();
    executes!(to_temp_key, "0A 47 02 03 00 61 62 63 70 53", answer => digest(result));
    let to_digest_buffer = ShaEnd::new(b"abc", ShaTarget::MessageDigest).unwrap();
    executes!(to_digest_buffer, group("47 42 03 00 61 62 63"), answer => digest(result));
    let only_out = ShaEnd::new(&[0, 1, 2, 3, 4], ShaTarget::OutputOnly).unwrap();
    executes!(only_out, "0C 47 C2 05 00 00 01 02 03 04 52 75", answer => digest(result));
    let empty = ShaEnd::new(&[], ShaTarget::TempKey).unwrap();
    executes!(empty, "07 47 02 00 00 2D 00", answer => digest(result));
    refused!(empty, "07 47 02 00 00 2D 00", 35);
}

#[test]
fn gen_key() {
    let answer = group(Q);
    let create = GenKeyCreate(KeyTarget::Slot(Slot::S0, OldKeyIsLost));
    executes!(create, "07 40 04 00 00 83 87", answer => public_key());
    refused!(create, "07 40 04 00 00 83 87", 67);
    executes!(GenKeyCreate(KeyTarget::TempKey), "07 40 04 FF FF 8E 07", answer => public_key());
    let with_digest = GenKeyCreate(KeyTarget::SlotWithDigest(Slot::S0, OldKeyIsLost));
    executes!(with_digest, "07 40 0C 00 00 C0 06", answer => public_key());
    let public = GenKeyPublic { slot: Slot::S0, digest: false };
    executes!(public, "07 40 00 00 00 00 05", answer => public_key());
    executes!(GenKeyPublic { digest: true, ..public }, "07 40 08 00 00 43 84", answer => public_key());
    let slot = PublicKeySlot::new(Slot::S14).unwrap();
    let stored = GenKeyDigest { slot, other_data: [0, 1, 2] };
    executes!(stored, "0A 40 10 0E 00 00 01 02 DD 54", SUCCESS => ());
}

#[test]
fn sign() {
    let answer = group(RS);
    let from_temp_key = SignExternal { slot: Slot::S0, source: MessageSource::TempKey };
    executes!(from_temp_key, "07 41 80 00 00 28 05", answer => signature());
    let from_digest_buffer = SignExternal { source: MessageSource::MessageDigest, ..from_temp_key };
    executes!(from_digest_buffer, "07 41 A0 00 00 7B 85", answer => signature());
    refused!(from_digest_buffer, "07 41 A0 00 00 7B 85", 67);
    let internal = SignInternal { slot: Slot::S1, include_serial: false, for_invalidate: false };
    executes!(internal, "07 41 00 01 00 36 05", answer => signature());
    let invalidating = SignInternal { include_serial: true, for_invalidate: true, ..internal };
    executes!(invalidating, "07 41 41 01 00 1E 0F", answer => signature());
}

#[test]
fn verify() {
    let (key, signature) = (public_key(), signature());
    let external = |source| VerifyExternal { signature: &signature, key: &key, source };
    let sent = |p1: &str| group(&format!("45 {p1} 04 00 {RS} {Q}"));
    // Chip reference 2.1: the longest command, 135 bytes.
    assert_eq!(hex(&sent("22"))[0], 0x87);
    executes!(external(MessageSource::MessageDigest), sent("22"), SUCCESS => ());
    executes!(external(MessageSource::TempKey), sent("02"), SUCCESS => ());
    let slot = PublicKeySlot::new(Slot::S11).unwrap();
    let stored = |source| VerifyStored { signature: &signature, slot, source };
    let sent = |p1: &str| group(&format!("45 {p1} 0B 00 {RS}"));
    executes!(stored(MessageSource::MessageDigest), sent("20"), SUCCESS => ());
    executes!(stored(MessageSource::TempKey), sent("00"), SUCCESS => ());
    // A wrong signature.
    let script = crate::script::operation(|s| s.exchange(&sent("20"), "04 01 00 C3"));
    let error: Error<_> =
        both!(script; chip => chip.execute(&stored(MessageSource::MessageDigest))).result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Status(Status::Miscompare));
}
