//! Info, Random, Nonce, Counter, SelfTest, UpdateExtra and raw commands, one by one.

use crate::chip_crc::{group, hex};
use crate::script::{REVISION, SUCCESS};
use atecc608::command::raw::RawCommand;
use atecc608::irreversible::{ByteIsFixed, CountIsSpent};
use atecc608::{ErrorKind, Slot, Status};
use atecc608::{
    command::{
        CounterId, CounterIncrement, CounterRead, ExtraByte, InfoKeyValid, InfoRevision, InfoState,
        NonceFixed, NonceRandom, Random, RandomSource, Revision, Seed, SelfTest, Tests, UpdateExtra, UseKey,
    },
    wire::{Opcode, Reply},
};
use std::array::from_fn;

#[test]
fn info() {
    executes!(InfoRevision, "07 30 00 00 00 03 5D", REVISION => Revision([0x00, 0x00, 0x60, 0x02]));
    // Chip reference 2.2: a 608B, a 508A.
    executes!(InfoRevision, "07 30 00 00 00 03 5D", "07 00 00 60 03 83 BB" => Revision([0, 0, 0x60, 3]));
    executes!(InfoRevision, "07 30 00 00 00 03 5D", "07 00 00 50 00 03 91" => Revision([0, 0, 0x50, 0]));
    executes!(InfoKeyValid(Slot::S0), "07 30 01 00 00 00 D7", group("01 00 00 00") => true);
    executes!(InfoKeyValid(Slot::S0), "07 30 01 00 00 00 D7", group("00 00 00 00") => false);
    executes!(InfoKeyValid(Slot::S15), group("30 01 0F 00"), group("01 00 00 00") => true);
}

#[test]
fn info_state() {
    // Chip reference 5.9; the flags byte B9 is that of 7.4.
    let script = crate::script::operation(|s| s.exchange("07 30 02 00 00 00 D8", &group("B9 9C 00 00")));
    let state = both!(script; chip => chip.execute(&InfoState)).result.unwrap();
    assert!(state.temp_key_valid && state.temp_key_from_input && state.gen_dig_data && state.no_mac);
    assert!(!state.gen_key_data && state.auth_valid);
    assert_eq!((state.temp_key_slot, state.auth_slot), (Slot::S9, Slot::S3));
}

#[test]
fn random() {
    let bytes: [u8; 32] = from_fn(|i| i as u8 ^ 0x5A);
    let answer = group(&crate::chip_crc::text(&bytes));
    executes!(Random(Seed::Update), "07 1B 00 00 00 24 CD", answer => bytes);
    executes!(Random(Seed::Keep), group("1B 01 00 00"), answer => bytes);
}

#[test]
fn nonce_random() {
    let num_in: [u8; 20] = from_fn(|i| i as u8);
    let pattern: [u8; 32] = from_fn(|i| [0xFF, 0xFF, 0, 0][i % 4]);
    let sent = "1B 16 00 00 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 53 B5";
    let answer = format!("23 {} 41 1A", "FF FF 00 00 ".repeat(8));
    let nonce = NonceRandom { num_in: &num_in, seed: Seed::Update, source: RandomSource::Generator };
    executes!(nonce, sent, answer => pattern);
    let sent = group("16 01 00 80 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13");
    let again = NonceRandom { seed: Seed::Keep, source: RandomSource::TempKey, ..nonce };
    executes!(again, sent, answer => pattern);
}

#[test]
fn nonce_fixed() {
    let short: [u8; 32] = from_fn(|i| i as u8);
    let long: [u8; 64] = from_fn(|i| i as u8);
    let first =
        "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F";
    let second =
        "20 21 22 23 24 25 26 27 28 29 2A 2B 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 3A 3B 3C 3D 3E 3F";
    executes!(NonceFixed::TempKey(&short), format!("27 16 03 00 00 {first} 04 EE"), SUCCESS => ());
    executes!(NonceFixed::MessageDigest(&short), format!("27 16 43 00 00 {first} D7 6C"), SUCCESS => ());
    executes!(NonceFixed::AlternateKey(&short), format!("27 16 83 00 00 {first} 6F 6F"), SUCCESS => ());
    executes!(NonceFixed::TempKey64(&long), format!("47 16 23 00 00 {first} {second} 23 A1"), SUCCESS => ());
    let digest64 = NonceFixed::MessageDigest64(&long);
    executes!(digest64, format!("47 16 63 00 00 {first} {second} 80 09"), SUCCESS => ());
}

#[test]
fn counter() {
    // Least significant byte first (chip reference 5.3).
    executes!(CounterRead(CounterId::Counter0), "07 24 00 00 00 0C FD", group("45 23 01 00") => 0x0001_2345);
    executes!(CounterIncrement(CounterId::Counter1, CountIsSpent), "07 24 01 01 00 06 F7", group("01 00 00 00") => 1);
    refused!(CounterIncrement(CounterId::Counter1, CountIsSpent), "07 24 01 01 00 06 F7", 7);
}

#[test]
fn self_test() {
    let all = Tests::from_bits_retain(0x3B);
    executes!(SelfTest(all), "07 77 3B 00 00 9D FB", SUCCESS => Tests::empty());
    executes!(SelfTest(Tests::empty()), "07 77 00 00 00 2E 75", group("24") => Tests::ECDSA | Tests::SHA);
    executes!(SelfTest(Tests::all()), group("77 3D 00 00"), group("18") => Tests::ECDH | Tests::AES);
}

#[test]
fn update_extra() {
    let extra = UpdateExtra { byte: ExtraByte::UserExtra, value: 1, fixed: ByteIsFixed };
    executes!(extra, "07 20 00 01 00 09 FD", SUCCESS => ());
    let address = UpdateExtra { byte: ExtraByte::UserExtraAdd, value: 0x6C, fixed: ByteIsFixed };
    executes!(address, group("20 01 6C 00"), SUCCESS => ());
    executes!(UseKey(Slot::S4, CountIsSpent), group("20 02 04 00"), SUCCESS => ());
    refused!(extra, "07 20 00 01 00 09 FD", 4);
}

#[test]
fn raw() {
    // AES-ECB with the key in TempKey (chip reference 7.3).
    let block = hex("6BC1BEE22E409F96E93D7E117393172A");
    let aes = RawCommand::new(Opcode::Aes, 0x00, 0xFFFF, &block, Reply::Data(16));
    let script = crate::script::operation(|s| {
        s.exchange(
            "17 51 00 FF FF 6BC1BEE22E409F96E93D7E117393172A A5 8E",
            "13 3AD77BB40D7A3660A89ECAF32466EF97 E7 D9",
        )
    });
    let run = both!(script; chip => chip.execute(&aes));
    assert_eq!(run.result.unwrap()[..], hex("3AD77BB40D7A3660A89ECAF32466EF97"));
    refused!(aes, "17 51 00 FF FF 6BC1BEE22E409F96E93D7E117393172A A5 8E", 19);
}
