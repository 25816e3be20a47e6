//! Azure: the [Event Grid](event_grid) MQTT broker, [IoT Hub](hub), the [Device Provisioning Service](dps), and
//! [tokens](sas) whose signature is the chip's HMAC.
//!
//! What goes into a login and over topics, checked beforehand; the connection is [`mqtt::Client`](crate::mqtt::Client)
//! over a TLS connection with the device's certificate. Nothing here needs a heap.
//!
//! | Service | Host | TLS | Logs in with | From a microcontroller |
//! |---|---|---|---|---|
//! | [`event_grid`] | `NAME.REGION-1.ts.eventgrid.azure.net` | 1.2, 1.3 | X.509, by CA or thumbprint | yes |
//! | [`hub`] | `NAME.azure-devices.net` | **1.2 only** | X.509, by CA or thumbprint; or a token | through a gateway |
//! | [`dps`] | `global.azure-devices-provisioning.net` | **1.2 only** | the same | through a gateway |
//!
//! **TLS 1.2 only.** Azure's pages name TLS 1.2 for IoT Hub and DPS, and no TLS 1.3 ("TLS support in IoT Hub"). The `tls` module
//! of this crate speaks TLS 1.3 only: with these hosts it fails with `TlsFailure::Version`, and `advice` says why. On
//! Linux, `atecc608-linux` with its feature `rustls` speaks TLS 1.2 with the chip's key.
//!
//! **Event Grid and tokens.** Event Grid's MQTT broker takes JSON Web Tokens with RS256 only ("Authenticate with namespaces using
//! JSON Web Tokens", 2024). The chip signs ES256, so there it is the certificate.
//!
//! Nobody has tried this at the real cloud: it is written from Azure's pages and tested with Microsoft's own client library for
//! Python against mock servers, which that library and this crate have to get on with.

pub mod dps;
pub mod event_grid;
mod field;
pub mod hub;
mod json;
pub mod sas;
#[cfg(feature = "tls")]
mod tls;
mod url;

use crate::mqtt::Login;
use sas::SasToken;

pub use field::{DEVICE_ID_MAX, Field, FieldError, HOST_MAX};
pub use json::JsonError;
#[cfg(feature = "tls")]
pub use tls::advice;
pub use url::{DecodeError, Encoded};

/// By certificate without a password, or with a token.
fn login<'l>(id: &'l str, user_name: &'l str, password: Option<&'l SasToken<'_>>) -> Login<'l> {
    Login { user_name: Some(user_name), password: password.map(SasToken::as_bytes), ..Login::new(id) }
}
