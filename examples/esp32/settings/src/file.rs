//! The file as it is written.

use serde::Deserialize;
use std::net::Ipv4Addr;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) wifi: Wifi,
    pub(crate) device: Device,
    pub(crate) time: TimeServer,
    pub(crate) bridge: TlsServer,
    pub(crate) federation: Federation,
    pub(crate) sts: TlsServer,
    pub(crate) pubsub: TlsServer,
    pub(crate) iamcredentials: TlsServer,
    #[serde(default)]
    pub(crate) certificate: Certificate,
    pub(crate) mqtt: Option<Mqtt>,
    pub(crate) aws: Option<Aws>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wifi {
    pub(crate) network: String,
    pub(crate) password: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Device {
    pub(crate) project: String,
    pub(crate) region: String,
    pub(crate) registry: String,
    pub(crate) device: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeServer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) address: Option<Ipv4Addr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsServer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) roots: Vec<String>,
    pub(crate) address: Option<Ipv4Addr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Federation {
    pub(crate) project_number: u64,
    pub(crate) pool: String,
    pub(crate) provider: String,
    pub(crate) issuer: String,
    pub(crate) audience: Option<String>,
    pub(crate) subject: String,
    pub(crate) kid: String,
    pub(crate) topic: String,
    pub(crate) service_account: Option<String>,
}

/// Where the device's certificate is: one of the three, or none yet.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    #[serde(default)]
    pub(crate) trust: bool,
    pub(crate) chain: Option<Vec<String>>,
    pub(crate) fleet: Option<String>,
    pub(crate) common_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mqtt {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) roots: Vec<String>,
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) alpn: Option<String>,
    pub(crate) client_id: String,
    pub(crate) user_name: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) telemetry: String,
    pub(crate) state: String,
    pub(crate) commands: Option<String>,
    pub(crate) will: Option<Will>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Will {
    pub(crate) topic: String,
    pub(crate) payload: String,
    pub(crate) birth: Option<String>,
    #[serde(default)]
    pub(crate) retain: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aws {
    pub(crate) endpoint: String,
    pub(crate) port: u16,
    pub(crate) roots: Vec<String>,
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) thing: String,
}

/// TOML to fields; what is wrong with it is said with line and column.
pub(crate) fn parse(text: &str) -> Result<File, String> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map_or_else(String::new, |span| {
            let line = text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1);
            let shown = text.lines().nth(line - 1).unwrap_or_default().trim();
            format!("line {line} ({shown}): ")
        });
        format!("{place}{}", error.message())
    })
}
