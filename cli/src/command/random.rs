//! `atecc random`.

use std::fmt;

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parse::hex;

/// Random bytes of the chip. [changes nothing]
#[derive(Debug, Args)]
pub struct Random {
    /// How many; the chip gives 32 at a time.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    bytes: u16,

    /// Gives them as they are, instead of in hexadecimal.
    #[arg(long, conflicts_with = "json")]
    raw: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// In hexadecimal.
    random: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.random)
    }
}

impl Random {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let wanted = usize::from(self.bytes);
        let mut bytes =
            app.ask("the chip was asked for random bytes", |chip| -> Result<_, atecc608_linux::Failure> {
                let mut bytes = Vec::with_capacity(wanted.next_multiple_of(32));
                while bytes.len() < wanted {
                    bytes.extend(chip.random()?);
                }
                Ok(bytes)
            })?;
        bytes.truncate(wanted);
        if self.raw {
            return app.bytes(&bytes);
        }
        app.answer(&Answer { random: hex(&bytes) })
    }
}
