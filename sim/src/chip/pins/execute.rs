//! From a group to its answer: when it is there, and when a command is not begun.

use super::super::command::Reply;
use super::super::power::{Nanos, Power};
use super::super::readings::Alternative;
use super::super::status::Status;
use super::super::wire::packet::{self, Executed, Outcome};
use super::Chip;

/// How many executed commands [`Chip::executed`] remembers at most.
const LOG: usize = 65_536;

const MILLISECOND: Nanos = 1_000_000;
const NONCE: u8 = 0x16;

impl Chip {
    pub(super) fn execute(&mut self, now: Nanos, group: &[u8]) {
        let Power::On { watchdog, .. } = self.power else { return };
        let (response, duration) = match packet::parse(group) {
            Err(status) => (packet::status_response(status), self.timing.refusal),
            Ok(packet) => {
                let answer = if watchdog - now < self.needed(packet.opcode) {
                    Err(Status::Watchdog.into())
                } else {
                    let (answer, staged) = self.machine.start(&packet);
                    self.staged = Some(staged);
                    answer
                };
                let refused = matches!(answer, Err(refused) if refused.status.is_refusal());
                let rule = answer.as_ref().err().and_then(|refused| refused.rule);
                let mut duration = if refused { self.timing.refusal } else { self.execution(packet.opcode) };
                if self.staged.is_some() && self.machine.counted_use {
                    duration += self.timing.internal_write;
                }
                let (response, outcome) = match answer {
                    Ok(Reply::Data(data)) => (packet::response(&data), Outcome::Data(data.len())),
                    Ok(Reply::Done) => {
                        (packet::status_response(Status::Success), Outcome::Status(Status::Success))
                    }
                    Err(refused) => {
                        (packet::status_response(refused.status), Outcome::Status(refused.status))
                    }
                };
                self.log(Executed {
                    opcode: packet.opcode,
                    p1: packet.p1,
                    p2: packet.p2,
                    outcome,
                    refused: rule,
                    start: now,
                    duration,
                });
                (response, duration)
            }
        };
        self.io = self.holding(response);
        self.power = Power::On { ready: now + duration, executing: true, watchdog };
        // A command may take no time at all.
        self.settle(now);
    }

    /// What must be left of the watchdog's time for a command to be begun (UNVERIFIED, chip reference U36).
    fn needed(&self, opcode: u8) -> Nanos {
        if self.takes(Alternative::WatchdogNeverRefuses) {
            0
        } else if self.takes(Alternative::WatchdogOneMargin) {
            150 * MILLISECOND
        } else if self.takes(Alternative::WatchdogTypicalMargin) {
            self.execution(opcode)
        } else {
            self.timing.needed(opcode, self.latched.divider)
        }
    }

    /// How long a command takes that is not refused (UNVERIFIED, chip reference U37, D23).
    fn execution(&self, opcode: u8) -> Nanos {
        let divider = self.latched.divider;
        if opcode == NONCE && self.takes(Alternative::NonceQuick) {
            5 * MILLISECOND
        } else if opcode == NONCE && self.takes(Alternative::NonceSlow) {
            26 * MILLISECOND
        } else if self.takes(Alternative::TimesBeyondMaxima) {
            self.timing.maximum(opcode, divider) * 5 / 4
        } else {
            self.timing.execution(opcode, divider)
        }
    }

    fn log(&mut self, executed: Executed) {
        if self.executed.len() == LOG {
            self.executed.drain(..LOG / 2);
        }
        self.executed.push(executed);
    }
}
