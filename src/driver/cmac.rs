//! A CMAC under way, without the chip (NIST SP 800-38B).

use super::block::{Block, double};
use super::hash::take;
use crate::command::AesKey;
use crate::error::{Error, ErrorKind};
use crate::secret::wipe;
use crate::secret::xor;
use crate::wire::Opcode;

/// Between two commands.
pub(super) struct State {
    pub(super) key: AesKey,
    /// What the blocks before the last have come to.
    pub(super) mac: Block,
    /// The last block so far, whole or not: it is treated apart.
    last: Block,
    filled: usize,
    /// A command failed or was cut off: part of a piece is in, part is not.
    pub(super) broken: bool,
}

impl core::fmt::Debug for State {
    // The block may hold a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("State").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        wipe(&mut self.last);
    }
}

impl State {
    pub(super) const fn new(key: AesKey) -> Self {
        Self { key, mac: [0; 16], last: [0; 16], filled: 0, broken: false }
    }

    pub(super) fn check<E>(&self) -> Result<(), Error<E>> {
        if self.broken { Err(Error::new(Opcode::Aes, ErrorKind::Reset)) } else { Ok(()) }
    }

    /// Takes data; the next block to encrypt, into `mac`, if there is more. Until that is done it is broken.
    pub(super) fn absorb(&mut self, data: &mut &[u8]) -> Option<Block> {
        take(&mut self.last, &mut self.filled, data);
        if data.is_empty() {
            return None;
        }
        xor(&mut self.mac, &self.last);
        (self.broken, self.filled) = (true, 0);
        Some(self.mac)
    }

    /// The last block to encrypt, which gives the CMAC; `zero` is the encrypted block of zeros.
    pub(super) fn last(&self, mut zero: Block) -> Block {
        let mut subkey = double(zero);
        let mut mac = self.mac;
        xor(&mut mac, self.last.get(..self.filled).unwrap_or_default());
        if let Some(pad) = mac.get_mut(self.filled) {
            *pad ^= 0x80;
            subkey = double(subkey);
        }
        xor(&mut mac, &subkey);
        wipe(&mut subkey);
        wipe(&mut zero);
        mac
    }
}
