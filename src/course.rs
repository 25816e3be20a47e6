//! One go at the chip, step by step, without I/O (chip reference 1, 2): wake it, have a command executed,
//! put it to rest.
//!
//! [`Course::next`] says what to do on the bus, given how the last thing went. The link of each half of the driver
//! does it and asks again, so what is here is neither asynchronous nor blocking.

mod answer;
#[cfg(test)]
mod tests;

use crate::command::{Opcode, Request};
use crate::error::{Argument, Error, ErrorKind};
use crate::frame::{self, Buffer, WordAddress};
use crate::nack::{is_deaf, is_nack, may_be_nack};
use crate::rest::Rest;
use crate::timing;
use embedded_hal::i2c::Error as BusError;

/// How often a command is sent that the chip did not execute (0xFF, 0xEE).
const SEND_MAX: u8 = 3;
/// How often an answer is read that arrives damaged.
const READ_MAX: u8 = 3;
/// Wake pulses before a chip of which nothing is known counts as absent.
const SEEK_MAX: u8 = 2;
/// How often it is asked who it is until it acknowledges that it shall sleep, seeks included.
const FORGET_MAX: u8 = 4;
/// How often the chip is told to rest.
const REST_MAX: u8 = 2;
/// How long a chip in unknown state may keep silent before it is thought absent: it may be at
/// the end of a key generation that was not waited for.
const UNSETTLED_US: u32 = timing::planned_us(Opcode::GenKey);
/// What one byte, and what surrounds them, costs at 10 kHz, the slowest bus thought of in the watchdog's account.
const BYTE_US: u32 = 950;
/// How much later than asked for a delay may come back, in the watchdog's account: ticks of 10 ms, another task.
const LATE_US: u32 = 20_000;
/// Kept free before the watchdog bites.
const MARGIN_US: u32 = 20_000;

/// What is known of the chip from one go to the next.
#[derive(Debug)]
pub(crate) struct Known {
    /// It was put to rest and acknowledged it. False while it is awake, and after a future was
    /// dropped or a rest failed: then it has to be found.
    pub(crate) settled: bool,
    /// Nothing was heard of it since the last wake pulse.
    unheard: bool,
    /// It takes longer than the fastest clock divider does (chip reference 4.4).
    slow: bool,
    /// To be waited before the next action, in microseconds.
    pub(crate) wait_us: u32,
    /// Time since it woke, at most, in microseconds: by the clock, or as bad as bus and delay may be.
    awake_us: u32,
    /// Longest time a command may still run whose answer was not waited for, in microseconds.
    owed_us: u32,
    /// What the clock said last, if there is one.
    clock_us: Option<u32>,
    /// Since the time before, by the clock, in microseconds.
    passed_us: Option<u32>,
}

impl Known {
    pub(crate) const NOTHING: Self = Self {
        settled: false,
        unheard: true,
        slow: false,
        wait_us: 0,
        awake_us: 0,
        owed_us: 0,
        clock_us: None,
        passed_us: None,
    };

    /// What the clock says now; `None` without one.
    #[inline(always)]
    pub(crate) fn look_at_clock(&mut self, now_us: Option<u32>) {
        self.passed_us = match (self.clock_us, now_us) {
            (Some(before), Some(now)) => Some(now.wrapping_sub(before)),
            _ => None,
        };
        self.clock_us = now_us;
    }

    /// More of the watchdog's time may be gone.
    fn spend(&mut self, us: u32) {
        self.awake_us = self.awake_us.saturating_add(us);
    }
}

/// Which part of a session a go is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it: wake, command, rest.
    Whole,
    /// Wake; and rest, if that fails.
    Begin,
    /// A command.
    Middle,
    /// Rest.
    End,
    /// Rest in which the chip keeps its state.
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
    /// Sleep, for a chip of which nothing is known. At rest it does not hear this; awake it must
    /// lose what an interrupted sequence left.
    Sleep,
    /// Idle, which restarts the watchdog and keeps the chip's state.
    Idle,
    /// The wake pulse.
    Pulse,
    /// The command.
    Send,
    /// The answer, or the greeting of a chip of which nothing is known.
    Read,
    /// Reset: after a command that was not acknowledged, of which the chip may hold a part, to which the next one
    /// would be added; after a damaged answer, which is still there, to be read again, not executed again.
    Reset,
    /// Sleep or idle at the end.
    Rest,
    Done,
}

/// One go at the chip.
pub(crate) struct Course<'a, E> {
    part: Part,
    rest: Rest,
    request: &'a Request<'a>,
    result: &'a mut [u8],
    step: Step,
    /// How often the chip was sought, the command sent, the chip told to rest.
    tries: u8,
    /// How often an answer arrived damaged.
    damaged: u8,
    /// The command was sent once at least.
    sent: bool,
    /// It was not acknowledged when it was sent last.
    missed: bool,
    /// The chip has heard since that it should forget it: it is awake, and not at work.
    idle: bool,
    /// It has slept since the go began: nothing is left in it of what others did.
    slept: bool,
    /// It was silent in the middle of a session, in which it had been heard.
    lost: bool,
    /// Since the command was sent, in microseconds: by the clock, or what was asked for.
    waited_us: u32,
    /// What of it is being waited now.
    asked_us: u32,
    /// How often the answer was asked for.
    polls: u16,
    /// How many result bytes the command gave.
    pub(crate) len: u8,
    /// How it ended.
    pub(crate) outcome: Result<(), Error<E>>,
}

impl<'a, E: BusError> Course<'a, E> {
    pub(crate) const fn new(part: Part, rest: Rest, request: &'a Request<'a>, result: &'a mut [u8]) -> Self {
        Self {
            part,
            rest: if matches!(part, Part::Pause) { Rest::Idle } else { rest },
            request,
            result,
            step: Step::Start,
            tries: 0,
            damaged: 0,
            sent: false,
            missed: false,
            idle: false,
            slept: false,
            lost: false,
            waited_us: 0,
            asked_us: 0,
            polls: 0,
            len: 0,
            outcome: Ok(()),
        }
    }

    /// What to do, after `last` came of what was to do before (`Ok` at the start); `None` at the end, see
    /// [`outcome`](Self::outcome).
    pub(crate) fn next(
        &mut self,
        known: &mut Known,
        buffer: &mut Buffer,
        last: Result<(), ErrorKind<E>>,
    ) -> Option<Action> {
        let passed_us = known.passed_us.take();
        if let Some(us) = passed_us {
            known.spend(us);
        }
        self.waited_us = self.waited_us.saturating_add(passed_us.unwrap_or(self.asked_us));
        self.step = self.after(known, buffer, last);
        self.asked_us = known.wait_us;
        let action = match self.step {
            Step::Pulse => {
                known.settled = false;
                known.unheard = true;
                known.awake_us = 0;
                return Some(Action::Pulse);
            }
            Step::Start | Step::Done => return None,
            // What polls cost is counted when the answer is there.
            Step::Read => {
                self.polls = self.polls.saturating_add(1);
                return Some(room(buffer, self.group_len()));
            }
            Step::Send => {
                known.owed_us = known.owed_us.max(self.request.times.bound_us());
                Action::Write
            }
            step => {
                let word = match step {
                    Step::Sleep => WordAddress::Sleep,
                    Step::Idle => WordAddress::Idle,
                    Step::Rest => self.rest.word_address(),
                    _ => WordAddress::Reset,
                };
                buffer.clear();
                // Can't fail. Nor can `room`, but for answers longer than any of the chip's, which a command of
                // somebody's own may ask for.
                buffer.push(word as u8).ok();
                Action::Write
            }
        };
        if known.clock_us.is_none() {
            let late = if known.wait_us > 0 { LATE_US } else { 0 };
            known.spend(known.wait_us + late + on_bus_us(buffer.len()));
        }
        Some(action)
    }

    /// Bytes to read: the answer, or the greeting of a chip of which nothing is known.
    fn group_len(&self) -> usize {
        if self.sent { self.request.group_len() } else { frame::GROUP_MIN }
    }

    /// The step after the present one.
    // By itself it is smaller, in both halves of the driver.
    #[inline(never)]
    fn after(&mut self, known: &mut Known, buffer: &mut Buffer, last: Result<(), ErrorKind<E>>) -> Step {
        match self.step {
            Step::Start => self.start(known, buffer),
            Step::Sleep => {
                // It may be idle, and hold what somebody else left in it.
                self.slept = last.is_ok();
                if !self.slept {
                    known.owed_us = known.owed_us.max(UNSETTLED_US);
                }
                Step::Pulse
            }
            Step::Idle => match last {
                Ok(()) => Step::Pulse,
                // It fell asleep, and what it held is gone; or it is gone itself, which it tells by its silence.
                Err(ErrorKind::Bus(error)) if may_be_nack(&error) => {
                    self.outcome = Err(self.error(ErrorKind::Reset));
                    (self.missed, self.lost) = (true, true);
                    known.owed_us = known.owed_us.max(UNSETTLED_US);
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
                        if !self.sent && !self.missed && !is_nack(&error) {
                            self.outcome = Err(self.error(ErrorKind::NoDevice(error)));
                        }
                    }
                    Err(kind) => return self.fail(kind),
                }
                known.wait_us = timing::WAKE_HIGH_US;
                // A known chip needs no greeting: it would say nothing new.
                if known.owed_us == 0 { self.awake(buffer) } else { self.listen(known) }
            }
            Step::Send => match last {
                Ok(()) => self.listen(known),
                Err(kind) => {
                    self.outcome = Err(Error::new(self.request.opcode, kind));
                    Step::Reset
                }
            },
            Step::Read => self.heard(known, buffer, last),
            Step::Reset => match &self.outcome {
                Err(Error { kind: ErrorKind::Bus(error), .. }) if !self.missed => {
                    let heard = last.is_ok();
                    if !is_deaf(error) || heard && !known.unheard {
                        return self.end();
                    }
                    self.missed = true;
                    // It still wakes, or slept through the pulse, or has fallen asleep, or what was not acknowledged
                    // is the last byte and it is at work: many HALs can't tell. Another pulse does no harm; what it
                    // says next tells. If it hears this it is awake, and not at work.
                    self.idle = heard;
                    self.lost = !known.unheard;
                    if heard { self.listen(known) } else { Step::Pulse }
                }
                _ => Step::Read,
            },
            Step::Rest => {
                known.settled = last.is_ok();
                self.tries += 1;
                if known.settled || self.tries == REST_MAX {
                    return Step::Done;
                }
                // It may have fallen asleep, and at 100 kHz its own address byte wakes it
                // (chip reference 1.3): it hears when it is up.
                known.wait_us = timing::WAKE_HIGH_US;
                Step::Rest
            }
            Step::Done => Step::Done,
        }
    }

    fn start(&mut self, known: &mut Known, buffer: &mut Buffer) -> Step {
        match self.part {
            Part::End | Part::Pause => Step::Rest,
            Part::Middle => {
                let bytes = on_bus_us(1 + self.request.command_len()) + on_bus_us(self.request.group_len());
                let needed = self.planned_us(known) + bytes + MARGIN_US;
                let short = known.awake_us.saturating_add(needed + known.owed_us) > timing::WATCHDOG_MIN_US;
                // A command before, of which only damage was heard, may still be at work.
                known.wait_us = known.wait_us.max(known.owed_us);
                if short { Step::Idle } else { self.send(buffer) }
            }
            // A command whose answer was not waited for may still run, whatever seemed to acknowledge its rest.
            _ if known.settled && known.owed_us == 0 => Step::Pulse,
            _ => self.seek(known),
        }
    }

    fn seek(&mut self, known: &mut Known) -> Step {
        known.owed_us = known.owed_us.max(UNSETTLED_US);
        Step::Sleep
    }

    /// How long the command takes at most, by what is known of the chip's clock divider.
    const fn planned_us(&self, known: &Known) -> u32 {
        match (self.sent || matches!(self.part, Part::Middle), known.slow) {
            (false, _) => timing::WAKE_HIGH_SELF_TEST_US,
            (true, false) => self.request.times.planned_us(),
            (true, true) => self.request.times.bound_us(),
        }
    }

    /// The chip is awake.
    fn awake(&mut self, buffer: &mut Buffer) -> Step {
        self.outcome = Ok(());
        if self.part == Part::Begin { self.end() } else { self.send(buffer) }
    }

    fn send(&mut self, buffer: &mut Buffer) -> Step {
        if !self.sent {
            self.tries = 0;
        }
        self.sent = true;
        (self.missed, self.idle) = (false, false);
        self.outcome = Ok(());
        self.tries += 1;
        match self.request.emit(buffer) {
            Ok(()) => Step::Send,
            Err(_) => self.fail(ErrorKind::Argument(Argument::TooLong)),
        }
    }

    /// An answer or greeting is due.
    fn listen(&mut self, known: &mut Known) -> Step {
        if self.sent && !self.idle {
            known.wait_us = known.wait_us.max(self.request.times.first_poll_us());
        }
        (self.waited_us, self.polls, self.damaged) = (0, 0, 0);
        Step::Read
    }

    const fn error(&self, kind: ErrorKind<E>) -> Error<E> {
        Error { command: if self.sent { Some(self.request.opcode) } else { None }, kind }
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
            _ => Step::Rest,
        }
    }
}

/// A transfer of so many bytes on the slowest bus, in microseconds.
const fn on_bus_us(bytes: usize) -> u32 {
    (bytes as u32 + 1) * BYTE_US
}

fn room(buffer: &mut Buffer, len: usize) -> Action {
    // No clearing: it would cost more than all the rest of asking a busy chip once more.
    buffer.resize(len, 0).ok();
    Action::Read
}
