//! `atecc counter increment`.

use std::fmt;

use atecc608::command::{CounterId, CounterIncrement};
use atecc608::irreversible::CountIsSpent;
use clap::Args;
use serde::Serialize;

use super::{LIMIT, limited, list};
use crate::app::App;
use crate::failure::{Failure, Kind};

/// Adds one to a counter. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct Increment {
    /// 0 or 1.
    #[arg(value_name = "COUNTER", value_parser = super::counter)]
    counter: CounterId,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    counter: u8,
    /// Before.
    from: u32,
    /// After it; what it would be in a dry run.
    to: u32,
    done: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { counter, from, to, done } = self;
        let would = if *done { "" } else { "would be incremented: " };
        write!(f, "counter {counter}  {would}{from} -> {to} of {LIMIT}")
    }
}

impl Increment {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let counter = self.counter;
        let number = counter as u8;
        let tried = format!("counter {number} was to be incremented");
        let (zone, from) = app.ask(&tried, |chip| -> Result<_, atecc608_linux::Failure> {
            Ok((chip.read_config()?, chip.counter(counter)?))
        })?;
        let to = from + 1;
        if to > LIMIT {
            let cause = format!("it has reached {LIMIT}, its last value");
            return Err(Failure::new(
                Kind::Refused,
                tried,
                cause,
                "nothing brings it back: use another chip",
            ));
        }
        if app.dry_run() {
            return app.answer(&Answer { counter: number, from, to, done: false });
        }
        let mut lost =
            format!("counter {number} goes from {from} to {to}, and never back; it ends at {LIMIT}");
        let limited = limited(&zone);
        if counter == CounterId::Counter0 && !limited.is_empty() {
            lost.push_str(&format!("; this takes a use from the keys in {}", list(&limited)));
        }
        let consent = app.consent(lost)?.for_chip(zone.serial_number(), &tried)?;
        let command = CounterIncrement(counter, CountIsSpent);
        let to = app
            .consented(&consent, tried, &[&command], |chip| chip.increment_counter(counter, CountIsSpent))?;
        app.answer(&Answer { counter: number, from, to, done: true })
    }
}
