//! The I/O buffer: what the chip takes and gives byte by byte (chip reference 1.2, 1.4 to 1.6).

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::{Ack, PastTheEnd, PowerState, Silicon};

const INFO_REVISION: [u8; 7] = [0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D];
const REVISION: [u8; 7] = [0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38];
const AFTER_WAKE: [u8; 4] = [0x04, 0x11, 0x33, 0x43];
const DAMAGED: [u8; 4] = [0x04, 0xFF, 0x01, 0x42];

fn write_all(rig: &mut Rig, bytes: &[u8]) {
    assert_eq!(rig.write(bytes), Some(bytes.len()), "{bytes:02X?}");
}

#[test]
fn wake_response_until_the_first_command() {
    let mut rig = Rig::blank();
    assert_eq!(rig.read(2), Some(AFTER_WAKE[..2].to_vec()));
    assert_eq!(rig.read(3), Some(vec![0x33, 0x43, 0xFF]));
    assert_eq!(rig.read(1), Some(vec![0xFF]));
    write_all(&mut rig, &[0x00]);
    assert_eq!(rig.read(4), Some(AFTER_WAKE.to_vec()));
}

/// U54: as a real ATECC508A gives its wake response.
#[test]
fn a_response_may_begin_again_past_its_end() {
    let silicon = Silicon { past_the_end: PastTheEnd::Repeats, ..Silicon::default() };
    let mut rig = Rig::asleep(Chip::blank(1).with_silicon(silicon));
    rig.wake();
    assert_eq!(rig.read(10), Some([&AFTER_WAKE[..], &AFTER_WAKE, &AFTER_WAKE[..2]].concat()));
    assert_eq!(rig.read(3), Some(vec![0x33, 0x43, 0x04]));
    rig.send(&INFO_REVISION);
    rig.pass(5 * MS);
    assert_eq!(rig.read(9), Some([&REVISION[..], &REVISION[..2]].concat()));
}

#[test]
fn only_its_own_address() {
    let mut rig = Rig::blank();
    for address in 0..=0xFF {
        let expected = if address & 0xFE == 0xC0 { Ack::Ack } else { Ack::Nack };
        assert_eq!(rig.start(address), expected, "{address:02X}");
        if expected == Ack::Nack {
            assert_eq!(rig.byte(0x03), Ack::Nack);
            assert_eq!(rig.chip.read(rig.now), 0xFF);
        }
        rig.stop();
    }
    assert!(rig.chip.executed().is_empty());
}

#[test]
fn command_in_pieces() {
    let mut rig = Rig::blank();
    write_all(&mut rig, &[0x03, 0x07]);
    write_all(&mut rig, &[0x03, 0x30, 0x00, 0x00]);
    write_all(&mut rig, &[0x03]);
    write_all(&mut rig, &[0x03, 0x00, 0x03, 0x5D]);
    assert_eq!(rig.chip.state(rig.now), PowerState::Busy);
    assert_eq!(rig.receive(), REVISION[1..5]);
}

#[test]
fn response_in_pieces_and_again() {
    let mut rig = Rig::blank();
    rig.send(&INFO_REVISION);
    rig.pass(5 * MS);
    assert_eq!(rig.read(3), Some(REVISION[..3].to_vec()));
    assert_eq!(rig.read(5), Some([&REVISION[3..], &[0xFF]].concat()));
    write_all(&mut rig, &[0x00]);
    assert_eq!(rig.read(7), Some(REVISION.to_vec()));
    assert_eq!(rig.chip.executed().len(), 1);
}

#[test]
fn nothing_to_read_while_a_command_is_on_its_way() {
    let mut rig = Rig::blank();
    write_all(&mut rig, &[0x03, 0x07, 0x30]);
    assert_eq!(rig.read(1), None);
    // Forgotten: the last response is there again.
    write_all(&mut rig, &[0x00]);
    assert_eq!(rig.read(4), Some(AFTER_WAKE.to_vec()));
    rig.send(&INFO_REVISION);
    assert_eq!(rig.receive(), REVISION[1..5]);
    assert_eq!(rig.chip.executed().len(), 1);
}

#[test]
fn first_write_after_reads_starts_anew() {
    let mut rig = Rig::blank();
    rig.send(&INFO_REVISION);
    rig.pass(5 * MS);
    rig.read(2);
    rig.send(&[0x07, 0x1B, 0x00, 0x00, 0x00, 0x24, 0xCD]);
    assert_eq!(rig.receive().len(), 32);
}

#[test]
fn bytes_past_the_count_are_not_acknowledged() {
    let mut rig = Rig::blank();
    let mut bytes = vec![0x03];
    bytes.extend(INFO_REVISION);
    bytes.extend([0x55, 0x66]);
    assert_eq!(rig.write(&bytes), Some(8));
    assert_eq!(rig.receive(), REVISION[1..5]);
}

#[test]
fn execution_waits_for_the_stop() {
    let mut rig = Rig::blank();
    rig.start(0xC0);
    assert_eq!(rig.byte(0x03), Ack::Ack);
    for byte in INFO_REVISION {
        assert_eq!(rig.byte(byte), Ack::Ack);
    }
    rig.pass(20 * MS);
    assert!(rig.chip.executed().is_empty());
    assert_eq!(rig.chip.state(rig.now), PowerState::Awake);
    // A repeated START to read comes too early, too.
    assert_eq!(rig.start(0xC1), Ack::Nack);
    assert!(rig.chip.executed().is_empty());
    rig.stop();
    assert_eq!(rig.chip.executed().len(), 1);
    assert_eq!(rig.receive(), REVISION[1..5]);
}

#[test]
fn stop_alone_executes_nothing() {
    let mut rig = Rig::blank();
    rig.send(&INFO_REVISION);
    rig.receive();
    rig.stop();
    write_all(&mut rig, &[]);
    write_all(&mut rig, &[0x03]);
    assert_eq!(rig.chip.executed().len(), 1);
}

#[test]
fn damaged_group_changes_nothing() {
    let mut rig = Rig::blank();
    rig.load_temp_key(&[1; 32]);
    let executed = rig.chip.executed().len();
    let before = rig.chip.eeprom().clone();
    let mut write = group(WRITE, 0x00, 5, &[0; 4]);
    for index in 1..write.len() {
        write[index] ^= 0x10;
        rig.send(&write);
        write[index] ^= 0x10;
        rig.pass(MS);
        assert_eq!(rig.read(4), Some(DAMAGED.to_vec()), "byte {index}");
    }
    assert_eq!(rig.chip.executed().len(), executed);
    assert_eq!(rig.chip.eeprom(), &before);
    assert!(rig.temp_key_valid());
    // Not even a Nonce that does not arrive takes TempKey away.
    let mut nonce = group(NONCE, 0x00, 0, &[0; 20]);
    nonce[9] ^= 1;
    rig.send(&nonce);
    assert_eq!(rig.receive(), [0xFF]);
    assert!(rig.temp_key_valid());
}

#[test]
fn count_out_of_range() {
    for count in [0x00, 0x01, 0x03, 0x9C, 0xFF] {
        let mut rig = Rig::blank();
        assert_eq!(rig.write(&[0x03, count, 0x30, 0x00]), Some(2), "{count:02X}");
        rig.pass(MS);
        assert_eq!(rig.read(4), Some(DAMAGED.to_vec()), "{count:02X}");
        assert!(rig.chip.executed().is_empty());
        rig.send(&INFO_REVISION);
        assert_eq!(rig.receive(), REVISION[1..5]);
    }
}

#[test]
fn whole_groups_of_the_wrong_length_are_parse_errors() {
    let mut rig = Rig::blank();
    for body in [&[0x04, 0x30][..], &[0x05, 0x30, 0x00], &[0x06, 0x30, 0x00, 0x00]] {
        let mut short = body.to_vec();
        short.extend(crc(body));
        rig.send(&short);
        assert_eq!(rig.receive(), [PARSE], "{body:02X?}");
    }
    rig.send(&group(INFO, 0, 0, &[0; 148]));
    assert_eq!(rig.receive(), [PARSE]);
}

#[test]
fn other_word_addresses() {
    let mut rig = Rig::blank();
    rig.send(&INFO_REVISION);
    rig.pass(5 * MS);
    for address in [0x04, 0x10, 0xFF] {
        assert_eq!(rig.write(&[address, 0x07, 0x30]), Some(1));
    }
    assert_eq!(rig.write(&[0x00, 0x07]), Some(1));
    assert_eq!(rig.read(7), Some(REVISION.to_vec()));
}

#[test]
fn busy_until_the_end_of_the_execution_time() {
    let mut rig = Rig::blank();
    let sent = {
        rig.send(&INFO_REVISION);
        rig.now
    };
    let executed = rig.chip.executed()[0];
    assert_eq!((executed.opcode, executed.p1, executed.p2), (INFO, 0, 0));
    assert_eq!((executed.start, executed.duration), (sent, 2 * MS));
    assert_eq!(rig.chip.state(sent + 2 * MS - 1), PowerState::Busy);
    for address in [0xC0, 0xC1] {
        assert_eq!(rig.chip.start(rig.now, address), Ack::Nack);
        assert_eq!(rig.chip.write(rig.now, 0x02), Ack::Nack);
        rig.stop();
    }
    assert_eq!(rig.chip.start(sent + 2 * MS - 1, 0xC1), Ack::Nack);
    assert_eq!(rig.chip.start(sent + 2 * MS, 0xC1), Ack::Ack);
    assert_eq!(rig.chip.read(sent + 2 * MS), 0x07);
}
