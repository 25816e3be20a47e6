//! Every operation of the async driver dropped at every await point; then another operation.

use crate::answer::Outcome;
use crate::asynch::{Device, perform, yielding};
use crate::chips::Pace;
use crate::nack_report::NackReport;
use crate::op::Op;
use crate::oracle::{Scene, Stage};
use crate::sweep::{Driver, stride};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::BTreeMap;
use std::fmt::Write;
use testkit::Locks;
use testkit::Random;

/// Operations that change nothing, for after the cut.
const OTHERS: [Op; 14] = [
    Op::Revision,
    Op::ReadConfig,
    Op::LockState,
    Op::SelfTest,
    Op::Counter,
    Op::PublicKey,
    Op::SignDigest,
    Op::Verify,
    Op::VerifyWrong,
    Op::Sha256,
    Op::HmacStream,
    Op::CheckMac,
    Op::AesCmac,
    Op::CheckPassword,
];

/// Polls so often and then drops the future; the output if it was done before.
fn cut_off(device: &mut Device, op: Op, polls: usize) -> Option<Outcome> {
    let mut future = pin!(perform(device, op));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// Another operation at once, which must go as on a chip that nobody disturbed and that holds the same.
fn another(stage: &mut Stage<Device>, op: Op) -> Result<(), String> {
    let outcome = stage.driver.run(op);
    stage.bus.advance(2_000_000_000);
    let now = stage.eeprom();
    let undisturbed = Stage::<Device>::of(&now, false, NackReport::Exact).driver.run(op);
    let right = match (&outcome, &undisturbed) {
        (Ok(answer), Ok(undisturbed)) => answer.is_true(undisturbed, &now),
        (left, right) => left == right,
    };
    if right { Ok(()) } else { Err(format!("2: then {op:?} gave {outcome:02X?}, not {undisturbed:02X?}")) }
}

/// Cuts off the operation at an await point. The output if it was done before.
fn at(
    scene: &Scene,
    report: NackReport,
    polls: usize,
    random: &mut Random,
    broken: &mut String,
) -> Option<Outcome> {
    let mut stage = scene.stage::<Device>(report);
    stage.driver = yielding(&stage.bus, &stage.control);
    if scene.settled {
        stage.driver.run(Op::Revision).expect("undisturbed");
    }
    let outcome = cut_off(&mut stage.driver, scene.op, polls);
    let next = another(&mut stage, random.pick(&OTHERS));
    for what in next.err().into_iter().chain(scene.check_cut(&mut stage, outcome.as_ref(), polls)) {
        writeln!(
            broken,
            "{:?} {:?} {report:?}, cut off at await point {polls}: {what}",
            scene.op, scene.locks
        )
        .expect("memory");
    }
    outcome
}

/// What was taken, in which ways.
#[derive(Default)]
struct Taken {
    points: usize,
    by_report: BTreeMap<NackReport, usize>,
    broken: String,
}

impl Taken {
    /// Cuts off the operation at every so-many-th of its await points, the report of a missing acknowledge by turns;
    /// returns how many points it has.
    fn at_every(&mut self, scene: &Scene, every: usize, random: &mut Random) -> usize {
        let mut polls = 0;
        loop {
            let report = NackReport::nth(self.points);
            if at(scene, report, polls, random, &mut self.broken).is_some() {
                return polls;
            }
            polls += every;
            self.points += 1;
            *self.by_report.entry(report).or_insert(0) += 1;
        }
    }

    fn report(&self, what: &str, at_least: usize) {
        println!("{} await points of {} operations {what}", self.points, Op::ALL.len());
        for (report, points) in &self.by_report {
            println!("await points, a missing acknowledge told as {}: {points}", report.name());
        }
        assert!(self.broken.is_empty(), "{}", self.broken);
        assert!(self.points > at_least, "{}", self.points);
        let all = NackReport::KINDS.concat().len();
        assert!(
            self.by_report.len() == all
                && self.by_report.values().all(|points| points * (all + 1) > self.points)
        );
    }
}

#[test]
fn every_operation_dropped_at_every_await_point() {
    let (mut taken, mut random) = (Taken::default(), Random(0xCA));
    for locks in Locks::ALL {
        for (number, op) in Op::ALL.iter().enumerate() {
            let scene = Scene::of::<Device>(*op, locks, number % 2 == 0, NackReport::Exact);
            taken.at_every(&scene, 1, &mut random);
        }
    }
    taken.report(&format!("in {} lock states", Locks::ALL.len()), 3_000);
}

/// On a chip that takes as long as it may the driver pauses and polls many times a command, and in a long
/// sequence sends it idle and wakes it again: every point in there is taken by some operation, and all of them
/// by `FAULT_SWEEP=all`.
#[test]
fn every_operation_dropped_while_it_waits_for_a_slow_chip() {
    let (mut taken, mut all, mut random) = (Taken::default(), 0, Random(0x5C));
    let every = stride().div_ceil(4);
    for (number, op) in Op::ALL.iter().enumerate() {
        let scene = Scene::paced::<Device>(*op, Locks::Both, number % 2 == 0, Pace::Slow, NackReport::Exact);
        all += taken.at_every(&scene, every, &mut random);
    }
    taken.report(&format!("on a slow chip, of {all}"), 15_000 / every);
}
