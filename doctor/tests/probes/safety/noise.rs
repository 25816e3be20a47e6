//! What goes wrong once on the bus is no finding about the chip.

use std::collections::BTreeMap;

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::report::{Host, Outcome, Report};
use atecc608_doctor::run::{Order, Questions, examine};
use atecc608_sim::chip::Readings;

use crate::chip::{Agrees, blank, line};
use crate::faulty::{Fault, Faulty};

/// Each question that can be asked again, with each fault at many of its writes and reads. It may come to no answer; a
/// wrong one would have somebody change the chip reference.
#[test]
fn one_fault_is_no_finding() {
    let mut wrong = BTreeMap::new();
    let questions = Questions { level: Level::Blank, plan: None, only: None };
    for probe in questions.of(Stage::Unlocked) {
        let order = Order { only: Some(probe.name), ..Order::new(Level::Blank) };
        let asked = |line: &mut Faulty<_>| {
            let mut report = Report::new(Level::Blank, None);
            let _ = examine(line, 0x60, Host::default(), order, &mut report, &mut Agrees);
            report
        };
        let mut count = Faulty::counting(line(&blank(Readings::default())));
        assert_eq!(asked(&mut count).findings.len(), 1, "{}", probe.name);
        for fault in [Fault::Lost, Fault::Unheard, Fault::Arbitration, Fault::Flipped] {
            for nth in count.places() {
                let report = asked(&mut Faulty::new(line(&blank(Readings::default())), fault, nth));
                for finding in report.findings {
                    if matches!(finding.outcome, Outcome::Otherwise | Outcome::Unforeseen) {
                        wrong
                            .insert(probe.name, format!("{fault:?} at transfer {nth}: {}", finding.observed));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} questions: {wrong:#?}", wrong.len());
}
