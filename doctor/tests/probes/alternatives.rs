//! The simulator with one other answer: its probe sees it, and no other probe sees anything.

mod blank;
mod look;
pub(crate) mod plan_a;
mod plan_b;

use atecc608_doctor::report::{Finding, Outcome};
use atecc608_sim::chip::{Alternative, Readings};

use crate::chip;

/// A line for each alternative and probe: which answer it is to the probe.
pub(crate) type Row = (Alternative, &'static str, usize);

fn rows() -> impl Iterator<Item = &'static Row> {
    [look::ROWS, blank::ROWS, plan_a::ROWS, plan_b::ROWS].into_iter().flatten()
}

#[test]
fn each_alternative_has_a_probe() {
    let unseen: Vec<_> =
        Alternative::ALL.iter().filter(|alternative| !rows().any(|row| row.0 == **alternative)).collect();
    assert!(unseen.is_empty(), "seen by no probe: {unseen:?}");
}

#[test]
fn each_alternative_is_seen_by_its_probe_and_by_no_other() {
    for alternative in Alternative::ALL {
        let expected: Vec<_> = rows().filter(|row| row.0 == *alternative).collect();
        let findings = chip::all(Readings::taking(*alternative));
        for finding in findings.iter().filter(|finding| finding.outcome != Outcome::NotHere) {
            // A probe that is asked in several states of the locks may see it in one of them.
            let row = expected.iter().find(|row| row.1 == finding.probe);
            let seen = finding.answer == Some(0) || (row.is_some() && finding.answer == row.map(|row| row.2));
            assert!(seen, "{alternative:?}: {finding:#?}");
        }
        for (_, probe, answer) in expected {
            assert_ne!(*answer, 0, "{alternative:?}: the recommended answer is none other");
            let saw = |finding: &Finding| finding.probe == *probe && finding.answer == Some(*answer);
            assert!(findings.iter().any(saw), "{alternative:?} is not seen by {probe}");
        }
    }
}
