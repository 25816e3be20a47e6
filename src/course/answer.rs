//! What the chip says, or that it says nothing.

use super::{Course, Known, Part, READ_MAX, SEEK_MAX, SEND_MAX, Step};
use crate::command::Reply;
use crate::error::ErrorKind;
use crate::frame::{self, Buffer};
use crate::nack::is_nack;
use crate::timing;
use embedded_hal::i2c::Error as BusError;

impl<E: BusError> Course<'_, E> {
    /// The chip was read.
    pub(super) fn heard(
        &mut self,
        known: &mut Known,
        buffer: &mut Buffer,
        last: Result<(), ErrorKind<E>>,
    ) -> Step {
        let kind = match last {
            Ok(()) => match frame::payload(buffer) {
                Ok(payload) => {
                    let len = payload.len();
                    known.unheard = false;
                    return self.answered(known, buffer, len);
                }
                // Nobody drove the line: what was read as an answer may have reached the chip as something else, and
                // what it has to say then be the answer before.
                Err(_) if self.part == Part::Middle && buffer.first() == Some(&0xFF) => {
                    return self.fail(ErrorKind::Crc);
                }
                Err(_) => ErrorKind::Crc,
            },
            Err(ErrorKind::Bus(error)) if is_nack(&error) => ErrorKind::Timeout,
            Err(kind) => kind,
        };
        let silent = matches!(kind, ErrorKind::Timeout);
        if !silent {
            self.damaged += 1;
        }
        if if silent { self.waited_us <= known.owed_us } else { self.damaged < READ_MAX } {
            known.wait_us = timing::next_poll_us(self.waited_us);
            self.waited_us += known.wait_us;
            return if silent { Step::Read } else { Step::Reset };
        }
        match kind {
            ErrorKind::Timeout if !self.sent => self.seek_again(ErrorKind::NoDevice),
            ErrorKind::Crc if !self.sent => self.seek_again(ErrorKind::NotAwake),
            ErrorKind::Timeout if self.missed => self.fail(ErrorKind::NoDevice),
            ErrorKind::Timeout => {
                known.owed_us = 0;
                self.fail(kind)
            }
            // It may still be at work.
            kind => self.fail(kind),
        }
    }

    /// A group with a good CRC came.
    fn answered(&mut self, known: &mut Known, buffer: &mut Buffer, len: usize) -> Step {
        let payload = buffer.get(1..=len).unwrap_or_default();
        let again = self.tries < SEND_MAX;
        // After a failed self test it still runs SelfTest and reads of the config zone, and
        // answers everything else with that status (chip reference 2.3).
        let woke = matches!(payload, [0x11 | 0x07]);
        if !self.sent && !woke {
            // An old answer: it was awake and busy. Or another device.
            return self.seek_again(ErrorKind::NotAwake);
        }
        known.owed_us = 0;
        match payload {
            _ if !self.sent => return self.awake(buffer),
            // Nothing was executed.
            _ if woke && self.missed && again => return self.send(buffer),
            // Something was: this command, if the acknowledgement of its last byte was lost; one of somebody
            // else's; or the one before, of a chip that did not hear its last rest.
            _ if self.missed => return self.end(),
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

    /// The chip was not found.
    fn seek_again(&mut self, kind: ErrorKind<E>) -> Step {
        self.tries += 1;
        if self.tries == SEEK_MAX { self.fail(kind) } else { Step::Sleep }
    }
}
