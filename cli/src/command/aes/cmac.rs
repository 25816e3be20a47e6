//! `atecc aes cmac`.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::{Aes, AesDirection};
use atecc608::diagnose::Seen;
use clap::Args;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Which;
use crate::app::App;
use crate::failure::Failure;
use crate::files;
use crate::parse::hex;

/// The CMAC of a file. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Cmac {
    #[command(flatten)]
    key: Which,

    /// The message; `-` is standard input.
    file: PathBuf,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// 16 bytes, in hexadecimal.
    cmac: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cmac)
    }
}

impl Cmac {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = format!("a CMAC was to be made with {}", self.key.slot);
        let key = self.key.found(&tried)?;
        let message = Zeroizing::new(files::read(&self.file)?);
        let command = Aes { key, direction: AesDirection::Encrypt, input: &[0; 16] };
        let cmac = app.explained(&tried, &[&command], Seen::new(), |chip| {
            chip.session(|chip| chip.aes_cmac(key, &message))
        })?;
        app.answer(&Answer { slot: self.key.slot.number(), cmac: hex(&cmac) })
    }
}
