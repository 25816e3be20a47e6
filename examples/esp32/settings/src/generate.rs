//! Settings as Rust constants of the types in the firmware's `settings.rs`.

use crate::Settings;
use crate::certificate::Source;
use crate::file::{TlsServer, Will};
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
    server(out, "time: ", &time.host, time.port, time.address, &[])?;
    for (name, TlsServer { host, port, address, .. }, roots) in [
        ("bridge", &file.bridge, &roots.bridge),
        ("sts", &file.sts, &roots.sts),
        ("pubsub", &file.pubsub, &roots.pubsub),
        ("iamcredentials", &file.iamcredentials, &roots.iamcredentials),
    ] {
        server(out, &format!("{name}: "), host, *port, *address, roots)?;
    }
    certificate(settings, out)?;
    mqtt(settings, out)?;
    aws(settings, out)?;
    writeln!(out, "}};")
}

fn certificate(settings: &Settings, out: &mut String) -> fmt::Result {
    write!(
        out,
        "certificate: Certificate {{ common_name: {:?}, source: ",
        settings.file.certificate.common_name
    )?;
    match &settings.certificate {
        Source::Unknown => out.write_str("Source::Unknown")?,
        Source::Trust => out.write_str("Source::Trust")?,
        Source::Chain(chain) => write!(out, "Source::Chain(&{})", Lists(chain))?,
        Source::Fleet { device, signer, signer_id, root } => write!(
            out,
            "Source::Fleet {{ device: &{device:?}, signer: &{signer:?}, signer_id: {signer_id:?}, root: {root:?} }}"
        )?,
    }
    writeln!(out, " }},")
}

fn mqtt(settings: &Settings, out: &mut String) -> fmt::Result {
    let Some(mqtt) = &settings.file.mqtt else { return writeln!(out, "mqtt: None,") };
    writeln!(
        out,
        "mqtt: Some(Mqtt {{ alpn: &{:?}, client_id: {:?}, user_name: {:?}, password: {:?}, telemetry: {:?}, state: {:?}, \
         commands: {:?}, will: ",
        mqtt.alpn.as_slice(),
        mqtt.client_id,
        mqtt.user_name,
        mqtt.password,
        mqtt.telemetry,
        mqtt.state,
        mqtt.commands
    )?;
    match &mqtt.will {
        None => out.write_str("None, ")?,
        Some(Will { topic, payload, birth, retain }) => write!(
            out,
            "Some(Will {{ topic: {topic:?}, payload: {payload:?}, birth: {birth:?}, retain: {retain} }}), "
        )?,
    }
    server(out, "server: ", &mqtt.host, mqtt.port, mqtt.address, &settings.roots.mqtt)?;
    writeln!(out, "}}),")
}

fn aws(settings: &Settings, out: &mut String) -> fmt::Result {
    let Some(aws) = &settings.file.aws else { return writeln!(out, "aws: None,") };
    write!(out, "aws: Some(Aws {{ thing: {:?}, ", aws.thing)?;
    server(out, "server: ", &aws.endpoint, aws.port, aws.address, &settings.roots.aws)?;
    writeln!(out, "}}),")
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
        "{name}Server {{ host: {host:?}, port: {port}, address: {address}, roots: &{} }},",
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
