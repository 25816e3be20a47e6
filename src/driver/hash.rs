//! A hash of a stream in pieces: whole blocks for the chip, and what its answers mean for the stream.

use crate::error::{Argument, Error, ErrorKind};
use crate::wire::{Opcode, Status};

/// What the chip takes at once.
pub(super) const BLOCK: usize = 64;

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing sent yet.
    Fresh,
    /// The chip holds a context.
    Started,
    /// A command failed or was cut off: the context can't be trusted.
    Broken,
}

impl State {
    /// Marks the stream broken until the caller knows better.
    pub(super) fn begin<E>(&mut self) -> Result<Self, Error<E>> {
        match core::mem::replace(self, Self::Broken) {
            Self::Broken => Err(Error::new(Opcode::Sha, ErrorKind::Reset)),
            state => Ok(state),
        }
    }
}

/// A context that was there is gone: what the chip then calls a forbidden command is its reset.
pub(super) fn lost<E>(mut error: Error<E>) -> Error<E> {
    if matches!(error.kind, ErrorKind::Status(Status::Execution)) {
        error.kind = ErrorKind::Reset;
    }
    error
}

pub(super) fn too_long<E>() -> Error<E> {
    Error::new(Opcode::Sha, ErrorKind::Argument(Argument::TooLong))
}

/// Moves bytes from the front of `data` into the block until it is full or they are used up.
pub(super) fn take<const N: usize>(block: &mut [u8; N], filled: &mut usize, data: &mut &[u8]) {
    let room = block.iter_mut().skip(*filled);
    let n = room.len().min(data.len());
    for (to, from) in room.zip(data.iter()) {
        *to = *from;
    }
    *filled += n;
    *data = data.get(n..).unwrap_or_default();
}
