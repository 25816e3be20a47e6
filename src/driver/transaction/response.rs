//! What the chip says, or that it says nothing.

use super::{ChipState, FIND_MAX, FORGET_MAX, Part, READ_MAX, SEND_MAX, Step, Transaction};
use crate::error::ErrorKind;
use crate::wire::Reply;
use crate::wire::frame::{self, Buffer};
use crate::wire::nack::may_be_nack;
use crate::wire::timing;
use embedded_hal::i2c::Error as BusError;

impl<E: BusError> Transaction<'_, E> {
    /// The chip was read.
    pub(super) fn received(
        &mut self,
        chip: &mut ChipState,
        buffer: &mut Buffer,
        last: Result<(), ErrorKind<E>>,
        now: Option<u32>,
    ) -> Step {
        let kind = match last {
            Ok(()) => match frame::payload(buffer) {
                Ok(payload) => {
                    let len = payload.len();
                    chip.unanswered &= !self.sent;
                    return self.answered(chip, buffer, len, now);
                }
                // It is there; what it says does not matter any more.
                Err(_) if self.lost => return self.end(),
                // Nobody drove the line: what was read as an answer may have reached the chip as something else, and
                // what it has to say then be the answer before.
                Err(_) if self.part == Part::Middle && buffer.first() == Some(&0xFF) => {
                    return self.fail(ErrorKind::Crc);
                }
                Err(_) => ErrorKind::Crc,
            },
            // Busy, or not there; or trouble of a kind that this HAL does not tell from either.
            Err(ErrorKind::Bus(error)) if may_be_nack(&error) => ErrorKind::Timeout(error),
            Err(kind) => kind,
        };
        let silent = matches!(kind, ErrorKind::Timeout(_));
        if !silent {
            self.damaged += 1;
        }
        if if silent { self.waited_us <= chip.busy_us } else { self.damaged < READ_MAX } {
            chip.wait_us = self.next_poll_us(chip);
            // A clock that stands still must not keep it asking for ever.
            self.waited_us = match now {
                Some(now) => (now.wrapping_sub(self.since_us).saturating_add(chip.wait_us))
                    .max(self.waited_us.saturating_add(chip.wait_us >> 6)),
                None => self.waited_us.wrapping_add(chip.wait_us),
            };
            // If the trouble was in the middle of an answer the next reading gives its rest, which is damaged. It must
            // not be told to begin anew: if it holds but a part of the command, it would forget that and give the
            // answer before.
            return if silent { Step::Read } else { Step::Reset };
        }
        self.look_at_speed(chip);
        match kind {
            ErrorKind::Timeout(error) if self.not_acknowledged => {
                chip.busy_us = 0;
                self.fail(ErrorKind::NoDevice(error))
            }
            ErrorKind::Timeout(error) if !self.sent => self.find_again(chip, ErrorKind::NoDevice(error)),
            ErrorKind::Crc if !self.sent => self.find_again(chip, ErrorKind::NotAwake),
            ErrorKind::Timeout(_) => {
                chip.busy_us = 0;
                self.fail(kind)
            }
            // It may still be at work.
            kind => self.fail(kind),
        }
    }

    /// The time until the next question. An answer that is due is not to be late; a chip that is slow, or of which it
    /// is not known whether it is there, is asked less often, and once more when its time is over.
    fn next_poll_us(&self, chip: &ChipState) -> u32 {
        let shift = match self.sent && !self.not_acknowledged {
            true if self.waited_us < self.request.times.planned_us() => 6,
            true => 5,
            false => 1,
        };
        let left = chip.busy_us.saturating_sub(self.waited_us);
        (self.waited_us >> shift).min(left).max(timing::POLL_MIN_US)
    }

    /// A chip that took longer than it does at the fastest clock divider is one that will, and was awake for longer.
    fn look_at_speed(&self, chip: &mut ChipState) {
        if self.sent && !self.not_acknowledged && self.waited_us > self.request.times.planned_us() {
            chip.slow = true;
            chip.spend(self.waited_us);
        }
    }

    /// A group with a good CRC came.
    fn answered(&mut self, chip: &mut ChipState, buffer: &mut Buffer, len: usize, now: Option<u32>) -> Step {
        self.look_at_speed(chip);
        let payload = buffer.get(1..=len).unwrap_or_default();
        let again = self.tries < SEND_MAX;
        // After a failed self test it still runs SelfTest and reads of the config zone, and
        // answers everything else with that status (chip reference 2.3).
        let woke = matches!(payload, [0x11 | 0x07]);
        if !self.sent && !self.not_acknowledged && !woke {
            // An old answer: it was awake and busy. Or another device.
            return self.find_again(chip, ErrorKind::NotAwake);
        }
        chip.busy_us = 0;
        match payload {
            // Woken anew: what it held is gone.
            _ if self.lost && woke => return self.fail(ErrorKind::Reset),
            _ if !self.sent && !self.not_acknowledged => {
                // In a session it has been idle for what it holds.
                chip.wake_response_read = true;
                let ready = self.slept || self.part == Part::Middle;
                return if ready { self.awake(chip, buffer, now) } else { self.sleep_again() };
            }
            // Nothing was executed: it was awake all the time, or it does not matter.
            _ if woke
                && self.not_acknowledged
                && again
                && (self.idle || self.request.opcode.may_run_twice()) =>
            {
                return self.send(buffer);
            }
            // It may have been, before the chip slept.
            _ if woke && self.not_acknowledged => return self.fail(ErrorKind::Reset),
            // Something was: this command, if the acknowledgement of its last byte was lost; one of somebody
            // else's; or the one before, of a chip that did not acknowledge its last idle or sleep.
            _ if self.not_acknowledged => return self.end(),
            [0xFF] if again => return self.send(buffer),
            [0xEE] if again => return Step::Idle,
            // SelfTest answers with a mask, in which 0x11 may mean failures.
            [0x11] if self.request.reply != Reply::Mask => return self.fail(ErrorKind::Reset),
            _ => {}
        }
        match self.request.interpret(payload) {
            Ok(bytes) => {
                self.len = bytes.len() as u8;
                self.result.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
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
    fn find_again(&mut self, chip: &mut ChipState, kind: ErrorKind<E>) -> Step {
        self.tries += 1;
        if self.tries < FIND_MAX {
            // In a session it may be idle, for what it holds.
            return if self.part == Part::Middle { Step::Pulse } else { Step::Sleep };
        }
        chip.busy_us = 0;
        match self.outcome {
            // What became of the pulse explains more.
            Err(_) if matches!(kind, ErrorKind::NoDevice(_)) => self.end(),
            _ => self.fail(kind),
        }
    }
}
