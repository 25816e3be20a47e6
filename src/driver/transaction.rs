//! One transaction with the chip, step by step, without I/O (chip reference 1, 2): wake it, have a command executed,
//! have it idle or sleep.
//!
//! [`Transaction::next`] says what to do on the bus, given how the last thing went. The link of each half of the driver
//! does it and asks again, so what is here is neither asynchronous nor blocking.

mod response;
#[cfg(test)]
mod tests;

use super::low_power::LowPower;
use crate::error::{Argument, Error, ErrorKind};
use crate::wire::frame::{self, Buffer, WordAddress};
use crate::wire::nack::{is_nack, may_be_address_nack, may_be_nack};
use crate::wire::timing;
use crate::wire::{Opcode, Request};
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
/// How long a chip in unknown state may keep silent before it is thought absent: it may be at
/// the end of a key generation that was not waited for.
const UNSETTLED_US: u32 = timing::planned_us(Opcode::GenKey);
/// What one byte costs at 10 kHz, the slowest bus thought of in the watchdog's account.
const BYTE_US: u32 = 950;
/// How much later than it came an answer may be seen, in the watchdog's account: delays that are late by up to 20 ms,
/// half of which waits for the chip anyway.
const LATE_US: u32 = 10_000;
/// What there is of wakes, wake responses, idle and sleep, in the watchdog's account.
const AROUND_US: u32 = 30_000;
/// Kept free before the watchdog bites: the longest command and its answer on the slowest bus.
const MARGIN_US: u32 = 150_000;

/// What is known of the chip from one transaction to the next.
#[derive(Debug)]
pub(crate) struct ChipState {
    /// It was told to idle or sleep and acknowledged it. False while it is awake, and after a future was
    /// dropped or telling it failed: then it has to be found.
    pub(crate) in_low_power: bool,
    /// It has answered no command since the last wake pulse.
    unanswered: bool,
    /// It has wake_response_read since.
    wake_response_read: bool,
    /// It takes longer than the fastest clock divider does (chip reference 4.4).
    slow: bool,
    /// To be waited before the next action, in microseconds.
    pub(crate) wait_us: u32,
    /// Time since it woke, if bus and delay are as slow as they may be, in microseconds.
    awake_us: u32,
    /// When it woke, by the clock if there is one, in microseconds.
    woken_us: u32,
    /// Longest time a command may still run whose answer was not waited for, in microseconds.
    busy_us: u32,
}

impl ChipState {
    pub(crate) const NOTHING: Self = Self {
        in_low_power: false,
        unanswered: true,
        wake_response_read: false,
        slow: false,
        wait_us: 0,
        awake_us: 0,
        woken_us: 0,
        busy_us: 0,
    };

    /// More of the watchdog's time may be gone.
    fn spend(&mut self, us: u32) {
        self.awake_us = self.awake_us.wrapping_add(us);
    }
}

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

/// What to do on the bus. What is written or read is the buffer, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Pulse,
    Write,
    Read,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Start,
    /// Sleep, for a chip of which nothing is known. Idle or asleep it does not hear this; awake it must
    /// lose what an interrupted sequence left.
    Sleep,
    /// Idle, which restarts the watchdog and keeps the chip's state.
    Idle,
    /// The wake pulse.
    Pulse,
    /// The command.
    Send,
    /// The answer, or the wake response of a chip of which nothing is chip.
    Read,
    /// Reset: after a command that was not acknowledged, of which the chip may hold a part, to which the next one
    /// would be added; after a damaged answer, which is still there, to be read again, not executed again.
    Reset,
    /// Sleep or idle at the end.
    PowerDown,
    Done,
}

/// One transaction.
pub(crate) struct Transaction<'a, E> {
    part: Part,
    low_power: LowPower,
    request: &'a Request<'a>,
    result: &'a mut [u8],
    step: Step,
    /// How often the chip was sought, the command sent, the chip told to idle or sleep.
    tries: u8,
    /// How often an answer arrived damaged.
    damaged: u8,
    /// The command was sent once at least.
    sent: bool,
    /// It was not acknowledged when it was sent last.
    not_acknowledged: bool,
    /// The chip has heard since that it should forget it: it is awake, and not at work.
    idle: bool,
    /// It has slept since the transaction began: nothing is left in it of what others did.
    slept: bool,
    /// It was silent in the middle of a session, in which it had answered.
    lost: bool,
    /// From when the command was sent to the last question, in microseconds: by the clock, or what was asked for.
    waited_us: u32,
    /// When it was sent, by the clock if there is one, in microseconds.
    since_us: u32,
    /// How many result bytes the command gave.
    pub(crate) len: u8,
    /// How it ended.
    pub(crate) outcome: Result<(), Error<E>>,
}

impl<'a, E: BusError> Transaction<'a, E> {
    pub(crate) const fn new(
        part: Part,
        low_power: LowPower,
        request: &'a Request<'a>,
        result: &'a mut [u8],
    ) -> Self {
        Self {
            part,
            low_power: if matches!(part, Part::Pause) { LowPower::Idle } else { low_power },
            request,
            result,
            step: Step::Start,
            tries: 0,
            damaged: 0,
            sent: false,
            not_acknowledged: false,
            idle: false,
            slept: false,
            lost: false,
            waited_us: 0,
            since_us: 0,
            len: 0,
            outcome: Ok(()),
        }
    }

    /// What to do, after `last` came of what was to do before (`Ok` at the start); `None` at the end, see
    /// [`outcome`](Self::outcome). `now` is what the clock says, in microseconds, if there is one.
    pub(crate) fn next(
        &mut self,
        chip: &mut ChipState,
        buffer: &mut Buffer,
        last: Result<(), ErrorKind<E>>,
        now: Option<u32>,
    ) -> Option<Action> {
        self.step = self.after(chip, buffer, last, now);
        match self.step {
            Step::Pulse => {
                chip.in_low_power = false;
                (chip.unanswered, chip.wake_response_read) = (true, false);
                chip.awake_us = AROUND_US;
                if let Some(now) = now {
                    chip.woken_us = now;
                }
                Some(Action::Pulse)
            }
            Step::Start | Step::Done => None,
            Step::Read => {
                let len = if self.sent { self.request.group_len() } else { frame::GROUP_MIN };
                Some(room(buffer, len))
            }
            Step::Send => {
                chip.busy_us = chip.busy_us.max(self.request.times.bound_us());
                let bytes = (buffer.len() + self.request.group_len()) as u32;
                chip.spend(self.planned_us(chip) + LATE_US + bytes * BYTE_US);
                Some(Action::Write)
            }
            step => {
                let word = match step {
                    Step::Sleep => WordAddress::Sleep,
                    Step::Idle => WordAddress::Idle,
                    Step::PowerDown => self.low_power.word_address(),
                    _ => WordAddress::Reset,
                };
                buffer.clear();
                // Can't fail. Nor can `room`, but for answers longer than any of the chip's, which a command of
                // somebody's own may ask for.
                buffer.push(word as u8).ok();
                Some(Action::Write)
            }
        }
    }

    /// The step after the present one.
    // By itself it is smaller, in both halves of the driver.
    #[inline(never)]
    fn after(
        &mut self,
        chip: &mut ChipState,
        buffer: &mut Buffer,
        last: Result<(), ErrorKind<E>>,
        now: Option<u32>,
    ) -> Step {
        match self.step {
            Step::Start => self.start(chip, buffer, now),
            Step::Sleep => {
                // It may be idle, and hold what somebody else left in it.
                self.slept = last.is_ok();
                if !self.slept {
                    chip.busy_us = chip.busy_us.max(UNSETTLED_US);
                }
                Step::Pulse
            }
            Step::Idle => match last {
                Ok(()) => Step::Pulse,
                // It fell asleep, and what it held is gone; or it is gone itself, which it tells by its silence.
                Err(ErrorKind::Bus(error)) if may_be_nack(&error) => {
                    self.outcome = Err(self.error(ErrorKind::Reset));
                    (self.not_acknowledged, self.lost) = (true, true);
                    chip.busy_us = chip.busy_us.max(UNSETTLED_US);
                    Step::Pulse
                }
                Err(kind) => self.fail(kind),
            },
            Step::Pulse => {
                match last {
                    Ok(()) => {}
                    // No news: nobody acknowledges address 0. Where it is not clear that it is no more than that,
                    // it is told if the chip is not found.
                    Err(ErrorKind::Bus(error)) => {
                        if !self.sent && !self.not_acknowledged && !is_nack(&error) {
                            self.outcome = Err(self.error(ErrorKind::NoDevice(error)));
                        }
                    }
                    Err(kind) => return self.fail(kind),
                }
                chip.wait_us = timing::WAKE_HIGH_US;
                // A known chip need not be asked for its wake response: it would say nothing new.
                if chip.busy_us == 0 { self.awake(chip, buffer, now) } else { self.listen(chip, now) }
            }
            Step::Send => match last {
                Ok(()) => self.listen(chip, now),
                Err(kind) => {
                    self.outcome = Err(Error::new(self.request.opcode, kind));
                    Step::Reset
                }
            },
            Step::Read => self.received(chip, buffer, last, now),
            Step::Reset => match &self.outcome {
                Err(Error { kind: ErrorKind::Bus(error), .. }) if !self.not_acknowledged => {
                    if !may_be_address_nack(error) {
                        return self.end();
                    }
                    let heard = last.is_ok();
                    self.not_acknowledged = true;
                    // It still wakes, or slept through the pulse, or has fallen asleep, or what was not acknowledged
                    // is the last byte and it is at work: many HALs can't tell. Another pulse does no harm; what it
                    // says next tells. If it hears this it is awake, and not at work; its own address may have woken it.
                    self.idle = heard;
                    self.lost = !chip.unanswered;
                    if heard { self.listen(chip, now) } else { Step::Pulse }
                }
                _ => Step::Read,
            },
            Step::PowerDown => {
                chip.in_low_power = last.is_ok();
                self.tries += 1;
                if chip.in_low_power || self.tries == POWER_DOWN_MAX {
                    return Step::Done;
                }
                // It may have fallen asleep, and at 100 kHz its own address byte wakes it
                // (chip reference 1.3): it hears when it is up.
                chip.wait_us = timing::WAKE_HIGH_US;
                Step::PowerDown
            }
            Step::Done => Step::Done,
        }
    }

    fn start(&mut self, chip: &mut ChipState, buffer: &mut Buffer, now: Option<u32>) -> Step {
        match self.part {
            Part::End | Part::Pause => Step::PowerDown,
            Part::Middle => {
                let awake_us = now.map_or(chip.awake_us, |now| now.wrapping_sub(chip.woken_us));
                let needed = self.planned_us(chip) + MARGIN_US + chip.busy_us;
                let short = awake_us > timing::WATCHDOG_MIN_US.saturating_sub(needed);
                // A command before, of which only damage was heard, may still be at work.
                chip.wait_us = chip.wait_us.max(chip.busy_us);
                if short { Step::Idle } else { self.awake(chip, buffer, now) }
            }
            // A command whose answer was not waited for may still run, whatever seemed to acknowledge its idle or sleep.
            _ if chip.in_low_power && chip.busy_us == 0 => {
                self.slept = true;
                Step::Pulse
            }
            _ => self.find(chip),
        }
    }

    fn find(&mut self, chip: &mut ChipState) -> Step {
        chip.busy_us = chip.busy_us.max(UNSETTLED_US);
        Step::Sleep
    }

    /// How long the command takes at most, by what is known of the chip's clock divider.
    const fn planned_us(&self, chip: &ChipState) -> u32 {
        if chip.slow { self.request.times.bound_us() } else { self.request.times.planned_us() }
    }

    /// The chip is awake, or was woken.
    fn awake(&mut self, chip: &mut ChipState, buffer: &mut Buffer, now: Option<u32>) -> Step {
        self.outcome = Ok(());
        if self.part == Part::Begin {
            return self.end();
        }
        // A wake response after a command would mean that it never came, or that it ran and the chip slept since. Read before
        // it, it can only mean the latter, and what must not run twice is not sent again.
        if chip.unanswered && !chip.wake_response_read && !self.sent && !self.request.opcode.may_run_twice() {
            chip.busy_us = chip.busy_us.max(UNSETTLED_US);
            return self.listen(chip, now);
        }
        self.send(buffer)
    }

    fn send(&mut self, buffer: &mut Buffer) -> Step {
        if !self.sent {
            self.tries = 0;
        }
        self.sent = true;
        (self.not_acknowledged, self.idle) = (false, false);
        self.outcome = Ok(());
        self.tries += 1;
        match self.request.emit(buffer) {
            Ok(()) => Step::Send,
            Err(_) => self.fail(ErrorKind::Argument(Argument::TooLong)),
        }
    }

    /// An answer or wake response is due.
    fn listen(&mut self, chip: &mut ChipState, now: Option<u32>) -> Step {
        if self.sent && !self.idle {
            chip.wait_us = chip.wait_us.max(self.request.times.first_poll_us());
        }
        self.waited_us = chip.wait_us;
        if let Some(now) = now {
            self.since_us = now;
        }
        self.damaged = 0;
        Step::Read
    }

    /// In the middle of a session the command is named before it is sent, too: what came before it has run.
    const fn error(&self, kind: ErrorKind<E>) -> Error<E> {
        let named = self.sent || matches!(self.part, Part::Middle);
        Error { command: if named { Some(self.request.opcode) } else { None }, kind }
    }

    fn fail(&mut self, kind: ErrorKind<E>) -> Step {
        self.outcome = Err(self.error(kind));
        self.end()
    }

    fn end(&mut self) -> Step {
        self.tries = 0;
        match self.part {
            Part::Middle => Step::Done,
            Part::Begin if self.outcome.is_ok() => Step::Done,
            _ => Step::PowerDown,
        }
    }
}

fn room(buffer: &mut Buffer, len: usize) -> Action {
    // No clearing: it would cost more than all the rest of asking a busy chip once more.
    buffer.resize(len, 0).ok();
    Action::Read
}
