//! `atecc verify`.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::{MessageSource, VerifyExternal, VerifyStored};
use atecc608::config::KeyType;
use atecc608::diagnose::Seen;
use atecc608::{PublicKeySlot, Signature, Slot, Status};
use clap::Args;
use serde::Serialize;

use super::key::public_key_of;
use crate::app::App;
use crate::failure::Failure;
use crate::parse::hex;
use crate::password::Password;
use crate::{parse, public_key, signature, slots};

/// Verifies a signature of a file (ECDSA with SHA-256 on P-256); exit status 1 if it does not fit. [changes nothing]
#[derive(Debug, Args)]
pub struct Verify {
    /// The file; `-` for standard input.
    file: PathBuf,
    /// The signature: DER, or R and S in 64 bytes; either as base64 or in hexadecimal, too.
    signature: PathBuf,
    /// The public key: PEM, DER, JWK, SSH, or a certificate of it.
    #[arg(long, value_name = "FILE", conflicts_with = "slot")]
    public: Option<PathBuf>,
    /// The public key is that of the private key in this slot, or stored there.
    #[arg(long, default_value = "0", value_parser = parse::slot)]
    slot: Slot,
    /// The file has a SHA-256 already: 32 bytes, or what `sha256sum` prints.
    #[arg(long)]
    digest: bool,
    /// Verifies here instead of in the chip: somebody on the bus could answer in the chip's place. With --public no chip
    /// is needed.
    #[arg(long)]
    on_host: bool,
    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    fits: bool,
    /// What was signed, in hexadecimal.
    sha256: String,
    /// By the chip, or on this machine.
    by: &'static str,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fits, by, .. } = self;
        if *fits { write!(f, "the signature fits (verified by {by})") } else { Ok(()) }
    }
}

impl Verify {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let digest = signature::digest(&self.file, self.digest)?;
        let given = signature::read(&self.signature)?;
        let fits = self.fits(app, &digest, &given)?;
        let by = if self.on_host { "this machine" } else { "the chip" };
        let answer = Answer { fits, sha256: hex(&digest), by };
        if fits || app.json() {
            app.answer(&answer)?;
        }
        if fits { Ok(()) } else { Err(Failure::no("the signature does not fit to this file and this key")) }
    }

    fn fits(&self, app: &mut App, digest: &[u8; 32], given: &Signature) -> Result<bool, Failure> {
        let tried = format!("the signature in {} was verified", self.signature.display());
        let known = self.public.as_deref().map(public_key::read).transpose()?;
        if known.is_none() && !self.on_host {
            let zone = app.ask(&tried, |chip| chip.read_config())?;
            let stored = zone.key_config(self.slot).key_type() == KeyType::P256
                && !slots::is_private(&zone, self.slot);
            if let (true, Some(slot)) = (stored, PublicKeySlot::new(self.slot)) {
                let command = VerifyStored { slot, signature: given, source: MessageSource::MessageDigest };
                let verified = app.explained(&tried, &[&command], Seen::new(), |chip| {
                    chip.verify_stored(slot, digest, given)
                });
                return said(verified);
            }
        }
        let key = match known {
            Some(key) => key,
            None => public_key_of(app, self.slot, &self.password)?.0,
        };
        if self.on_host {
            return Ok(signature::fits(key, digest, given));
        }
        let command = VerifyExternal { key: &key, signature: given, source: MessageSource::MessageDigest };
        let verified =
            app.explained(&tried, &[&command], Seen::new(), |chip| chip.verify(&key, digest, given));
        said(verified)
    }
}

/// Whether the chip says that it fits.
fn said(verified: Result<(), Failure>) -> Result<bool, Failure> {
    match verified {
        Ok(()) => Ok(true),
        Err(failure) if failure.status() == Some(Status::Miscompare) => Ok(false),
        Err(failure) => Err(failure),
    }
}
