//! Public keys as PEM, the form OpenSSL and cloud consoles take.

use crate::error::BufferTooSmall;
use crate::key::PublicKey;
use pem_rfc7468::LineEnding;

/// Room that [`PublicKey::to_pem`] needs, in bytes.
pub const PEM_LEN: usize = 178;

impl PublicKey {
    /// PEM SubjectPublicKeyInfo ("BEGIN PUBLIC KEY"), lines ended by LF.
    ///
    /// # Errors
    /// [`BufferTooSmall`] below [`PEM_LEN`] bytes.
    pub fn to_pem<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        pem_rfc7468::encode("PUBLIC KEY", LineEnding::LF, &self.to_spki_der(), buffer)
            .map_err(|_| BufferTooSmall::new(PEM_LEN))
    }
}
