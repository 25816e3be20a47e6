//! `atecc config read`.

use std::fmt;

use atecc608::config::ConfigZone;
use atecc608_config::Document;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parse::hex;
use crate::source::{Source, source};

/// The 128 bytes, as hexadecimal, TOML or bytes. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Read {
    /// A file, a preset or a chip; the chip of --bus if nothing is said.
    #[arg(default_value = "chip", value_parser = source)]
    source: Source,

    /// How it is written. `atecc config lint` reads all of them.
    #[arg(long = "as", value_enum, default_value_t = Form::Hex, value_name = "FORM")]
    form: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum, PartialEq, Eq)]
enum Form {
    /// A row for 16 bytes.
    Hex,
    /// A document, to be changed and applied.
    Toml,
    /// The 128 bytes as they are.
    Bytes,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// 128 bytes, in hexadecimal.
    config: String,
    serial: String,
    config_locked: bool,
    data_locked: bool,
    #[serde(skip)]
    text: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Read {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let zone = self.source.alone(app)?;
        if self.form == Form::Bytes && !app.json() {
            return app.bytes(zone.as_bytes());
        }
        let text = match self.form {
            Form::Toml => Document::from(zone).to_string(),
            _ => rows(&zone),
        };
        app.answer(&Answer {
            config: hex(zone.as_bytes()),
            serial: zone.serial_number().to_string(),
            config_locked: zone.is_config_locked(),
            data_locked: zone.is_data_locked(),
            text,
        })
    }
}

fn rows(zone: &ConfigZone) -> String {
    let row = |(index, bytes): (usize, &[u8])| {
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:02x}: {}\n", index * 16, bytes.join(" "))
    };
    zone.as_bytes().chunks(16).enumerate().map(row).collect()
}
