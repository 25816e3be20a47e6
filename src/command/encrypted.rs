//! Results under the I/O protection key (chip reference 5.0.6).

/// A result encrypted with the I/O protection key, and the nonce to decrypt it with
/// (`host::io_decrypt`, feature `host`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encrypted<const N: usize> {
    /// The encrypted bytes.
    pub ciphertext: [u8; N],
    /// The chip's nonce.
    pub nonce: [u8; 32],
}

impl<const N: usize> Encrypted<N> {
    pub(crate) fn parse(result: &[u8]) -> Option<Self> {
        Some(Self { ciphertext: result.get(..N)?.try_into().ok()?, nonce: result.get(N..)?.try_into().ok()? })
    }
}

impl<const N: usize> core::fmt::Debug for Encrypted<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Encrypted").finish_non_exhaustive()
    }
}
