//! A buffer for secrets that is wiped whatever happens.

use zeroize::Zeroize;

/// Wipes the buffer when dropped: after an error, and when the future that holds it is dropped half-way.
pub(super) struct Scrub<'b>(&'b mut [u8]);

impl<'b> Scrub<'b> {
    pub(super) const fn new(buffer: &'b mut [u8]) -> Self {
        Self(buffer)
    }

    pub(super) fn as_mut(&mut self) -> &mut [u8] {
        self.0
    }

    pub(super) fn as_ref(&self) -> &[u8] {
        self.0
    }

    /// Keeps `range`, moved to the start, and wipes the rest.
    pub(super) fn keep(mut self, range: core::ops::Range<usize>) -> Option<&'b mut [u8]> {
        let buffer = core::mem::take(&mut self.0);
        let len = range.len();
        if range.start > range.end || range.end > buffer.len() {
            buffer.zeroize();
            return None;
        }
        buffer.copy_within(range, 0);
        let (kept, rest) = buffer.split_at_mut(len);
        rest.zeroize();
        Some(kept)
    }
}

impl Drop for Scrub<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_kept_stays() {
        let mut buffer = *b"head secret tail";
        assert_eq!(Scrub::new(&mut buffer).keep(5..11).unwrap(), b"secret");
        assert_eq!(&buffer, b"secret\0\0\0\0\0\0\0\0\0\0");
        assert!(Scrub::new(&mut buffer).keep(0..17).is_none());
        assert_eq!(buffer, [0; 16]);
        let mut buffer = *b"secret";
        drop(Scrub::new(&mut buffer));
        assert_eq!(buffer, [0; 6]);
    }
}
