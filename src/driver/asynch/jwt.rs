//! A token in one call.

use super::device::Atecc608;
use super::wake::Wake;
use crate::formats::jwt::{Header, SignJwtError, UnsignedJwt};
use crate::memory::Slot;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;
use serde::Serialize;

/// # Tokens
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Writes a JSON Web Token into `buffer`, signed (ES256) with the key of a slot. The chip makes
    /// the SHA-256, too; with a software SHA-256 use [`UnsignedJwt`] and
    /// [`sign_digest`](Self::sign_digest), which is faster.
    ///
    /// # Errors
    /// [`SignJwtError::Jwt`] if the buffer is too small or the claims are no JSON object ([`crate::formats::jwt`]), before
    /// anything is signed;
    /// [`SignJwtError::Chip`] as [`sign_message`](Self::sign_message).
    ///
    /// # Cancel safety
    /// As [`sign_message`](Self::sign_message).
    pub async fn sign_jwt<'b, C: Serialize + ?Sized>(
        &mut self,
        slot: Slot,
        header: &Header<'_>,
        claims: &C,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, SignJwtError<I2C::Error>> {
        let token = UnsignedJwt::new(header, claims, buffer)?;
        let signature = self.sign_message(slot, token.signing_input()).await?;
        Ok(token.sign(&signature)?)
    }
}
