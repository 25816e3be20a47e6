//! The command line.

use atecc608::{Address, Slot};
use clap::{ArgGroup, Args, Parser};
use gcp_app::federation::{FieldError, Identity, Impersonation, Provider, Scope, ServiceAccount, Topic};
use gcp_app::{Device, Lifetime};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;

/// The project's number at the stand-in for Google.
pub(crate) const STAND_IN_NUMBER: u64 = 123_456_789_012;

/// An ATECC608 signs a token, and a device logs in with it: to an IoT Core style MQTT bridge, or with --direct to
/// Google Cloud itself.
///
/// Without options it runs on its own: a blank chip in software and a bridge on 127.0.0.1 that checks what
/// the real one did. With --direct alone the servers are in this program, too.
#[derive(Debug, Parser)]
#[command(name = "gcp_jwt", version, group = ArgGroup::new("elsewhere").args(["broker", "project_number"]))]
pub(crate) struct Options {
    /// Project id; also the token's audience.
    #[arg(long, default_value = "demo-project")]
    pub(crate) project: String,

    /// Region of the registry.
    #[arg(long, default_value = "us-central1")]
    pub(crate) region: String,

    /// Registry that the device belongs to.
    #[arg(long, default_value = "demo-registry")]
    pub(crate) registry: String,

    /// Device id.
    #[arg(long, default_value = "demo-device")]
    pub(crate) device: String,

    /// Slot of the signing key. On a chip that this program sets up: 0 (kept for ever; taken if nothing is said) or
    /// 1 (may be replaced). On another: the first that can sign, if nothing is said.
    #[arg(long, value_parser = slot)]
    pub(crate) slot: Option<Slot>,

    /// Token lifetime: seconds, or a span such as 90s, 30m, 1h, 24h; at most 24 hours.
    #[arg(long, default_value = "1h", value_parser = lifetime)]
    pub(crate) lifetime: Lifetime,

    /// An MQTT 3.1.1 broker to log in to, over TLS 1.3, instead of the bridge in this program. Its
    /// certificate must have this name (or address) and lead to a pinned root.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) broker: Option<String>,

    /// Pins this root, PEM or DER, for --broker or Google; may be repeated. Without it the roots of Google Trust
    /// Services (R1, R3, R4) and DigiCert (TLS ECC P384 Root G5) are pinned, which Google and the IoT Core
    /// bridge's successors use.
    #[arg(long, value_name = "FILE", requires = "elsewhere")]
    pub(crate) root: Vec<PathBuf>,

    /// Speaks MQTT without TLS: anybody on the way can read and use the token. For a broker on this machine.
    #[arg(long, requires = "broker", conflicts_with = "root")]
    pub(crate) plain: bool,

    /// What else --direct needs.
    #[command(flatten)]
    pub(crate) direct: Direct,

    /// How long to wait for each answer of a server: seconds, or a span such as 500ms, 30s.
    #[arg(long, default_value = "10s", value_name = "SPAN", value_parser = span)]
    pub(crate) timeout: Duration,

    /// A real chip on a Linux I2C bus (100 kHz), such as /dev/i2c-1. It is not configured or locked
    /// without --lock-chip-for-ever.
    #[arg(long, value_name = "DEVICE", conflicts_with = "state")]
    pub(crate) i2c: Option<PathBuf>,

    /// The real chip's 7-bit I2C address. Without it, the chip is looked for at 0x60, 0x35 (Trust&GO) and 0x36
    /// (TrustFLEX).
    #[arg(long, value_parser = address, requires = "i2c")]
    pub(crate) address: Option<Address>,

    /// Configures and locks a blank real chip. THIS CAN NEVER BE UNDONE.
    #[arg(long, requires = "i2c")]
    pub(crate) lock_chip_for_ever: bool,

    /// Keeps the simulated chip in this file, so that the next run finds the same chip.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// Prints one JSON object instead of the steps.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Login at Google Cloud itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Google Cloud itself")]
pub(crate) struct Direct {
    /// Logs in by Workload Identity Federation and publishes at Pub/Sub, instead of a bridge.
    #[arg(long = "direct", conflicts_with = "broker")]
    pub(crate) wanted: bool,

    /// Number (not id) of the project that has the pool: with it Google's own servers are used.
    #[arg(long, value_name = "NUMBER", requires = "wanted")]
    pub(crate) project_number: Option<u64>,

    /// Workload identity pool.
    #[arg(long, default_value = "devices")]
    pub(crate) pool: String,

    /// The pool's provider; the device id, if nothing else is said.
    #[arg(long)]
    pub(crate) provider: Option<String>,

    /// The provider's --issuer-uri.
    #[arg(long, default_value = "https://devices.example.com")]
    pub(crate) issuer: String,

    /// One of the provider's --allowed-audiences; its full name, if nothing else is said.
    #[arg(long)]
    pub(crate) audience: Option<String>,

    /// The token's subject; the device id, if nothing else is said.
    #[arg(long)]
    pub(crate) subject: Option<String>,

    /// The key's id in the JWKS that is printed, and in the token; the device id, if nothing else is said.
    #[arg(long)]
    pub(crate) kid: Option<String>,

    /// Pub/Sub topic, in --project.
    #[arg(long, default_value = "telemetry")]
    pub(crate) topic: String,

    /// Acts as this service account; without it the device itself publishes.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) service_account: Option<String>,

    /// Where Google's servers are instead of where DNS says. They must prove their names all the same.
    #[arg(long, value_name = "HOST:PORT", requires = "project_number")]
    pub(crate) google: Option<String>,
}

impl Options {
    /// The id of the key in JWKS and token.
    pub(crate) fn kid(&self) -> &str {
        self.direct.kid.as_deref().unwrap_or(&self.device)
    }

    /// The token's subject.
    pub(crate) fn subject(&self) -> &str {
        self.direct.subject.as_deref().unwrap_or(&self.device)
    }

    /// The pool's provider.
    pub(crate) fn provider(&self) -> &str {
        self.direct.provider.as_deref().unwrap_or(&self.device)
    }

    /// Who the device is for Google, checked.
    pub(crate) fn identity<'a>(&'a self, direct: &'a Direct) -> Result<Identity<'a>, Failure> {
        let number = direct.project_number.unwrap_or(STAND_IN_NUMBER);
        let identity = Provider::new(number, &direct.pool, self.provider())
            .and_then(|provider| Identity::new(provider, &direct.issuer, self.subject(), self.kid()));
        let identity = identity.and_then(|identity| match &direct.audience {
            Some(audience) => identity.with_audience(audience),
            None => Ok(identity),
        });
        identity.map_err(of_google)
    }

    /// Where it publishes, checked.
    pub(crate) fn topic<'a>(&'a self, direct: &'a Direct) -> Result<Topic<'a>, Failure> {
        Topic::new(&self.project, &direct.topic).map_err(of_google)
    }

    /// The service account, checked.
    pub(crate) fn impersonation<'a>(&self, direct: &'a Direct) -> Result<Option<Impersonation<'a>>, Failure> {
        let account = direct.service_account.as_deref().map(ServiceAccount::new).transpose();
        let account = account.map_err(of_google)?;
        Ok(account.map(|account| Impersonation { account, scope: Scope::PUBSUB, lifetime: Lifetime::HOUR }))
    }

    /// The device's name, checked.
    pub(crate) fn device(&self) -> Result<Device<'_>, Failure> {
        Device::new(&self.project, &self.region, &self.registry, &self.device).map_err(|error| {
            Failure::new(
                "the device's name can't be used",
                error,
                "change --project, --region, --registry or --device",
            )
        })
    }
}

fn of_google(error: FieldError) -> Failure {
    Failure::new(
        "the device's names at Google can't be used",
        error,
        "change --project, --project-number, --pool, --provider, --issuer, --audience, --subject, --kid, --topic or \
         --service-account",
    )
}

fn slot(text: &str) -> Result<Slot, String> {
    let slot = text.parse().ok().and_then(Slot::new);
    slot.ok_or_else(|| String::from("a slot is a number from 0 to 15"))
}

fn lifetime(text: &str) -> Result<Lifetime, String> {
    Lifetime::from_secs(span(text)?.as_secs()).map_err(|error| error.to_string())
}

/// Plain numbers are seconds.
fn span(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text)
            .map_err(|error| format!("{error}; write seconds, or a span such as 90s, 30m or 1h")),
    }
}

fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number = number.map_err(|_| String::from("no number; the chip's default is 0x60"))?;
    let meant = Address::meant_by_8bit(number);
    match (Address::from_7bit(number), meant) {
        (Some(address), None) => Ok(address),
        (Some(address), Some(meant)) => {
            // A chip may have been moved there.
            let _ = writeln!(
                std::io::stderr(),
                "note: {address} is the 8-bit form of {meant} as well; if no chip answers, try that"
            );
            Ok(address)
        }
        (None, Some(meant)) => Err(format!("this is the 8-bit form; the 7-bit address is {meant}")),
        (None, None) => Err("an address is 0x08 to 0x77; the chip's default is 0x60".into()),
    }
}
