//! Read, Write and Lock, one by one.

use crate::chip_crc::{group, hex, text};
use crate::script::SUCCESS;
use crate::zone::READS;
use atecc608::command::{Lock, LockTarget, ReadBlock, ReadWord, Summary, WriteBlock, WriteWord};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges};
use atecc608::memory::{Block, Word};
use atecc608::{ErrorKind, Slot, Status};

fn counting() -> [u8; 32] {
    std::array::from_fn(|i| i as u8)
}

#[test]
fn read_config() {
    for (block, (read, answer)) in (0..4).zip(READS) {
        let bytes: [u8; 32] = hex(answer)[1..33].try_into().unwrap();
        executes!(ReadBlock(Block::config(block).unwrap()), read, answer => bytes);
    }
    // Bytes 84 to 87, chip reference 7.1: nothing locked.
    let word = ReadWord(Word::config(21).unwrap());
    executes!(word, "07 02 00 15 00 17 5D", group("00 00 55 55") => [0x00, 0x00, 0x55, 0x55]);
}

#[test]
fn read_data_and_otp() {
    let answer = group(&text(&counting()));
    executes!(ReadBlock(Block::otp(0).unwrap()), "07 02 81 00 00 0A 27", answer => counting());
    executes!(ReadBlock(Block::data(Slot::S8, 12).unwrap()), "07 02 82 40 0C A9 A4", answer => counting());
    executes!(ReadBlock(Block::data(Slot::S15, 2).unwrap()), "07 02 82 78 02 89 ED", answer => counting());
    let word = ReadWord(Word::data(Slot::S9, 13).unwrap());
    executes!(word, "07 02 02 4D 01 14 87", group("DE AD BE EF") => [0xDE, 0xAD, 0xBE, 0xEF]);
    refused!(word, "07 02 02 4D 01 14 87", 7);
    refused!(ReadBlock(Block::otp(0).unwrap()), "07 02 81 00 00 0A 27", 35);
}

#[test]
fn write() {
    let word = WriteWord(Word::config(5).unwrap(), &[0x83, 0x00, 0x87, 0x20]);
    executes!(word, "0B 12 00 05 00 83 00 87 20 38 1D", SUCCESS => ());
    refused!(word, "0B 12 00 05 00 83 00 87 20 38 1D", 4);
    let (bytes, data) = (counting(), text(&counting()));
    let slot = WriteBlock(Block::data(Slot::S8, 12).unwrap(), &bytes);
    executes!(slot, group(&format!("12 82 40 0C {data}")), SUCCESS => ());
    let otp = WriteBlock(Block::otp(1).unwrap(), &bytes);
    executes!(otp, group(&format!("12 81 08 00 {data}")), SUCCESS => ());
}

#[test]
fn lock() {
    executes!(Lock(LockTarget::Config(Summary::Unchecked, NoMoreConfigWrites)), "07 17 80 00 00 39 8D", SUCCESS => ());
    executes!(Lock(LockTarget::Data(Summary::Unchecked, NoMoreFreeDataWrites)), "07 17 81 00 00 3A 07", SUCCESS => ());
    executes!(Lock(LockTarget::Slot(Slot::S8, NoMoreSlotChanges)), "07 17 22 00 00 7E 08", SUCCESS => ());
    let checked = Lock(LockTarget::Config(Summary::Crc([0xD2, 0x2A]), NoMoreConfigWrites));
    executes!(checked, "07 17 00 D2 2A D0 B6", SUCCESS => ());
    refused!(checked, "07 17 00 D2 2A D0 B6", 4);
    executes!(Lock(LockTarget::Data(Summary::Crc([0x35, 0x53]), NoMoreFreeDataWrites)), group("17 01 35 53"), SUCCESS => ());
}
