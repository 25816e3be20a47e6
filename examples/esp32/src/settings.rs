//! What `config.toml` says, as constants.

use atecc608_cloud::federation::{FieldError, Identity, Provider};
use atecc608_cloud::mqtt::{Device, NameError};
use core::net::Ipv4Addr;

/// All of it.
#[derive(Debug)]
pub struct Settings {
    /// The network.
    pub wifi: Wifi,
    /// The device at a bridge.
    pub device: Names,
    /// The device at Google Cloud itself.
    pub federation: Federation,
    /// The SNTP server.
    pub time: Server,
    /// The MQTT bridge.
    pub bridge: Server,
    /// Exchanges the device's token.
    pub sts: Server,
    /// Takes messages.
    pub pubsub: Server,
    /// Gives tokens of service accounts.
    pub iamcredentials: Server,
}

/// A network's name and password.
#[derive(Debug)]
pub struct Wifi {
    /// Its name (SSID).
    pub network: &'static str,
    /// Its WPA2 password; empty for an open network.
    pub password: &'static str,
}

/// The four names a bridge knows the device by.
#[derive(Debug)]
pub struct Names {
    /// The project id.
    pub project: &'static str,
    /// The region.
    pub region: &'static str,
    /// The registry id.
    pub registry: &'static str,
    /// The device id.
    pub device: &'static str,
}

impl Names {
    /// The names, checked.
    ///
    /// # Errors
    /// None that the build would not have found.
    pub fn device(&self) -> Result<Device<'static>, NameError> {
        Device::new(self.project, self.region, self.registry, self.device)
    }
}

/// Workload Identity Federation.
#[derive(Debug)]
pub struct Federation {
    /// The number of the project with the pool.
    pub project_number: u64,
    /// The workload identity pool.
    pub pool: &'static str,
    /// The pool's provider.
    pub provider: &'static str,
    /// `iss` of the device's token.
    pub issuer: &'static str,
    /// `aud` of the device's token, if it is not the provider's full name.
    pub audience: Option<&'static str>,
    /// `sub` of the device's token.
    pub subject: &'static str,
    /// The key's id in the JWKS.
    pub kid: &'static str,
    /// The Pub/Sub topic.
    pub topic: &'static str,
    /// The service account to act as.
    pub service_account: Option<&'static str>,
}

impl Federation {
    /// Who the device is, checked.
    ///
    /// # Errors
    /// None that the build would not have found.
    pub fn identity(&self) -> Result<Identity<'static>, FieldError> {
        let provider = Provider::new(self.project_number, self.pool, self.provider)?;
        let identity = Identity::new(provider, self.issuer, self.subject, self.kid)?;
        match self.audience {
            Some(audience) => identity.with_audience(audience),
            None => Ok(identity),
        }
    }
}

/// A server.
#[derive(Debug)]
pub struct Server {
    /// Its name, which TLS checks.
    pub host: &'static str,
    /// Its port.
    pub port: u16,
    /// Its address; `None`: DNS is asked.
    pub address: Option<Ipv4Addr>,
    /// DER certificates of the roots trusted for it.
    pub roots: &'static [&'static [u8]],
}

include!(concat!(env!("OUT_DIR"), "/settings.rs"));
