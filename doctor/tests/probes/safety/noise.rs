//! What goes wrong once on the bus is no finding about the chip.

use std::collections::BTreeMap;

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::report::{Host, Outcome, Report, Times};
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

/// A command that arrives damaged is sent again: it was not executed, so its answer is no execution time.
#[test]
fn a_damaged_command_has_no_execution_time() {
    let asked = |fault, nth| {
        let mut report = Report::new(Level::Look, None);
        let order = Order { only: Some("beyond-zone"), ..Order::new(Level::Look) };
        let mut line = Faulty::new(line(&blank(Readings::default())), fault, nth);
        let whole = examine(&mut line, 0x60, Host::default(), order, &mut report, &mut Agrees).is_ok();
        (report.sessions.pop().filter(|_| whole), line.places())
    };
    let (session, places) = asked(Fault::Lost, usize::MAX);
    let session = session.unwrap();
    let mut again = 0;
    for nth in places {
        // A run that ends early has fewer of them.
        let (Some(noisy), _) = asked(Fault::Flipped, nth) else { continue };
        again += usize::from(noisy.retries > session.retries);
        for noisy in &noisy.times {
            let is_it = |quiet: &&Times| (&quiet.command, quiet.done) == (&noisy.command, noisy.done);
            let quiet = session.times.iter().find(is_it);
            assert!(quiet.is_some(), "at transfer {nth}: {noisy:?}");
        }
    }
    assert!(again > 0);
}
