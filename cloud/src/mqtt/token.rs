//! The token that stands for a password at a bridge.

use super::Device;
use crate::token::{Lifetime, TokenError, TokenSigner, sign};
use atecc608::formats::jwt::Header;
use core::fmt;
use serde::Serialize;

/// A buffer for any token of [`Token::issue`], in bytes.
pub const TOKEN_MAX: usize = 320;

/// What the token says.
#[derive(Serialize)]
struct Claims<'a> {
    iat: u64,
    exp: u64,
    aud: &'a str,
}

/// A signed token and when it ends.
#[derive(Clone, Copy)]
pub struct Token<'b> {
    text: &'b str,
    issued: u64,
    expires: u64,
}

impl<'b> Token<'b> {
    /// Makes a token for `device`, issued at `now` (Unix seconds), and has its SHA-256 signed. A buffer of
    /// [`TOKEN_MAX`] bytes is always large enough.
    ///
    /// # Errors
    /// [`TokenError`]: the clock was never set, the signer failed, or the buffer is too small, in which
    /// case nothing is signed.
    pub async fn issue<S: TokenSigner>(
        device: &Device<'_>,
        now: u64,
        lifetime: Lifetime,
        signer: &mut S,
        buffer: &'b mut [u8],
    ) -> Result<Self, TokenError<S::Error>> {
        let expires = now.saturating_add(lifetime.as_secs());
        let claims = Claims { iat: now, exp: expires, aud: device.project() };
        let text = sign(&Header::ES256, &claims, now, signer, buffer).await?;
        Ok(Self { text, issued: now, expires })
    }

    /// The token: three parts in base64url with dots between them.
    #[must_use]
    pub const fn as_str(&self) -> &'b str {
        self.text
    }

    /// Issued at, in Unix seconds.
    #[must_use]
    pub const fn issued(&self) -> u64 {
        self.issued
    }

    /// Expires at, in Unix seconds. The bridge closes the connection shortly after.
    #[must_use]
    pub const fn expires(&self) -> u64 {
        self.expires
    }
}

impl fmt::Debug for Token<'_> {
    /// Without the text, which is as good as a password while it lives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("issued", &self.issued)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atecc608::Signature;
    use atecc608::formats::jwt::JwtError;
    use base64ct::{Base64UrlUnpadded, Encoding};
    use core::fmt;
    use embassy_futures::block_on;
    use sha2::{Digest, Sha256};
    use std::string::ToString;
    use std::vec::Vec;

    const NOW: u64 = 1_700_000_000;

    /// Keeps the digests it was given; the signature is the digest twice.
    #[derive(Default)]
    struct Recorder {
        digests: Vec<[u8; 32]>,
        fails: bool,
    }

    impl TokenSigner for Recorder {
        type Error = fmt::Error;
        async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
            if self.fails {
                return Err(fmt::Error);
            }
            self.digests.push(*digest);
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(digest);
            signature[32..].copy_from_slice(digest);
            Ok(Signature::from_bytes(signature))
        }
    }

    fn device() -> Device<'static> {
        Device::new("my-project", "europe-west1", "reg", "dev").unwrap()
    }

    #[test]
    fn the_signer_gets_the_digest_of_exactly_the_first_two_parts() {
        let mut signer = Recorder::default();
        let mut buffer = [0; TOKEN_MAX];
        let lifetime = Lifetime::from_secs(3600).unwrap();
        let token = block_on(Token::issue(&device(), NOW, lifetime, &mut signer, &mut buffer)).unwrap();
        let (input, signature) = token.as_str().rsplit_once('.').unwrap();
        let digest: [u8; 32] = Sha256::digest(input.as_bytes()).into();
        assert_eq!(signer.digests, [digest]);
        assert_eq!(Base64UrlUnpadded::decode_vec(signature).unwrap(), [digest, digest].concat());
        let claims = Base64UrlUnpadded::decode_vec(input.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims, serde_json::json!({"iat": NOW, "exp": NOW + 3600, "aud": "my-project"}));
        assert_eq!((token.issued(), token.expires()), (NOW, NOW + 3600));
        assert!(!std::format!("{token:?}").contains("eyJ"));
    }

    #[test]
    fn the_longest_token_fits() {
        let project = "p".repeat(63);
        let device = Device::new(&project, "r", "reg", "dev").unwrap();
        let mut buffer = [0; TOKEN_MAX];
        // Times of 20 digits, the longest a u64 has.
        let token = block_on(Token::issue(
            &device,
            u64::MAX - 1,
            Lifetime::MAX,
            &mut Recorder::default(),
            &mut buffer,
        ))
        .unwrap();
        assert!(token.as_str().len() <= TOKEN_MAX);
        assert_eq!(token.expires(), u64::MAX);
    }

    #[test]
    fn nothing_is_signed_from_an_unset_clock_or_into_a_small_buffer() {
        let mut signer = Recorder::default();
        let mut buffer = [0; TOKEN_MAX];
        let unset =
            block_on(Token::issue(&device(), 12, Lifetime::MAX, &mut signer, &mut buffer)).unwrap_err();
        assert_eq!(unset, TokenError::ClockNotSet { now: 12 });
        assert!(unset.to_string().contains("clock was never set"));
        let mut short = [0; 150];
        let small = block_on(Token::issue(&device(), NOW, Lifetime::MAX, &mut signer, &mut short));
        assert!(matches!(small.unwrap_err(), TokenError::Jwt(JwtError::BufferTooSmall(_))));
        assert!(signer.digests.is_empty());
        signer.fails = true;
        let failed = block_on(Token::issue(&device(), NOW, Lifetime::MAX, &mut signer, &mut buffer));
        assert_eq!(failed.unwrap_err(), TokenError::Signer(fmt::Error));
    }
}
