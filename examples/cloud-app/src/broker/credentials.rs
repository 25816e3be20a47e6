//! What a device shows beside its certificate.

use atecc608_cloud::mqtt::{BrokerClaims, BrokerToken};
use atecc608_cloud::signer::TokenSigner;
use atecc608_cloud::token::{Lifetime, TokenError};
use core::convert::Infallible;
use core::fmt::Display;
use core::future::Future;
use serde::Serialize;
use zeroize::Zeroize;

/// A password for one login.
#[derive(Clone, Copy)]
pub struct Password<'b> {
    /// Its bytes.
    pub bytes: &'b [u8],
    /// When it ends, in Unix seconds: the login is renewed before. `None` if it does not.
    pub expires: Option<u64>,
}

impl core::fmt::Debug for Password<'_> {
    /// Without the bytes.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Password").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// The room for a password, wiped when this is dropped: after the login, and whatever cuts it short.
pub(super) struct Room<'b>(pub(super) &'b mut [u8]);

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Makes the password for each login: a token that the chip signs, or a signature by its HMAC key.
pub trait Credentials {
    /// Why there is none.
    type Error: Display;

    /// Makes the password at `now`, in Unix seconds. `buffer` is [`BrokerParts::password`](crate::BrokerParts), and is
    /// wiped after the login, or if that does not come about. The caller limits the time. `None`: none is needed.
    ///
    /// # Errors
    /// The signer's own, or that it does not fit.
    fn password<'b>(
        &mut self,
        now: u64,
        buffer: &'b mut [u8],
    ) -> impl Future<Output = Result<Option<Password<'b>>, Self::Error>>;

    /// Whether only a person can help: the next try is later then.
    #[must_use]
    fn is_lasting(error: &Self::Error) -> bool {
        let _ = error;
        false
    }
}

/// No password: the device's certificate says who it is, or the [`Login`](atecc608_cloud::mqtt::Login) of the
/// application has one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoPassword;

impl Credentials for NoPassword {
    type Error = Infallible;

    async fn password<'b>(&mut self, _: u64, _: &'b mut [u8]) -> Result<Option<Password<'b>>, Infallible> {
        Ok(None)
    }
}

/// A token signed by the chip, for EMQX, HiveMQ, or a mosquitto with a plug-in: a new one for each login, and a new login
/// before it ends.
#[derive(Debug)]
pub struct TokenPassword<'a, S, C = ()> {
    /// The chip.
    pub signer: S,
    /// What the token says.
    pub claims: BrokerClaims<'a, C>,
    /// How long a token is good.
    pub lifetime: Lifetime,
}

impl<S: TokenSigner<Error: Display>, C: Serialize> Credentials for TokenPassword<'_, S, C> {
    type Error = TokenError<S::Error>;

    async fn password<'b>(
        &mut self,
        now: u64,
        buffer: &'b mut [u8],
    ) -> Result<Option<Password<'b>>, Self::Error> {
        let Self { signer, claims, lifetime } = self;
        let token = BrokerToken::issue(claims, now, *lifetime, signer, buffer).await?;
        let expires = Some(token.expires());
        Ok(Some(Password { bytes: token.into_str().as_bytes(), expires }))
    }

    fn is_lasting(error: &Self::Error) -> bool {
        !matches!(error, TokenError::Signer(_))
    }
}
