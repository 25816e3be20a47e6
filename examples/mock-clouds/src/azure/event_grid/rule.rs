//! The rules of Event Grid's broker.

/// A rule, and where it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A client has a certificate ("MQTT client authentication using certificates").
    Certificate,
    /// The user field has the authentication name, unless names come from certificates ("MQTT features supported").
    UserName,
    /// The client is registered.
    Registered,
    /// Its certificate has the registered thumbprint.
    Thumbprint,
    /// The authority that signed the certificate itself is uploaded.
    Authority,
    /// The subject is the authentication name.
    Subject,
    /// The certificate is valid now.
    Dates,
    /// There is a client id ("MQTT features supported", connection flow).
    ClientId,
    /// A session is its client's ("handling sessions").
    SessionOwner,
    /// A client has one session, which is the namespace's default.
    OneSession,
    /// At most 1160 s ("current limitations").
    KeepAlive,
    /// No user properties in CONNECT and SUBSCRIBE.
    UserProperties,
    /// No authentication method, as no issuer is configured.
    AuthenticationMethod,
    /// At most 300 s.
    WillDelay,
    /// Packets of at most 512 KiB.
    PacketSize,
    /// No QoS 2.
    NoQoS2,
    /// No retained messages (2023).
    NoRetain,
    /// Topics of at most 256 bytes ("quotas and limits").
    TopicLength,
    /// Topics of at most 15 segments (2025).
    TopicSegments,
    /// At most 10 topic aliases.
    TopicAliases,
    /// No subscription identifiers.
    NoSubscriptionIds,
    /// No shared subscriptions.
    NoSharedSubscriptions,
    /// A permission binding lets the client publish.
    PublishPermission,
    /// A permission binding lets the client subscribe.
    SubscribePermission,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Certificate,
        Self::UserName,
        Self::Registered,
        Self::Thumbprint,
        Self::Authority,
        Self::Subject,
        Self::Dates,
        Self::ClientId,
        Self::SessionOwner,
        Self::OneSession,
        Self::KeepAlive,
        Self::UserProperties,
        Self::AuthenticationMethod,
        Self::WillDelay,
        Self::PacketSize,
        Self::NoQoS2,
        Self::NoRetain,
        Self::TopicLength,
        Self::TopicSegments,
        Self::TopicAliases,
        Self::NoSubscriptionIds,
        Self::NoSharedSubscriptions,
        Self::PublishPermission,
        Self::SubscribePermission,
    ];
}
