//! One slot, command by command: on what terms, or why not.

use std::fmt;

use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use serde::Serialize;

/// What a slot permits after both locks, and why it does not permit the rest.
#[derive(Debug, Serialize)]
pub(crate) struct SlotWhy {
    slot: u8,
    after: &'static str,
    actions: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    action: &'static str,
    /// What it needs; nothing if it is not permitted.
    needs: Option<String>,
    why_not: Option<String>,
}

impl SlotWhy {
    pub(crate) fn new(zone: &ConfigZone, slot: Slot) -> Self {
        let line = |action: Action| Line {
            action: action.name(),
            needs: zone.permission(slot, action, Stage::Locked).map(|needs| needs.to_string()),
            why_not: zone.refusal(slot, action, Stage::Locked).map(|rule| rule.cause().to_string()),
        };
        Self { slot: slot.number(), after: "both locks", actions: Action::ALL.map(line).into() }
    }
}

impl fmt::Display for SlotWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slot {}, after {}:", self.slot, self.after)?;
        for Line { action, needs, why_not } in &self.actions {
            match needs {
                Some(needs) => write!(f, "\n+ {action}: {needs}")?,
                None => write!(f, "\n- {action}")?,
            }
            if let Some(cause) = why_not {
                write!(f, ": {cause}")?;
            }
        }
        Ok(())
    }
}
