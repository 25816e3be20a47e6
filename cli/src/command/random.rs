//! `atecc random`.

use std::fmt;

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// 32 random bytes of the chip. [changes nothing]
#[derive(Debug, Args)]
pub struct Random {
    /// Gives the 32 bytes as they are, instead of in hexadecimal.
    #[arg(long, conflicts_with = "json")]
    raw: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// 32 bytes, in hexadecimal.
    random: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.random)
    }
}

impl Random {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let bytes = app.ask("the chip was asked for random bytes", |chip| chip.random())?;
        if self.raw {
            return app.bytes(&bytes);
        }
        app.answer(&Answer { random: bytes.iter().map(|byte| format!("{byte:02x}")).collect() })
    }
}
