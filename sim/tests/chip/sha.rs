//! SHA: parameters, targets, and the keys of HMAC (chip reference 5.19).

use crate::rig::*;

#[test]
fn sha_parameters() {
    let mut rig = Rig::blank();
    let errors = [
        (0, 1, 0),
        (0, 0, 1),
        (5, 0, 0),
        (8, 0, 0),
        (0x40, 0, 0),
        (0x82, 0, 0),
        (1, 5, 4),
        (1, 65, 65),
        (2, 1, 0),
    ];
    for (p1, p2, length) in errors {
        assert_eq!(rig.status(SHA, p1, p2, &vec![0; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
    for p1 in [1, 2, 6] {
        assert_eq!(rig.status(SHA, p1, 0, &[]), REFUSED, "no context");
    }
    assert_eq!(rig.status(SHA, 7, 35, &[0; 35]), PARSE);
    assert_eq!(rig.status(SHA, 7, 35, &[0; 36]), PARSE);
    // Errors leave the context alone; End takes 64 bytes, too.
    assert_eq!(rig.status(SHA, 0, 0, &[]), OK);
    assert_eq!(rig.status(SHA, 1, 5, &[0; 4]), PARSE);
    assert_eq!(rig.run(SHA, 0xC2, 64, &[0xBC; 64])[..4], hex("1A3AA545"));
    assert_eq!(rig.status(SHA, 1, 0, &[]), REFUSED, "the hash is over");
}

/// Update says "a whole block" and brings less: what came is hashed. Adafruit's driver does so on every chip
/// (chip reference 5.19). Neither another length nor End is treated so.
#[test]
fn an_update_of_64_bytes_that_has_fewer() {
    let text = "Nobody inspects the spammish repetition";
    let digest = sha256(&[text.as_bytes()]);
    assert_eq!(digest, hex("031EDD7D41651593C5FE5C006FA5752B37FDDFF7BC4E843AA6AF0C950F4B9406"));
    let mut rig = Rig::blank();
    for pieces in [vec![text], vec!["Nobody inspects", " the spammish repetition"], vec!["", text]] {
        assert_eq!(rig.status(SHA, 0, 0, &[]), OK);
        for piece in pieces {
            assert_eq!(rig.status(SHA, 1, 64, piece.as_bytes()), OK);
        }
        for (p1, p2) in [(1, 63), (1, 32), (1, 65), (2, 64)] {
            assert_eq!(rig.status(SHA, p1, p2, b"Nobody"), PARSE, "{p1} {p2}");
        }
        assert_eq!(rig.run(SHA, 2, 0, &[]), digest);
    }
}

#[test]
fn sha_targets() {
    let abc = hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    let mut data = sign(&abc);
    data.extend(known_public());
    for (p1, in_temp_key, in_buffer) in [(0x02, true, false), (0x42, false, true), (0xC2, false, false)] {
        let mut rig = Rig::blank();
        rig.status(SHA, 0, 0, &[]);
        assert_eq!(rig.run(SHA, p1, 3, b"abc"), abc);
        let state = rig.run(INFO, 0x02, 0, &[]);
        assert_eq!(state, if in_temp_key { [0x10, 0x80, 0, 0] } else { [0; 4] });
        assert_eq!(rig.status(VERIFY, 0x02, 4, &data) == OK, in_temp_key, "{p1:02X}");
        assert_eq!(rig.status(VERIFY, 0x22, 4, &data) == OK, in_buffer, "{p1:02X}");
    }
}

#[test]
fn sha_hmac_key_permissions() {
    let start = |slot_config: u16, key_config: u16, locks: Locks| {
        let mut config = captured_config();
        set_slot_config(&mut config, 4, slot_config);
        set_key_config(&mut config, 4, key_config);
        set_key_config(&mut config, 9, 0x0010);
        let mut rig = Rig::new(config, locks);
        (rig.status(SHA, 4, 4, &[]), rig)
    };
    assert_eq!(start(0x8F80, 0x001C, Locks::C1D1).0, OK);
    // A private key is none for it in any state; KeyType 4 and 6 do (chip reference U52).
    for (key_config, expected) in [(0x001D, REFUSED), (0x0010, OK), (0x0018, OK)] {
        assert_eq!(start(0x8F80, key_config, Locks::C1D1).0, expected, "{key_config:04X}");
        assert_eq!(start(0x8F80, key_config, Locks::C1D0).0, expected, "{key_config:04X}");
    }
    // NoMac, ReqRandom, ReqAuth, PersistentDisable.
    let policies = [(0x8F90, 0x001C), (0x8F80, 0x005C), (0x8F80, 0x099C), (0x8F80, 0x101C)];
    for (slot_config, key_config) in policies {
        assert_eq!(
            start(slot_config, key_config, Locks::C1D1).0,
            REFUSED,
            "{slot_config:04X} {key_config:04X}"
        );
        assert_eq!(start(slot_config, key_config, Locks::C1D0).0, OK, "{slot_config:04X} {key_config:04X}");
    }
    let (status, mut rig) = start(0x8FA0, 0x09DC, Locks::C1D1);
    assert_eq!(status, REFUSED);
    rig.authorise(9);
    rig.random_temp_key();
    assert_eq!(rig.status(SHA, 4, 4, &[]), OK);
    assert_eq!(rig.counter0(), 1);
    // The context of an HMAC does not come out.
    assert_eq!(rig.status(SHA, 6, 0, &[]), REFUSED);
}
