//! From transfers to events: what is folded, and what is done again.

use super::{Event, Sink};
use crate::wire::nack::is_nack;
use crate::wire::{Opcode, Status, Transfer};
use embedded_hal::i2c::{Error, ErrorKind, Operation};

/// What is remembered from one transfer to the next.
#[derive(Debug)]
pub(super) struct Teller<S> {
    sink: S,
    /// A command that was not answered, or with a status that it was not executed.
    sent: Option<Sent>,
    /// Reads that failed, not told yet.
    polls: Option<Polls>,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    command: Transfer,
    opcode: Opcode,
}

#[derive(Debug, Clone, Copy)]
struct Polls {
    address: u8,
    error: ErrorKind,
    number: u16,
}

impl<S: Sink> Teller<S> {
    pub(super) const fn new(sink: S) -> Self {
        Self { sink, sent: None, polls: None }
    }

    /// Polls whose end was waited for.
    pub(super) fn flush(&mut self, answered: bool) {
        if let Some(Polls { address, error, number: polls }) = self.polls.take() {
            let command = self.sent.map(|sent| sent.opcode);
            self.sink.event(Event::Silent { address, command, error, polls, answered });
        }
    }

    pub(super) fn wrote<E: Error>(&mut self, address: u8, bytes: &[u8], result: &Result<(), E>) {
        self.flush(false);
        let transfer = Transfer::of_write(address, bytes);
        let again = self.sent.is_some_and(|sent| sent.command == transfer);
        match transfer {
            Transfer::Command { opcode, .. } => self.sent = Some(Sent { command: transfer, opcode }),
            // What comes next begins anew.
            Transfer::Sleep => self.sent = None,
            _ => {}
        }
        self.sink.event(match result {
            // Nobody has address 0: only another error is news.
            Err(error) if transfer != Transfer::WakePulse || !is_nack(error) => {
                Event::Failed { address, transfer, error: error.kind(), again }
            }
            _ => Event::Done { address, transfer, command: None, again },
        });
    }

    pub(super) fn read<E: Error>(&mut self, address: u8, bytes: &[u8], result: &Result<(), E>) {
        if let Err(error) = result {
            let error = error.kind();
            match &mut self.polls {
                Some(polls) if polls.address == address && polls.error == error => {
                    polls.number = polls.number.saturating_add(1);
                }
                _ => {
                    self.flush(false);
                    self.polls = Some(Polls { address, error, number: 1 });
                }
            }
            return;
        }
        self.flush(true);
        let command = self.sent.map(|sent| sent.opcode);
        let transfer = Transfer::of_read(command, bytes);
        match transfer {
            // It was not executed, or will be read again: the same command next is the same once more.
            Transfer::Status(Status::Communication | Status::Watchdog | Status::AfterWake)
            | Transfer::Damaged(_) => {}
            _ => self.sent = None,
        }
        self.sink.event(Event::Done { address, transfer, command, again: false });
    }

    pub(super) fn transferred<E: Error>(
        &mut self,
        address: u8,
        operations: &[Operation<'_>],
        result: &Result<(), E>,
    ) {
        for operation in operations {
            match operation {
                Operation::Write(bytes) => self.wrote(address, bytes, result),
                Operation::Read(bytes) => self.read(address, bytes, result),
            }
        }
    }
}
