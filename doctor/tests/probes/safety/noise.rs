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

/// A command that arrives damaged is sent again: it was not executed, so its answer is no execution time.
#[test]
fn a_damaged_command_has_no_execution_time() {
    let asked = |fault, nth| {
        let mut report = Report::new(Level::Look, None);
        let order = Order { only: Some("beyond-zone"), ..Order::new(Level::Look) };
        let mut line = Faulty::new(line(&blank(Readings::default())), fault, nth);
        examine(&mut line, 0x60, Host::default(), order, &mut report, &mut Agrees).unwrap();
        (report.sessions[0].clone(), line.places())
    };
    let (session, places) = asked(Fault::Lost, usize::MAX);
    let mut again = 0;
    for nth in places {
        let (noisy, _) = asked(Fault::Flipped, nth);
        again += usize::from(noisy.retries > session.retries);
        for (noisy, quiet) in noisy.times.iter().zip(&session.times) {
            assert_eq!((&noisy.command, noisy.done), (&quiet.command, quiet.done), "at transfer {nth}");
            assert!(noisy.max_us <= quiet.max_us + 300, "at transfer {nth}: {noisy:?}, {quiet:?}");
        }
    }
    assert!(again > 0);
}
