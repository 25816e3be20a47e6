//! `atecc config plan`.

use std::fmt;

use atecc608::Slot;
use atecc608::config::plan::PlanError;
use atecc608::config::{ConfigZone, plan, preset};
use clap::Args;
use serde::Serialize;

use super::lint::{Linted, first_of_all};
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse::hex;
use crate::source::{Source, source};

/// What writing and locking would do to a chip; ends with exit code 1 if lint finds errors. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// What the chip should hold: a file or a preset. The chip's own bytes (0 to 15 and 84 to 87) stay.
    #[arg(value_parser = source)]
    source: Source,

    /// What it holds now: a chip (the one of --bus if nothing is said), or a file; `factory` is a blank one.
    #[arg(long, value_name = "SOURCE", default_value = "chip", value_parser = source)]
    present: Source,
}

/// What a plan would do.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    serial: String,
    changes: Vec<Change>,
    /// What works between the locks, and after the data lock never again.
    lost_to_data_lock: Vec<Lost>,
    /// What works until a slot is locked on its own.
    lost_to_slot_lock: Vec<Lost>,
    /// Of the configuration to lock, low byte first.
    crc: String,
    pub(crate) lint: Linted,
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Serialize)]
struct Change {
    byte: u8,
    field: &'static str,
    from: u8,
    to: u8,
}

#[derive(Debug, Serialize)]
struct Lost {
    slot: u8,
    action: String,
}

impl Planned {
    pub(crate) fn new(plan: &plan::Plan) -> Self {
        let lost = |(slot, action): (Slot, _)| Lost { slot: slot.number(), action: format!("{action}") };
        let change = |byte: atecc608::config::Difference| Change {
            byte: byte.offset,
            field: ConfigZone::field_name(byte.offset),
            from: byte.right,
            to: byte.left,
        };
        let by_slot = |slot| plan.lost_to_slot_lock(slot).map(move |action| (slot, action));
        Self {
            serial: plan.present().serial_number().to_string(),
            changes: plan.changes().map(change).collect(),
            lost_to_data_lock: plan
                .lost()
                .map(|(slot, action)| Lost { slot: slot.number(), action: action.to_string() })
                .collect(),
            lost_to_slot_lock: Slot::all().flat_map(by_slot).map(lost).collect(),
            crc: hex(&plan.crc()),
            lint: Linted::new(plan.wanted()),
            text: plan.to_string(),
        }
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The plan with what is said before it.
#[derive(Debug, Serialize)]
struct Answer {
    first_of_all: Option<String>,
    #[serde(flatten)]
    plan: Planned,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = &self.first_of_all {
            writeln!(f, "{first}")?;
        }
        self.plan.fmt(f)
    }
}

impl Plan {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let present = self.present.alone(app)?;
        let given = self.source.read(app, &present)?;
        let wanted = preset::on_chip(given.as_bytes(), &present);
        let plan = planned(&present, &wanted)?;
        let planned = Planned::new(&plan);
        let errors = planned.lint.errors;
        app.answer(&Answer { first_of_all: first_of_all(&given), plan: planned })?;
        match errors {
            0 => Ok(()),
            _ => Err(Failure::no("lint found errors: do not lock this")),
        }
    }
}

/// The plan, if there is a way from the one to the other.
pub(super) fn planned(present: &ConfigZone, wanted: &ConfigZone) -> Result<plan::Plan, Failure> {
    plan::Plan::new(present, wanted).map_err(|error| {
        let tried = format!("chip {} was to hold another configuration", present.serial_number());
        let help = match error {
            PlanError::AlreadyLocked if present == wanted => "nothing: it holds what is wanted",
            PlanError::AlreadyLocked => "take another chip; `atecc config diff` shows what differs",
            _ => "leave the chip's own bytes (0 to 15, 84 to 87) as they are",
        };
        Failure::new(Kind::Refused, tried, error, help)
    })
}
