//! Plan B asked again of a chip that has answered.

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::{Finding, Outcome};
use atecc608_sim::chip::Readings;

use crate::chip::{blank, spent};

/// The questions after the data lock that the chip can't be asked again. All others are answered as before.
fn again(first: &[Finding], second: &[Finding]) -> Vec<String> {
    let of = |findings: &[Finding]| -> Vec<Finding> {
        let asked = |finding: &&Finding| finding.stage == Stage::DataLocked && finding.level == Level::Spend;
        findings.iter().filter(asked).cloned().collect()
    };
    let mut not_again = Vec::new();
    let (first, second) = (of(first), of(second));
    assert_eq!(first.len(), second.len());
    for (first, second) in first.into_iter().zip(second) {
        assert_eq!((first.outcome, &first.probe), (Outcome::AsRecommended, &second.probe), "{first:#?}");
        match second.outcome {
            Outcome::AsRecommended => {}
            Outcome::NotHere if second.observed.starts_with("already spent: ") => {
                not_again.push(second.probe)
            }
            _ => panic!("{second:#?}"),
        }
    }
    not_again
}

/// FullStore before any FullCopy can be asked once, and a locked slot stays locked. The prohibition of SecureBoot is
/// over when the supply was off.
#[test]
fn what_is_spent_says_so() {
    let bus = blank(Readings::default());
    let first = spent(&bus, Plan::B);
    bus.power_cycle();
    let second = spent(&bus, Plan::B);
    let once = ["secure-boot-before-full-copy", "secure-boot-store-and-latch"];
    assert_eq!(again(&first, &second), once);
    // With the supply on all the time.
    let third = spent(&bus, Plan::B);
    let prohibited = [
        "secure-boot-before-full-copy",
        "secure-boot-public-key",
        "secure-boot-store-and-latch",
        "secure-boot-authorises",
        "secure-boot-locked-slot",
        "secure-boot-mismatch-prohibits",
        "secure-boot-prohibition",
    ];
    assert_eq!(again(&first, &third), prohibited);
}
