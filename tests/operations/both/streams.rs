//! HMAC and CMAC of messages that are nowhere in one piece.

use super::super::Cmac;
use super::rig::{Rig, opcodes};
use atecc608::{Error, ErrorKind, Slot};
use atecc608::{
    command::{AesKey, CounterId},
    wire::Opcode,
};
use testkit::{Failure, Locks, bytes, message, refused};

const KEY: AesKey = AesKey::first_of(Slot::S10);

fn rig() -> Rig {
    let rig = Rig::workbench(Locks::Both);
    rig.poke(|eeprom| {
        eeprom.set_slot(4, &bytes("3780E63D4968ADE5D822C013FCC323845D1B569FE705B60006FEEC145A0DB1E3"));
        let mut keys = [0xFF; 72];
        keys[..16].copy_from_slice(&bytes("2b7e151628aed2a6abf7158809cf4f3c"));
        eeprom.set_slot(10, &keys);
    });
    rig
}

fn hmac(rig: &mut Rig, slot: Slot, message: &[u8], piece: usize) -> Result<[u8; 32], Failure> {
    let mut stream = rig.chip.hmac_stream(slot);
    for part in message.chunks(piece) {
        go!(stream.update(part))?;
    }
    let mac = go!(stream.finish());
    rig.assert_at_rest();
    mac
}

/// Chip reference 7.3, and the operation that has the message in one piece.
#[test]
fn hmac_in_pieces() {
    let mut rig = rig();
    let published = bytes(
        "6FB3EC66F9EB070A719BEBBE708B93A65B201B78E2D26D8CCCDF1C33F741904A9ADE640FCE000C334D04BB30795683DC\
         A09DBF3E7E32AEA103D760E857A6D6211C",
    );
    let mac = bytes("297F22B8D251B063A7C08DCF4DBA0D1FB35D32A3BAAB15ACEAF4391C4ADB3277");
    for piece in [1, 7, 32, 63, 64, 65] {
        assert_eq!(hmac(&mut rig, Slot::S4, &published, piece).unwrap()[..], mac, "{piece}");
        assert_eq!(rig.executed(), opcodes(&[Opcode::Sha; 3]), "{piece}: start, one block, end");
    }
    for len in [0, 1, 63, 64, 65, 128, 200] {
        let whole = op!(rig.hmac(Slot::S4, &message(len)));
        assert_eq!(hmac(&mut rig, Slot::S4, &message(len), 48), whole, "{len}");
    }
}

#[test]
fn hmac_with_a_key_that_is_none_or_limited() {
    let mut rig = rig();
    assert_eq!(hmac(&mut rig, Slot::S2, &[1; 100], 100), Err(refused(Opcode::Sha)));
    assert_eq!(hmac(&mut rig, Slot::S2, &[1; 10], 10), Err(refused(Opcode::Sha)), "told at the end");
    let mut rig = Rig::workbench_but(Locks::Both, |zone| zone[28] |= 0x20);
    let before = op!(rig.counter(CounterId::Counter0)).unwrap();
    hmac(&mut rig, Slot::S4, &message(300), 50).unwrap();
    assert_eq!(op!(rig.counter(CounterId::Counter0)), Ok(before + 1), "one use a stream");
}

#[test]
fn a_broken_hmac_stays_broken() {
    let mut rig = rig();
    let bus = rig.bus.clone();
    let mut stream = rig.chip.hmac_stream(Slot::S4);
    go!(stream.update(&[1; 64])).unwrap();
    bus.power_cycle();
    assert!(go!(stream.update(&[2; 64])).is_err());
    let broken = Err(Error::new(Opcode::Sha, ErrorKind::Reset));
    assert_eq!(go!(stream.update(&[3; 64])), broken.map(|_: [u8; 32]| ()));
    assert_eq!(go!(stream.finish()), broken);
}

fn cmac(rig: &mut Rig, message: &[u8], piece: usize) -> Result<[u8; 16], Failure> {
    let mut cmac = Cmac::new(KEY);
    for part in message.chunks(piece) {
        session!(rig, |chip| { wait!(cmac.update(chip, part)) })?;
    }
    session!(rig, |chip| { wait!(cmac.finish(chip)) })
}

/// NIST SP 800-38B, AES-128 (RFC 4493), every piece in a session of its own.
#[test]
fn cmac_in_pieces() {
    let mut rig = rig();
    let text = bytes(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    );
    for (len, mac) in [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ] {
        for piece in [1, 5, 15, 16, 17, 32, 64] {
            assert_eq!(cmac(&mut rig, &text[..len], piece).unwrap()[..], bytes(mac), "{len} {piece}");
        }
        let whole = session!(rig, |chip| { wait!(chip.aes_cmac(KEY, &text[..len])) });
        assert_eq!(whole.unwrap()[..], bytes(mac), "{len}");
    }
}

#[test]
fn a_broken_cmac_stays_broken() {
    let mut rig = rig();
    let mut cmac = Cmac::new(AesKey::first_of(Slot::S4));
    session!(rig, |chip| { wait!(cmac.update(chip, &[1; 16])) }).unwrap();
    let refusal = session!(rig, |chip| { wait!(cmac.update(chip, &[2; 16])) });
    assert_eq!(refusal, Err(refused(Opcode::Aes)), "slot 4 holds no AES key");
    rig.executed();
    let broken = Error::new(Opcode::Aes, ErrorKind::Reset);
    assert_eq!(session!(rig, |chip| { wait!(cmac.update(chip, &[3; 1])) }), Err(broken));
    assert_eq!(session!(rig, |chip| { wait!(cmac.finish(chip)) }), Err(broken));
    assert_eq!(rig.executed(), opcodes(&[]));
}
