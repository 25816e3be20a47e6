//! The simulator with one other answer: its probe sees it, and no other probe sees anything.

mod blank;
mod look;
mod plan_a;
mod plan_b;

use atecc608_doctor::level::Level;
use atecc608_sim::chip::{Alternative, Readings};

use crate::chip;

/// A line for each alternative and probe: which answer it is to the probe.
type Row = (Alternative, &'static str, usize);

fn rows() -> impl Iterator<Item = &'static Row> {
    [look::ROWS, blank::ROWS, plan_a::ROWS, plan_b::ROWS].into_iter().flatten()
}

#[test]
fn each_alternative_is_seen_by_its_probe_and_by_no_other() {
    for alternative in Alternative::ALL {
        let expected: Vec<_> = rows().filter(|row| row.0 == *alternative).collect();
        assert!(!expected.is_empty(), "{alternative:?} ({}) is seen by no probe", alternative.point());
        let findings = chip::findings(&chip::blank(Readings::taking(*alternative)), Level::Blank);
        for finding in &findings {
            let row = expected.iter().find(|row| row.1 == finding.probe);
            assert_eq!(finding.answer, Some(row.map_or(0, |row| row.2)), "{alternative:?}: {finding:#?}");
        }
        for (_, probe, answer) in expected {
            assert_ne!(*answer, 0, "{alternative:?}: the recommended answer is none other");
            assert!(findings.iter().any(|finding| finding.probe == *probe), "{probe} was not asked");
        }
    }
}
