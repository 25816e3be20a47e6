//! The rules against the chip, configuration by configuration.

use crate::configurations::{Random, near_valid, random};
use crate::pins::Rig;
use crate::probe::{Case, Spoil, generous};
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use std::panic::{AssertUnwindSafe, catch_unwind};

const RANDOM: usize = 10_400;
const NEAR_VALID: usize = 1_600;
/// Permissions looked at in a configuration, slots and actions drawn at random.
const EACH_RANDOM: usize = 3;
const EACH_NEAR_VALID: usize = 10;
const THREADS: usize = 2;

#[derive(Default)]
struct Count {
    configurations: u64,
    permitted: u64,
    refused: u64,
    spoilt: u64,
    commands: u64,
}

/// Compares some permissions.
fn compare(rig: &mut Rig, bytes: [u8; 128], each: usize, choose: &mut Random, count: &mut Count) {
    count.configurations += 1;
    for _ in 0..each {
        let slot = Slot::new(choose.below(16) as u8).unwrap();
        let action = Action::ALL[choose.below(Action::ALL.len())];
        let stage = match choose.below(20) {
            0 => Stage::Unlocked,
            1..6 => Stage::ConfigLocked,
            _ => Stage::Locked,
        };
        compare_one(rig, bytes, slot, action, stage, count);
    }
}

fn compare_one(
    rig: &mut Rig,
    mut bytes: [u8; 128],
    slot: Slot,
    action: Action,
    stage: Stage,
    count: &mut Count,
) {
    bytes[86] = if stage == Stage::Locked { 0 } else { 0x55 };
    bytes[87] = if stage == Stage::Unlocked { 0x55 } else { 0 };
    let zone = ConfigZone::from_bytes(bytes);
    let format = zone.x509_format(zone.key_config(slot).x509_id());
    if action == Action::Validate && format != 0 {
        // Validated by a certificate instead (chip reference 4.10).
        return;
    }
    let case = Case { zone: &zone, slot, action };
    let permission = zone.permission(slot, action, stage);
    let outcome = catch_unwind(AssertUnwindSafe(|| match &permission {
        Some(needs) => {
            assert!(case.attempt(rig, needs, Spoil::Nothing), "permitted, but refused");
            count.permitted += 1;
            for spoil in Spoil::all(needs) {
                assert!(!case.attempt(rig, needs, spoil), "done in spite of {spoil:?}");
                count.spoilt += 1;
            }
        }
        None => {
            for needs in generous(case) {
                assert!(!case.attempt(rig, &needs, Spoil::Nothing), "not permitted, but done with {needs:?}");
            }
            count.refused += 1;
        }
    }));
    if outcome.is_err() {
        panic!(
            "{action}, {slot}, {stage}: rules say {permission:?}; SlotConfig {:04x}, KeyConfig {:04x}\n{zone:?}\n{zone}",
            zone.slot_config(slot).bits(),
            zone.key_config(slot).bits()
        );
    }
}

/// Every permission that the rules give is one the chip gives, on just these terms, and the others it refuses
/// whatever it is offered.
#[test]
fn the_chip_does_what_the_rules_say() {
    let workers: Vec<_> = (0..THREADS)
        .map(|worker| {
            std::thread::spawn(move || {
                let mut rig = Rig::new();
                let mut numbers = Random::new(0x608A + worker as u64);
                let mut choose = Random::new(0x0C0F_F1E5 + worker as u64);
                let mut count = Count::default();
                for _ in 0..RANDOM / THREADS {
                    let bytes = random(&mut numbers);
                    compare(&mut rig, bytes, EACH_RANDOM, &mut choose, &mut count);
                }
                for _ in 0..NEAR_VALID / THREADS {
                    let bytes = near_valid(&mut numbers);
                    compare(&mut rig, bytes, EACH_NEAR_VALID, &mut choose, &mut count);
                }
                count.commands = rig.commands;
                count
            })
        })
        .collect();
    let mut total = Count::default();
    for worker in workers {
        let count = worker.join().expect("no disagreement");
        total.configurations += count.configurations;
        total.permitted += count.permitted;
        total.refused += count.refused;
        total.spoilt += count.spoilt;
        total.commands += count.commands;
    }
    println!(
        "{RANDOM} random and {NEAR_VALID} near-valid configurations: {} permissions given, {} refused, {} terms \
         spoilt, {} commands; no disagreement",
        total.permitted, total.refused, total.spoilt, total.commands
    );
    assert_eq!(total.configurations, (RANDOM + NEAR_VALID) as u64);
    assert!(total.permitted > 5_000 && total.spoilt > 3_500, "too few permissions to prove anything");
}

/// Known configurations, every slot, every action, every stage.
#[test]
fn known_configurations_in_full() {
    use atecc608::config::preset;
    let mut rig = Rig::new();
    let mut count = Count::default();
    let gcp = *preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY)).as_bytes();
    for bytes in [preset::FACTORY, gcp, preset::TNGTLS, preset::TFLXTLS, crate::configurations::vendor_test()]
    {
        for slot in Slot::all() {
            for action in Action::ALL {
                for stage in Stage::ALL {
                    compare_one(&mut rig, bytes, slot, action, stage, &mut count);
                }
            }
        }
    }
    assert!(count.permitted > 300);
    println!("5 known configurations in full: {} given, {} refused", count.permitted, count.refused);
}
