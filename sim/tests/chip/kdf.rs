//! KDF: sources, targets, algorithms (chip reference 5.10). What it asks for is in `kdf_policy.rs`.

use crate::rig::*;

/// HMAC-SHA256, from its definition.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |with: u8| (0..64).map(|at| key.get(at).unwrap_or(&0) ^ with).collect::<Vec<u8>>();
    sha256(&[&pad(0x5C), &sha256(&[&pad(0x36), message])])
}

const MESSAGE: &[u8] = b"a message";
/// Sources, targets and algorithms as bits of p1.
const FROM_TEMP_KEY: u8 = 0;
const FROM_UPPER: u8 = 1;
const FROM_SLOT: u8 = 2;
const FROM_ALTERNATE: u8 = 3;
const TO_TEMP_KEY: u8 = 0;
const TO_UPPER: u8 = 1 << 2;
const TO_SLOT: u8 = 2 << 2;
const TO_ALTERNATE: u8 = 3 << 2;
const OUT: u8 = 4 << 2;
const OUT_ENCRYPTED: u8 = 5 << 2;
const PRF: u8 = 0;
const AES_128: u8 = 1 << 5;
const HKDF: u8 = 2 << 5;
/// Details of HKDF.
const INPUT: u32 = 2;
const ZERO_KEY: u32 = 4;
const LONG: u32 = 0x100;
const AEAD: u32 = 0x200;

/// Slot 8 holds a SHA key of 416 bytes, slot 10 AES keys; slot 9 is open; slot 4 is the IO protection key.
fn rig() -> Rig {
    let mut config = captured_config();
    for (slot, slot_config, key_config) in
        [(4, 0x8F80, 0x001C), (8, 0x8F80, 0x001C), (9, 0x0F80, 0x003C), (10, 0x8F80, 0x0018)]
    {
        set_slot_config(&mut config, slot, slot_config);
        set_key_config(&mut config, slot, key_config);
    }
    config[72..75].copy_from_slice(&[2, b'm', b'e']);
    config[90..92].copy_from_slice(&[0x06, 0x40]);
    let mut rig = Rig::new(config, Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(4, &[0x10; 32]);
    rig.chip.eeprom_mut().set_slot(8, &counting(0x80, 64));
    rig.chip.eeprom_mut().set_slot(10, &counting(0x80, 64));
    rig
}

fn details(bits: u32, message: &[u8]) -> Vec<u8> {
    let length = (message.len() as u32) << 24;
    [&(bits | length).to_le_bytes()[..], message].concat()
}

fn load(rig: &mut Rig, value: &[u8]) {
    let p1 = if value.len() == 64 { 0x23 } else { 0x03 };
    assert_eq!(rig.status(NONCE, p1, 0, value), OK);
}

#[test]
fn sources() {
    let mut rig = rig();
    load(&mut rig, &counting(0, 64));
    assert_eq!(rig.status(NONCE, 0x83, 0, &counting(0x40, 32)), OK);
    for (source, key) in [
        (FROM_TEMP_KEY, counting(0, 32)),
        (FROM_UPPER, counting(32, 32)),
        (FROM_SLOT, counting(0x80, 32)),
        (FROM_ALTERNATE, counting(0x40, 32)),
    ] {
        let answer = rig.run(KDF, HKDF | OUT | source, 8, &details(INPUT, MESSAGE));
        assert_eq!(answer, hmac(&key, MESSAGE), "source {source}");
        let first = hmac(&key, &[hmac(&key, MESSAGE), MESSAGE.to_vec()].concat());
        assert_eq!(rig.run(KDF, PRF | OUT | source, 8, &details(1, MESSAGE)), first, "source {source}");
    }
    assert!(rig.temp_key_valid());
}

#[test]
fn missing_sources() {
    let mut rig = rig();
    for source in [FROM_TEMP_KEY, FROM_UPPER, FROM_ALTERNATE] {
        assert_eq!(rig.status(KDF, HKDF | OUT | source, 0, &details(INPUT, MESSAGE)), REFUSED, "{source}");
    }
    load(&mut rig, &[1; 32]);
    assert_eq!(rig.status(KDF, HKDF | OUT | FROM_UPPER, 0, &details(INPUT, MESSAGE)), REFUSED);
    assert_eq!(rig.status(KDF, PRF | OUT, 0, &details(2, MESSAGE)), REFUSED, "48 bytes of 32");
    assert_eq!(rig.verdict(KDF, PRF | OUT, 0, &details(1, MESSAGE)), OK);
    // A private key in TempKey is for ECDH.
    rig.run(GENKEY, 0x04, 0xFFFF, &[]);
    assert_eq!(rig.status(KDF, HKDF | OUT, 0, &details(INPUT, MESSAGE)), REFUSED);
}

/// PRF takes keys of 16, 32, 48 and 64 bytes.
#[test]
fn key_lengths() {
    let mut rig = rig();
    load(&mut rig, &counting(0, 64));
    for (bits, length) in [(0, 16), (1, 32), (2, 48), (3, 64)] {
        for (source, from) in [(FROM_TEMP_KEY, 0), (FROM_SLOT, 0x80)] {
            let key = counting(from, length);
            let chain = hmac(&key, MESSAGE);
            let first = hmac(&key, &[&chain[..], MESSAGE].concat());
            let second = hmac(&key, &[&hmac(&key, &chain)[..], MESSAGE].concat());
            let answer = rig.run(KDF, PRF | OUT | source, 8, &details(bits | LONG, MESSAGE));
            assert_eq!(answer, [first, second].concat(), "{length} {source}");
        }
    }
    // 48 and 64 bytes are more than half of TempKey, the other buffer or a small slot have.
    for bits in [2, 3] {
        for (source, slot) in [(FROM_UPPER, 0), (FROM_ALTERNATE, 0), (FROM_SLOT, 4)] {
            assert_eq!(rig.status(KDF, PRF | OUT | source, slot, &details(bits, MESSAGE)), PARSE);
        }
    }
}

#[test]
fn aes_keys() {
    let mut rig = rig();
    load(&mut rig, &counting(0x80, 64));
    assert_eq!(rig.status(NONCE, 0x83, 0, &counting(0x80, 32)), OK);
    let plain = [0x5A; 16];
    let kdf = |rig: &mut Rig, source: u8, index: u8| {
        rig.run(KDF, AES_128 | OUT | source, 10, &[&[index, 0, 0, 0][..], &plain].concat())
    };
    for index in 0..4u8 {
        let mut expected = rig.run(AES, index << 6, 10, &plain);
        expected.resize(32, 0);
        assert_eq!(kdf(&mut rig, FROM_SLOT, index), expected);
        assert_eq!(kdf(&mut rig, FROM_TEMP_KEY, index), expected);
        if index < 2 {
            assert_eq!(kdf(&mut rig, FROM_ALTERNATE, index), expected);
        } else {
            assert_eq!(kdf(&mut rig, FROM_UPPER, index - 2), expected);
            assert_eq!(kdf(&mut rig, FROM_UPPER, index), [PARSE]);
            assert_eq!(kdf(&mut rig, FROM_ALTERNATE, index), [PARSE]);
        }
    }
}

#[test]
fn targets() {
    let key = counting(0, 32);
    let result = hmac(&key, MESSAGE);
    let mut rig = rig();
    let mut derive = |target: u8| {
        load(&mut rig, &counting(0, 64));
        let answer = rig.run(KDF, HKDF | target, 0x0900, &details(INPUT, MESSAGE));
        (answer, rig.chip.eeprom().slot(9)[..32].to_vec())
    };
    assert_eq!(derive(OUT).0, result);
    let encrypted = derive(OUT_ENCRYPTED).0;
    assert_eq!(xor(&encrypted[..32], &sha256(&[&[0x10; 32], &encrypted[32..48]])), result);
    assert_eq!(encrypted.len(), 64);
    let (answer, slot) = derive(TO_SLOT);
    assert_eq!((&answer[..], &slot), (&[OK][..], &result));

    // What went to a buffer comes out as the key of another round.
    let again = |rig: &mut Rig, source: u8| rig.run(KDF, HKDF | OUT | source, 0, &details(INPUT, b"x"));
    load(&mut rig, &counting(0, 64));
    assert_eq!(rig.status(KDF, HKDF | TO_ALTERNATE, 0, &details(INPUT, MESSAGE)), OK);
    assert_eq!(again(&mut rig, FROM_ALTERNATE), hmac(&result, b"x"));
    assert_eq!(rig.status(KDF, HKDF | TO_UPPER, 0, &details(INPUT, MESSAGE)), OK);
    assert_eq!(again(&mut rig, FROM_UPPER), hmac(&result, b"x"));
    assert_eq!(again(&mut rig, FROM_TEMP_KEY), hmac(&key, b"x"));
    assert_eq!(rig.status(KDF, HKDF | TO_TEMP_KEY, 0, &details(INPUT, MESSAGE)), OK);
    assert_eq!(again(&mut rig, FROM_TEMP_KEY), hmac(&result, b"x"));
    // The other half stays.
    assert_eq!(again(&mut rig, FROM_UPPER), hmac(&result, b"x"));
}

#[test]
fn long_results() {
    let key = counting(0, 32);
    let mut rig = rig();
    load(&mut rig, &key);
    let result = rig.run(KDF, PRF | OUT, 0, &details(1 | LONG, MESSAGE));
    assert_eq!(result.len(), 64);
    let encrypted = rig.run(KDF, PRF | OUT_ENCRYPTED, 0, &details(1 | LONG, MESSAGE));
    assert_eq!(encrypted.len(), 96);
    let masks = [16, 32].map(|end| sha256(&[&[0x10; 32], &encrypted[64..][end - 16..end]]));
    assert_eq!(xor(&encrypted[..64], &masks.concat()), result);
    assert_eq!(rig.status(KDF, PRF | TO_SLOT, 0x0900, &details(1 | LONG, MESSAGE)), OK);
    assert_eq!(rig.chip.eeprom().slot(9)[..64], result);
    // Too much for half of TempKey, the other buffer, a small slot.
    for (target, p2) in [(TO_UPPER, 0), (TO_ALTERNATE, 0), (TO_SLOT, 0x0500)] {
        assert_eq!(rig.status(KDF, PRF | target, p2, &details(1 | LONG, MESSAGE)), PARSE);
    }
    assert_eq!(rig.status(KDF, PRF | TO_TEMP_KEY, 0, &details(1 | LONG, MESSAGE)), OK);
    for (source, key) in [(FROM_TEMP_KEY, &result[..32]), (FROM_UPPER, &result[32..])] {
        let answer = rig.run(KDF, HKDF | OUT | source, 0, &details(INPUT, b"x"));
        assert_eq!(answer, hmac(key, b"x"));
    }
}

/// Half of a long result to the target, half out (chip reference U51).
#[test]
fn aead() {
    let mut rig = rig();
    load(&mut rig, &counting(0, 32));
    let result = rig.run(KDF, PRF | OUT, 0, &details(1 | LONG, MESSAGE));
    let answer = rig.run(KDF, PRF | TO_SLOT, 0x0900, &details(1 | LONG | AEAD, MESSAGE));
    assert_eq!(answer, result[32..]);
    assert_eq!(rig.chip.eeprom().slot(9)[..64], [&result[..32], &[0xFF; 32]].concat());
    let encrypted = rig.run(KDF, PRF | OUT_ENCRYPTED, 0, &details(1 | LONG | AEAD, MESSAGE));
    assert_eq!(xor(&encrypted[..32], &sha256(&[&[0x10; 32], &encrypted[32..48]])), result[32..]);
    assert_eq!(encrypted.len(), 64);
    assert_eq!(rig.status(KDF, PRF | OUT, 0, &details(1 | AEAD, MESSAGE)), PARSE);
}

/// TempKey as target keeps SourceFlag and loses the others (chip reference U15).
#[test]
fn flags() {
    let mut rig = rig();
    for fixed in [true, false] {
        rig.nonce(fixed);
        assert_eq!(rig.status(GENDIG, 0x02, 8, &[]), OK);
        assert_eq!(rig.status(KDF, HKDF | TO_TEMP_KEY, 0, &details(INPUT, MESSAGE)), OK);
        assert_eq!(rig.run(INFO, 0x02, 0, &[]), [if fixed { 0x10 } else { 0 }, 0x80, 0, 0]);
    }
}

/// Where HKDF finds its message (chip reference U21), and the key of zeros.
#[test]
fn messages() {
    let (key, value) = (counting(0x80, 32), counting(0, 64));
    let mut rig = rig();
    load(&mut rig, &value);
    let mut hkdf =
        |bits: u32, message: &[u8]| rig.run(KDF, HKDF | OUT | FROM_SLOT, 8, &details(bits, message));
    assert_eq!(hkdf(INPUT, &[]), hmac(&key, &[]));
    assert_eq!(hkdf(INPUT, &[9; 127]), hmac(&key, &[9; 127]));
    // The sent bytes tell the length only.
    assert_eq!(hkdf(1, &[0; 32]), hmac(&key, &value[..32]));
    assert_eq!(hkdf(1, &[0; 5]), hmac(&key, &value[..32]));
    assert_eq!(hkdf(1, &[0; 64]), hmac(&key, &value));
    assert_eq!(hkdf(10 << 8, &[0; 40]), hmac(&key, &counting(0x80, 40)));
    assert_eq!(hkdf(4 << 8, &[0; 37]), [PARSE], "slot 4 has 36 bytes");
    assert_eq!(hkdf(INPUT | ZERO_KEY, MESSAGE), hmac(&[0; 32], MESSAGE));
    // "a message" has "me" at 2.
    assert_eq!(hkdf(3, MESSAGE), hmac(&key, MESSAGE));
    for other in [&b"a mEssage"[..], b"a m", b"", b"message"] {
        assert_eq!(hkdf(3, other), [REFUSED]);
    }
    rig.configure(|config| config[72] = 0xF0);
    assert_eq!(rig.status(KDF, HKDF | OUT | FROM_SLOT, 8, &details(3, MESSAGE)), REFUSED);
    load(&mut rig, &[1; 32]);
    assert_eq!(rig.status(KDF, HKDF | OUT | FROM_SLOT, 8, &details(1, &[0; 64])), REFUSED, "not that long");
}

#[test]
fn parse_errors() {
    let mut rig = rig();
    load(&mut rig, &counting(0, 64));
    let good = details(INPUT, MESSAGE);
    let short = details(INPUT, MESSAGE)[..12].to_vec();
    for (p1, p2, data) in [
        (0x80 | HKDF | OUT, 0, good.clone()),
        (0x60 | OUT, 0, good.clone()),
        (HKDF | 6 << 2, 0, good.clone()),
        (HKDF | 7 << 2, 0, good.clone()),
        (HKDF | OUT | FROM_SLOT, 0x10, good.clone()),
        (HKDF | TO_SLOT, 0x1000, good.clone()),
        (HKDF | OUT, 0, short),
        (HKDF | OUT, 0, [good, vec![0]].concat()),
        (HKDF | OUT, 0, details(INPUT, &[0; 128])),
        (HKDF | OUT, 0, vec![0; 3]),
        (AES_128 | OUT, 0, vec![0; 19]),
        (AES_128 | OUT, 0, vec![0; 21]),
        (PRF | OUT, 0, details(0x400 | LONG, MESSAGE)),
        (PRF | OUT, 0, details(0x600 | LONG, MESSAGE)),
    ] {
        assert_eq!(rig.status(KDF, p1, p2, &data), PARSE, "{p1:02X} {p2:04X}");
    }
    assert!(rig.temp_key_valid());
}
