//! Lint, explain and plans about any configuration.

use super::zone::zone;
use atecc608::Slot;
use atecc608::config::explain::{Action, Explain, Reach, Stage};
use atecc608::plan::Plan;

pub fn run(data: &[u8]) {
    let present = zone(data);
    let findings = present.lint().count();
    assert!(findings <= 1000, "{findings}");
    assert!(present.lint_errors() <= findings);
    let text = format!("{}", present.lint());
    assert!(!text.is_empty());
    for stage in [Stage::ConfigLocked, Stage::Locked] {
        let reach = Reach::new(&present, stage);
        for slot in Slot::all() {
            for action in Action::ALL {
                // What is possible with effort includes what is permitted at once.
                if present.permission(slot, action, stage).is_none() {
                    continue;
                }
                let _ = reach.possible(slot, action);
            }
        }
    }
    let explain = Explain::new(&present);
    assert!(format!("{explain}").len() > 100 && format!("{}", explain.html()).contains("<table"));
    // The same chip with other bytes where they can be written.
    let mut wanted = present;
    for (offset, byte) in (16_u8..128).zip(data.iter().skip(128)) {
        if atecc608::config::ConfigZone::is_writable(offset) {
            wanted.set_byte(offset, *byte);
        }
    }
    if let Ok(plan) = Plan::new(&present, &wanted) {
        assert_eq!(plan.changes().count(), wanted.difference(&present).count());
        assert!(format!("{plan}").contains("CRC"));
    }
}
