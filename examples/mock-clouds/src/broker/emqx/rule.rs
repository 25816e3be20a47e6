//! What is enforced.

/// A rule of EMQX's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// There is a password.
    Token,
    /// It is a token that one of the keys has signed.
    Signature,
    /// `exp`, if it is there, is later than now.
    Expiry,
    /// `iat`, if it is there, is not later than now.
    IssuedAt,
    /// `nbf`, if it is there, is not later than now.
    NotBefore,
    /// `verify_claims` are there, and what they must be.
    Claims,
    /// The claim `acl` has one of its two forms.
    AclForm,
    /// It allows to publish.
    AclPublish,
    /// It allows to subscribe.
    AclSubscribe,
    /// It allows nothing when the token has ended.
    AclExpiry,
    /// Who is logged in is cut off when the token ends.
    Cut,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Token,
        Self::Signature,
        Self::Expiry,
        Self::IssuedAt,
        Self::NotBefore,
        Self::Claims,
        Self::AclForm,
        Self::AclPublish,
        Self::AclSubscribe,
        Self::AclExpiry,
        Self::Cut,
    ];
}
