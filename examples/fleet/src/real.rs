//! A real chip on a Linux I2C bus.

use crate::cli::Options;
use crate::failure::Failure;
use crate::figures::Figures;
use crate::fleet::report_failed;
use atecc608::Address;
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608_fleet::station::{Outcome, Station};
use std::fmt::Display;
use std::io::{BufRead as _, Write as _};
use std::path::Path;

/// Provisions one chip, if a person says its serial number.
pub(crate) fn provision<S: CertificateSigner<Error: Display>, M: CertificateSigner<Error: Display>>(
    station: &mut Station<S, M>,
    options: &Options,
    device: &Path,
) -> Result<Figures, Failure> {
    let (bus, watch) = atecc608_linux::open(device, options.address).map_err(|trouble| {
        let tried = format_args!("the I2C bus {} was opened", device.display()).to_string();
        Failure::new(tried, trouble.cause(), trouble.advice())
    })?;
    let explained = |tried: &str, error: &dyn Display| match watch.trouble() {
        Some(trouble) => Failure::new(tried, format_args!("{error}: {}", trouble.cause()), trouble.advice()),
        None => Failure::new(tried, error, "check chip, wiring, supply and --address"),
    };
    let address = Address::from_7bit(options.address)
        .ok_or_else(|| Failure::new("the address was taken", "it is reserved", "give another --address"))?;
    let mut chip = Atecc608::new(bus, atecc608_linux::Delay).with_address(address);
    let serial = chip
        .serial_number()
        .map_err(|error| explained("the chip was asked for its serial number", &error))?;
    if !agreed(options, &serial.to_string()) {
        return Err(Failure::new(
            format_args!("chip {serial} was to be locked for ever"),
            "its serial number was not typed, or another one",
            "type it, or give it with --yes-serial; nothing was changed",
        ));
    }
    let outcome = station
        // Chips can be swapped while somebody types.
        .provision_only(&mut chip, serial, NoMoreConfigWrites, NoMoreFreeDataWrites)
        .map_err(|error| report_failed(&error))?;
    let mut figures = Figures { chips: 1, ..Figures::default() };
    match outcome {
        Outcome::Done { found, .. } => figures.done(0, found),
        Outcome::Seen { .. } => figures.seen = 1,
        Outcome::Failed { step, error, .. } => {
            return Err(explained(&format!("chip {serial}, at the step {step}"), &error));
        }
        Outcome::Refused { reason, .. } => {
            return Err(Failure::new(
                format_args!("chip {serial} was looked at, and refused"),
                reason,
                "take a blank chip, or the --out with which this one was provisioned; nothing was changed",
            ));
        }
        other => return Err(explained(&format!("chip {serial}"), &format!("{other:?}"))),
    }
    Ok(figures)
}

/// Whether a person has typed the serial number, here or on the command line.
fn agreed(options: &Options, serial: &str) -> bool {
    if let Some(typed) = &options.yes_serial {
        return typed.eq_ignore_ascii_case(serial);
    }
    let mut stderr = std::io::stderr();
    let _ = write!(
        stderr,
        "Chip {serial} gets a configuration, a key and a certificate, and is LOCKED FOR EVER.\nType its serial number \
         to go on: "
    );
    let _ = stderr.flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).is_ok() && line.trim().eq_ignore_ascii_case(serial)
}
