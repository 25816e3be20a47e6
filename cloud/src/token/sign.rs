//! From claims to a signed token.

use super::{CLOCK_FLOOR, TokenError, TokenSigner};
use atecc608::formats::jwt::{Header, UnsignedJwt};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Writes a token with these claims and has its SHA-256 signed. `now` is the time of day, in Unix seconds.
///
/// # Errors
/// [`TokenError`]: the clock was never set, the signer failed, or the buffer is too small, in which case nothing is
/// signed.
pub async fn sign<'b, S: TokenSigner>(
    header: &Header<'_>,
    claims: &impl Serialize,
    now: u64,
    signer: &mut S,
    buffer: &'b mut [u8],
) -> Result<&'b str, TokenError<S::Error>> {
    if now < CLOCK_FLOOR {
        return Err(TokenError::ClockNotSet { now });
    }
    let unsigned = UnsignedJwt::new(header, claims, buffer).map_err(TokenError::Jwt)?;
    let digest = Sha256::digest(unsigned.signing_input()).into();
    let signature = signer.sign_digest(&digest).await.map_err(TokenError::Signer)?;
    unsigned.sign(&signature).map_err(TokenError::Jwt)
}
