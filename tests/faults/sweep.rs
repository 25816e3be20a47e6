//! One fault at every point.

use crate::answer::Outcome;
use crate::fault::Fault;
use crate::nack_report::NackReport;
use crate::names;
use crate::op::Op;
use crate::oracle::Scene;
use crate::wire::Control;
use atecc608_sim::Bus;
use std::collections::BTreeMap;
use testkit::Locks;

/// Either driver, which carries out operations by name.
pub(crate) trait Driver {
    fn on(bus: &Bus, control: &Control) -> Self;
    fn run(&mut self, op: Op) -> Outcome;
}

/// Of how many points the sweep takes one; a prime, so that it meets every kind of fault.
const STRIDE: usize = 43;

pub(crate) fn stride() -> usize {
    match std::env::var("FAULT_SWEEP") {
        Ok(all) if all == "all" => 1,
        Ok(stride) => stride.parse().expect("FAULT_SWEEP is `all` or a number"),
        Err(_) => STRIDE,
    }
}

/// Those in which a point is taken: one, by turns.
fn by_turns(ways: &[NackReport], turn: usize) -> Vec<NackReport> {
    match std::env::var("FAULT_WAYS") {
        Ok(all) if all == "all" => ways.to_vec(),
        Ok(other) => panic!("FAULT_WAYS is `all` or not set: {other}"),
        Err(_) => vec![ways[turn % ways.len()]],
    }
}

const SEVERAL: &str = "several faults";

/// What came out, and how often.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) runs: usize,
    outcomes: BTreeMap<(&'static str, &'static str), usize>,
    violations: Vec<String>,
    broken: usize,
}

impl Tally {
    pub(crate) fn count(&mut self, faults: &[Fault], outcome: &Outcome, broken: Vec<String>, place: &str) {
        self.runs += 1;
        let kind = match faults {
            [] => "no fault",
            [fault] => fault.kind(),
            _ => SEVERAL,
        };
        let ended = outcome.as_ref().err().map_or("success", names::kind);
        *self.outcomes.entry((kind, ended)).or_insert(0) += 1;
        self.broken += usize::from(!broken.is_empty());
        if self.violations.len() < 40 {
            self.violations.extend(broken.into_iter().map(|what| format!("{what}\n    {place}")));
        }
    }

    /// Runs with more than one fault.
    pub(crate) fn several(&self) -> usize {
        self.outcomes.iter().filter(|((kind, _), _)| *kind == SEVERAL).map(|(_, times)| times).sum()
    }

    pub(crate) fn report(&self, title: &str) {
        println!("{title}: {} runs, {} violations", self.runs, self.broken);
        for ((fault, outcome), times) in &self.outcomes {
            println!("  {fault:22} {outcome:16} {times:8}");
        }
        assert!(self.violations.is_empty(), "{} violations:\n{}", self.broken, self.violations.join("\n"));
    }
}

/// Every operation in a lock state; of the points every so-many-th, from `phase` on.
fn sweep<D: Driver>(driver: &str, locks: Locks, phase: usize) {
    let (mut tally, mut points, mut succeed) = (Tally::default(), 0, 0);
    let mut by_report = BTreeMap::new();
    let stride = stride();
    for (number, op) in Op::ALL.iter().enumerate() {
        for ways in NackReport::KINDS {
            let scene = Scene::of::<D>(*op, locks, number % 4 != 0, ways[0]);
            succeed += usize::from(scene.succeeds());
            let all = Fault::all(&scene.transfers);
            points += all.len();
            for (index, (place, fault)) in
                all.into_iter().enumerate().skip((phase + 7 * number) % stride).step_by(stride)
            {
                for report in by_turns(ways, index / stride + number) {
                    let mut stage = scene.stage::<D>(report);
                    stage.control.plan(vec![(place, fault)]);
                    let outcome = stage.driver.run(*op);
                    let script = stage.control.calm(&stage.bus);
                    let mut broken = scene.check(&mut stage, &outcome, &script, index);
                    if script.fired.len() != 1 {
                        broken.push(format!("the fault never came: {:?}", script.fired));
                    }
                    *by_report.entry(report).or_insert(0) += 1;
                    let place = format!("{op:?} {locks:?} {report:?} {place:?} {fault:?}");
                    tally.count(&[fault], &outcome, broken, &place);
                }
            }
        }
    }
    let succeed = succeed / NackReport::KINDS.len();
    let operations = Op::ALL.len();
    tally.report(&format!(
        "{driver}, {locks:?}: {operations} operations ({succeed} succeed undisturbed), {points} fault points, one in {stride}"
    ));
    for (report, runs) in &by_report {
        println!("{driver}, {locks:?}, a missing acknowledge told as {}: {runs} runs", report.name());
        assert!(*runs > tally.runs / 10, "{report:?}: {runs}");
    }
    // Each operation begins somewhere in its first stride, in both kinds of ways.
    assert!(tally.runs + 2 * operations >= points / stride, "{} of {points}", tally.runs);
    assert!(points > 100_000 / 4, "{points}");
}

macro_rules! sweeps {
    ($($name:ident: $driver:ident, $locks:ident, $phase:literal;)*) => {$(
        #[test]
        fn $name() {
            sweep::<crate::$driver::Device>(stringify!($driver), Locks::$locks, $phase);
        }
    )*};
}

sweeps! {
    asynch_blank: asynch, Nothing, 0;
    asynch_config_locked: asynch, Config, 5;
    asynch_locked: asynch, Both, 11;
    blocking_blank: blocking, Nothing, 17;
    blocking_config_locked: blocking, Config, 23;
    blocking_locked: blocking, Both, 31;
}

/// The table of what succeeds undisturbed: each operation in some lock state.
#[test]
fn every_operation_succeeds_somewhere() {
    for op in Op::ALL {
        let somewhere = Locks::ALL.iter().any(|locks| {
            Scene::of::<crate::blocking::Device>(*op, *locks, true, NackReport::Exact).succeeds()
        });
        let never =
            matches!(op, Op::VerifyWrong | Op::CheckMacWrong | Op::CheckPasswordWrong | Op::AesGcmForged);
        assert_eq!(somewhere, !never, "{op:?}");
    }
}
