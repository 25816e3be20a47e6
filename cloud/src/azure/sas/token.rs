//! The token itself.

use super::super::field::{DEVICE_ID_MAX, HOST_MAX};
use super::super::url::Encode;
use super::{HmacSigner, Resource};
use crate::token::{CLOCK_FLOOR, Lifetime};
use base64ct::{Base64, Encoding};
use core::fmt::{self, Write};
use zeroize::Zeroize;

const START: &str = "SharedAccessSignature sr=";
/// Base64 of 32 bytes.
const SIGNATURE_LEN: usize = 44;

/// A buffer for any token, in bytes: the longest names, percent-encoded.
pub const TOKEN_MAX: usize = START.len()
    + HOST_MAX
    + "%2Fregistrations%2F".len()
    + 3 * DEVICE_ID_MAX
    + "&sig=".len()
    + 3 * SIGNATURE_LEN
    + "&se=".len()
    + 20
    + "&skn=".len()
    + 64;

/// A password for IoT Hub or DPS, until it expires. The buffer is wiped when this is dropped.
pub struct SasToken<'b> {
    buffer: &'b mut [u8],
    len: usize,
    expires: u64,
}

/// Why there is no token. `E` is the signer's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SasError<E> {
    /// The time given is before 2020: the clock was never set.
    ClockNotSet {
        /// The time given, in Unix seconds.
        now: u64,
    },
    /// The buffer is too small; [`TOKEN_MAX`] bytes are always enough.
    BufferTooSmall {
        /// The buffer's size, in bytes.
        capacity: usize,
    },
    /// The signer failed.
    Signer(E),
}

impl<E: fmt::Display> fmt::Display for SasError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockNotSet { now } => {
                write!(f, "the clock was never set (it shows {now} s since 1970), so no token was made")
            }
            Self::BufferTooSmall { capacity } => {
                write!(f, "the token does not fit the buffer of {capacity} bytes; {TOKEN_MAX} are enough")
            }
            Self::Signer(error) => write!(
                f,
                "the token was not made: {error}; the slot must hold a secret key that may be used for HMAC (no private key, no \
                 NoMac)"
            ),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for SasError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Signer(error) => Some(error),
            _ => None,
        }
    }
}

impl<'b> SasToken<'b> {
    /// Makes a token for `resource`, good from now on (`now`, in Unix seconds) for `lifetime`. Of a DPS one hour is plenty; a hub cuts
    /// the connection when the token ends, so reconnect with a new one before.
    ///
    /// # Errors
    /// [`SasError`]: the clock was never set or the buffer is too small, in which case the signer was not asked; the signer
    /// failed. The buffer is wiped then, as it is when this future is dropped.
    pub async fn issue<S: HmacSigner>(
        resource: &Resource<'_>,
        now: u64,
        lifetime: Lifetime,
        signer: &mut S,
        buffer: &'b mut [u8],
    ) -> Result<Self, SasError<S::Error>> {
        if now < CLOCK_FLOOR {
            return Err(SasError::ClockNotSet { now });
        }
        let capacity = buffer.len();
        let full = |fmt::Error| SasError::BufferTooSmall { capacity };
        let expires = now.saturating_add(lifetime.as_secs());
        // From here on the buffer is wiped, whatever happens.
        let mut token = Self { buffer, len: 0, expires };
        // First what is signed, where the token will have it: resource, line feed, end.
        token.write(format_args!("{START}{resource}")).map_err(full)?;
        let resource_end = token.len;
        token.write(format_args!("\n{expires}")).map_err(full)?;
        // What follows does not depend on the signature but for its length, so whether it fits is known before.
        let policy = Policy(resource.policy());
        let mut rest = Count(0);
        write!(rest, "&sig=&se={expires}{policy}").map_err(full)?;
        if resource_end.saturating_add(rest.0).saturating_add(3 * SIGNATURE_LEN) > capacity {
            return Err(full(fmt::Error));
        }
        let message = token.buffer.get(START.len()..token.len).unwrap_or_default();
        let mut hmac = signer.hmac(message).await.map_err(SasError::Signer)?;
        token.len = resource_end;
        let mut text = [0; SIGNATURE_LEN];
        let signature = Base64::encode(&hmac, &mut text).unwrap_or_default();
        let written = token.write(format_args!("&sig={}&se={expires}{policy}", Encode(signature)));
        hmac.zeroize();
        text.zeroize();
        written.map_err(full)?;
        Ok(token)
    }

    /// The token, from `SharedAccessSignature` on: MQTT's password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The same as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    /// Expires at, in Unix seconds.
    #[must_use]
    pub const fn expires(&self) -> u64 {
        self.expires
    }

    fn write(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        fmt::Write::write_fmt(self, text)
    }
}

impl fmt::Write for SasToken<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.saturating_add(text.len());
        self.buffer.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl Drop for SasToken<'_> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

impl fmt::Debug for SasToken<'_> {
    /// Without the text, which is as good as a password while it lives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SasToken").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// `&skn=NAME`, or nothing.
#[derive(Clone, Copy)]
struct Policy<'a>(Option<&'a str>);

impl fmt::Display for Policy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, "&skn={name}"),
            None => Ok(()),
        }
    }
}

/// Counts what is written.
struct Count(usize);

impl fmt::Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
