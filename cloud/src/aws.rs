//! AWS IoT Core: [endpoints and ports](endpoint), [names](Thing), [shadows](shadow), [a certificate by claim](fleet), and
//! what to expect of [the first connection](FirstLogin) of a certificate that registers itself.
//!
//! What goes into a login and over topics, checked beforehand; the connection is [`mqtt::Client`](crate::mqtt::Client) over a TLS
//! connection with the device's certificate. Nothing here needs a heap.
//!
//! | | |
//! |---|---|
//! | host | the account's `iot:Data-ATS` endpoint, in full; it is also the name in the server's certificate and the SNI |
//! | port | 8883 without ALPN, or 443 with [`ALPN`](endpoint::ALPN) |
//! | TLS | 1.2 and 1.3 ("Transport security"); older domain policies 1.2 only |
//! | server's root | Amazon Root CA 1 (RSA) or 3 (P-256): which one is shown was not tried |
//! | certificate | registered and ACTIVE, or [registers itself](FirstLogin) by its CA |
//! | client id | the thing's name; 1 to 128 bytes, and usual policies permit no other |
//! | MQTT | 3.1.1 and 5; QoS 0 and 1, [QoS 2 gets no answer](crate::mqtt::QoS); no user name, no password |
//! | sizes | [`limits`] |
//!
//! A second connection with the same client id ends the first. Whatever a policy does not permit closes the connection, and
//! MQTT 3.1.1 has no way to say why ([`ClientError::Closed`](crate::mqtt::ClientError::Closed)); AWS's own log (CloudWatch, `AWSIotLogsV2`)
//! does.
//!
//! Nobody has tried this at the real cloud: it is written from AWS's developer guide and tested against a mock server, with
//! which AWS's own SDK for Python gets on, too.
//!
//! ```
//! use atecc608_cloud::aws::endpoint::{Endpoint, Port};
//! use atecc608_cloud::aws::{Shadow, Thing};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoint = Endpoint::new("a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com")?;
//! let (port, protocols) = (Port::Https.number(), Port::Https.protocols());
//! assert_eq!((port, protocols), (443, &["x-amzn-mqtt-ca"][..]));
//! let thing = Thing::new("0123A23F29F9366A01")?;
//! assert_eq!(thing.login().client_id, "0123A23F29F9366A01");
//! let shadow = Shadow::classic(thing);
//! assert_eq!(shadow.update(), "$aws/things/0123A23F29F9366A01/shadow/update");
//! # let _ = endpoint;
//! # Ok(()) }
//! ```

pub mod endpoint;
mod first_login;
pub mod fleet;
pub mod limits;
mod name;
pub mod shadow;

pub use first_login::{FirstLogin, Next};
pub use name::{Field, FieldError, SHADOW_NAME_MAX, TEMPLATE_NAME_MAX, THING_NAME_MAX, Thing};
pub use shadow::Shadow;
