//! `atecc lock slot`.

use std::fmt;

use atecc608::Slot;
use atecc608::command::{Lock, LockTarget};
use atecc608::config::ConfigZone;
use atecc608::irreversible::NoMoreSlotChanges;
use clap::Args;

use super::{Locked, plan_of};
use crate::app::App;
use crate::failure::Failure;
use crate::parse;
use crate::refusal;

/// Locks one slot, for ever: nothing changes its contents any more. Run again, it does nothing. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct LockSlot {
    /// The slot, 0 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
}

/// What is shown before.
struct Lost<'a>(&'a ConfigZone, Slot);

impl fmt::Display for Lost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} can never be changed again. What ends:", self.1)?;
        let plan = plan_of(self.0);
        for (index, action) in plan.iter().flat_map(|plan| plan.lost_to_slot_lock(self.1)).enumerate() {
            write!(f, "{}{action}", if index == 0 { " " } else { "; " })?;
        }
        Ok(())
    }
}

impl LockSlot {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let zone = app.ask("the chip's configuration was read", |chip| chip.read_config())?;
        let serial = zone.serial_number().to_string();
        let tried = format!("{slot} of chip {serial} was to be locked");
        let answer = |locked_now, locked| Locked {
            serial: serial.clone(),
            target: slot.to_string(),
            locked_now,
            locked,
        };
        if zone.is_slot_locked(slot) {
            return app.answer(&answer(false, true));
        }
        let lock = Lock(LockTarget::Slot(slot, NoMoreSlotChanges));
        // Nobody is asked for what the chip refuses anyway.
        refusal::permitted(&tried, &zone, &lock)?;
        app.show(&Lost(&zone, slot));
        if app.dry_run() {
            return app.answer(&answer(false, false));
        }
        let consent =
            app.consent(format_args!("{slot} will be locked"))?.for_chip(zone.serial_number(), &tried)?;
        app.consented(&consent, &tried, &[&lock], |chip| chip.lock_slot(slot, NoMoreSlotChanges))?;
        app.answer(&answer(true, true))
    }
}
