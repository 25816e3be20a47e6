//! Results under the I/O protection key (chip reference 5.0.6).

use super::Response;

/// A result encrypted with the I/O protection key, and the nonce to decrypt it with
/// (`host::io_decrypt`, feature `host`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encrypted<const N: usize> {
    /// The encrypted bytes.
    pub ciphertext: [u8; N],
    /// The chip's nonce.
    pub nonce: [u8; 32],
}

macro_rules! encrypted {
    ($len:literal, $with_nonce:literal) => {
        impl Response for Encrypted<$len> {
            type Room = [u8; $with_nonce];

            fn read(room: &[u8; $with_nonce], _: usize) -> Option<Self> {
                let (ciphertext, nonce) = (room.get(..$len)?, room.get($len..)?);
                Some(Self { ciphertext: ciphertext.try_into().ok()?, nonce: nonce.try_into().ok()? })
            }
        }
    };
}

encrypted!(32, 64);
encrypted!(64, 96);

impl<const N: usize> core::fmt::Debug for Encrypted<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Encrypted").finish_non_exhaustive()
    }
}
