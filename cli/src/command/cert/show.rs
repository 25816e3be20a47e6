//! `atecc cert show`.

use std::fmt;
use std::path::{Path, PathBuf};

use atecc608::Slot;
use atecc608::command::ReadBlock;
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::x509::{Compressed, SlotPlace};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::certificates::{self, Shown, failed};
use crate::failure::{Failure, Kind};
use crate::parse::{from_hex, hex};
use crate::{files, parse};

/// What certificates say: in files, as PEM or DER; also the 72 bytes in which a chip keeps one, in a file or in a slot.
/// [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Certificates as PEM or DER, or 72 bytes, also in hexadecimal; `-` for standard input.
    #[arg(required_unless_present = "slot", conflicts_with = "slot")]
    file: Option<PathBuf>,
    /// The 72 bytes in this slot of the chip, 8 to 15.
    #[arg(long, value_parser = parse::slot)]
    slot: Option<Slot>,
    /// Where in the slot they begin.
    #[arg(long, default_value_t = 0, requires = "slot")]
    offset: usize,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Certificates { certificates: Vec<Shown> },
    Compressed(Told),
}

/// 72 bytes, told.
#[derive(Debug, Serialize)]
struct Told {
    issued: String,
    /// None: never.
    ends: Option<String>,
    /// The signer's id.
    signer: String,
    template: u8,
    chain: u8,
    /// The rule by which the certificate's serial number is made.
    serial_source: String,
    /// R and S, in hexadecimal.
    signature: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates { certificates } => {
                for (index, certificate) in certificates.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n\n")?;
                    }
                    certificate.fmt(f)?;
                }
                Ok(())
            }
            Self::Compressed(told) => {
                writeln!(f, "a certificate in 72 bytes, to be made up again from its template")?;
                writeln!(f, "issued        {}", told.issued)?;
                writeln!(f, "ends          {}", told.ends.as_deref().unwrap_or("never"))?;
                writeln!(f, "signer        {}", told.signer)?;
                writeln!(f, "template      {} of chain {}", told.template, told.chain)?;
                writeln!(f, "serial number by {}", told.serial_source)?;
                write!(f, "signature     {}", told.signature)
            }
        }
    }
}

impl Show {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let answer = match (self.slot, &self.file) {
            (Some(slot), _) => {
                let compressed = self.read(app, slot)?;
                told(&compressed, &format!("the certificate in {slot} was looked at"))?
            }
            (None, Some(path)) => of_file(path)?,
            (None, None) => Answer::Certificates { certificates: Vec::new() },
        };
        app.answer(&answer)
    }

    fn read(&self, app: &mut App, slot: Slot) -> Result<Compressed, Failure> {
        let tried = format!("the certificate in {slot} was read");
        let Some((place, block)) = SlotPlace::new(slot, self.offset).zip(Block::data(slot, 0)) else {
            let help = "certificates lie in slots 9 to 15, and in slot 8 at 0, 72, 144, 216 and 288";
            return Err(Failure::new(Kind::Usage, tried, "there is no room for 72 bytes there", help));
        };
        let mut bytes = [0; Compressed::LEN];
        app.explained(&tried, &[&ReadBlock(block)], Seen::new(), |chip| {
            chip.read_slot(place.slot(), place.offset(), &mut bytes)
        })?;
        if bytes.iter().all(|byte| *byte == 0) || bytes.iter().all(|byte| *byte == 0xFF) {
            return Err(failed(tried, &atecc608::x509::Error::Blank(place)));
        }
        Ok(Compressed::from_bytes(bytes))
    }
}

fn of_file(path: &Path) -> Result<Answer, Failure> {
    let tried = format!("{} was looked at", path.display());
    let bytes = files::read(path)?;
    let digits = std::str::from_utf8(&bytes).ok().and_then(from_hex);
    for bytes in [Some(&bytes), digits.as_ref()].into_iter().flatten() {
        if let Ok(compressed) = Compressed::try_from(bytes.as_slice()) {
            return told(&compressed, &tried);
        }
    }
    let ders = certificates::of_bytes(&bytes, path)?;
    let shown = ders.iter().map(|der| Shown::new(&certificates::parse(der, &tried)?));
    Ok(Answer::Certificates { certificates: shown.collect::<Result<_, _>>()? })
}

fn told(compressed: &Compressed, tried: &str) -> Result<Answer, Failure> {
    let wrong = |error| {
        failed(tried, &atecc608::x509::Error::Compressed(error)).advising("these 72 bytes are something else")
    };
    let dates = compressed.dates().map_err(wrong)?;
    let source = compressed.serial_source().map_err(wrong)?;
    Ok(Answer::Compressed(Told {
        issued: dates.issued().to_string(),
        ends: dates.ends().map(|end| end.to_string()),
        signer: compressed.signer().to_string(),
        template: compressed.template(),
        chain: compressed.chain(),
        serial_source: format!("{source:?}"),
        signature: hex(compressed.signature().as_bytes()),
    }))
}
