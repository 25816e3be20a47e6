//! The simulator as it is by default.

use std::collections::BTreeSet;

use atecc608_doctor::level::Level;
use atecc608_doctor::probes;
use atecc608_doctor::report::{Finding, Outcome};
use atecc608_sim::Bus;
use atecc608_sim::chip::Readings;
use atecc608_sim::preset::Preset;

use crate::chip::{all, at, blank, findings};

/// The probes that gave an answer; it has to be the recommended one.
fn as_recommended(findings: &[Finding]) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for finding in findings {
        match finding.outcome {
            Outcome::NotHere => {}
            Outcome::AsRecommended => _ = told.insert(finding.probe.clone()),
            _ => panic!("{finding:#?}"),
        }
    }
    told
}

/// A chip that its owner configured long ago.
fn in_the_field(preset: Preset) -> Vec<Finding> {
    let bus = Bus::new();
    bus.add(preset.chip(7));
    at(&bus, preset.address(), Level::Blank)
}

#[test]
fn all_answers_are_the_recommended_ones_and_all_questions_are_answered() {
    let mut told = as_recommended(&findings(&blank(Readings::default()), Level::Blank));
    told.extend(as_recommended(&all(Readings::default())));
    for preset in Preset::ALL {
        told.extend(as_recommended(&in_the_field(preset)));
    }
    let silent: Vec<_> =
        probes::all().filter(|probe| !told.contains(probe.name)).map(|probe| probe.name).collect();
    assert_eq!(silent, [""; 0], "never answered");
}

/// Only what changes nothing is asked of a chip that was not spent for it.
#[test]
fn a_chip_in_the_field_is_only_looked_at() {
    for preset in Preset::ALL {
        for finding in in_the_field(preset) {
            assert_eq!(finding.level, Level::Look, "{finding:#?}");
        }
    }
}
