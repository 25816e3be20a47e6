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
    /// The device's certificate.
    pub certificate: Certificate,
    /// The device at a broker; `None`: there is no `[mqtt]`.
    pub mqtt: Option<Mqtt>,
    /// The device at AWS; `None`: there is no `[aws]`.
    pub aws: Option<Aws>,
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

/// The device's certificate.
#[derive(Debug)]
pub struct Certificate {
    /// The name that a request asks for; `None`: the chip's serial number.
    pub common_name: Option<&'static str>,
    /// Where it is.
    pub source: Source,
}

/// Where a certificate is.
#[derive(Debug)]
pub enum Source {
    /// Nobody has said.
    Unknown,
    /// On the chip, from Microchip.
    Trust,
    /// Here: DER, the device's own first.
    Chain(&'static [&'static [u8]]),
    /// On the chip, from a fleet's station.
    Fleet {
        /// An example of a device's certificate, in DER.
        device: &'static [u8],
        /// The signer's certificate, in DER.
        signer: &'static [u8],
        /// The signer's id.
        signer_id: &'static str,
        /// The root's public key.
        root: [u8; 64],
    },
}

/// A broker, and the device there.
#[derive(Debug)]
pub struct Mqtt {
    /// The broker.
    pub server: Server,
    /// The protocol to ask for; none: TLS does not ask.
    pub alpn: &'static [&'static str],
    /// The client id.
    pub client_id: &'static str,
    /// The user name.
    pub user_name: Option<&'static str>,
    /// The password.
    pub password: Option<&'static str>,
    /// Where telemetry goes.
    pub telemetry: &'static str,
    /// Where the state goes.
    pub state: &'static str,
    /// Where commands come from.
    pub commands: Option<&'static str>,
    /// What the broker publishes when the device is lost.
    pub will: Option<Will>,
}

/// What the broker publishes when the device is lost.
#[derive(Debug)]
pub struct Will {
    /// Where.
    pub topic: &'static str,
    /// What.
    pub payload: &'static str,
    /// What the device publishes there after each login.
    pub birth: Option<&'static str>,
    /// Whether the broker keeps both.
    pub retain: bool,
}

/// A thing at AWS.
#[derive(Debug)]
pub struct Aws {
    /// The account's endpoint.
    pub server: Server,
    /// The thing's name.
    pub thing: &'static str,
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
