//! A request for a certificate, made without a network.

use crate::found::signing_slot;
use crate::terminal::stop;
use crate::why::why;
use crate::{LINE_MAX, Stopped, Terminal};
use atecc608::Slot;
use atecc608::blocking::{Atecc608, Wake};
use atecc608::x509::{Attribute, Csr, Name};
use core::fmt::Write;
use core::time::Duration;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use heapless::String;

/// How long to wait for somebody to type the name.
const PATIENCE: Duration = Duration::from_secs(15);

/// When the chip does not do as it should.
const ADVICE: &str = "Check wiring, supply and address: flash `scan`.";

/// DER of a request with the longest name, and its PEM.
const DER_MAX: usize = 320;
const PEM_MAX: usize = 512;

/// Asks for the common name, has the chip sign a request for a certificate (CSR, PKCS#10) for the key of the first slot
/// that may sign, and prints it as PEM. Without an answer within 15 seconds the name is `common_name`, else the chip's
/// serial number.
///
/// # Errors
/// [`Stopped`], if there is no chip, no key, or the chip fails.
pub fn request<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    common_name: Option<&str>,
    terminal: &mut impl Terminal,
) -> Result<(), Stopped> {
    let found = chip.identify().and_then(|_| Ok((signing_slot(chip)?, chip.serial_number()?)));
    let (slot, serial) =
        found.map_err(|error| stop(terminal, "the key was looked for, and that failed", error, ADVICE))?;
    let Some(slot) = slot else {
        let cause = "no slot of the chip that may sign holds a key";
        let stopped = stop(terminal, "no request", cause, "Flash `provision` first.");
        why(chip, Slot::S0, terminal);
        return Err(stopped);
    };
    let mut usual = String::<LINE_MAX>::new();
    // A serial number has 18 digits, and the name was checked when this was built.
    let _ = match common_name {
        Some(name) => usual.push_str(name).map_err(|_| core::fmt::Error),
        None => serial.0.iter().try_for_each(|byte| write!(usual, "{byte:02X}")),
    };
    let name = ask_name(usual, terminal);
    let attributes = [Attribute::common_name(&name)];
    let csr = Csr::new(Name::Attributes(&attributes));
    let (mut der, mut pem) = ([0; DER_MAX], [0; PEM_MAX]);
    match chip.sign_csr_pem(slot, &csr, &mut der, &mut pem) {
        Ok(pem) => {
            terminal.say(format_args!(
                "Request for {name}, signed in {slot}; save it as device.csr and have your CA answer it:\n\n{pem}"
            ));
            Ok(())
        }
        Err(error) => {
            let stopped = stop(terminal, "no request", error, ADVICE);
            why(chip, slot, terminal);
            Err(stopped)
        }
    }
}

/// The name typed, or the usual one.
fn ask_name(usual: String<LINE_MAX>, terminal: &mut impl Terminal) -> String<LINE_MAX> {
    loop {
        let question = format_args!("The common name of the certificate, or Enter for {usual}: ");
        let Some(line) = terminal.ask(question, Some(PATIENCE)) else {
            terminal.say(format_args!("Nobody typed a name; taking {usual}."));
            return usual;
        };
        match line.trim() {
            "" => return usual,
            typed if !typed.is_ascii() => {
                terminal.say(format_args!("{typed} was damaged on its way, or is too long. Again:"));
            }
            typed => return String::try_from(typed).unwrap_or(usual),
        }
    }
}
