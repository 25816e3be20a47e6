//! Settings as Rust constants of the types in the firmware's `settings.rs`.

use crate::Settings;
use crate::file::TlsServer;
use std::fmt::{self, Write};
use std::net::Ipv4Addr;

/// Writes the constants.
pub(crate) fn constants(settings: &Settings, build_time: u64) -> String {
    let mut out = String::new();
    // A String takes everything.
    let _ = write(settings, build_time, &mut out);
    out
}

fn write(settings: &Settings, build_time: u64, out: &mut String) -> fmt::Result {
    let Settings { file, roots, .. } = settings;
    let wifi = &file.wifi;
    let device = &file.device;
    let federation = &file.federation;
    let time = &file.time;
    writeln!(out, "/// When this was built, in Unix seconds.\npub const BUILD_TIME: u64 = {build_time};")?;
    writeln!(out, "/// What `config.toml` says.\npub const SETTINGS: Settings = Settings {{")?;
    writeln!(out, "wifi: Wifi {{ network: {:?}, password: {:?} }},", wifi.network, wifi.password)?;
    writeln!(
        out,
        "device: Names {{ project: {:?}, region: {:?}, registry: {:?}, device: {:?} }},",
        device.project, device.region, device.registry, device.device
    )?;
    writeln!(
        out,
        "federation: Federation {{ project_number: {}, pool: {:?}, provider: {:?}, issuer: {:?}, audience: {:?}, \
         subject: {:?}, kid: {:?}, topic: {:?}, service_account: {:?} }},",
        federation.project_number,
        federation.pool,
        federation.provider,
        federation.issuer,
        federation.audience,
        federation.subject,
        federation.kid,
        federation.topic,
        federation.service_account
    )?;
    server(out, "time", &time.host, time.port, time.address, &[])?;
    for (name, TlsServer { host, port, address, .. }, roots) in [
        ("bridge", &file.bridge, &roots.bridge),
        ("sts", &file.sts, &roots.sts),
        ("pubsub", &file.pubsub, &roots.pubsub),
        ("iamcredentials", &file.iamcredentials, &roots.iamcredentials),
    ] {
        server(out, name, host, *port, *address, roots)?;
    }
    writeln!(out, "}};")
}

fn server(
    out: &mut String,
    name: &str,
    host: &str,
    port: u16,
    address: Option<Ipv4Addr>,
    roots: &[Vec<u8>],
) -> fmt::Result {
    let address = match address {
        Some(address) => {
            let [a, b, c, d] = address.octets();
            format!("Some(Ipv4Addr::new({a}, {b}, {c}, {d}))")
        }
        None => "None".into(),
    };
    writeln!(
        out,
        "{name}: Server {{ host: {host:?}, port: {port}, address: {address}, roots: &{} }},",
        Lists(roots)
    )
}

/// Byte strings as a Rust expression.
struct Lists<'a>(&'a [Vec<u8>]);

impl fmt::Display for Lists<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for bytes in self.0 {
            write!(f, "&{bytes:?}, ")?;
        }
        f.write_char(']')
    }
}
