//! The rules of DPS.

/// A rule; "Communicate with your DPS using the MQTT protocol" says it, unless another page is named. That refusals come as an
/// answer to the registration, and not at the login, is how Microsoft's libraries know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// TLS 1.2 and no other.
    Tls12,
    /// MQTT 3.1.1.
    Mqtt311,
    /// The form of the user name.
    UserName,
    /// Its `api-version`.
    ApiVersion,
    /// Its id scope is the service's.
    IdScope,
    /// The client id is the registration id.
    ClientId,
    /// There is a certificate or a token.
    Credentials,
    /// An individual enrollment's certificate is shown ("X.509 certificate attestation").
    Certificate,
    /// The certificates shown lead to the group's (the same page, device chain requirements).
    Chain,
    /// The certificate is valid now. A guess.
    Dates,
    /// The common name is the registration id.
    CommonName,
    /// The enrollment is not disabled ("X.509 certificate attestation", order of operations).
    Enabled,
    /// The token is signed with the enrollment's key, or the one derived from it ("Symmetric key attestation").
    TokenSignature,
    /// It has not expired.
    TokenExpiry,
    /// It is for this registration.
    TokenResource,
    /// Its policy is `registration`. The page asks for one; Microsoft's library for Python names none, so neither is refused.
    TokenPolicy,
    /// The body names the registration. That it must be the same is a guess.
    Body,
    /// Topics that there are.
    PublishTopic,
    /// The filter that there is.
    SubscribeFilter,
    /// No QoS 2. The page speaks of subscriptions only: a guess.
    NoQoS2,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Tls12,
        Self::Mqtt311,
        Self::UserName,
        Self::ApiVersion,
        Self::IdScope,
        Self::ClientId,
        Self::Credentials,
        Self::Certificate,
        Self::Chain,
        Self::Dates,
        Self::CommonName,
        Self::Enabled,
        Self::TokenSignature,
        Self::TokenExpiry,
        Self::TokenResource,
        Self::TokenPolicy,
        Self::Body,
        Self::PublishTopic,
        Self::SubscribeFilter,
        Self::NoQoS2,
    ];
}
