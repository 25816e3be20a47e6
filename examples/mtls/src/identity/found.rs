//! Where the chip is.

use atecc608::Address;
use atecc608_cloud::token::USUAL_ADDRESSES;
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
    let mut first = None;
    for address in addresses(options) {
        let chip = match open(options, address) {
            Ok(chip) => chip,
            // Somebody else's device at the next address; the chip was not at the first.
            Err(failure) => return Err(first.unwrap_or(failure)),
        };
        match identified(&chip, report) {
            Ok(()) => return Ok(chip),
            Err(failure) => first = first.or(Some(failure)),
        }
    }
    Err(first
        .unwrap_or_else(|| Failure::new("the chip was looked for", "there is no address", "give --address")))
}

/// None: the simulated chip says where it answers.
fn addresses(options: &Options) -> Vec<Option<Address>> {
    match (&options.location, options.chip.address) {
        (_, Some(address)) => vec![Some(address)],
        (Location::Device(_) | Location::Tcp(_), None) => USUAL_ADDRESSES.map(Some).to_vec(),
        (_, None) => vec![None],
    }
}

fn open(options: &Options, address: Option<Address>) -> Result<SharedChip, Failure> {
    let mut how = atecc608_linux::Options::new();
    if let Some(address) = address {
        how = how.address(address);
    }
    let location = &options.location;
    how.open_location(location.clone()).map_err(|error| {
        let tried = format!("the chip's bus {location} could not be opened");
        match &error {
            OpenError::Bus(trouble) => Failure::new(tried, trouble.cause(), trouble.advice()),
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
