//! Where the chip is.

use atecc608_linux::{Location, OpenError, SharedChip};
use demo::Failure;

use super::of_chip;
use crate::cli::Options;
use crate::report::Report;

/// Whether it is in this program: nothing is lost if it is locked.
pub(super) fn is_simulated(chip: &SharedChip) -> bool {
    matches!(chip.location(), Location::Simulator | Location::SimulatorFile(_) | Location::Preset(_))
}

/// The chip at the address given, or at the first of the usual ones where one answers.
pub(super) fn look_for(options: &Options, report: &mut Report) -> Result<SharedChip, Failure> {
    let chip = open(options)?;
    identified(&chip, report)?;
    Ok(chip)
}

fn open(options: &Options) -> Result<SharedChip, Failure> {
    let mut how = atecc608_linux::Options::new();
    if let Some(address) = options.chip.address {
        how = how.address(address);
    }
    let location = &options.location;
    how.open_location(location.clone()).map_err(|error| {
        let tried = format!("the chip's bus {location} could not be opened");
        match &error {
            OpenError::Bus(trouble) => Failure::new(tried, trouble.cause(), trouble.advice()),
            OpenError::NoChip { addresses, error } => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                let tried = format!("the chip was looked for at {} on {location}", addresses.join(", "));
                of_chip(&tried, error)
            }
            OpenError::Chip(error) => of_chip(format!("the chip was looked for on {location}"), error),
            OpenError::Tcp(_) => {
                Failure::new(tried, error, "start `atecc608-sim serve` there, or give --i2c its port")
            }
            _ => Failure::new(tried, error, "give --i2c another location, or make this one available"),
        }
    })
}

/// Asks which chip it is.
fn identified(chip: &SharedChip, report: &mut Report) -> Result<(), Failure> {
    let (location, address) = (chip.location().to_string(), chip.address());
    let tried = format!("the chip was looked for at {address} on {location}");
    let (revision, serial) = chip
        .with(|chip| Ok::<_, atecc608::Error<_>>((chip.revision()?, chip.serial_number()?)))
        .map_err(|error| of_chip(&tried, &error))?;
    if !revision.is_608() {
        let cause = format!("there is a chip, but it says it is {revision}");
        return Err(Failure::new(
            tried,
            cause,
            "use an ATECC608; check --address if there are several chips",
        ));
    }
    report.say(format_args!("Chip found: {revision}, serial number {serial}, at {address} on {location}"));
    report.chip.location = location;
    report.chip.address = address.to_string();
    report.chip.revision = revision.to_string();
    report.chip.serial = serial.to_string();
    Ok(())
}
