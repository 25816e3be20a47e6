//! A token, made without a network.

use crate::terminal::stop;
use crate::{Stopped, Terminal};
use atecc608::Slot;
use atecc608::blocking::{Atecc608, Wake};
use core::time::Duration;
use embassy_futures::block_on;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use gcp_app::{BlockingChipSigner, Device, Lifetime, TOKEN_MAX, Token};

/// How long the token is good, in seconds.
pub const LIFETIME: u64 = 3600;

/// How long to wait for somebody to type the time.
const PATIENCE: Duration = Duration::from_secs(15);

/// 2020-01-01T00:00:00Z: earlier is a slip of the finger.
const EARLIEST: u64 = 1_577_836_800;

/// Asks for the time, has the chip sign a bridge token for `device`, and prints it. Without an answer
/// within 15 seconds `build_time` (Unix seconds) is taken.
///
/// # Errors
/// [`Stopped`], if there is no chip, no key, or the chip fails.
pub fn sign<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    device: &Device<'_>,
    build_time: u64,
    terminal: &mut impl Terminal,
) -> Result<(), Stopped> {
    let advice = "Check wiring, supply and address: flash `scan`.";
    let key = chip
        .identify()
        .and_then(|_| chip.is_key_valid(Slot::S0))
        .map_err(|error| stop(terminal, "the key was looked for, and that failed", error, advice))?;
    if !key {
        return Err(stop(
            terminal,
            "no token",
            "slot 0 of the chip holds no key",
            "Flash `provision` first.",
        ));
    }
    let now = ask_time(build_time, terminal);
    let lifetime = Lifetime::from_secs(LIFETIME)
        .map_err(|error| stop(terminal, "no token", error, "Change LIFETIME in sign.rs."))?;
    let mut buffer = [0; TOKEN_MAX];
    let mut signer = BlockingChipSigner::new(chip, Slot::S0);
    let token = block_on(Token::issue(device, now, lifetime, &mut signer, &mut buffer))
        .map_err(|error| stop(terminal, "no token", error, advice))?;
    terminal.say(format_args!("Signed by the chip with the key in {}:", Slot::S0));
    terminal.say(format_args!("  iat {}", token.issued()));
    terminal.say(format_args!("  exp {}", token.expires()));
    terminal.say(format_args!("  aud {}", device.project()));
    terminal.say(format_args!("\n{}\n", token.as_str()));
    terminal.say(format_args!("It is the password of the MQTT client {}", device.client_id()));
    Ok(())
}

/// Unix seconds, typed or as built.
fn ask_time(build_time: u64, terminal: &mut impl Terminal) -> u64 {
    loop {
        let question = format_args!(
            "The time in Unix seconds (`date +%s`), or Enter for when this was built, {build_time}: "
        );
        let Some(line) = terminal.ask(question, Some(PATIENCE)) else {
            terminal.say(format_args!("Nobody typed a time; taking {build_time}."));
            return build_time;
        };
        match line.trim() {
            "" => return build_time,
            typed => match typed.parse() {
                Ok(now) if now >= EARLIEST => return now,
                _ => terminal.say(format_args!("{typed} is no time since 2020 in Unix seconds. Again:")),
            },
        }
    }
}
