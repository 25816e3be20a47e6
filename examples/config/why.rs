//! One slot, command by command: on what terms, or why not.

use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use std::fmt;

/// What a slot permits after both locks, and why it does not permit the rest.
pub(crate) struct Why<'a>(pub(crate) &'a ConfigZone, pub(crate) Slot);

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(zone, slot) = *self;
        write!(f, "{slot}, after both locks:")?;
        for action in Action::ALL {
            match zone.permission(slot, action, Stage::Locked) {
                Some(needs) => write!(f, "\n+ {action}: {needs}")?,
                None => write!(f, "\n- {action}")?,
            }
            if let Some(rule) = zone.refusal(slot, action, Stage::Locked) {
                write!(f, ": {}", rule.cause())?;
            }
        }
        Ok(())
    }
}
