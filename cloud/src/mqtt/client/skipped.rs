//! Messages that the receive buffer can't hold.

use crate::mqtt::packet::{Malformed, PacketId};
use core::fmt;

/// Messages of the server that the receive buffer can't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u32,
    /// The size of the last, in bytes, topic included.
    pub size: usize,
    /// The receive buffer's.
    pub capacity: usize,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, size, capacity } = self;
        match count {
            1 => write!(f, "a message of {size} bytes is passed over: there is room for {capacity}"),
            _ => write!(
                f,
                "{count} messages are passed over: there is room for {capacity} bytes, the last has {size}"
            ),
        }
    }
}

/// A message on its way past the buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing {
    /// Bytes of the whole packet,
    pub(super) size: usize,
    /// and those that have arrived.
    pub(super) at: usize,
    /// Where its packet id is, if it has one.
    id_at: Option<usize>,
    id: [u8; 2],
}

impl Passing {
    pub(super) const fn new(size: usize, at: usize, id_at: Option<usize>) -> Self {
        Self { size, at, id_at, id: [0; 2] }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let offset = self.id_at.and_then(|id_at| self.at.checked_sub(id_at));
            if let Some(place) = offset.and_then(|offset| self.id.get_mut(offset)) {
                *place = *byte;
            }
            self.at = self.at.saturating_add(1);
        }
    }

    /// What to acknowledge, of a message that has gone past.
    pub(super) fn id(&self) -> Result<Option<PacketId>, Malformed> {
        match self.id_at {
            None => Ok(None),
            Some(id_at) if id_at.saturating_add(2) > self.size => Err(Malformed::Size),
            Some(_) => PacketId::new(u16::from_be_bytes(self.id)).map(Some).ok_or(Malformed::PacketId),
        }
    }
}
