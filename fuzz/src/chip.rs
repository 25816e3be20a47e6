//! The simulated chip under any traffic: it never panics, what is locked stays, what nothing may change does
//! not change, and what nobody may read is not told.

use super::commands::{command, held};
use super::{Source, group};
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use atecc608_sim::bus::Master;
use atecc608_sim::chip::{Ack, Eeprom, Timing};
use atecc608_sim::{Bus, Chip, ChipId};

/// What changes a slot's contents, apart from the next slot of ECDH's.
const WRITERS: [Action; 10] = [
    Action::Write,
    Action::WriteWord,
    Action::WriteEncrypted,
    Action::PrivWrite,
    Action::PrivWriteEncrypted,
    Action::GenKey,
    Action::Validate,
    Action::DeriveKey,
    Action::Result,
    Action::SecureBootStore,
];

/// A chip with a configuration of any bytes, locked as two bits say, with something in every slot.
pub fn chip(source: &mut Source<'_>) -> Chip {
    let mut chip = Chip::blank(608);
    let mut zone = *chip.eeprom().config();
    let how = source.byte();
    if how & 0x80 != 0 {
        zone[16..].copy_from_slice(&source.array::<112>());
        // At the usual address, never at that of UserExtraAdd.
        zone[16] = 0xC0;
        zone[19] &= !0x01;
    }
    zone[86] = if how & 0x03 == 0x03 { 0x00 } else { 0x55 };
    zone[87] = if how & 0x01 == 0x01 { 0x00 } else { 0x55 };
    // No self test at power-up, which takes its time.
    zone[90] &= !0x01;
    chip.eeprom_mut().set_config(&zone);
    for slot in 0..16 {
        chip.eeprom_mut().set_slot(slot, &held(slot));
    }
    let mut timing = Timing::default();
    timing.percent = if how & 0x04 == 0 { 1 } else { 40 };
    Chip::with_eeprom(chip.eeprom().clone()).with_timing(timing)
}

fn memory(bus: &Bus) -> Eeprom {
    bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone())
}

/// So many bytes of a secret in an answer are no accident.
const TOLD: usize = 16;

/// Not compared with `==`, so that no fuzzer learns the secrets from the comparison.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23)
    })
}

/// Secrets that nobody may read, whatever is locked next.
fn secrets(zone: &ConfigZone, stage: Stage) -> Vec<(Slot, u64)> {
    let told = |slot| {
        let stages = [stage, Stage::Locked];
        let reads = [Action::Read, Action::Result];
        stages.iter().any(|stage| reads.iter().any(|read| zone.permission(slot, *read, *stage).is_some()))
    };
    let small = Slot::all().filter(|slot| *slot < Slot::S8 && !told(*slot));
    // As many bytes as the first block of a slot and the key in it have in common.
    small.map(|slot| (slot, fingerprint(&held(slot.index())[4..4 + TOLD]))).collect()
}

fn tells(answer: &[u8], secrets: &[(Slot, u64)]) -> Option<Slot> {
    let told: Vec<u64> = answer.windows(TOLD).map(fingerprint).collect();
    secrets.iter().find(|(_, secret)| told.contains(secret)).map(|(slot, _)| *slot)
}

/// A whole group with a good CRC, and its answer if it comes.
fn exchange(master: &mut Master, body: &[u8], pause: u64) -> Option<Vec<u8>> {
    master.start(0xC0);
    master.write(0x03);
    for byte in group(body) {
        master.write(byte);
    }
    master.stop();
    master.bus().advance(pause);
    let mut answer = None;
    if master.start(0xC1) == Ack::Ack {
        let count = master.read();
        let rest: Vec<u8> = (1..count).map(|_| master.read()).collect();
        if (4..0xFF).contains(&count) {
            let (payload, crc) = rest.split_at(rest.len() - 2);
            assert_eq!(super::crc(&[&[count], payload].concat()), crc);
            answer = Some(payload.to_vec());
        }
    }
    master.stop();
    answer
}

fn wake(bus: &Bus) {
    bus.hold_sda_low(100_000);
    bus.advance(2_000_000);
}

/// Traffic of any kind; every answer to a command is shown to `look`.
fn traffic(source: &mut Source<'_>, bus: &Bus, serial: &[u8; 16], look: impl Fn(&[u8])) {
    let mut master = bus.master();
    wake(bus);
    // Enough for any command.
    let pause = 300_000_000;
    while !source.is_empty() {
        let what = source.byte();
        match what {
            0..=0x9F => {
                let body = command(source, serial);
                let answer = exchange(&mut master, &body, if what < 0x80 { pause } else { 1_000 });
                answer.iter().for_each(|answer| look(answer));
                if what & 1 == 0 {
                    // Idle and wake: the watchdog begins anew.
                    master.start(0xC0);
                    master.write(0x02);
                    master.stop();
                    wake(bus);
                }
            }
            0xA0..=0xBF => {
                let len = usize::from(source.byte());
                exchange(&mut master, source.bytes(len.min(200)), pause);
            }
            0xC0..=0xEF => {
                master.start(0xC0);
                for byte in source.bytes(usize::from(what & 0x0F)) {
                    master.write(*byte);
                }
                if what & 0x10 == 0 {
                    master.stop();
                }
            }
            0xF0..=0xF7 => {
                master.start(0xC1);
                for _ in 0..source.byte() % 110 {
                    master.read();
                }
                master.stop();
            }
            _ => {
                master.stop();
                bus.advance(u64::from(source.byte()) * 20_000_000);
                wake(bus);
            }
        }
    }
    drop(master);
    bus.advance(3_000_000_000);
}

/// What a locked configuration keeps.
fn kept(before: &Eeprom, after: &Eeprom, zone: &ConfigZone, stage: Stage) {
    for slot in Slot::all() {
        let may = |slot, action: &Action| {
            [stage, Stage::Locked].iter().any(|stage| zone.permission(slot, *action, *stage).is_some())
        };
        let from = Slot::new(slot.number() & 0xE).expect("a slot");
        let from_ecdh = from != slot && may(from, &Action::EcdhNextSlot);
        if !from_ecdh && !WRITERS.iter().any(|action| may(slot, action)) {
            let (left, right) = (before.slot(slot.index()), after.slot(slot.index()));
            assert_eq!(left, right, "{slot} changed, which nothing may");
        }
    }
    let after = ConfigZone::from_bytes(*after.config());
    for change in zone.difference(&after) {
        match change.offset {
            // Counters count up; slot locks close; the extra bytes are set once.
            52..68 => {}
            84 | 85 => assert_eq!(change.left, 0x00, "set twice"),
            86 => assert_eq!((change.left, change.right), (0x55, 0x00)),
            88 | 89 => assert_eq!(change.right & !change.left, 0, "a slot was unlocked"),
            other => panic!("byte {other} of a locked configuration changed"),
        }
    }
}

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let bus = Bus::new();
    bus.restart_trace(10);
    bus.add(chip(&mut source));
    let before = memory(&bus);
    let zone = ConfigZone::from_bytes(*before.config());
    let stage = match (zone.is_config_locked(), zone.is_data_locked()) {
        (false, _) => Stage::Unlocked,
        (_, false) => Stage::ConfigLocked,
        _ => Stage::Locked,
    };
    let secrets = if stage == Stage::Unlocked { vec![] } else { secrets(&zone, stage) };
    let serial = zone.as_bytes().first_chunk().expect("16 bytes");
    traffic(&mut source, &bus, serial, |answer| {
        if let Some(slot) = tells(answer, &secrets) {
            panic!("what {slot} holds was told: {answer:02X?}");
        }
    });
    let after = memory(&bus);
    assert_eq!(before.config()[..16], after.config()[..16], "the serial number");
    if stage != Stage::Unlocked {
        kept(&before, &after, &zone, stage);
    }
    if stage == Stage::Locked {
        assert_eq!(before.otp(), after.otp());
    }
}
