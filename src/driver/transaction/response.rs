//! What the chip says, or that it says nothing.

use super::{FIND_MAX, FORGET_MAX, Part, READ_MAX, SEND_MAX, Step, Transaction};
use crate::error::ErrorKind;
use crate::wire::nack::may_be_nack;
use crate::wire::{AnswerKind, frame, timing};
use embedded_hal::i2c::Error as BusError;

impl<E: BusError> Transaction<'_, E> {
    /// The chip was read.
    #[inline(never)]
    pub(super) fn received(&mut self, last: Result<(), ErrorKind<E>>, now: Option<u32>) -> Step {
        let kind = match last {
            Ok(()) => {
                if let Ok(payload) = frame::payload(&self.buffer) {
                    self.len = payload.len();
                    return self.answered(now);
                }
                // It is there; what it says does not matter any more.
                if self.lost {
                    return self.end();
                }
                // Nobody drove the line: what was read as an answer may have reached the chip as something else, and
                // what it has to say then be the answer before.
                if self.part == Part::Middle && self.buffer.first() == Some(&0xFF) {
                    return self.fail(ErrorKind::Crc);
                }
                ErrorKind::Crc
            }
            // Busy, or not there; or trouble of a kind that this HAL does not tell from either.
            Err(ErrorKind::Bus(error)) if may_be_nack(&error) => ErrorKind::Timeout(error),
            Err(kind) => kind,
        };
        let silent = matches!(kind, ErrorKind::Timeout(_));
        if !silent {
            self.damaged += 1;
        }
        if if silent { self.waited_us <= self.chip.busy_us } else { self.damaged < READ_MAX } {
            self.wait_us = self.next_poll_us();
            // A clock that stands still must not keep it asking for ever.
            self.waited_us = match now {
                Some(now) => (now.wrapping_sub(self.since_us).saturating_add(self.wait_us))
                    .max(self.waited_us.saturating_add(self.wait_us >> 6)),
                None => self.waited_us.wrapping_add(self.wait_us),
            };
            // If the trouble was in the middle of an answer the next reading gives its rest, which is damaged. It must
            // not be told to begin anew: if it holds but a part of the command, it would forget that and give the
            // answer before.
            return if silent { Step::Read } else { Step::Again };
        }
        self.look_at_speed();
        match kind {
            ErrorKind::Timeout(error) if self.not_acknowledged => {
                self.chip.busy_us = 0;
                self.fail(ErrorKind::NoDevice(error))
            }
            ErrorKind::Timeout(error) if !self.sent => self.find_again(ErrorKind::NoDevice(error)),
            ErrorKind::Crc if !self.sent => self.find_again(ErrorKind::NotAwake),
            ErrorKind::Timeout(_) => {
                self.chip.busy_us = 0;
                self.fail(kind)
            }
            // It may still be at work.
            kind => self.fail(kind),
        }
    }

    /// The time until the next question. An answer that is due is not to be late; a chip that is slow, or of which it
    /// is not known whether it is there, is asked less often, and once more when its time is over.
    fn next_poll_us(&self) -> u32 {
        let shift = match self.sent && !self.not_acknowledged {
            true if self.waited_us < self.planned_us => 6,
            true => 5,
            false => 1,
        };
        let left = self.chip.busy_us.saturating_sub(self.waited_us);
        (self.waited_us >> shift).min(left).max(timing::POLL_MIN_US)
    }

    /// A group with a good CRC came.
    #[inline(never)]
    fn answered(&mut self, now: Option<u32>) -> Step {
        self.look_at_speed();
        let first = self.buffer.second();
        // Of more than one byte none is a status.
        let status = if self.len == 1 { first } else { 0 };
        // After a failed self test it still runs SelfTest and reads of the config zone, and
        // answers everything else with that status (chip reference 2.3).
        let woke = matches!(status, 0x11 | 0x07);
        let again = self.tries < SEND_MAX;
        if self.sent {
            self.chip.answered = true;
        } else if !self.not_acknowledged {
            if !woke {
                // An old answer: it was awake and busy. Or another device.
                return self.find_again(ErrorKind::NotAwake);
            }
            self.chip.busy_us = 0;
            self.chip.wake_response_read = true;
            // In a session it has been idle for what it holds.
            let ready = self.slept || self.part == Part::Middle;
            return if ready { self.awake(now) } else { self.sleep_again() };
        }
        self.chip.busy_us = 0;
        if self.not_acknowledged {
            if !woke {
                // Something was executed: this command, if the acknowledgement of its last byte was lost; one of
                // somebody else's; or the one before, of a chip that did not acknowledge its last idle or sleep.
                return self.end();
            }
            // Nothing was executed: it was awake all the time, or it does not matter. Else it may have been, before the
            // chip slept; and if the chip was woken anew, what it held is gone.
            let harmless = self.idle || self.request.answer.may_run_twice;
            return if harmless && again && !self.lost { self.send() } else { self.fail(ErrorKind::Reset) };
        }
        match status {
            0xFF if again => return self.send(),
            0xEE if again => return Step::Idle,
            // SelfTest answers with a mask, in which 0x11 may mean failures.
            0x11 if self.request.answer.kind != AnswerKind::Mask => return self.fail(ErrorKind::Reset),
            _ => {}
        }
        match self.request.result_len(self.len, first) {
            Ok(len) => {
                self.len = len;
                self.end()
            }
            Err(Some(status)) => self.fail(ErrorKind::Status(status)),
            Err(None) => self.fail(ErrorKind::Response),
        }
    }

    /// It woke, and may have been idle: only asleep does it forget what somebody else left in it.
    fn sleep_again(&mut self) -> Step {
        self.tries += 1;
        if self.tries == FORGET_MAX { self.fail(ErrorKind::NotAwake) } else { Step::Sleep }
    }

    /// The chip was not found.
    fn find_again(&mut self, kind: ErrorKind<E>) -> Step {
        self.tries += 1;
        if self.tries < FIND_MAX {
            // In a session it may be idle, for what it holds.
            return if self.part == Part::Middle { Step::Pulse } else { Step::Sleep };
        }
        self.chip.busy_us = 0;
        match self.outcome {
            // What became of the pulse explains more.
            Err(_) if matches!(kind, ErrorKind::NoDevice(_)) => self.end(),
            _ => self.fail(kind),
        }
    }
}
