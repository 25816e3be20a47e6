//! Room for what goes over the bus.

use super::group::{GROUP_MAX, WordAddress};
use crate::secret::wipe;

/// Room for one group and the word address before it. It may hold keys or data: wiped when dropped, also with a future
/// that was cut off.
#[repr(C, align(4))]
pub struct Buffer {
    pub(super) len: usize,
    pub(super) bytes: [u8; GROUP_MAX + 1],
}

impl Buffer {
    /// Without contents.
    #[must_use]
    pub const fn new() -> Self {
        Self { len: 0, bytes: [0; GROUP_MAX + 1] }
    }

    /// As many bytes as are to be read into it, whatever they are; as many as there are at most.
    pub(crate) fn resize(&mut self, len: usize) {
        self.len = len;
    }

    /// A word address and nothing more. What is behind it stays, for [`behind`](Self::behind).
    pub(crate) fn set_word(&mut self, word: WordAddress) {
        self.len = 1;
        self.bytes[0] = word as u8;
    }

    /// So many bytes behind the first.
    pub(crate) fn behind(&self, len: usize) -> &[u8] {
        self.bytes.get(1..=len.min(GROUP_MAX)).unwrap_or_default()
    }

    /// The byte behind the first.
    pub(crate) const fn second(&self) -> u8 {
        self.bytes[1]
    }

    /// Adds bytes, one by one, which is smaller than a copy and its check; those that don't fit are but counted.
    #[inline(never)]
    pub(super) fn append(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(room) = self.bytes.get_mut(self.len) {
                *room = byte;
            }
            self.len += 1;
        }
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new()
    }
}

impl core::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len.min(GROUP_MAX + 1)).unwrap_or_default()
    }
}

impl core::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len.min(GROUP_MAX + 1)).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Buffer {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl core::fmt::Debug for Buffer {
    // It may hold a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Buffer").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}
