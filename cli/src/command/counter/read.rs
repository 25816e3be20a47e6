//! `atecc counter read`.

use std::fmt;

use atecc608::command::CounterId;
use clap::Args;
use serde::Serialize;

use super::{LIMIT, limited, list};
use crate::app::App;
use crate::failure::Failure;

/// The values of the counters, and how often keys of limited use can be used yet. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Read {
    /// Only this one: 0 or 1.
    #[arg(value_name = "COUNTER", value_parser = super::counter)]
    counter: Option<CounterId>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    counters: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Value {
    counter: u8,
    value: u32,
    limit: u32,
    /// Slots with keys whose uses it counts.
    limited_slots: Vec<u8>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Value { counter, value, limit, limited_slots } in &self.counters {
            write!(f, "counter {counter}  {value} of {limit}")?;
            if !limited_slots.is_empty() {
                let left = limit - value;
                write!(f, "; counts the uses of {}: {left} left, for all of them", list(limited_slots))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Read {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let wanted = match self.counter {
            Some(counter) => vec![counter],
            None => vec![CounterId::Counter0, CounterId::Counter1],
        };
        let counters = app.ask("the counters were read", |chip| -> Result<_, atecc608_linux::Failure> {
            let zone = chip.read_config()?;
            let mut values = Vec::new();
            for counter in wanted {
                let value = chip.counter(counter)?;
                let limited_slots = match counter {
                    CounterId::Counter0 => limited(&zone),
                    CounterId::Counter1 => Vec::new(),
                };
                values.push(Value { counter: counter as u8, value, limit: LIMIT, limited_slots });
            }
            Ok(values)
        })?;
        app.answer(&Answer { counters })
    }
}
