//! The command line.

use atecc608::config::preset::GCP_SIGNING_SLOTS;
use atecc608::{Address, Slot};
use clap::Parser;
use gcp_app::{Device, Lifetime};
use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;

/// An ATECC608 signs a token, and a device logs in to an IoT Core style MQTT bridge with it.
///
/// Without options it runs on its own: a blank chip in software and a bridge on 127.0.0.1 that checks what
/// the real one did.
#[derive(Debug, Parser)]
#[command(name = "gcp_jwt", version)]
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

    /// Slot of the signing key: 0 (kept for ever) or 1 (may be replaced).
    #[arg(long, default_value = "0", value_parser = signing_slot)]
    pub(crate) slot: Slot,

    /// Token lifetime: seconds, or a span such as 90s, 30m, 1h, 24h; at most 24 hours.
    #[arg(long, default_value = "1h", value_parser = lifetime)]
    pub(crate) lifetime: Lifetime,

    /// An MQTT 3.1.1 broker to log in to, over TLS 1.3, instead of the bridge in this program. Its
    /// certificate must have this name (or address) and lead to a pinned root.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) broker: Option<String>,

    /// Pins this root, PEM or DER, for --broker; may be repeated. Without it the roots of Google Trust
    /// Services and DigiCert are pinned that the IoT Core bridge's successors use.
    #[arg(long, value_name = "FILE", requires = "broker")]
    pub(crate) root: Vec<PathBuf>,

    /// Speaks MQTT without TLS: anybody on the way can read and use the token. For a broker on this machine.
    #[arg(long, requires = "broker", conflicts_with = "root")]
    pub(crate) plain: bool,

    /// How long to wait for each answer of the broker: seconds, or a span such as 500ms, 30s.
    #[arg(long, default_value = "10s", value_name = "SPAN", value_parser = span)]
    pub(crate) timeout: Duration,

    /// A real chip on a Linux I2C bus (100 kHz), such as /dev/i2c-1. It is not configured or locked
    /// without --lock-chip-for-ever.
    #[arg(long, value_name = "DEVICE", conflicts_with = "state")]
    pub(crate) i2c: Option<PathBuf>,

    /// The real chip's 7-bit I2C address.
    #[arg(long, default_value = "0x60", value_parser = address, requires = "i2c")]
    pub(crate) address: Address,

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

impl Options {
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

fn signing_slot(text: &str) -> Result<Slot, String> {
    let number: u8 = text.parse().map_err(|_| String::from("a slot is a number from 0 to 15"))?;
    let slot = Slot::new(number).ok_or("a slot is a number from 0 to 15")?;
    if GCP_SIGNING_SLOTS.contains(&slot) {
        return Ok(slot);
    }
    let slots: Vec<String> = GCP_SIGNING_SLOTS.iter().map(|slot| slot.number().to_string()).collect();
    Err(format!("{slot} holds no signing key in this program's configuration; use {}", slots.join(" or ")))
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
    number.ok().and_then(Address::from_7bit).ok_or_else(|| {
        String::from(
            "an address is 0x08 to 0x77; the chip's default is 0x60, which is 0xC0 in 8-bit notation",
        )
    })
}
