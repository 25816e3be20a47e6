//! Two faults in one operation, and storms of them, by sampling. Each sample has a seed, which a failure
//! shows; `FAULT_SAMPLES=n` takes n for each driver and lock state.

use crate::fault::Fault;
use crate::nack_report::NackReport;
use crate::op::Op;
use crate::oracle::Scene;
use crate::sweep::{Driver, Tally};
use testkit::Locks;
use testkit::Random;

/// Samples for each driver and lock state.
fn samples() -> u64 {
    std::env::var("FAULT_SAMPLES").map_or(500, |number| number.parse().expect("FAULT_SAMPLES is a number"))
}

/// Other numbers for each driver and lock state.
fn seeded(test: u64, driver: &str, locks: Locks, seed: u64) -> Random {
    Random(test << 60 | (driver.len() as u64) << 56 | (locks as u64) << 52 | seed)
}

/// One fault somewhere, and another anywhere else that is still reached.
fn two_faults<D: Driver>(driver: &str, locks: Locks, tally: &mut Tally) {
    let scenes: Vec<Scene> =
        Op::ALL.iter().map(|op| Scene::of::<D>(*op, locks, true, NackReport::Exact)).collect();
    for seed in 0..samples() {
        let mut random = seeded(2, driver, locks, seed);
        let scene = &scenes[random.below(scenes.len())];
        let all = Fault::all(&scene.transfers);
        let (first, second) = (random.pick(&all), random.pick(&all));
        let mut stage = scene.stage::<D>(NackReport::nth(seed as usize));
        stage.control.plan(vec![first, second]);
        let outcome = stage.driver.run(scene.op);
        let script = stage.control.calm(&stage.bus);
        let broken = scene.check(&mut stage, &outcome, &script, seed as usize);
        let place =
            format!("{driver}, {locks:?}, two faults, seed {seed}: {:?} {:?}", scene.op, script.fired);
        let faults: Vec<Fault> = script.fired.iter().map(|(_, fault)| *fault).collect();
        tally.count(&faults, &outcome, broken, &place);
    }
}

/// A driver and a chip in a storm, one operation after the other; then it is calm.
fn storms<D: Driver>(driver: &str, locks: Locks, tally: &mut Tally) {
    for seed in 0..samples() {
        let mut random = seeded(3, driver, locks, seed);
        let scene = Scene::of::<D>(random.pick(Op::ALL), locks, seed % 2 == 0, NackReport::Exact);
        let once_in = [8, 30, 100, 300][random.below(4)];
        let mut stage = scene.stage::<D>(NackReport::nth(seed as usize));
        stage.control.storm(random, once_in);
        let outcome = stage.driver.run(scene.op);
        let script = stage.control.calm(&stage.bus);
        let broken = scene.check(&mut stage, &outcome, &script, seed as usize);
        let place = format!("{driver}, {locks:?}, storm, seed {seed}: {:?} {:?}", scene.op, script.fired);
        let faults: Vec<Fault> = script.fired.iter().map(|(_, fault)| *fault).collect();
        tally.count(&faults, &outcome, broken, &place);
    }
}

#[test]
fn two_faults_at_a_time() {
    let mut tally = Tally::default();
    for locks in Locks::ALL {
        two_faults::<crate::asynch::Device>("asynch", locks, &mut tally);
        two_faults::<crate::blocking::Device>("blocking", locks, &mut tally);
    }
    tally.report(&format!("two faults, seeds 0 to {}", samples() - 1));
    assert!(tally.several() > tally.runs / 4, "{}", tally.several());
}

#[test]
fn storms_of_faults() {
    let mut tally = Tally::default();
    for locks in Locks::ALL {
        storms::<crate::asynch::Device>("asynch", locks, &mut tally);
        storms::<crate::blocking::Device>("blocking", locks, &mut tally);
    }
    tally.report(&format!("storms, seeds 0 to {}", samples() - 1));
    assert!(tally.several() > tally.runs / 3, "{}", tally.several());
}
