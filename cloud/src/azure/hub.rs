//! IoT Hub: one device, its telemetry, its twin, direct methods, messages from the cloud.
//!
//! Written from "Communicate with an IoT hub using the MQTT protocol" (2023). MQTT 3.1.1 on port 8883; **TLS 1.2 only**, see
//! [`azure`](super). With a certificate there is no password; without one it is a [token](super::sas).
//!
//! | Topic | | What |
//! |---|---|---|
//! | [`Device::events_topic`] | out | telemetry, with [properties](Property) in the topic |
//! | [`Device::messages_filter`] | in | messages from the cloud |
//! | [`twin_get_topic`], [`twin_report_topic`] | out | asks for the twin; reports properties |
//! | [`TWIN_ANSWERS`] | in | the hub's answer to either |
//! | [`DESIRED`] | in | desired properties that changed |
//! | [`METHODS`], [`method_answer_topic`] | in, out | direct methods and their answers |
//!
//! The four filters are all that a device can subscribe to, in one connection at most [`SUBSCRIPTIONS_MAX`]. Desired properties
//! that change while the device is away are not sent afterwards: subscribe to [`DESIRED`], then ask for the twin.
//!
//! ```
//! use atecc608_cloud::azure::hub::{self, Device, Incoming, Property, RequestId};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let device = Device::new("greenhouse.azure-devices.net", "sensor-1")?;
//! assert_eq!(device.user_name(), "greenhouse.azure-devices.net/sensor-1/?api-version=2021-04-12");
//! let topic = device.events_topic(&[Property::JSON, Property::UTF_8, Property::own("alert", "a b")?])?;
//! assert_eq!(topic, "devices/sensor-1/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&alert=a%20b");
//!
//! // A setting that somebody changes in the twin, and what the device makes of it.
//! #[derive(serde::Deserialize)]
//! struct Settings { interval: Option<u32> }
//! let topic = "$iothub/twin/PATCH/properties/desired/?$version=8";
//! assert!(matches!(device.incoming(topic), Some(Incoming::Desired { version: Some(8) })));
//! let desired = hub::read_desired::<Settings>(br#"{"interval":60,"$version":8}"#)?;
//! assert_eq!((desired.values.interval, desired.version), (Some(60), 8));
//!
//! #[derive(serde::Serialize)]
//! struct Reported { interval: u32 }
//! assert_eq!(hub::twin_report_topic(RequestId::new(7)), "$iothub/twin/PATCH/properties/reported/?$rid=7");
//! assert_eq!(hub::write_json(&Reported { interval: 60 }, &mut [0; 64])?, br#"{"interval":60}"#);
//! # Ok(()) }
//! ```

mod incoming;
mod property;
mod status;
mod twin;

pub use incoming::{Incoming, Properties};
pub use property::{Property, PropertyError};
pub use status::Status;
pub use twin::{Desired, Twin, read_desired, read_json, read_twin, write_json};

use super::field::{DEVICE_ID_MAX, Field, FieldError, HOST_MAX};
use super::sas::{Resource, SasToken};
use crate::mqtt::{Login, Text};
use core::fmt;

/// The version of the hub's interface that is asked for.
pub const API_VERSION: &str = "2021-04-12";
/// Longest keep-alive interval, in seconds: the hub gives up after 1.5 times as long, at most 1767 s.
pub const KEEP_ALIVE_MAX: u16 = 1177;
/// Longest message, in bytes, properties included.
pub const MESSAGE_MAX: usize = 256 * 1024;
/// Most subscriptions of a device at a time.
pub const SUBSCRIPTIONS_MAX: usize = 5;
/// Filter of the answers to [`twin_get_topic`] and [`twin_report_topic`].
pub const TWIN_ANSWERS: &str = "$iothub/twin/res/#";
/// Filter of desired properties that change.
pub const DESIRED: &str = "$iothub/twin/PATCH/properties/desired/#";
/// Filter of direct methods.
pub const METHODS: &str = "$iothub/methods/POST/#";

/// Longest [`Device::user_name`], in bytes.
pub const USER_NAME_MAX: usize = HOST_MAX + DEVICE_ID_MAX + "//?api-version=".len() + API_VERSION.len();
/// Longest topic written here, in bytes, properties included.
pub const TOPIC_MAX: usize = 512;

/// A number by which a device knows the answer to its request (`$rid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u32);

impl RequestId {
    /// Any number that the device does not use for another request at the same time.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A device of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device<'a> {
    host: &'a str,
    id: &'a str,
}

impl<'a> Device<'a> {
    /// A device by the hub's full host name and its own id. Ids are told apart by case.
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(host: &'a str, id: &'a str) -> Result<Self, FieldError> {
        Ok(Self { host: Field::Host.check(host)?, id: Field::DeviceId.check(id)? })
    }

    /// The hub's host name: where to connect, and the name in its certificate.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The device's id, which is also the MQTT client id.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// MQTT's user name: `HOST/ID/?api-version=2021-04-12`.
    #[must_use]
    pub fn user_name(&self) -> Text<USER_NAME_MAX> {
        Text::fitting(format_args!("{}/{}/?api-version={API_VERSION}", self.host, self.id))
    }

    /// What a [token](super::sas) of this device is for: `HOST/devices/ID`.
    #[must_use]
    pub const fn resource(&self) -> Resource<'a> {
        Resource::device(self.host, self.id)
    }

    /// The login, by certificate without a password, or with a token.
    #[must_use]
    pub fn login<'l>(
        &self,
        user_name: &'l Text<USER_NAME_MAX>,
        password: Option<&'l SasToken<'_>>,
    ) -> Login<'l>
    where
        'a: 'l,
    {
        super::login(self.id, user_name.as_str(), password)
    }

    /// Telemetry: `devices/ID/messages/events/PROPERTIES`. Also the topic of a will, which the hub then forwards as telemetry.
    ///
    /// # Errors
    /// [`PropertyError`]: two properties of the same name, or a topic longer than [`TOPIC_MAX`].
    pub fn events_topic(&self, properties: &[Property<'_>]) -> Result<Text<TOPIC_MAX>, PropertyError> {
        property::check(properties)?;
        let bag = property::Bag(properties);
        Text::try_new(format_args!("devices/{}/messages/events/{bag}", self.id)).ok_or(PropertyError::TooLong)
    }

    /// Filter of messages from the cloud: `devices/ID/messages/devicebound/#`.
    #[must_use]
    pub fn messages_filter(&self) -> Text<TOPIC_MAX> {
        Text::fitting(format_args!("devices/{}/messages/devicebound/#", self.id))
    }

    /// What a topic of the hub's means; none if it is not this device's.
    #[must_use]
    pub fn incoming<'t>(&self, topic: &'t str) -> Option<Incoming<'t>> {
        incoming::read(self.id, topic)
    }
}

/// Asks for the twin: an empty message. The answer comes under [`TWIN_ANSWERS`]; [`read_twin`] reads it.
#[must_use]
pub fn twin_get_topic(request: RequestId) -> Text<TOPIC_MAX> {
    Text::fitting(format_args!("$iothub/twin/GET/?$rid={request}"))
}

/// Reports properties, as JSON: members are added or replaced, those that are `null` are removed. The answer comes under
/// [`TWIN_ANSWERS`].
#[must_use]
pub fn twin_report_topic(request: RequestId) -> Text<TOPIC_MAX> {
    Text::fitting(format_args!("$iothub/twin/PATCH/properties/reported/?$rid={request}"))
}

/// The answer to a direct method, with JSON or nothing as payload. `request` is that of [`Incoming::Method`], `status` the
/// application's own; 200 for success by custom.
///
/// # Errors
/// [`FieldError`] for a request id that can't be in a topic.
pub fn method_answer_topic(status: u16, request: &str) -> Result<Text<TOPIC_MAX>, FieldError> {
    let request = Field::RequestId.check(request)?;
    Ok(Text::fitting(format_args!("$iothub/methods/res/{status}/?$rid={request}")))
}

#[cfg(test)]
mod tests;
