//! Bytes that nobody else may see.

use crate::secret::wipe;
use core::array::TryFromSliceError;
use core::fmt;

/// Key material: wiped when dropped, not `Copy`, not printed, compared in constant time.
///
/// Aligned, so that copies go by words: of bytes that are not, `memcpy` keeps some on its own stack.
#[derive(Clone)]
#[repr(align(4))]
pub struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    /// Takes over the bytes. The caller's own copy, if any, is the caller's to wipe.
    #[must_use]
    pub const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Zeros, to be filled in place.
    pub(crate) const fn room() -> Self {
        Self([0; N])
    }

    /// What `fill` makes of zeros. A value that is moved leaves a copy behind: this one is copied, and the
    /// original wiped.
    #[cfg(feature = "host")]
    pub(crate) fn filled(fill: impl FnOnce(&mut Self)) -> Self {
        let mut original = Self::room();
        fill(&mut original);
        original.clone()
    }

    /// The bytes, to be filled in.
    pub(crate) const fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

/// Takes over the bytes, as [`Secret::new`]. There is no `AsRef` back: whoever reads a secret writes
/// [`expose`](Secret::expose).
impl<const N: usize> From<[u8; N]> for Secret<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self::new(bytes)
    }
}

/// An error if there are not `N` bytes.
impl<const N: usize> TryFrom<&[u8]> for Secret<N> {
    type Error = TryFromSliceError;
    fn try_from(bytes: &[u8]) -> Result<Self, TryFromSliceError> {
        <&[u8; N]>::try_from(bytes).map(|bytes| Self(*bytes))
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for Secret<N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Secret");
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        equal(&self.0, &other.0)
    }
}

impl<const N: usize> Eq for Secret<N> {}

/// Combines bytes with others, as far as there are any. Never inlined: what is in registers here is not
/// spilled elsewhere.
#[inline(never)]
pub(crate) fn xor(bytes: &mut [u8], with: &[u8]) {
    for (to, from) in bytes.iter_mut().zip(with) {
        *to ^= from;
    }
}

/// Comparison whose time does not depend on where the difference is.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b));
    // Keeps the compiler from leaving the loop at the first difference.
    a.len() == b.len() && core::hint::black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compared_and_never_printed() {
        let secret = Secret::new([1, 2, 3]);
        assert_eq!(secret, Secret::new([1, 2, 3]));
        for i in 0..3 {
            let mut other = [1, 2, 3];
            other[i] ^= 0x80;
            assert_ne!(secret, Secret::new(other));
        }
        assert!(!equal(&[1], &[1, 2]));
        assert_eq!(std::format!("{secret:?}"), "Secret");
    }
}
