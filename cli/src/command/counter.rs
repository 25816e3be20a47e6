//! `atecc counter`.

mod increment;
mod read;
mod spend;

use atecc608::Slot;
use atecc608::command::CounterId;
use atecc608::config::{ConfigZone, SlotFlags};
use clap::{Args, Subcommand};

use crate::app::App;
use crate::failure::Failure;

/// The largest value of a counter (chip reference 5.3).
const LIMIT: u32 = 2_097_151;

/// The two counters, which only go up, and the uses of keys that they limit.
#[derive(Debug, Args)]
pub struct Counter {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Read(read::Read),
    Increment(increment::Increment),
    Spend(spend::Spend),
}

impl Counter {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.action {
            Action::Read(read) => read.run(app),
            Action::Increment(increment) => increment.run(app),
            Action::Spend(spend) => spend.run(app),
        }
    }
}

fn counter(text: &str) -> Result<CounterId, String> {
    match text {
        "0" => Ok(CounterId::Counter0),
        "1" => Ok(CounterId::Counter1),
        "15" => Err("there are 0 and 1; a use of a key is given up by `atecc counter spend SLOT`".into()),
        _ => Err("there are 0 and 1".into()),
    }
}

/// Slots whose uses counter 0 counts.
fn limited(zone: &ConfigZone) -> Vec<u8> {
    let is_limited = |slot: &Slot| zone.slot_config(*slot).flags().contains(SlotFlags::LIMITED_USE);
    Slot::all().filter(is_limited).map(Slot::number).collect()
}

/// Slots as a person reads them.
fn list(slots: &[u8]) -> String {
    let slots: Vec<String> = slots.iter().map(u8::to_string).collect();
    match slots.as_slice() {
        [] => String::from("no slot"),
        [slot] => format!("slot {slot}"),
        slots => format!("slots {}", slots.join(", ")),
    }
}
