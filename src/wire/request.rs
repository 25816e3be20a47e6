//! A command's fields and the answer to expect (chip reference 2.1).

use super::opcode::Opcode;
use super::timing::Times;
use core::fmt;

/// What a command answers with when it succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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
    /// Payload bytes of the answer.
    #[must_use]
    pub const fn payload_len(self) -> u8 {
        match self {
            Self::Status | Self::Mask => 1,
            Self::Data(len) | Self::UpTo(len) => len,
        }
    }
}

/// A command's fields, ready to be written to the wire (chip reference 2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Opcode.
    pub opcode: Opcode,
    /// Param1.
    pub p1: u8,
    /// Param2.
    pub p2: u16,
    /// Data, in up to three pieces that are sent one after the other.
    pub data: [&'a [u8]; 3],
    /// The answer to expect.
    pub reply: Reply,
    /// Known when the command is written down, so that firmware carries the times of the commands
    /// it uses and no table of all.
    pub(crate) times: Times,
}

/// The data, which may be secret, is not shown.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("opcode", &self.opcode)
            .field("p1", &self.p1)
            .field("p2", &self.p2)
            .field("data_len", &self.data.iter().map(|piece| piece.len()).sum::<usize>())
            .field("reply", &self.reply)
            .finish_non_exhaustive()
    }
}

impl<'a> Request<'a> {
    /// Where no command is sent.
    pub(crate) const NONE: Self = Self::new(Opcode::Info, 0, 0, Reply::Status);

    /// A command without data.
    #[must_use]
    #[inline(always)]
    pub const fn new(opcode: Opcode, p1: u8, p2: u16, reply: Reply) -> Self {
        Self { opcode, p1, p2, data: [&[], &[], &[]], reply, times: Times::of(opcode) }
    }

    /// A command with data.
    #[must_use]
    #[inline(always)]
    pub const fn with_data(opcode: Opcode, p1: u8, p2: u16, data: [&'a [u8]; 3], reply: Reply) -> Self {
        Self { opcode, p1, p2, data, reply, times: Times::of(opcode) }
    }
}
