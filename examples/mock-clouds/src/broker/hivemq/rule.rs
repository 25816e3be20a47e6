//! What is enforced.

/// A rule of the extension's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// There is a password.
    Token,
    /// The token's `kid` is in the JWKS.
    KeyId,
    /// That key has signed it.
    Signature,
    /// `exp` is later than now.
    Expiry,
    /// `nbf` is not later than now.
    NotBefore,
    /// Claims are there, and what they must be.
    Claims,
    /// The JWKS is fetched again only after half an hour.
    Cache,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Token, Self::KeyId, Self::Signature, Self::Expiry, Self::NotBefore, Self::Claims, Self::Cache];
}
