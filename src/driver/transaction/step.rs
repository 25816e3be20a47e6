//! From one step of a transaction to the next.

use super::{POWER_DOWN_MAX, Part, Transaction};
use crate::error::{Error, ErrorKind};
use crate::wire::nack::{is_nack, may_be_address_nack, may_be_nack};
use crate::wire::timing;
use embedded_hal::i2c::Error as BusError;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Start,
    /// Sleep, for a chip of which nothing is known. Idle or asleep it does not acknowledge this; awake it must
    /// lose what an interrupted sequence left.
    Sleep,
    /// Idle, which restarts the watchdog and keeps the chip's state.
    Idle,
    /// The wake pulse.
    Pulse,
    /// The command.
    Send,
    /// The answer, or the wake response of a chip of which nothing is known.
    Read,
    /// Reset after a command that was not acknowledged: the chip may hold a part of it, to which the next one would be
    /// added.
    Forget,
    /// The same where it is clear that the chip was there: the command is given up.
    Cancel,
    /// Reset after a damaged answer, which is still there, to be read again, not executed again.
    Again,
    /// Sleep or idle at the end.
    PowerDown,
    Done,
}

impl<E: BusError> Transaction<'_, E> {
    /// The step after the present one.
    pub(super) fn after(&mut self, last: Result<(), ErrorKind<E>>, now: Option<u32>) -> Step {
        match self.step {
            Step::Start => self.start(now),
            Step::Sleep => {
                // It may be idle, and hold what somebody else left in it.
                self.slept = last.is_ok();
                if !self.slept {
                    self.chip.unsettle();
                }
                Step::Pulse
            }
            Step::Idle => match last {
                Ok(()) => Step::Pulse,
                // It fell asleep, and what it held is gone; or it is gone itself, which it tells by its silence.
                Err(ErrorKind::Bus(error)) if may_be_nack(&error) => {
                    self.set_outcome(ErrorKind::Reset);
                    (self.not_acknowledged, self.lost) = (true, true);
                    self.chip.unsettle();
                    Step::Pulse
                }
                Err(kind) => self.fail(kind),
            },
            Step::Pulse => self.pulsed(last, now),
            Step::Send => match last {
                Ok(()) => self.listen(now),
                Err(kind) => {
                    let forget = matches!(&kind, ErrorKind::Bus(error) if may_be_address_nack(error));
                    self.set_outcome(kind);
                    if forget { Step::Forget } else { Step::Cancel }
                }
            },
            Step::Read => self.received(last, now),
            Step::Forget => {
                // It still wakes, or slept through the pulse, or has fallen asleep, or what was not acknowledged
                // is the last byte and it is at work: many HALs can't tell. Another pulse does no harm; what it
                // says next tells. If it acknowledges this it is awake, and not at work; its own address may have woken it.
                self.not_acknowledged = true;
                self.idle = last.is_ok();
                self.lost = self.chip.answered;
                if self.idle { self.listen(now) } else { Step::Pulse }
            }
            Step::Cancel => self.end(),
            Step::Again => Step::Read,
            Step::PowerDown => {
                self.chip.in_low_power = last.is_ok();
                self.tries += 1;
                if self.chip.in_low_power || self.tries == POWER_DOWN_MAX {
                    return Step::Done;
                }
                // It may have fallen asleep, and at 100 kHz its own address byte wakes it
                // (chip reference 1.3): it acknowledges when it is up.
                self.wait_us = timing::WAKE_HIGH_US;
                Step::PowerDown
            }
            Step::Done => Step::Done,
        }
    }

    #[inline(never)]
    fn start(&mut self, now: Option<u32>) -> Step {
        match self.part {
            Part::End | Part::Pause => Step::PowerDown,
            Part::Middle => {
                // A command before, of which only a damaged answer came, may still be at work.
                self.wait_us = self.chip.busy_us;
                if self.is_short(now) { Step::Idle } else { self.awake(now) }
            }
            // A command whose answer was not waited for may still run, whatever seemed to acknowledge its idle or sleep.
            _ if self.chip.in_low_power && self.chip.busy_us == 0 => {
                self.slept = true;
                Step::Pulse
            }
            _ => {
                self.chip.unsettle();
                Step::Sleep
            }
        }
    }

    #[inline(never)]
    fn pulsed(&mut self, last: Result<(), ErrorKind<E>>, now: Option<u32>) -> Step {
        match last {
            Ok(()) => {}
            // No news: nobody acknowledges address 0. Where it is not clear that it is no more than that,
            // it is told if the chip is not found.
            Err(ErrorKind::Bus(error)) => {
                if !self.sent && !self.not_acknowledged && !is_nack(&error) {
                    self.set_outcome(ErrorKind::NoDevice(error));
                }
            }
            Err(kind) => return self.fail(kind),
        }
        self.wait_us = timing::WAKE_HIGH_US;
        // A known chip need not be asked for its wake response: it would say nothing new.
        if self.chip.busy_us == 0 { self.awake(now) } else { self.listen(now) }
    }

    /// The chip is awake, or was woken.
    pub(super) fn awake(&mut self, now: Option<u32>) -> Step {
        self.outcome = Ok(());
        if self.part == Part::Begin {
            return self.end();
        }
        // A wake response after a command would mean that it never came, or that it ran and the chip slept since. Read
        // before it, it can only mean the latter, and what must not run twice is not sent again.
        if !self.chip.answered
            && !self.chip.wake_response_read
            && !self.sent
            && !self.request.answer.may_run_twice
        {
            self.chip.unsettle();
            return self.listen(now);
        }
        self.send()
    }

    pub(super) fn send(&mut self) -> Step {
        if !self.sent {
            self.tries = 0;
        }
        self.sent = true;
        (self.not_acknowledged, self.idle) = (false, false);
        self.outcome = Ok(());
        self.tries += 1;
        Step::Send
    }

    /// An answer or wake response is due.
    fn listen(&mut self, now: Option<u32>) -> Step {
        if self.sent && !self.idle {
            self.wait_us = self.wait_us.max(self.planned_us / timing::FIRST_POLL);
        }
        self.waited_us = self.wait_us;
        if let Some(now) = now {
            self.since_us = now;
        }
        self.damaged = 0;
        Step::Read
    }

    /// So it ends, as far as is known. In the middle of a session the command is named before it is sent, too: what came
    /// before it has run.
    pub(super) fn set_outcome(&mut self, kind: ErrorKind<E>) {
        let named = self.sent || matches!(self.part, Part::Middle);
        self.outcome = Err(Error { command: if named { Some(self.request.opcode) } else { None }, kind });
    }

    #[inline(never)]
    pub(super) fn fail(&mut self, kind: ErrorKind<E>) -> Step {
        self.set_outcome(kind);
        self.end()
    }

    pub(super) fn end(&mut self) -> Step {
        self.tries = 0;
        match self.part {
            Part::Middle => Step::Done,
            Part::Begin if self.outcome.is_ok() => Step::Done,
            _ => Step::PowerDown,
        }
    }
}
