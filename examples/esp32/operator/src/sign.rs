//! A token, made without a network.

use crate::found::signing_slot;
use crate::terminal::stop;
use crate::why::why;
use crate::{Stopped, Terminal};
use atecc608::Slot;
use atecc608::blocking::{Atecc608, Wake};
use atecc608_cloud::federation::{FEDERATED_TOKEN_MAX, FederatedToken, Identity};
use atecc608_cloud::mqtt::{Device, TOKEN_MAX, Token};
use atecc608_cloud::token::{BlockingChipSigner, Lifetime};
use core::time::Duration;
use embassy_futures::block_on;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// How long to wait for somebody to type the time.
const PATIENCE: Duration = Duration::from_secs(15);

/// When the chip does not do as it should.
const ADVICE: &str = "Check wiring, supply and address: flash `scan`.";

/// 2020-01-01T00:00:00Z: earlier is a slip of the finger.
const EARLIEST: u64 = 1_577_836_800;

/// Asks for the time, has the chip sign a token for the bridge and one for Google's token exchange, and
/// prints both. Without an answer within 15 seconds `build_time` (Unix seconds) is taken.
///
/// # Errors
/// [`Stopped`], if there is no chip, no key, or the chip fails.
pub fn sign<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    device: &Device<'_>,
    identity: &Identity<'_>,
    build_time: u64,
    terminal: &mut impl Terminal,
) -> Result<(), Stopped> {
    let slot = chip
        .identify()
        .and_then(|_| signing_slot(chip))
        .map_err(|error| stop(terminal, "the key was looked for, and that failed", error, ADVICE))?;
    let Some(slot) = slot else {
        let cause = "no slot of the chip that may sign holds a key";
        let stopped = stop(terminal, "no token", cause, "Flash `provision` first.");
        why(chip, Slot::S0, terminal);
        return Err(stopped);
    };
    terminal.say(format_args!("Signing in {slot}"));
    let now = ask_time(build_time, terminal);
    let mut signer = BlockingChipSigner::new(chip, slot);

    let mut buffer = [0; TOKEN_MAX];
    let token = match block_on(Token::issue(device, now, Lifetime::HOUR, &mut signer, &mut buffer)) {
        Ok(token) => token,
        Err(error) => {
            let stopped = stop(terminal, "no token", error, ADVICE);
            why(chip, slot, terminal);
            return Err(stopped);
        }
    };
    terminal.say(format_args!(
        "\nToken for the bridge: iat {}, exp {}, aud {}\n\n{}\n\nIt is the password of the MQTT client {}",
        token.issued(),
        token.expires(),
        device.project(),
        token.as_str(),
        device.client_id()
    ));

    let mut buffer = [0; FEDERATED_TOKEN_MAX];
    let token =
        block_on(FederatedToken::issue(identity, now, FederatedToken::LIFETIME, &mut signer, &mut buffer))
            .map_err(|error| stop(terminal, "no token", error, ADVICE))?;
    terminal.say(format_args!(
        "\nToken for Google's token exchange: iss {}, sub {}, kid {}, iat {}, exp {}\n\n{}\n",
        identity.issuer(),
        identity.subject(),
        identity.key_id(),
        token.issued(),
        token.expires(),
        token.as_str()
    ));
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
