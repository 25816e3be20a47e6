//! Refusal by refusal: what the chip applied is what `diagnose` names.

use crate::dictionary::{Kind, NAMES, is_told, translate};
use crate::questions::{Question, choose_opcode, choose_slot, question};
use crate::state;
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::diagnose::{Diagnosis, Rule, Seen, diagnose_request};
use atecc608::wire::Opcode;
use atecc608_sim::chip::{Outcome, Rule as ChipRule, Status};
use std::collections::BTreeMap;
use testkit::configurations::{Xorshift, near_valid, random};
use testkit::pins::{PUBLIC, Rig};

const CONFIGURATIONS: usize = 6_000;
const EACH: usize = 20;
const THREADS: usize = 2;
/// How often each of the chip's rules refuses at least.
const LEAST: u64 = 25;
/// Other states tried to show that the chip has the rule that was named.
const STATES: usize = 1_000;

#[derive(Default)]
struct Counts {
    refused: BTreeMap<&'static str, u64>,
    permitted: u64,
    /// Certain of the rule, afterwards and with the state known.
    certain: [u64; 2],
    /// One of so many candidates, afterwards and with the state known.
    candidates: [u64; 2],
    listed: [u64; 2],
    /// Certain of a rule, where the chip met one of the state first; another state showed the one named.
    overruled: [u64; 2],
}

/// A state, a question, and what came of it.
struct Case {
    question: Question,
    refused: Option<ChipRule>,
    outcome: Outcome,
    /// What is said with nothing known.
    cold: Diagnosis,
    /// What is said afterwards and what is said with the state known.
    said: [Diagnosis; 2],
}

fn run(
    rig: &mut Rig,
    numbers: &mut Xorshift,
    zone: &ConfigZone,
    (opcode, slot): (Opcode, Slot),
    asked: Option<&Question>,
) -> Case {
    state::prepare(rig, numbers, zone, opcode, slot);
    let zone = &ConfigZone::from_bytes(*rig.memory().config());
    let question = asked.cloned().unwrap_or_else(|| question(rig, numbers, zone, opcode, slot));
    let cold = diagnose_request(zone, &Seen::new(), &question.request());
    let afterwards = state::afterwards(rig, &cold);
    let before = state::before(rig, afterwards);
    let said = [afterwards, before].map(|seen| diagnose_request(zone, &seen, &question.request()));
    rig.run(opcode.to_byte(), question.p1, question.p2, &question.data);
    let last = rig.last();
    Case { question, refused: last.refused, outcome: last.outcome, cold, said }
}

fn is_refusal(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Status(Status::Execution | Status::Parse))
}

fn says(chip: ChipRule, rule: Option<Rule>) -> bool {
    rule.is_some_and(|rule| translate(chip, rule).2)
}

fn compare(
    rig: &mut Rig,
    numbers: &mut Xorshift,
    zone: &ConfigZone,
    counts: &mut Counts,
) -> Result<(), String> {
    let opcode = choose_opcode(numbers);
    let place = (opcode, choose_slot(numbers, zone, opcode));
    let case = run(rig, numbers, zone, place, None);
    let tell = |what: &str| {
        let Case { question, refused, said, .. } = &case;
        Err(format!("{what}: {question:02x?}; the chip: {refused:?}; said {said:?}\n{zone}"))
    };
    let Some(chip) = case.refused else {
        if is_refusal(case.outcome) {
            return tell("refused without a rule");
        }
        counts.permitted += 1;
        for (said, known) in case.said.iter().zip([false, true]) {
            if said.rule().is_some() {
                return tell("permitted, but a rule was named");
            }
            if known && said.candidates().iter().any(|rule| is_told(*rule)) {
                return tell("permitted, but what was told is doubted");
            }
        }
        return Ok(());
    };
    let (name, kind, _) = translate(chip, Rule::Gpio);
    *counts.refused.entry(name).or_default() += 1;
    let mut seen_to_hold = None;
    for (index, said) in case.said.iter().enumerate() {
        let listed = said.candidates().iter().any(|rule| translate(chip, *rule).2);
        match said.rule() {
            rule if says(chip, rule) => counts.certain[index] += 1,
            _ if kind == Kind::Fixed => return tell("another rule, or none, was named"),
            // What no state can make good goes first; of what the state lacks, what the chip asks first.
            Some(rule) if case.cold.rule() != Some(rule) && (index == 1 && kind == Kind::Told || !listed) => {
                return tell("the chip asks for something else of the state first");
            }
            // The chip met a rule of the state, or one that nothing shows, before it came to the one that was
            // named: another state shows that it has this one, too.
            Some(rule) => {
                if seen_to_hold != Some(rule) && !shown(rig, numbers, zone, &case, (index, rule))? {
                    return tell("a rule was named that no state shows");
                }
                seen_to_hold = Some(rule);
                counts.overruled[index] += 1;
            }
            None if !listed => return tell("not named"),
            None if index == 1 && kind == Kind::Told => return tell("told, but not certain"),
            None => {
                counts.candidates[index] += 1;
                counts.listed[index] += said.candidates().len() as u64;
            }
        }
    }
    Ok(())
}

/// Whether the chip refuses by the rule that was named, in another state in which the same is said; in none of
/// these may it permit the command.
fn shown(
    rig: &mut Rig,
    numbers: &mut Xorshift,
    zone: &ConfigZone,
    case: &Case,
    (index, rule): (usize, Rule),
) -> Result<bool, String> {
    let mut question = case.question.clone();
    if question.opcode == Opcode::Ecdh {
        // A point on the curve.
        question.data.copy_from_slice(&PUBLIC[..]);
    }
    let mut zone = *zone;
    if question.opcode == Opcode::Verify && question.p1 & 7 == 1 {
        // A format that a certificate can have, and a parent that takes its hash, which is not random: with
        // others the chip comes no further.
        let slot = question.slot();
        let key = 96 + 2 * zone.slot_config(slot).read_key().number();
        zone.set_x509_format(zone.key_config(slot).x509_id(), 0x31);
        if !matches!(rule, Rule::Random { .. }) {
            zone.set_byte(key, zone.byte(key) & !0x40);
        }
    }
    for _ in 0..STATES {
        let again = run(rig, numbers, &zone, (question.opcode, question.slot()), Some(&question));
        if again.said[index].rule() != Some(rule) {
            continue;
        }
        match again.refused {
            Some(chip) if translate(chip, rule).2 => return Ok(true),
            Some(_) => {}
            None => {
                return Err(format!("{rule:?} was named, and a state permits {question:02x?}\n{zone}"));
            }
        }
    }
    Ok(false)
}

/// Lock bytes, counters and what else chance hardly gives.
fn adjust(numbers: &mut Xorshift, bytes: &mut [u8; 128]) {
    let (data, config) = match numbers.below(10) {
        0 => (0x55, 0x55),
        1..4 => (0x55, 0),
        _ => (0, 0),
    };
    bytes[86..88].copy_from_slice(&[data, config]);
    bytes[13] = u8::from(numbers.below(12) > 0);
    if numbers.below(6) == 0 {
        bytes[52..60].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    if numbers.below(2) == 0 {
        bytes[84..86].fill(0);
    }
    if numbers.below(2) == 0 {
        bytes[92..96].fill(0);
    }
}

/// Makes some slots what slots are made for, with few terms.
fn shape(numbers: &mut Xorshift, bytes: &mut [u8; 128]) {
    for _ in 0..numbers.below(6) {
        let slot = numbers.below(16);
        let few = (numbers.next() & numbers.next() & numbers.next()) as u16;
        let terms = few & 0xDFE0;
        let (config, key) = match numbers.below(6) {
            0 | 1 => (0x0080 | numbers.next() as u16 & 0x6F1F, 0x11 | few & 2),
            2 => (numbers.next() as u16 & 0x1F4F, 0x10 | (numbers.next() as u16 & 2)),
            3 => (numbers.next() as u16 & 0xFFDF, 0x18),
            4 => (numbers.next() as u16 & 0x0F9F, 0x1C),
            _ => (numbers.next() as u16 & 0xFFDF, 0x1C),
        };
        let config: u16 = config | few & 0x20;
        let key: u16 = key | terms;
        bytes[20 + 2 * slot..][..2].copy_from_slice(&config.to_le_bytes());
        bytes[96 + 2 * slot..][..2].copy_from_slice(&key.to_le_bytes());
    }
}

#[test]
fn every_refusal_is_named_by_the_rule_that_the_chip_applied_and_nothing_permitted_is() {
    let workers: Vec<_> = (0..THREADS)
        .map(|worker| {
            std::thread::spawn(move || {
                let mut rig = Rig::new();
                let mut numbers = Xorshift::new(0xD1A6 + worker as u64);
                let mut counts = Counts::default();
                let mut wrong = Vec::new();
                for index in 0..CONFIGURATIONS / THREADS {
                    let mut bytes =
                        if index % 3 == 0 { near_valid(&mut numbers) } else { random(&mut numbers) };
                    shape(&mut numbers, &mut bytes);
                    adjust(&mut numbers, &mut bytes);
                    let zone = ConfigZone::from_bytes(bytes);
                    for _ in 0..EACH {
                        wrong.extend(compare(&mut rig, &mut numbers, &zone, &mut counts).err());
                    }
                    assert!(wrong.len() < 12, "{}", wrong.join("\n\n"));
                }
                assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
                counts
            })
        })
        .collect();
    let mut total = Counts::default();
    for worker in workers {
        let counts = worker.join().expect("no disagreement");
        for (name, count) in counts.refused {
            *total.refused.entry(name).or_default() += count;
        }
        total.permitted += counts.permitted;
        for index in 0..2 {
            total.certain[index] += counts.certain[index];
            total.candidates[index] += counts.candidates[index];
            total.listed[index] += counts.listed[index];
            total.overruled[index] += counts.overruled[index];
        }
    }
    let refusals: u64 = total.refused.values().sum();
    println!(
        "{CONFIGURATIONS} configurations, {} commands: {refusals} refused by {} rules, {} permitted; no \
         disagreement",
        refusals + total.permitted,
        total.refused.len(),
        total.permitted
    );
    for (index, when) in ["asked afterwards", "with the state known"].into_iter().enumerate() {
        println!(
            "{when}: the rule named with certainty {} times, among candidates {} times (of {:.1} on average), \
             another one that forbids the command, too, and is shown by another state {} times",
            total.certain[index],
            total.candidates[index],
            total.listed[index] as f64 / total.candidates[index].max(1) as f64,
            total.overruled[index]
        );
        let said = total.certain[index] + total.candidates[index] + total.overruled[index];
        assert_eq!(said, refusals, "{when}: each refusal is compared");
    }
    let mut each: Vec<_> = NAMES.map(|name| (total.refused.get(name).copied().unwrap_or(0), name)).into();
    each.sort_unstable();
    println!("each rule: {each:?}");
    assert_eq!(total.refused.len(), NAMES.len(), "rules that never refused: {each:?}");
    assert!(each[0].0 >= LEAST, "too rarely: {each:?}");
    assert!(total.permitted >= refusals / 4, "{}", total.permitted);
}
