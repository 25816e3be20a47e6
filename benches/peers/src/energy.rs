//! What a chip does while a token is made: the times that a battery pays for.

use crate::jobs;
use atecc608::wire::Opcode;
use atecc608::{LowPower, Slot};
use atecc608_sim::Bus;
use atecc608_sim::bus::ChipId;
use bus_floor::Start;

/// Times of one token whose digest the host computes, in virtual microseconds.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) who: &'static str,
    pub(crate) hz: u32,
    pub(crate) rest: &'static str,
    /// From the call to its return.
    pub(crate) us: u64,
    /// Of that, at an ECC command.
    pub(crate) ecc_us: u64,
    /// Of that, at another command.
    pub(crate) other_us: u64,
}

fn is_ecc(opcode: u8) -> bool {
    [Opcode::Sign, Opcode::GenKey, Opcode::Verify, Opcode::Ecdh].iter().any(|ecc| ecc.to_byte() == opcode)
}

fn times(who: &'static str, rest: &'static str, hz: u32, bus: &Bus, id: ChipId, run: impl FnOnce()) -> Token {
    let before = bus.with_chip(id, |chip| chip.executed().len());
    let us = bus_floor::cost(bus, id, run).us;
    let sum = |ecc| {
        bus.with_chip(id, |chip| {
            let done = chip.executed()[before..].iter().filter(|command| is_ecc(command.opcode) == ecc);
            done.map(|command| command.duration).sum::<u64>() / 1000
        })
    };
    Token { who, hz, rest, us, ecc_us: sum(true), other_us: sum(false) }
}

/// Every way to make the token, at one bus clock.
pub(crate) fn tokens(hz: u32) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (rest, name) in [(LowPower::Sleep, "sleep"), (LowPower::Idle, "idle")] {
        let (bus, id) = bus_floor::chip(Start::Provisioned, hz);
        let mut chip = bus_floor::device(&bus).with_low_power(rest);
        chip.revision().unwrap();
        tokens.push(times("this driver", name, hz, &bus, id, || {
            chip.sign_digest(Slot::S0, &[0x5A; 32]).unwrap();
        }));
    }
    let (bus, id) = bus_floor::chip(Start::Provisioned, hz);
    tokens.push(times("at-cryptoauth 0.6.0", "idle", hz, &bus, id, || jobs::token(&bus, hz)));
    tokens
}
