//! What is enforced.

/// A rule of Google's.
///
/// Those of the trust store, the path, dates, lifetime and keys are the table "Limits" of "Configure Workload Identity
/// Federation with X.509 certificates"; [`NoAuthority`](Self::NoAuthority) and [`KeyUsage`](Self::KeyUsage) are what the
/// certificates of that page's example have, and second hand as a demand. What is said then, nobody here has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// `grant_type` is that of a token exchange.
    GrantType,
    /// `requested_token_type` is an access token's.
    RequestedType,
    /// `subject_token_type` is that of mutual TLS.
    TokenType,
    /// `audience` names a provider that there is.
    Audience,
    /// `scope` is one of Google's.
    Scope,
    /// The handshake has shown a certificate.
    ClientCertificate,
    /// `subject_token` is an array, as one text, of certificates in base64.
    SubjectToken,
    /// Its first certificate is the handshake's.
    SameCertificate,
    /// Signatures lead to an anchor of the provider's trust store.
    Path,
    /// Who issues is a CA, and may have as many below it.
    Authority,
    /// At most five certificates from the client's to the root's.
    Depth,
    /// All certificates hold now.
    Dates,
    /// The client's is issued for at most 390 days.
    Lifetime,
    /// The client's key is RSA of 2048 to 4096 bits, or on P-256 or P-384.
    KeyType,
    /// The client's says that it is no CA's.
    NoAuthority,
    /// The client's has digitalSignature and keyEncipherment, critical.
    KeyUsage,
    /// What is mapped to `google.subject` is there, and has at most 127 bytes.
    Subject,
    /// The provider's attribute condition holds.
    Condition,
    /// A token is bound to 43 characters of base64url.
    Fingerprint,
    /// A bound token comes over a handshake with its certificate.
    BoundToken,
    /// At most three trust anchors.
    Anchors,
    /// At most ten intermediates.
    Intermediates,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::GrantType,
        Self::RequestedType,
        Self::TokenType,
        Self::Audience,
        Self::Scope,
        Self::ClientCertificate,
        Self::SubjectToken,
        Self::SameCertificate,
        Self::Path,
        Self::Authority,
        Self::Depth,
        Self::Dates,
        Self::Lifetime,
        Self::KeyType,
        Self::NoAuthority,
        Self::KeyUsage,
        Self::Subject,
        Self::Condition,
        Self::Fingerprint,
        Self::BoundToken,
        Self::Anchors,
        Self::Intermediates,
    ];
}

/// Rules that are switched off.
#[derive(Debug, Clone, Default)]
pub(super) struct Off(Vec<Rule>);

impl Off {
    pub(super) fn add(&mut self, rule: Rule) {
        self.0.push(rule);
    }

    /// What a rule says, if it is in force: `wrong` breaks it.
    pub(super) fn check(&self, rule: Rule, wrong: bool) -> bool {
        wrong && !self.0.contains(&rule)
    }
}
