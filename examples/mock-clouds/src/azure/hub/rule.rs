//! The rules of IoT Hub.

/// A rule; "Communicate with an IoT hub using the MQTT protocol" says it, unless another page is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// TLS 1.2 and no other ("TLS support in IoT Hub").
    Tls12,
    /// MQTT 3.1.1.
    Mqtt311,
    /// The user name names this hub and a device.
    UserName,
    /// The user name has an `api-version`. The page recommends it; that it is refused without is a guess.
    ApiVersion,
    /// The client id is the device's id.
    ClientId,
    /// The device is registered.
    Registered,
    /// It is not disabled.
    Enabled,
    /// Whoever is known by a certificate shows one.
    Certificate,
    /// The certificate is valid now. A guess for thumbprints.
    Dates,
    /// Its thumbprint is the registered one.
    Thumbprint,
    /// The certificates shown lead to an uploaded authority ("Authenticate devices using X.509 CA certificates").
    Chain,
    /// The common name is the device's id (the same page).
    CommonName,
    /// With a certificate there is no password. A guess.
    NoPassword,
    /// Without, the password is a token.
    Token,
    /// It is signed with the device's key ("Control access with shared access signatures").
    TokenSignature,
    /// It has not expired.
    TokenExpiry,
    /// It is for this device.
    TokenResource,
    /// When it ends, so does the connection.
    TokenEnd,
    /// Nobody is silent for longer than 1767 s, whatever the keep alive.
    Silence,
    /// The newer of two connections lives.
    NewerWins,
    /// At most 256 KB.
    MessageSize,
    /// No QoS 2.
    NoQoS2,
    /// Topics that there are.
    PublishTopic,
    /// Properties are percent-encoded.
    Properties,
    /// A method's answer has a number as status, and JSON or nothing.
    MethodAnswer,
    /// Filters that there are.
    SubscribeFilter,
    /// At most five subscriptions.
    FiveSubscriptions,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::Tls12,
        Self::Mqtt311,
        Self::UserName,
        Self::ApiVersion,
        Self::ClientId,
        Self::Registered,
        Self::Enabled,
        Self::Certificate,
        Self::Dates,
        Self::Thumbprint,
        Self::Chain,
        Self::CommonName,
        Self::NoPassword,
        Self::Token,
        Self::TokenSignature,
        Self::TokenExpiry,
        Self::TokenResource,
        Self::TokenEnd,
        Self::Silence,
        Self::NewerWins,
        Self::MessageSize,
        Self::NoQoS2,
        Self::PublishTopic,
        Self::Properties,
        Self::MethodAnswer,
        Self::SubscribeFilter,
        Self::FiveSubscriptions,
    ];
}
