//! `atecc counter spend`.

use std::fmt;

use atecc608::Slot;
use atecc608::command::{CounterId, UseKey};
use atecc608::irreversible::CountIsSpent;
use clap::Args;
use serde::Serialize;

use super::{LIMIT, limited, list};
use crate::app::App;
use crate::failure::{Failure, Kind};

/// Gives up one use of a key whose uses are limited. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct Spend {
    /// The slot of the key.
    #[arg(value_name = "SLOT", value_parser = crate::parse::slot)]
    slot: Slot,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// Uses left, for all keys of limited use together; what there would be in a dry run.
    left: u32,
    done: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let would = if self.done { "was" } else { "would be" };
        write!(f, "slot {}: a use {would} given up; {} left", self.slot, self.left)
    }
}

impl Spend {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let number = slot.number();
        let tried = format!("a use of the key in slot {number} was to be given up");
        let (zone, used) = app.ask(&tried, |chip| -> Result<_, atecc608_linux::Failure> {
            Ok((chip.read_config()?, chip.counter(CounterId::Counter0)?))
        })?;
        let slots = limited(&zone);
        if !slots.contains(&number) {
            let cause = format!(
                "its uses are not limited, so nothing would happen; limited are those of {}",
                list(&slots)
            );
            return Err(Failure::new(Kind::Usage, tried, cause, "`atecc counter read` shows which are"));
        }
        let left = LIMIT.saturating_sub(used).saturating_sub(1);
        if app.dry_run() {
            return app.answer(&Answer { slot: number, left, done: false });
        }
        let consent = app.consent(format_args!(
            "one use of the keys in {} is given up; {left} are left then, for all of them together",
            list(&slots)
        ))?;
        let consent = consent.for_chip(zone.serial_number(), &tried)?;
        let command = UseKey(slot, CountIsSpent);
        app.consented(&consent, tried, &[&command], |chip| chip.spend_use(slot, CountIsSpent))?;
        app.answer(&Answer { slot: number, left, done: true })
    }
}
