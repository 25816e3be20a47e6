//! The device's own token: who it is, signed with its key.

use super::names::{Identity, Provider};
use crate::token::{Lifetime, TokenError, TokenSigner, sign};
use atecc608::formats::jwt::Header;
use core::fmt;
use serde::{Serialize, Serializer};
use zeroize::Zeroize;

/// A buffer for any token of [`FederatedToken::issue`], in bytes.
pub const FEDERATED_TOKEN_MAX: usize = 1200;

/// Seconds by which `iat` lies in the past, so that a clock a little fast does not make it the future's.
const BACKDATE: u64 = 30;

/// What the token says.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    iat: u64,
    exp: u64,
}

enum Audience<'a> {
    Own(&'a str),
    Provider(Provider<'a>),
}

impl Serialize for Audience<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Own(text) => serializer.serialize_str(text),
            Self::Provider(provider) => serializer.collect_str(provider),
        }
    }
}

/// A signed token for the Security Token Service. Its text is wiped when it is dropped.
pub struct FederatedToken<'b> {
    buffer: &'b mut [u8],
    len: usize,
    issued: u64,
    expires: u64,
}

impl<'b> FederatedToken<'b> {
    /// One hour. The token is needed once, for the exchange; longer has no use. Google's limit, 48 hours, is
    /// above all that a [`Lifetime`] can be.
    pub const LIFETIME: Lifetime = match Lifetime::from_secs(3600) {
        Ok(lifetime) => lifetime,
        Err(_) => Lifetime::MAX,
    };

    /// Makes a token at `now` (Unix seconds) and has its SHA-256 signed. A buffer of [`FEDERATED_TOKEN_MAX`]
    /// bytes is always large enough. `iat` lies 30 seconds in the past, and `exp` `lifetime` after `iat`; of a
    /// lifetime below a minute only half lies in the past.
    ///
    /// Dropped half-way, nothing of use is in the buffer.
    ///
    /// # Errors
    /// [`TokenError`]: the clock was never set, the signer failed, or the buffer is too small, in which
    /// case nothing is signed.
    pub async fn issue<S: TokenSigner>(
        identity: &Identity<'_>,
        now: u64,
        lifetime: Lifetime,
        signer: &mut S,
        buffer: &'b mut [u8],
    ) -> Result<Self, TokenError<S::Error>> {
        let issued = now.saturating_sub(BACKDATE.min(lifetime.as_secs() / 2));
        let expires = issued.saturating_add(lifetime.as_secs());
        let claims = Claims {
            iss: identity.issuer(),
            sub: identity.subject(),
            aud: identity.audience().map_or(Audience::Provider(identity.provider()), Audience::Own),
            iat: issued,
            exp: expires,
        };
        let header = Header::with_kid(identity.key_id());
        let len = sign(&header, &claims, now, signer, &mut *buffer).await?.len();
        Ok(Self { buffer, len, issued, expires })
    }

    /// The token: three parts in base64url with dots between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.buffer.get(..self.len).unwrap_or_default()).unwrap_or_default()
    }

    /// Issued at (`iat`), in Unix seconds.
    #[must_use]
    pub const fn issued(&self) -> u64 {
        self.issued
    }

    /// Expires at (`exp`), in Unix seconds.
    #[must_use]
    pub const fn expires(&self) -> u64 {
        self.expires
    }
}

impl Drop for FederatedToken<'_> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

impl fmt::Debug for FederatedToken<'_> {
    /// Without the text, which is as good as a password while it lives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FederatedToken")
            .field("issued", &self.issued)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
