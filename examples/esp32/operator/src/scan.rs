//! Is the chip there, and how far is it?

use crate::found::{look_for, signing_slot};
use crate::terminal::stop;
use crate::{State, Stopped, Terminal};
use atecc608::blocking::{Atecc608, Wake};
use atecc608::{Address, Error, ErrorKind, LockState, Slot};
use core::fmt;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// How the chip is wired, in the words of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiring {
    /// The pin of SDA.
    pub sda: &'static str,
    /// The pin of SCL.
    pub scl: &'static str,
    /// Bus speed in kHz.
    pub khz: u32,
}

/// Says who the chip is and what state it is in; if there is none, what answers instead and what to check.
///
/// # Errors
/// [`Stopped`], if there is no chip at the default address or it does not do as it should.
pub fn scan<I: I2c, D: DelayNs, W: Wake<I> + Clone>(
    i2c: I,
    delay: D,
    wake: W,
    wiring: Wiring,
    terminal: &mut impl Terminal,
) -> Result<State, Stopped> {
    let (mut chip, address) = look_for(Atecc608::new(i2c, delay).with_wake(wake.clone()));
    match chip.revision() {
        Ok(revision) => terminal.say(format_args!("Chip:   {revision} at {address}")),
        Err(error) => {
            let stopped = stop(
                terminal,
                format_args!("no ATECC608 found at {}", Address::DEFAULT),
                &error,
                "Looking who else is on the bus.",
            );
            let (i2c, delay) = chip.release();
            look_around(i2c, delay, wake, &error.kind, wiring, terminal);
            return Err(stopped);
        }
    }
    describe(&mut chip, terminal).map_err(|error| {
        stop(
            terminal,
            "the chip answered, then failed",
            error,
            "Check supply and wiring, then reset the board.",
        )
    })
}

/// Serial number, locks, key, and what to do next.
fn describe<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    terminal: &mut impl Terminal,
) -> Result<State, Error<I::Error>> {
    chip.identify()?;
    let config = chip.read_config()?;
    terminal.say(format_args!("Serial: {}", config.serial_number()));
    terminal.say(format_args!("Locks:  {}", LockState::of(&config)));
    let state = State::of(&config);
    if state != State::Blank {
        let key = if chip.is_key_valid(Slot::S0)? { "there is one" } else { "none" };
        terminal.say(format_args!("Key:    {}: {key}", Slot::S0));
    }
    match &state {
        State::Blank => terminal.say(format_args!("The chip is blank. Next: flash `provision`.")),
        State::HalfWay => {
            terminal.say(format_args!("Provisioning was interrupted. Next: flash `provision`; it goes on."));
        }
        State::Ready => {
            terminal.say(format_args!("The chip is ready. Next: flash `sign`, or a cloud login."))
        }
        State::Foreign(mismatch) => {
            terminal.say(format_args!(
                "The chip is locked with another configuration than this project's ({} bytes differ).",
                mismatch.total()
            ));
            match signing_slot(chip)? {
                Some(slot) => terminal.say(format_args!(
                    "It has a key that may sign in {slot}: `sign` and the logins take that. `provision` prints it."
                )),
                None => terminal.say(format_args!("No slot that may sign holds a key: the logins can't use it.")),
            }
        }
    }
    Ok(state)
}

/// What answers on the bus instead, and what to check.
fn look_around<I: I2c, D: DelayNs, W: Wake<I> + Clone>(
    mut i2c: I,
    mut delay: D,
    mut wake: W,
    problem: &ErrorKind<I::Error>,
    wiring: Wiring,
    terminal: &mut impl Terminal,
) {
    // A chip at another address is asleep too. If the pulse fails, so do the reads, and that is said.
    let _ = wake.wake(&mut i2c, &mut delay);
    delay.delay_ms(2);
    let mut answers = [false; 0x78];
    for (address, answered) in (0..).zip(&mut answers).skip(0x08) {
        *answered = i2c.read(address, &mut [0]).is_ok();
    }
    let mut others = 0;
    let mut chip = Atecc608::new(i2c, delay).with_wake(wake);
    for address in
        (0..).zip(answers).filter(|(_, answered)| *answered).filter_map(|(a, _)| Address::from_7bit(a))
    {
        others += 1;
        chip = chip.with_address(address);
        match chip.revision() {
            Ok(revision) => terminal.say(format_args!(
                "  {address} answers: {revision}. This firmware looks at 0x60, 0x35 and 0x36: use a chip with one of \
                 these addresses, or give the driver this one (with_address)."
            )),
            Err(_) => terminal.say(format_args!("  {address} answers, but is no ATECC608.")),
        }
    }
    check_list(others, matches!(problem, ErrorKind::Bus(_)), wiring, terminal);
}

fn check_list(others: usize, bus_failed: bool, wiring: Wiring, terminal: &mut impl Terminal) {
    let Wiring { sda, scl, khz } = wiring;
    let mut item = {
        let mut number = 0;
        move |terminal: &mut dyn FnMut(fmt::Arguments<'_>), text: fmt::Arguments<'_>| {
            number += 1;
            terminal(format_args!("  {number}. {text}"));
        }
    };
    let mut say = |text: fmt::Arguments<'_>| terminal.say(text);
    match (others, bus_failed) {
        (_, true) => say(format_args!("The bus itself does not work: a line stays low or pulses are lost.")),
        (0, false) => say(format_args!("Nobody answers on the whole bus.")),
        _ => say(format_args!("The bus works: others answer. So it is the chip, its supply or its address.")),
    }
    say(format_args!("Check, in this order:"));
    item(
        &mut say,
        format_args!("wiring: chip SDA to {sda}, chip SCL to {scl}, not crossed; ground to ground"),
    );
    item(&mut say, format_args!("supply: 3.3 V between the chip's VCC and GND, measured at the chip"));
    item(
        &mut say,
        format_args!("pull-ups: 2.2 to 10 kOhm from SDA and from SCL to 3.3 V; both idle at 3.3 V"),
    );
    item(&mut say, format_args!("address: {}, unless this chip was given another one", Address::DEFAULT));
    item(
        &mut say,
        format_args!("bus speed: {khz} kHz; above 133 kHz the zero byte no longer wakes the chip"),
    );
}
