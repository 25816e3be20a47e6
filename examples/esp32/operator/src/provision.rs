//! From a blank chip to one that signs, with a person's consent.

use crate::found::signing_slot;
use crate::terminal::stop;
use crate::{State, Stopped, Terminal};
use atecc608::blocking::{Atecc608, Wake};
use atecc608::config::preset;
use atecc608::formats::pem::PEM_LEN;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Error, KeyOrigin, PublicKey, Slot, Status};
use atecc608_cloud::federation::{JWKS_LEN, jwks};
use core::fmt;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// What has to be typed before anything is locked.
const CONSENT: &str = "LOCK";

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The chip was ready before.
    WasReady,
    /// The chip is ready now.
    Provisioned,
    /// The person did not want it; nothing was changed.
    Declined,
}

/// Makes the chip ready to sign, as far as it is not, and prints its public key as PEM and as a JSON Web Key
/// Set with the key id `kid`.
///
/// Nothing is written before the person has typed `LOCK`. Interrupted at any point, it goes on from there
/// when called again, and asks again.
///
/// # Errors
/// [`Stopped`], if there is no chip, it is no ATECC608, it is locked with another configuration, or it
/// fails.
pub fn provision<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    kid: &str,
    terminal: &mut impl Terminal,
) -> Result<Outcome, Stopped> {
    chip.identify().map_err(|error| failed(terminal, "the chip was looked for", error))?;
    let found = chip.read_config().map_err(|error| failed(terminal, "its configuration was read", error))?;
    let mut key_slot = Slot::S0;
    let outcome = match State::of(&found) {
        State::Blank => {
            let wanted = preset::gcp_device(&found);
            let plan = chip.plan(&wanted).map_err(|error| failed(terminal, "the plan was made", error))?;
            terminal.say(format_args!("The plan:\n\n{plan}\n"));
            if plan.errors() > 0 {
                return Err(stop(terminal, "the plan", "has errors", "Nothing was written."));
            }
            terminal.say(format_args!(
                "Then: a key is made in {}, which never leaves the chip, and the data zone is locked.",
                Slot::S0
            ));
            if !consents(terminal) {
                return Ok(Outcome::Declined);
            }
            chip.commit(&plan, NoMoreConfigWrites)
                .map_err(|error| failed(terminal, "the configuration was written and locked", error))?;
            terminal.say(format_args!("Configuration written and locked."));
            finish(chip, terminal)?
        }
        State::HalfWay => {
            terminal.say(format_args!(
                "Chip {}: this project's configuration is locked already; that was interrupted.\n\
                 What is left: a key in {}, unless there is one, and the lock of the data zone.",
                found.serial_number(),
                Slot::S0
            ));
            if !consents(terminal) {
                return Ok(Outcome::Declined);
            }
            finish(chip, terminal)?
        }
        State::Ready => {
            terminal.say(format_args!("Chip {} is ready; nothing is changed.", found.serial_number()));
            Outcome::WasReady
        }
        // Somebody else has set it up, and it can sign: it is left as it is.
        State::Foreign(mismatch) => {
            let slot = signing_slot(chip).map_err(|error| failed(terminal, "a key was looked for", error))?;
            if let Some(slot) = slot {
                terminal.say(format_args!(
                    "Chip {} is locked with another configuration than this project's ({} bytes differ), and has a \
                     key that may sign in {slot}. Nothing is changed.",
                    found.serial_number(),
                    mismatch.total()
                ));
                key_slot = slot;
                Outcome::WasReady
            } else {
                let cause = format_args!("of 128 bytes {} differ from this project's", mismatch.total());
                for byte in mismatch.differences() {
                    let (is, wanted) = (byte.right, byte.left);
                    terminal
                        .say(format_args!("  byte {} is {is:02x} and should be {wanted:02x}", byte.offset));
                }
                let tried = "the chip is locked with another configuration, for ever, and no slot that may sign \
                             holds a key";
                return Err(stop(
                    terminal,
                    tried,
                    cause,
                    "Use a blank chip, or one with a key that may sign.",
                ));
            }
        }
    };
    let key =
        chip.public_key(key_slot).map_err(|error| failed(terminal, "the public key was read", error))?;
    print_key(&key, kid, terminal)?;
    Ok(outcome)
}

/// Asks for the word. Whatever else comes is a no.
fn consents(terminal: &mut impl Terminal) -> bool {
    terminal.say(format_args!(
        "\nThis can NEVER be undone. Type {CONSENT} and press Enter to go on; anything else leaves the chip as \
         it is."
    ));
    let consents = terminal.ask(format_args!("> "), None).is_some_and(|line| line == CONSENT);
    if !consents {
        terminal.say(format_args!("Not {CONSENT}: nothing was written, nothing was locked."));
    }
    consents
}

/// The way from a locked configuration to a locked data zone.
fn finish<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    terminal: &mut impl Terminal,
) -> Result<Outcome, Stopped> {
    let (_, origin) = chip.ensure_key(Slot::S0).map_err(|error| failed(terminal, "a key was made", error))?;
    terminal.say(match origin {
        KeyOrigin::Made => format_args!("Key made in slot 0."),
        KeyOrigin::Found => format_args!("Key found in slot 0; it stays."),
    });
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites)
        .map_err(|error| not_blank(terminal, &error))?;
    terminal.say(format_args!("Data zone locked. The chip is ready."));
    Ok(Outcome::Provisioned)
}

fn print_key(key: &PublicKey, kid: &str, terminal: &mut impl Terminal) -> Result<(), Stopped> {
    let failed = |terminal: &mut _, error: &dyn fmt::Display| {
        stop(terminal, "the public key was written out", error, "Check federation.kid in config.toml.")
    };
    let mut pem = [0; PEM_LEN];
    let mut set = [0; JWKS_LEN];
    let pem = key.to_pem(&mut pem).map_err(|error| failed(terminal, &error))?;
    let set = jwks(key, kid, &mut set).map_err(|error| failed(terminal, &error))?;
    terminal.say(format_args!("\nPublic key, for the device registry of a bridge (ES256):\n\n{pem}"));
    terminal.say(format_args!(
        "The same as a JSON Web Key Set; save this line as jwks.json for Workload Identity Federation:\n\n\
         {set}\n"
    ));
    Ok(())
}

fn failed(terminal: &mut impl Terminal, tried: &str, error: impl fmt::Display) -> Stopped {
    let advice =
        "Check wiring, supply and address (flash `scan`), then reset: what is done already is found.";
    stop(terminal, format_args!("{tried}, and that failed"), error, advice)
}

fn not_blank<E: embedded_hal::i2c::Error>(terminal: &mut impl Terminal, error: &Error<E>) -> Stopped {
    let advice = match error.status() {
        Some(Status::Execution) => {
            "Something was written to this chip's data slots or OTP, so the data zone was not locked. Use a \
             blank chip."
        }
        _ => "Reset the board: what is done already is found.",
    };
    stop(terminal, "the data zone was locked, and that failed", error, advice)
}
