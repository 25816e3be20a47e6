//! One transaction with the chip, step by step, without I/O (chip reference 1, 2): wake it, have a command executed,
//! have it idle or sleep.
//!
//! [`Transaction::next`] says what to do on the bus, given how the last thing went. The link of each half of the driver
//! does it and asks again, so what is here is neither asynchronous nor blocking.

mod action;
mod chip_state;
mod response;
mod step;
#[cfg(test)]
mod tests;
mod watchdog;

pub(crate) use action::{Action, Kind};
pub(crate) use chip_state::ChipState;
use step::Step;

use super::low_power::LowPower;
use crate::error::{Argument, Error, ErrorKind};
use crate::wire::Request;
use crate::wire::frame::{Buffer, GROUP_MIN, WordAddress};
use embedded_hal::i2c::Error as BusError;

/// How often a command is sent that the chip did not execute (0xFF, 0xEE).
const SEND_MAX: u8 = 3;
/// How often an answer is read that arrives damaged.
const READ_MAX: u8 = 3;
/// Wake pulses before a chip of which nothing is known counts as absent.
const FIND_MAX: u8 = 2;
/// How often it is asked who it is until it acknowledges that it shall sleep, seeks included.
const FORGET_MAX: u8 = 4;
/// How often the chip is told to idle or sleep.
const POWER_DOWN_MAX: u8 = 2;

/// Which part of a session a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it: wake, command, idle or sleep.
    Whole,
    /// Wake; and sleep, if that fails.
    Begin,
    /// A command.
    Middle,
    /// Idle or sleep.
    End,
    /// Idle: the chip keeps its state.
    Pause,
}

/// One transaction.
// In the order that is cheapest: what is not zero at the start, then the small fields, where the smallest instructions
// reach them.
#[repr(C)]
pub(crate) struct Transaction<'a, E> {
    /// What is known of the chip.
    chip: &'a mut ChipState,
    request: &'a Request<'a>,
    /// How it ends.
    outcome: Result<(), Error<E>>,
    part: Part,
    low_power: LowPower,
    /// How long the command takes at most, at the fastest clock divider, in microseconds.
    planned_us: u32,
    /// The same at any, internal writes included.
    bound_us: u32,
    step: Step,
    /// How often the chip was sought, the command sent, the chip told to idle or sleep.
    tries: u8,
    /// How often an answer arrived damaged.
    damaged: u8,
    /// The command was sent once at least.
    sent: bool,
    /// It was not acknowledged when it was sent last.
    not_acknowledged: bool,
    /// It has acknowledged since that it should forget it: it is awake, and not at work.
    idle: bool,
    /// It has slept since the transaction began: nothing is left in it of what others did.
    slept: bool,
    /// It was silent in the middle of a session, in which it had answered.
    lost: bool,
    /// To be waited before the next action, in microseconds.
    wait_us: u32,
    /// From when the command was sent to the last question, in microseconds: by the clock, or what was asked for.
    waited_us: u32,
    /// When it was sent, by the clock if there is one, in microseconds.
    since_us: u32,
    /// How many result bytes the command gave.
    len: usize,
    /// What is written or read next.
    pub(crate) buffer: Buffer,
}

impl<'a, E: BusError> Transaction<'a, E> {
    pub(crate) const fn new(
        part: Part,
        low_power: LowPower,
        request: &'a Request<'a>,
        chip: &'a mut ChipState,
    ) -> Self {
        // What is zero first: it is written in one go.
        Self {
            step: Step::Start,
            tries: 0,
            damaged: 0,
            sent: false,
            not_acknowledged: false,
            idle: false,
            slept: false,
            lost: false,
            wait_us: 0,
            waited_us: 0,
            since_us: 0,
            len: 0,
            buffer: Buffer::new(),
            chip,
            request,
            outcome: Ok(()),
            part,
            low_power: if matches!(part, Part::Pause) { LowPower::Idle } else { low_power },
            planned_us: request.times.planned_us(),
            bound_us: request.times.bound_us(),
        }
    }

    /// What to do, after `last` came of what was to do before (`Ok` at the start). `now` is what the clock says, in
    /// microseconds, if there is one.
    // By itself it is smaller, in both halves of the driver.
    #[inline(never)]
    pub(crate) fn next(&mut self, last: Result<(), ErrorKind<E>>, now: Option<u32>) -> Action {
        self.wait_us = 0;
        let step = self.after(last, now);
        let step = if step == Step::Send { self.emit() } else { step };
        self.step = step;
        let kind = match step {
            Step::Start | Step::Done => Kind::Done,
            Step::Pulse => {
                self.chip.wake(now);
                Kind::Pulse
            }
            Step::Read => {
                // No clearing: it would cost more than all the rest of asking a busy chip once more.
                self.buffer.resize(if self.sent { self.request.group_len() } else { GROUP_MIN });
                Kind::Read
            }
            _ => {
                let word = match step {
                    Step::Sleep => Some(WordAddress::Sleep),
                    Step::Idle => Some(WordAddress::Idle),
                    Step::PowerDown => Some(self.low_power.word_address()),
                    Step::Send => None,
                    _ => Some(WordAddress::Reset),
                };
                if let Some(word) = word {
                    self.buffer.set_word(word);
                }
                Kind::Write
            }
        };
        Action { wait_us: self.wait_us, kind }
    }

    /// The command into the buffer.
    fn emit(&mut self) -> Step {
        match self.request.emit(&mut self.buffer) {
            Ok(()) => {
                self.account();
                Step::Send
            }
            Err(_) => self.fail(ErrorKind::Argument(Argument::TooLong)),
        }
    }

    /// How it ended: with which result bytes.
    pub(crate) fn result(&mut self) -> Result<&[u8], Error<E>> {
        core::mem::replace(&mut self.outcome, Ok(())).map(|()| self.buffer.behind(self.len))
    }
}
