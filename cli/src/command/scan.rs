//! `atecc scan`.

use std::fmt;

use atecc608::Address;
use atecc608_linux::{Adapter, Location, adapters};
use clap::Args;
use serde::Serialize;

use super::info::model;
use crate::app::App;
use crate::bus::{self, Place};
use crate::failure::{Failure, Kind};

/// Which I2C buses this machine has, and the chips on them. [changes nothing]
///
/// Looks at 0x60 (as delivered), 0x35 (Trust&GO) and 0x36 (TrustFLEX), or at --address; with --bus on that bus only. Buses for
/// monitors and of the mainboard are told by their names and left alone.
#[derive(Debug, Args)]
pub struct Scan {
    /// Looks at every address from 0x08 to 0x77. Takes half a minute for each bus, and talks to other devices as if they
    /// were chips of this kind: what that does to them, their makers know.
    #[arg(long, conflicts_with = "address")]
    all: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    buses: Vec<Bus>,
}

#[derive(Debug, Serialize)]
struct Bus {
    bus: String,
    /// What the adapter calls itself.
    adapter: Option<String>,
    /// Its speed, if it is known.
    khz: Option<u32>,
    /// The longest write that it is known to take.
    max_write: Option<usize>,
    /// Not if it is one for a monitor or for the mainboard.
    looked_at: bool,
    chips: Vec<Found>,
    /// Why it could not be looked at, or not everywhere.
    troubles: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Found {
    address: String,
    model: String,
    serial: String,
    config_locked: bool,
    data_locked: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for bus in &self.buses {
            f.write_str(&bus.bus)?;
            if let Some(adapter) = &bus.adapter {
                write!(f, ", {adapter}")?;
            }
            if let Some(khz) = bus.khz {
                write!(f, ", {khz} kHz")?;
                if khz > 133 {
                    f.write_str(" (too fast to wake a chip: 100 is right)")?;
                }
            }
            if let Some(bytes) = bus.max_write {
                write!(f, ", {bytes} bytes a write")?;
            }
            match (bus.looked_at, bus.chips.is_empty() && bus.troubles.is_empty()) {
                (false, _) => f.write_str(": for a monitor or the mainboard, not looked at")?,
                (true, true) => f.write_str(": no chip")?,
                (true, false) => {}
            }
            writeln!(f)?;
            for Found { address, model, serial, config_locked, data_locked } in &bus.chips {
                let lock = |locked| if locked { "locked" } else { "open" };
                let (config, data) = (lock(*config_locked), lock(*data_locked));
                writeln!(f, "  {address}  {model}  {serial}  configuration {config}, data {data}")?;
            }
            for trouble in &bus.troubles {
                writeln!(f, "  {}", trouble.replace('\n', "\n  "))?;
            }
        }
        Ok(())
    }
}

impl Scan {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let rows: Vec<(Place, Option<Adapter>)> = match app.global().bus() {
            Some(text) => vec![(Place::of(Some(text))?, None)],
            None => {
                let adapters = adapters();
                if !adapters.iter().any(Adapter::can_have_chips) {
                    return Err(bus::no_bus(&adapters));
                }
                adapters
                    .into_iter()
                    .map(|adapter| (Place::device(adapter.device.clone()), Some(adapter)))
                    .collect()
            }
        };
        let (mut buses, mut first) = (Vec::new(), None);
        for (place, adapter) in rows {
            // One that is named is looked at, whatever it is.
            let looked_at = adapter.as_ref().is_none_or(Adapter::can_have_chips);
            let adapter = adapter.or_else(|| named(&place));
            let mut bus = Bus {
                bus: place.name.clone(),
                khz: adapter.as_ref().and_then(|adapter| adapter.hz).map(|hz| hz / 1000),
                max_write: adapter.as_ref().and_then(Adapter::max_write),
                adapter: adapter.and_then(|adapter| adapter.name),
                looked_at,
                chips: Vec::new(),
                troubles: Vec::new(),
            };
            if looked_at {
                first = first.or(self.look(app, &place, &mut bus));
            }
            buses.push(bus);
        }
        let found = buses.iter().any(|bus| !bus.chips.is_empty());
        match (found, first) {
            // That is all there is to say.
            (false, Some(failure)) if buses.len() == 1 => return Err(failure),
            _ => app.answer(&Answer { buses })?,
        }
        match found {
            true => Ok(()),
            false => Err(Failure::new(
                Kind::NoChip,
                "chips were looked for",
                "none answers",
                "check wires and supply (SDA, SCL, VCC, GND); for a chip with an address of its own: --address, or `atecc scan \
                 --all`",
            )),
        }
    }

    /// Puts what is there into `bus`. Gives why it could not look, if it could not.
    fn look(&self, app: &App, place: &Place, bus: &mut Bus) -> Option<Failure> {
        let addresses: Vec<Option<Address>> = match (app.global().address, &place.location) {
            (Some(address), _) => vec![Some(address)],
            (None, Location::Device(_) | Location::Tcp(_)) if self.all => {
                (0..=0x7F).filter_map(Address::from_7bit).map(Some).collect()
            }
            (None, Location::Device(_) | Location::Tcp(_)) => Address::USUAL.map(Some).to_vec(),
            // Answers where its configuration says.
            (None, _) => vec![None],
        };
        let progress = app.progress(addresses.len() as u64, &place.name);
        let mut first = None;
        for address in addresses {
            progress.step(address.map(|address| address.to_string()).unwrap_or_default());
            match found(app, place, address) {
                Ok(chip) => bus.chips.push(chip),
                Err(failure) if failure.kind() == Kind::NoChip => {}
                Err(failure) => {
                    bus.troubles.push(failure.to_string());
                    let elsewhere = failure.kind() == Kind::Busy;
                    first = first.or(Some(failure));
                    // The other addresses have chips, perhaps.
                    if !elsewhere {
                        break;
                    }
                }
            }
        }
        first
    }
}

/// What is known of a bus that was named.
fn named(place: &Place) -> Option<Adapter> {
    let Location::Device(device) = &place.location else { return None };
    adapters().into_iter().find(|adapter| adapter.device == *device)
}

fn found(app: &App, place: &Place, address: Option<Address>) -> Result<Found, Failure> {
    let chip = place.open_at(address, app.global())?;
    let (revision, zone) = chip
        .with(|chip| -> Result<_, atecc608_linux::Failure> { Ok((chip.revision()?, chip.read_config()?)) })
        .map_err(|error| Failure::of_chip(format_args!("{} was looked at", chip.address()), &error))?;
    Ok(Found {
        address: chip.address().to_string(),
        model: model(revision),
        serial: zone.serial_number().to_string(),
        config_locked: zone.is_config_locked(),
        data_locked: zone.is_data_locked(),
    })
}
