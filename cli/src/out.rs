//! Bytes that a command gives: in hexadecimal, as they are, or into a file.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::failure::Failure;
use crate::files;
use crate::parse::hex;

/// Where they go.
#[derive(Debug, Args)]
pub(crate) struct Out {
    /// Writes the bytes into this file, instead of in hexadecimal to standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Writes the bytes as they are to standard output.
    #[arg(long, conflicts_with_all = ["out", "json"])]
    raw: bool,
}

impl Out {
    /// Gives them; with `--json` what `told` makes of their hexadecimal digits.
    pub(crate) fn give<T: Serialize>(
        &self,
        app: &mut App,
        bytes: &[u8],
        told: impl FnOnce(Zeroizing<String>) -> T,
    ) -> Result<(), Failure> {
        let digits = Zeroizing::new(hex(bytes));
        if self.out.is_some() || self.raw {
            return files::give(app, self.out.as_deref(), bytes, &told(digits));
        }
        let line = Zeroizing::new(format!("{}\n", *digits));
        files::give(app, None, line.as_bytes(), &told(digits))
    }
}
