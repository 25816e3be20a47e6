//! Event Grid's MQTT broker: topics of one's own.
//!
//! Written from "MQTT features supported by Azure Event Grid's MQTT broker" (2023) and "MQTT client authentication using
//! certificates". MQTT 3.1.1 (and 5, which is not used here) on port 8883, TLS 1.2 or 1.3, so a microcontroller reaches it. The device shows
//! its certificate; the namespace knows it by thumbprint, or by the certificate authority that **directly** signed it and a field of the
//! certificate. The user name is the client's authentication name, the client id the name of the session.
//!
//! What may be published and subscribed to say the namespace's topic spaces and permission bindings. What they do not
//! allow ends the connection (MQTT 3.1.1 has no other way to say so).
//!
//! | Limit | |
//! |---|---|
//! | [`KEEP_ALIVE_MAX`] | seconds |
//! | [`MESSAGE_MAX`] | bytes of a packet |
//! | [`TOPIC_MAX`] | bytes of a topic |
//! | [`SEGMENTS_MAX`] | parts of a topic between slashes; 8 before May 2025 |
//! | QoS | 0 and 1; QoS 2 closes the connection |
//! | retained messages | refused by the page of 2023; newer ones ("Support for MQTT Retain") have them, up to 64 KB. Do not rely on them |
//!
//! ```
//! use atecc608_cloud::azure::event_grid::{Client, check_topic};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("greenhouse.westeurope-1.ts.eventgrid.azure.net", "sensor-1", "sensor-1")?;
//! let login = client.login();
//! assert_eq!((login.client_id, login.user_name, login.password), ("sensor-1", Some("sensor-1"), None));
//! let topic = check_topic("greenhouse/sensor-1/temperature")?;
//! # let _ = topic;
//! # Ok(()) }
//! ```

use super::field::{Field, FieldError};
use crate::mqtt::Login;

/// Longest keep-alive interval, in seconds.
pub const KEEP_ALIVE_MAX: u16 = 1160;
/// Longest packet, in bytes.
pub const MESSAGE_MAX: usize = 512 * 1024;
/// Longest topic, in bytes.
pub const TOPIC_MAX: usize = 256;

/// Most parts of a topic, between slashes ("Azure Event Grid quotas and limits", 2025).
pub const SEGMENTS_MAX: usize = 15;

/// A client of a namespace, and one session of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client<'a> {
    host: &'a str,
    authentication_name: &'a str,
    session: &'a str,
}

impl<'a> Client<'a> {
    /// A client by the namespace's MQTT host name, its authentication name, and the name of this session, which is unique in the
    /// namespace: the authentication name again, unless the namespace allows several sessions of a client.
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(host: &'a str, authentication_name: &'a str, session: &'a str) -> Result<Self, FieldError> {
        Ok(Self {
            host: Field::Host.check(host)?,
            authentication_name: Field::AuthenticationName.check(authentication_name)?,
            session: Field::ClientId.check(session)?,
        })
    }

    /// The namespace's host name: where to connect, and the name in its certificate.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The login: by certificate, so without a password.
    #[must_use]
    pub const fn login(&self) -> Login<'a> {
        Login { user_name: Some(self.authentication_name), ..Login::new(self.session) }
    }
}

/// Checks a topic to publish to.
///
/// # Errors
/// [`FieldError`]: empty, longer than [`TOPIC_MAX`], with more than [`SEGMENTS_MAX`] parts, with wildcards, or one of the server's
/// own (`$`).
pub fn check_topic(topic: &str) -> Result<&str, FieldError> {
    Field::Topic.check(topic)
}
