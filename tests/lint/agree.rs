//! The rules against the chip, configuration by configuration.

use crate::coverage::{Coverage, Place};
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::configurations::{Xorshift, near_valid, random};
use testkit::pins::Rig;
use testkit::probe::{Case, Spoil, generous};

const RANDOM: usize = 10_400;
const NEAR_VALID: usize = 1_600;
/// Permissions looked at in a configuration.
const EACH: usize = 5;
const THREADS: usize = 2;

/// Compares some permissions.
fn compare(rig: &mut Rig, bytes: [u8; 128], choose: &mut Xorshift, coverage: &mut Coverage) {
    for _ in 0..EACH {
        let place = coverage.choose(&ConfigZone::from_bytes(bytes), choose);
        compare_one(rig, bytes, place, coverage);
    }
}

fn compare_one(rig: &mut Rig, mut bytes: [u8; 128], place: Place, coverage: &mut Coverage) {
    let (slot, action, stage) = place;
    bytes[86] = if stage == Stage::Locked { 0 } else { 0x55 };
    bytes[87] = if stage == Stage::Unlocked { 0x55 } else { 0 };
    let zone = ConfigZone::from_bytes(bytes);
    let case = Case { zone: &zone, slot, action };
    let permission = zone.permission(slot, action, stage);
    let outcome = catch_unwind(AssertUnwindSafe(|| match &permission {
        Some(needs) => {
            assert!(case.attempt(rig, needs, Spoil::Nothing), "permitted, but refused");
            coverage.given(place);
            for spoil in Spoil::all(needs) {
                assert!(!case.attempt(rig, needs, spoil), "done in spite of {spoil:?}");
                coverage.spoilt(spoil);
            }
        }
        None => {
            for needs in generous(case) {
                assert!(!case.attempt(rig, &needs, Spoil::Nothing), "not permitted, but done with {needs:?}");
            }
            coverage.refused(place);
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
fn the_chip_does_what_the_rules_say_in_10400_random_and_1600_near_valid_configurations() {
    let workers: Vec<_> = (0..THREADS)
        .map(|worker| {
            std::thread::spawn(move || {
                let mut rig = Rig::new();
                let mut numbers = Xorshift::new(0x608A + worker as u64);
                let mut choose = Xorshift::new(0x0C0F_F1E5 + worker as u64);
                let mut coverage = Coverage::new();
                let mut configurations = (0, 0);
                for _ in 0..RANDOM / THREADS {
                    compare(&mut rig, random(&mut numbers), &mut choose, &mut coverage);
                    configurations.0 += 1;
                }
                for _ in 0..NEAR_VALID / THREADS {
                    compare(&mut rig, near_valid(&mut numbers), &mut choose, &mut coverage);
                    configurations.1 += 1;
                }
                (coverage, configurations, rig.commands)
            })
        })
        .collect();
    let mut total = Coverage::new();
    let (mut configurations, mut all_commands) = ((0, 0), 0);
    for worker in workers {
        let (coverage, (random, near_valid), commands) = worker.join().expect("no disagreement");
        total.add(&coverage);
        configurations.0 += random;
        configurations.1 += near_valid;
        all_commands += commands;
    }
    let ((given, refused, spoilt), least) = (total.total(), total.least());
    println!(
        "{} random and {} near-valid configurations: {given} permissions given, {refused} refused, {spoilt} terms \
         spoilt, {all_commands} commands; no disagreement. For each command, kind of slot and lock state: given \
         {} times or more (or never, where no configuration can), refused {} times or more; each term spoilt {} \
         times or more",
        configurations.0, configurations.1, least.0, least.1, least.2
    );
    assert_eq!(configurations, (10_400, 1_600));
    total.demand(10, 25, 100);
}

/// Known configurations, every slot, every action, every stage.
#[test]
fn known_configurations_in_full() {
    use atecc608::config::preset;
    let mut rig = Rig::new();
    let mut coverage = Coverage::new();
    let [gcp, x509] = [preset::gcp_device, preset::x509_device]
        .map(|preset| *preset(&ConfigZone::from_bytes(preset::FACTORY)).as_bytes());
    let vendor = testkit::configurations::vendor_test();
    for bytes in [preset::FACTORY, gcp, x509, preset::TNGTLS, preset::TFLXTLS, vendor] {
        for slot in Slot::all() {
            for action in Action::ALL {
                for stage in Stage::ALL {
                    compare_one(&mut rig, bytes, (slot, action, stage), &mut coverage);
                }
            }
        }
    }
    let (given, refused, _) = coverage.total();
    println!("6 known configurations in full: {given} permissions given, {refused} refused");
    assert!(given > 300);
}
