//! A command's fields and the answer to expect (chip reference 2.1).

use super::group::{GROUP_MAX, RESPONSE_OVERHEAD};
use super::opcode::Opcode;
use super::timing::Times;
use core::fmt;

/// What a command answers with when it succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Reply {
    /// Status 0x00.
    Status,
    /// One byte that is a mask, not a status (SelfTest, chip reference 2.4).
    Mask,
    /// This many bytes.
    Data(u8),
    /// Several bytes, up to this many.
    UpTo(u8),
}

impl Reply {
    /// Payload bytes of the longest answer the chip can give.
    pub const MAX: usize = GROUP_MAX - RESPONSE_OVERHEAD;
}

/// [`Reply`] as it is looked at, and what else is known when a command is written down. One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Answer {
    pub(crate) kind: AnswerKind,
    /// See [`Opcode::may_run_twice`]: firmware needs no list of the commands that may.
    pub(crate) may_run_twice: bool,
    /// As many as the chip can give, at most.
    pub(crate) payload_len: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerKind {
    Status,
    Mask,
    Data,
    UpTo,
}

impl Answer {
    #[inline(always)]
    const fn of(opcode: Opcode, reply: Reply) -> Self {
        let (kind, len) = match reply {
            Reply::Status => (AnswerKind::Status, 1),
            Reply::Mask => (AnswerKind::Mask, 1),
            Reply::Data(len) => (AnswerKind::Data, len),
            Reply::UpTo(len) => (AnswerKind::UpTo, len),
        };
        let max = Reply::MAX as u16;
        let payload_len = if len as u16 > max { max } else { len as u16 };
        Self { kind, may_run_twice: opcode.may_run_twice(), payload_len }
    }
}

/// A command's fields, ready to be written to the wire (chip reference 2.1).
// What is looked at byte by byte first, where the smallest instructions reach it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Request<'a> {
    /// Param2.
    pub p2: u16,
    /// Opcode.
    pub opcode: Opcode,
    /// Param1.
    pub p1: u8,
    /// Known when the command is written down, so that firmware carries the times of the commands
    /// it uses and no table of all.
    pub(crate) times: Times,
    /// The answer to expect.
    pub(crate) answer: Answer,
    /// In up to three pieces.
    pub(super) data: Option<[&'a [u8]; 3]>,
}

/// The data, which may be secret, is not shown.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("opcode", &self.opcode)
            .field("p1", &self.p1)
            .field("p2", &self.p2)
            .field("data_len", &self.data().iter().map(|piece| piece.len()).sum::<usize>())
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

impl<'a> Request<'a> {
    /// Where no command is sent.
    pub(crate) const NONE: Self = Self::new(Opcode::Info, 0, 0);

    /// A command without data.
    #[must_use]
    #[inline(always)]
    pub const fn new(opcode: Opcode, p1: u8, p2: u16) -> Self {
        Self {
            opcode,
            p1,
            p2,
            data: None,
            answer: Answer::of(opcode, Reply::Status),
            times: Times::of(opcode),
        }
    }

    /// The data, in up to three pieces that are sent one after the other.
    #[must_use]
    pub const fn data(&self) -> [&'a [u8]; 3] {
        match self.data {
            Some(data) => data,
            None => [&[]; 3],
        }
    }

    /// The same, with the answer to expect; status 0x00 unless it is said here.
    #[must_use]
    #[inline(always)]
    pub const fn answered_by(self, reply: Reply) -> Self {
        Self { answer: Answer::of(self.opcode, reply), ..self }
    }

    /// A command with data.
    #[must_use]
    #[inline(always)]
    pub const fn with_data(opcode: Opcode, p1: u8, p2: u16, data: [&'a [u8]; 3]) -> Self {
        Self {
            opcode,
            p1,
            p2,
            data: Some(data),
            answer: Answer::of(opcode, Reply::Status),
            times: Times::of(opcode),
        }
    }
}
