//! The token that stands for a password at EMQX, HiveMQ, or a mosquitto with a plug-in for tokens.

mod flat;

use super::Login;
use crate::token::{Lifetime, TokenError, TokenSigner, sign};
use atecc608::formats::jwt::Header;
use core::fmt;
use flat::{Clash, Flat};
use serde::ser::{Serialize, SerializeMap, Serializer};
use zeroize::Zeroize;

/// Seconds by which `iat` and `nbf` lie in the past, so that a clock a little fast does not make them the future's:
/// EMQX refuses such.
const BACKDATE: u64 = 30;

/// What a token says. Brokers agree on little more than that it is signed; what yours wants to see, its configuration
/// says.
///
/// `iat` and `exp` are always there. Own claims are the members of a struct, or of a map with texts as names; `iss`,
/// `sub`, `aud`, `exp`, `nbf` and `iat` among them are refused.
///
/// EMQX takes its access rules from the claim `acl`, in either of two forms:
///
/// ```
/// use atecc608_cloud::mqtt::BrokerClaims;
/// use serde::Serialize;
///
/// /// By what is allowed: lists of topics.
/// #[derive(Serialize)]
/// struct Lists<'a> {
///     r#pub: &'a [&'a str],
///     sub: &'a [&'a str],
/// }
///
/// /// As rules, the first that fits.
/// #[derive(Serialize)]
/// struct Rule<'a> {
///     permission: &'a str,
///     action: &'a str,
///     topic: &'a str,
/// }
///
/// #[derive(Serialize)]
/// struct Own<A> {
///     acl: A,
/// }
///
/// let lists = Own { acl: Lists { r#pub: &["lamps/lamp-1/state"], sub: &["lamps/lamp-1/set"] } };
/// let claims = BrokerClaims::new("lamp-1").with_own(&lists);
/// let rules = Own { acl: [Rule { permission: "allow", action: "publish", topic: "lamps/lamp-1/#" }] };
/// let claims = BrokerClaims::new("lamp-1").with_key_id("key-1").with_own(&rules);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerClaims<'a, C = ()> {
    subject: &'a str,
    key_id: Option<&'a str>,
    audience: Option<&'a str>,
    issuer: Option<&'a str>,
    not_before: bool,
    own: C,
}

impl<'a> BrokerClaims<'a> {
    /// For this device (`sub`): often its client id or user name.
    #[must_use]
    pub const fn new(subject: &'a str) -> Self {
        Self { subject, key_id: None, audience: None, issuer: None, not_before: false, own: () }
    }
}

impl<'a, C> BrokerClaims<'a, C> {
    /// Which of the registered keys this is (`kid`, in the token's header). A broker that takes keys from a JWKS, as
    /// HiveMQ does, needs it.
    #[must_use]
    pub fn with_key_id(self, key_id: &'a str) -> Self {
        Self { key_id: Some(key_id), ..self }
    }

    /// For whom the token is (`aud`).
    #[must_use]
    pub fn with_audience(self, audience: &'a str) -> Self {
        Self { audience: Some(audience), ..self }
    }

    /// Who made it (`iss`).
    #[must_use]
    pub fn with_issuer(self, issuer: &'a str) -> Self {
        Self { issuer: Some(issuer), ..self }
    }

    /// From when on it is good (`nbf`), the same as `iat`.
    #[must_use]
    pub fn with_not_before(self) -> Self {
        Self { not_before: true, ..self }
    }

    /// Adds own claims.
    #[must_use]
    pub fn with_own<D: Serialize>(self, own: D) -> BrokerClaims<'a, D> {
        let Self { subject, key_id, audience, issuer, not_before, own: _ } = self;
        BrokerClaims { subject, key_id, audience, issuer, not_before, own }
    }
}

/// The token's second part.
struct Payload<'p, 'a, C> {
    claims: &'p BrokerClaims<'a, C>,
    issued: u64,
    expires: u64,
    clash: Clash,
}

impl<C: Serialize> Serialize for Payload<'_, '_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { claims, issued, expires, clash } = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(issuer) = claims.issuer {
            map.serialize_entry("iss", issuer)?;
        }
        map.serialize_entry("sub", claims.subject)?;
        if let Some(audience) = claims.audience {
            map.serialize_entry("aud", audience)?;
        }
        map.serialize_entry("iat", issued)?;
        if claims.not_before {
            map.serialize_entry("nbf", issued)?;
        }
        map.serialize_entry("exp", expires)?;
        claims.own.serialize(Flat { map: &mut map, clash })?;
        map.end()
    }
}

/// A signed token and when it ends. Its text is wiped when it is dropped.
///
/// EMQX closes the connection when the token ends; others look at it only at the login. In either case log in with a
/// new one before.
pub struct BrokerToken<'b> {
    buffer: &'b mut [u8],
    len: usize,
    issued: u64,
    expires: u64,
}

impl<'b> BrokerToken<'b> {
    /// Makes a token at `now` (Unix seconds) and has its SHA-256 signed by ES256. `iat` lies 30 seconds in the past,
    /// and `exp` `lifetime` after `iat`; of a lifetime below a minute only half lies in the past. Without own claims,
    /// names of 64 bytes and 450 bytes of buffer go together.
    ///
    /// Dropped half-way, nothing of use is in the buffer.
    ///
    /// # Errors
    /// [`TokenError`]: the clock was never set, the signer failed, own claims are no JSON object or have a name of the
    /// token's, or the buffer is too small, in which case nothing is signed and it is told how long the token is.
    pub async fn issue<S: TokenSigner, C: Serialize>(
        claims: &BrokerClaims<'_, C>,
        now: u64,
        lifetime: Lifetime,
        signer: &mut S,
        buffer: &'b mut [u8],
    ) -> Result<Self, TokenError<S::Error>> {
        let issued = now.saturating_sub(BACKDATE.min(lifetime.as_secs() / 2));
        let expires = issued.saturating_add(lifetime.as_secs());
        let payload = Payload { claims, issued, expires, clash: Clash::default() };
        let header = claims.key_id.map_or(Header::ES256, Header::with_kid);
        match sign(&header, &payload, now, signer, &mut *buffer).await.map(str::len) {
            Ok(len) => Ok(Self { buffer, len, issued, expires }),
            Err(error) => Err(payload.clash.get().map_or(error, TokenError::ReservedClaim)),
        }
    }

    /// The token: three parts in base64url with dots between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.buffer.get(..self.len).unwrap_or_default()).unwrap_or_default()
    }

    /// The token, for whoever wipes the buffer afterwards.
    #[must_use]
    pub fn into_str(mut self) -> &'b str {
        let (buffer, len) = (core::mem::take(&mut self.buffer), self.len);
        let text: &'b [u8] = buffer;
        core::str::from_utf8(text.get(..len).unwrap_or_default()).unwrap_or_default()
    }

    /// A login with the token as password.
    #[must_use]
    pub fn login<'l>(&'l self, client_id: &'l str, user_name: &'l str) -> Login<'l> {
        Login {
            user_name: Some(user_name),
            password: Some(self.as_str().as_bytes()),
            ..Login::new(client_id)
        }
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

impl Drop for BrokerToken<'_> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

impl fmt::Debug for BrokerToken<'_> {
    /// Without the text, which is as good as a password while it lives.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokerToken")
            .field("issued", &self.issued)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
