//! `atecc sign`.

use std::path::PathBuf;

use atecc608::Slot;
use base64ct::{Base64, Encoding as _};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parse::hex;
use crate::password::Password;
use crate::{files, parse, signature};

/// Signs a file with the key in a slot (ECDSA with SHA-256 on P-256). Gives DER, as OpenSSL does. [changes nothing]
#[derive(Debug, Args)]
pub struct Sign {
    /// The file, which is hashed here; `-` for standard input.
    file: PathBuf,
    /// The slot of the key.
    #[arg(long, default_value = "0", value_parser = parse::slot)]
    slot: Slot,
    /// The file has a SHA-256 already, which is signed as it is: 32 bytes, or what `sha256sum` prints.
    #[arg(long)]
    digest: bool,
    /// Gives R and S, 64 bytes, instead of DER.
    #[arg(long)]
    raw: bool,
    /// Gives it as base64, a line.
    #[arg(long)]
    base64: bool,
    /// Writes it to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// What was signed, in hexadecimal.
    sha256: String,
    /// DER, in base64.
    signature: String,
    /// R and S, in hexadecimal.
    raw: String,
}

impl Sign {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let digest = signature::digest(&self.file, self.digest)?;
        let tried = format!("{} was to be signed with the key in {slot}", self.file.display());
        let made = signature::make(app, slot, &digest, &self.password, &tried)?;
        let der = signature::der(made)?;
        let answer = Answer {
            slot: slot.number(),
            sha256: hex(&digest),
            signature: Base64::encode_string(&der),
            raw: hex(made.as_bytes()),
        };
        let mut bytes = if self.raw { made.as_bytes().to_vec() } else { der };
        if self.base64 {
            bytes = format!("{}\n", Base64::encode_string(&bytes)).into_bytes();
        }
        files::give(app, self.out.as_deref(), &bytes, &answer)
    }
}
