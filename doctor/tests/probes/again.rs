//! Plan A asked again of a chip that has answered: what there is one of is spent, and says so.

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::{Finding, Host, Outcome, Report};
use atecc608_doctor::run::{Attend, Halt, Loss, Order, examine};
use atecc608_sim::Bus;
use atecc608_sim::chip::Readings;

use crate::chip::{blank, line, rehearsal};

/// Agrees to all that comes before this loss.
struct UpTo(Option<Loss>);

impl Attend for UpTo {
    fn agree(&mut self, loss: Loss, _: &[u8; 9]) -> bool {
        self.0 != Some(loss)
    }
}

/// What is found until then, by a run that knows of none before.
fn run(bus: &Bus, mut attend: UpTo) -> Vec<Finding> {
    let order =
        Order { plan: Some(Plan::A), rehearsal: Some(rehearsal(Plan::A)), ..Order::new(Level::Spend) };
    let mut report = Report::new(order.level, order.plan);
    let expected = attend.0.map(Halt::NotAgreed);
    let end = examine(&mut line(bus), 0x60, Host::default(), order, &mut report, &mut attend);
    assert_eq!(end.err(), expected);
    report.findings
}

/// The probes of plan A of which the second answer is that they are spent; all the others say what they said.
fn spent(first: &[Finding], second: &[Finding], stage: Stage) -> Vec<String> {
    let of = |findings: &[Finding]| -> Vec<Finding> {
        let asked = |finding: &&Finding| finding.stage == stage && finding.level == Level::Spend;
        findings.iter().filter(asked).cloned().collect()
    };
    let (first, second) = (of(first), of(second));
    assert_eq!(first.len(), second.len());
    let mut spent = Vec::new();
    for (first, second) in first.into_iter().zip(second) {
        assert_eq!(first.outcome, Outcome::AsRecommended, "{first:#?}");
        match second.outcome {
            Outcome::AsRecommended => assert_eq!(second.probe, first.probe),
            Outcome::NotHere => {
                assert!(second.observed.starts_with("already spent: "), "{second:#?}");
                spent.push(second.probe);
            }
            _ => panic!("{second:#?}"),
        }
    }
    spent
}

#[test]
fn between_the_locks() {
    let bus = blank(Readings::default());
    let stop = || UpTo(Some(Loss::Data(Plan::A)));
    let (first, second) = (run(&bus, stop()), run(&bus, stop()));
    let once = ["update-extra-twice", "counter-pattern", "derive-key-private-parent", "temp-key-after-lock"];
    assert_eq!(spent(&first, &second, Stage::ConfigLocked), once);
    // And the questions after the data lock find what they need.
    let third = run(&bus, UpTo(None));
    let locked: Vec<_> = third.iter().filter(|finding| finding.stage == Stage::DataLocked).collect();
    assert!(locked.len() > 20);
    for finding in locked {
        assert!(matches!(finding.outcome, Outcome::AsRecommended | Outcome::NotHere), "{finding:#?}");
    }
}

#[test]
fn after_both_locks() {
    let bus = blank(Readings::default());
    let (first, second) = (run(&bus, UpTo(None)), run(&bus, UpTo(None)));
    // The last question has used up the limited keys, the one about its ReqAuth has changed slot 15.
    let once = [
        "no-mac-derive-key",
        "ecdh-output-in-spite",
        "closed-next-slot",
        "wrong-mac-of-derive-key",
        "wrong-mac-of-derive-key-counts",
        "derive-key-two-authorisations",
        "use-counted-last",
        "mismatch-counts",
        "ecdh-bad-point-counts",
        "use-counting-time",
        "count-match-and-counter",
    ];
    assert_eq!(spent(&first, &second, Stage::DataLocked), once);
}
