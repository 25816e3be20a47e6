//! What can't be undone needs the chip's serial number, typed or given.

use std::fmt::Display;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use atecc608::SerialNumber;
use atecc608_linux::Location;

use crate::bus::Place;
use crate::cli::Global;
use crate::failure::{Failure, Kind};

/// A person, or a script, has named the chip for which something is to be lost for ever.
#[derive(Debug)]
#[must_use]
pub struct Consent {
    serial: SerialNumber,
}

impl Consent {
    /// The chip. Chips can be swapped while somebody types, so it is to be compared once more.
    #[must_use]
    pub fn serial(&self) -> SerialNumber {
        self.serial
    }

    /// The same, if it was this chip of which was shown what is lost.
    ///
    /// # Errors
    ///
    /// [`Kind::NoChip`]: another one was connected in between.
    pub fn for_chip(self, shown: SerialNumber, tried: &str) -> Result<Self, Failure> {
        if self.serial == shown {
            return Ok(self);
        }
        Err(swapped(tried, &format!("chip {shown} was shown"), self.serial))
    }
}

/// Another chip is there than the one that was `before`.
pub(crate) fn swapped(tried: &str, before: &str, found: SerialNumber) -> Failure {
    let cause = format!("{before}, and {found} is there now; nothing was changed");
    Failure::new(Kind::NoChip, tried, cause, "connect the chip that is meant, and run it again")
}

pub(crate) fn ask(
    global: &Global,
    location: &Location,
    serial: SerialNumber,
    lost: &dyn Display,
) -> Result<Consent, Failure> {
    let refused = |cause: &str, help: &str| {
        let tried = format!("chip {serial} was to be changed for ever: {lost}");
        Err(Failure::new(Kind::Consent, tried, format!("{cause}; nothing was changed"), help))
    };
    if global.dry_run {
        return refused("this is a dry run", "leave --dry-run out");
    }
    if let Some(given) = &global.yes_serial {
        let any = given == "sim" && Place::is_simulated(location);
        return match any || names(given, serial) {
            true => Ok(Consent { serial }),
            false => refused(&format!("--yes-serial says {given}"), "give the serial number of this chip"),
        };
    }
    if !io::stdin().is_terminal() {
        return refused("nobody is there to be asked", &format!("give --yes-serial {serial}"));
    }
    let mut stderr = anstream::stderr();
    let _ =
        write!(stderr, "Chip {serial}: {lost}\nThis can never be undone. Type the serial number to go on: ");
    let _ = stderr.flush();
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(_) if names(&line, serial) => Ok(Consent { serial }),
        _ => refused("its serial number was not typed", "type it as it is shown"),
    }
}

/// Whether a text is this serial number, in whatever way its bytes are set apart.
fn names(text: &str, serial: SerialNumber) -> bool {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    digits.eq_ignore_ascii_case(&serial.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_named_by_all_of_its_digits() {
        let serial = SerialNumber([0x01, 0x23, 0xB0, 0x90, 0x00, 0x91, 0x4F, 0x13, 0xEE]);
        for text in [
            "0123b09000914f13ee",
            "0123B09000914F13EE\n",
            "01 23 b0 90 00 91 4f 13 ee",
            "01:23:B0:90:00:91:4F:13:EE",
        ] {
            assert!(names(text, serial), "{text}");
        }
        for text in ["", "\n", "y", "sim", "0123b09000914f13e", "0123b09000914f13ef", "0123b09000914f13ee0"] {
            assert!(!names(text, serial), "{text}");
        }
    }
}
