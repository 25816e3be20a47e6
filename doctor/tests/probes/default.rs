//! The simulator as it is by default.

use atecc608_doctor::level::Level;
use atecc608_doctor::report::Outcome;
use atecc608_sim::chip::Readings;

use crate::chip::{blank, findings};

#[test]
fn all_answers_are_the_recommended_ones() {
    let findings = findings(&blank(Readings::default()), Level::Blank);
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!(finding.outcome, Outcome::AsRecommended, "{finding:#?}");
    }
}
