//! The device's certificate for an access token, at Google's Security Token Service, over mutual TLS.

mod limits;
#[cfg(test)]
mod tests;
mod unfit;

pub use limits::{CERTIFICATE_DAYS_MAX, CHAIN_LEN_MAX};
pub use unfit::{Limit, Unfit};

use super::access::AccessToken;
use super::base64::Standard;
use super::connection::Connection;
use super::error::FederationError;
use super::grant::{Fingerprint, Shown, grant};
use super::names::{Provider, Scope};
use super::refusal::Service;
use atecc608::x509::Certificate;
use core::fmt;
use core::time::Duration;
use embedded_io_async::{Read, Write};
use serde::{Serialize, Serializer};

/// The Security Token Service where it asks for a certificate. The one at [`STS_HOST`](super::STS_HOST) does not.
pub const STS_MTLS_HOST: &str = "sts.mtls.googleapis.com";

/// The device's certificate and those of its issuers, as the Security Token Service takes them.
///
/// The device's own is the first, the one of the TLS handshake; each other is its predecessor's issuer's. Those that
/// the provider's trust store has (its anchors, its intermediates) can be left out.
#[derive(Clone, Copy)]
pub struct CertificateChain<'a> {
    own: Certificate<'a>,
    chain: &'a [&'a [u8]],
    bound: bool,
}

impl<'a> CertificateChain<'a> {
    /// The chain, in DER, if Google takes it at `now` (Unix seconds).
    ///
    /// Lifetime, length and keys are the limits of Google's page "Configure Workload Identity Federation with X.509
    /// certificates". That a certificate must not be a CA's and needs the key usages digitalSignature and
    /// keyEncipherment is what that page's example has; that nothing else is taken is second hand. All of it was not
    /// tried at the real cloud: for what Google takes in spite of it there is [`unchecked`](Self::unchecked). What
    /// fits is issued with [`Profile::GOOGLE_DEVICE`](atecc608::x509::Profile::GOOGLE_DEVICE) for at most
    /// [`CERTIFICATE_DAYS_MAX`] days. Signatures are left for Google to check.
    ///
    /// # Errors
    /// [`Unfit`]: which certificate, and what is wrong with it.
    pub fn new(chain: &'a [&'a [u8]], now: u64) -> Result<Self, Unfit> {
        let this = Self::unchecked(chain)?;
        limits::check(chain, now)?;
        Ok(this)
    }

    /// The chain as it is; only that there is a device's certificate is made sure of. What is wrong with it is told by
    /// Google then, in fewer words.
    ///
    /// # Errors
    /// [`Unfit`]: the first is no certificate, or there is none.
    pub fn unchecked(chain: &'a [&'a [u8]]) -> Result<Self, Unfit> {
        let own = chain.first().ok_or(Unfit { certificate: 0, limit: Limit::Missing })?;
        let own = Certificate::parse(own)
            .map_err(|error| Unfit { certificate: 0, limit: Limit::Malformed(error) })?;
        Ok(Self { own, chain, bound: false })
    }

    /// The same; the access token will be bound to the device's certificate. It then opens nothing but servers that
    /// see this certificate in the TLS handshake, [`PUBSUB_MTLS_HOST`](super::PUBSUB_MTLS_HOST) and the like: whoever
    /// takes it from the device's memory has nothing. `bindCertFingerprint` of the service's reference; not tried at
    /// the real cloud.
    #[must_use]
    pub const fn with_bound_token(self) -> Self {
        Self { bound: true, ..self }
    }

    /// What becomes `google.subject` by the default attribute mapping, `assertion.subject.dn.cn`: the common name.
    #[must_use]
    pub fn default_subject(&self) -> Option<&'a str> {
        self.own.common_name()
    }
}

/// As the service takes it: an array of texts, the certificates in base64.
impl fmt::Display for CertificateChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, certificate) in self.chain.iter().enumerate() {
            let before = if index == 0 { "[" } else { "," };
            write!(f, "{before}\"{}\"", Standard(certificate))?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for CertificateChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateChain")
            .field("own", &self.own)
            .field("certificates", &self.chain.len())
            .field("bound", &self.bound)
            .finish()
    }
}

/// The array once more as one text.
impl Serialize for CertificateChain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Exchanges the device's certificate for an access token, over a connection to [`STS_MTLS_HOST`] whose TLS handshake
/// has shown the chain's first certificate.
///
/// The buffer holds the request (4 bytes for each 3 of the certificates, and some 600), then the answer, then the
/// access token alone; [`EXCHANGE_BUFFER`](super::EXCHANGE_BUFFER) bytes are large enough for 9,000 bytes of
/// certificates. `uptime` is taken before the call.
///
/// What follows is the same as after [`exchange`](super::exchange).
///
/// **Cancellation:** may be dropped at any point; the buffer is wiped, as it is after an error.
///
/// # Errors
/// [`FederationError`]; [`Refused`](FederationError::Refused) tells what to look at.
pub async fn exchange_certificate<'b, T: Read + Write>(
    connection: &mut Connection<'_, T>,
    provider: &Provider<'_>,
    scope: Scope<'_>,
    certificates: &CertificateChain<'_>,
    uptime: Duration,
    buffer: &'b mut [u8],
) -> Result<AccessToken<'b>, FederationError<T::Error>> {
    let shown = Shown {
        service: Service::CertificateExchange,
        kind: "urn:ietf:params:oauth:token-type:mtls",
        token: certificates,
        bound_to: certificates.bound.then(|| Fingerprint(certificates.own.sha256())),
    };
    grant(connection, provider, scope, shown, uptime, buffer).await
}
