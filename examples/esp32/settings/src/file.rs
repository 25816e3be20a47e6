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
