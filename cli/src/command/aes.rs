//! `atecc aes`.

mod cipher;
mod cmac;

use atecc608::Slot;
use atecc608::blocking::SharedKey;
use atecc608::command::{self, AesDirection, AesKey};
use atecc608::diagnose::Seen;
use atecc608_linux::Chip;
use clap::{Args, Subcommand};
use p256::elliptic_curve::Generate as _;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse;
use crate::password::{self, Password};

/// AES-128 with a key in a slot, which never leaves the chip. 16 bytes take about 10 ms: for keys and short messages.
#[derive(Debug, Args)]
pub struct Aes {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Encrypt(cipher::Encrypt),
    Decrypt(cipher::Decrypt),
    Cmac(cmac::Cmac),
}

impl Aes {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.verb {
            Verb::Encrypt(encrypt) => encrypt.run(app),
            Verb::Decrypt(decrypt) => decrypt.run(app),
            Verb::Cmac(cmac) => cmac.run(app),
        }
    }
}

/// Which key.
#[derive(Debug, Args)]
struct Which {
    /// The slot, 0 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,

    /// Which of the slot's keys of 16 bytes.
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    key: u8,
}

/// The same, with what authorises its use.
#[derive(Debug, Args)]
struct Key {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    password: Password,
}

/// Authorises one use.
struct Authorisation {
    key: Option<SharedKey>,
    share: [u8; 20],
}

impl Which {
    fn found(&self, tried: &str) -> Result<AesKey, Failure> {
        AesKey::slot(self.slot, self.key).ok_or_else(|| {
            let cause = format!("{} has not that many keys of 16 bytes", self.slot);
            Failure::new(Kind::Usage, tried, cause, "take a smaller --key; the first is 0")
        })
    }
}

impl Key {
    fn authorisation(&self, app: &mut App, tried: &str) -> Result<Authorisation, Failure> {
        let key = self.password.proof(app, self.which.slot, tried)?;
        Ok(Authorisation { key, share: <[u8; 20]>::generate() })
    }

    /// Runs it, and says why not.
    fn run<R>(
        &self,
        app: &mut App,
        tried: &str,
        key: AesKey,
        authorisation: &Authorisation,
        work: impl FnOnce(&mut Chip) -> Result<R, atecc608_linux::Failure>,
    ) -> Result<R, Failure> {
        let command = command::Aes { key, direction: AesDirection::Encrypt, input: &[0; 16] };
        let check = password::check(authorisation.key.as_ref().map_or(self.which.slot, |key| key.slot));
        app.explained(tried, &[&command, &check], Seen::new(), work)
    }
}
