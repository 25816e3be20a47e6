//! What AWS asks of its clients.

/// A rule of AWS IoT Core. [`Service::without`](super::Service::without) shows what depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The client names the endpoint in full (SNI), else there is no handshake.
    ServerName,
    /// On port 443 the client offers `x-amzn-mqtt-ca` (ALPN), else MQTT is not spoken there.
    Protocol,
    /// The certificate is registered, else the connection is closed.
    Registered,
    /// The certificate is ACTIVE: not INACTIVE, REVOKED or PENDING_ACTIVATION.
    Active,
    /// The certificate is valid by AWS's clock. From memory.
    Validity,
    /// The certificate is signed by RSA or ECDSA with SHA-256 or longer.
    Algorithm,
    /// A certificate registers itself only by the CA that signed it directly.
    DirectSigner,
    /// A certificate that registers itself is PENDING_ACTIVATION, and its first connection is cut.
    FirstConnection,
    /// A template of just-in-time provisioning takes only fields that the subject has.
    SubjectFields,
    /// A client id has 1 to 128 bytes.
    ClientId,
    /// A policy permits `iot:Connect` with this client id.
    ConnectPolicy,
    /// A policy permits `iot:Publish` to this topic, else the connection is closed.
    PublishPolicy,
    /// A policy permits `iot:RetainPublish` to this topic, for retained messages.
    RetainPolicy,
    /// A policy permits `iot:Subscribe` to this filter, else the connection is closed.
    SubscribePolicy,
    /// A policy permits `iot:Receive` of this topic, else nothing is delivered.
    ReceivePolicy,
    /// A second connection with a client id ends the first.
    TakeOver,
    /// Nothing is sent between CONNECT and CONNACK.
    WaitForConnack,
    /// QoS 2 gets no answer.
    ExactlyOnce,
    /// Nothing is retained on topics that begin with `$`.
    RetainReserved,
    /// Retained messages don't come with filters that have wildcards.
    RetainWildcard,
    /// `a/#` is not `a`.
    HashParent,
    /// Topics that begin with `$` are AWS's: only those of its services may be published to.
    ReservedTopics,
    /// A topic has at most 256 bytes, after `$aws/rules/NAME/`. From memory.
    TopicLength,
    /// A topic has at most 7 slashes, after `$aws/rules/NAME/`.
    TopicSlashes,
    /// A message has at most 128 KB.
    PayloadLength,
    /// A SUBSCRIBE has at most 8 filters.
    Filters,
    /// A connection has at most 50 subscriptions.
    Subscriptions,
    /// At most 100 messages to a client wait for its acknowledgement.
    InFlight,
    /// A client that is silent for one and a half times its keep alive is gone.
    KeepAlive,
    /// Keep alive is at least 30 and at most 1200 seconds, whatever was asked for. From memory.
    KeepAliveRange,
    /// A connection publishes at most 100 times a second. From memory; what AWS does then, too.
    PublishRate,
    /// A session that is not clean is kept for an hour.
    SessionLife,
    /// A shadow has at most 8 KB, or 413.
    ShadowSize,
    /// An update with another version than the shadow's is a conflict, 409.
    ShadowVersion,
    /// An update has an object `state`, and in it objects `desired` and `reported`, or 400.
    ShadowState,
    /// A shadow's document has at most 6 levels, or 400.
    ShadowDepth,
    /// A client token has at most 64 bytes, or 400.
    ClientToken,
    /// A shadow's name has at most 64 bytes of letters, digits, `:`, `_` and `-`, or 400.
    ShadowName,
    /// A shadow belongs to a thing of the registry, or 404. AWS has shadows without; the mock is stricter.
    ShadowThing,
    /// A certificate is made of a request that its key has signed, or 400.
    Csr,
    /// The ownership token is one that was given out, and not used before, or 400.
    OwnershipToken,
    /// The ownership token lives for an hour.
    OwnershipTokenLife,
    /// The provisioning template exists and is enabled, or 404.
    TemplateName,
    /// All parameters of the template that have no default come with the request, or 400.
    Parameters,
}

impl Rule {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::ServerName,
        Self::Protocol,
        Self::Registered,
        Self::Active,
        Self::Validity,
        Self::Algorithm,
        Self::DirectSigner,
        Self::FirstConnection,
        Self::SubjectFields,
        Self::ClientId,
        Self::ConnectPolicy,
        Self::PublishPolicy,
        Self::RetainPolicy,
        Self::SubscribePolicy,
        Self::ReceivePolicy,
        Self::TakeOver,
        Self::WaitForConnack,
        Self::ExactlyOnce,
        Self::RetainReserved,
        Self::RetainWildcard,
        Self::HashParent,
        Self::ReservedTopics,
        Self::TopicLength,
        Self::TopicSlashes,
        Self::PayloadLength,
        Self::Filters,
        Self::Subscriptions,
        Self::InFlight,
        Self::KeepAlive,
        Self::KeepAliveRange,
        Self::PublishRate,
        Self::SessionLife,
        Self::ShadowSize,
        Self::ShadowVersion,
        Self::ShadowState,
        Self::ShadowDepth,
        Self::ClientToken,
        Self::ShadowName,
        Self::ShadowThing,
        Self::Csr,
        Self::OwnershipToken,
        Self::OwnershipTokenLife,
        Self::TemplateName,
        Self::Parameters,
    ];
}
