//! `atecc cert issue`.

use std::path::PathBuf;

use atecc608::command::GenKeyPublic;
use atecc608::diagnose::Seen;
use atecc608::x509::DateTime;
use atecc608_fleet::authority::{Certificates, Folder, Issuer, Kind as Devices, Names};
use clap::Args;
use p256::ecdsa::SigningKey;
use serde::Serialize;

use super::seat::Seat;
use crate::app::App;
use crate::certificates::{self, Shown};
use crate::failure::{Failure, Kind};
use crate::{files, parse};

/// A certificate for the key in the chip, of an authority whose keys are files in a folder, such as fits into 72 bytes;
/// its signer's behind it. A folder that is not there yet is made, with a new root and signer: who has it can issue.
/// Nothing is written to the chip: that does `atecc cert write`. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Issue {
    /// The folder of the authority.
    #[arg(long, value_name = "FOLDER")]
    ca: PathBuf,
    /// The organisation, in the names of a new authority.
    #[arg(long, value_name = "TEXT", default_value = "Example")]
    o: String,
    /// For which key.
    #[arg(long, value_enum, default_value_t)]
    seat: Seat,
    /// From this hour on instead of this one: 2026-11-30T05:00:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    time: Option<DateTime>,
    /// Writes them to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    device: Shown,
    signer: Shown,
}

impl Issue {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.seat.key();
        let tried = format!("a certificate was to be issued for the key in {slot}");
        let now = parse::time_or_now(self.time)?;
        let public = GenKeyPublic { slot, digest: false };
        let (serial, key) = app.explained(&tried, &[&public], Seen::new(), |chip| {
            Ok::<_, atecc608_linux::Failure>((chip.serial_number()?, chip.public_key(slot)?))
        })?;
        if app.dry_run() {
            app.note(format_args!("a dry run: nothing was issued for chip {serial}, nothing was written"));
            return Ok(());
        }
        let (signer, certificates) = self.authority(&tried, now)?;
        let failed = |cause: &dyn std::fmt::Display| {
            Failure::new(Kind::Usage, &tried, cause, "look at the authority with `atecc cert show`")
        };
        let mut issuer = Issuer::new(signer, certificates).map_err(|error| failed(&error))?;
        let issued = issuer.issue(serial, &key, now).map_err(|error| failed(&error))?;
        let (device, signer) = (issued.certificate.as_slice(), issuer.certificates().signer());
        let answer = Answer {
            device: Shown::new(&certificates::parse(device, &tried)?)?,
            signer: Shown::new(&certificates::parse(signer, &tried)?)?,
        };
        files::give(app, self.out.as_deref(), certificates::pem([device, signer])?.as_bytes(), &answer)
    }

    /// The signer's key, and the certificates; made if there are none.
    fn authority(&self, tried: &str, now: DateTime) -> Result<(SigningKey, Certificates), Failure> {
        let names = Names {
            organization: self.o.clone(),
            root: format!("{} Root CA", self.o),
            signer: format!("{} Signer", self.o),
        };
        let was_used = self.ca.join("signer.key.pem").exists();
        let made = || {
            let folder = Folder::open(&self.ca)?;
            let signer = folder.key("signer")?;
            let key = atecc608::PublicKey::from(*signer.verifying_key());
            Ok((folder.certificates(key, &names, Devices::default(), was_used, now)?, signer))
        };
        let (certificates, signer) = made().map_err(|error: atecc608_fleet::authority::FolderError| {
            Failure::new(
                Kind::File,
                tried,
                error,
                "name another folder with --ca, or put right what is in this one",
            )
        })?;
        Ok((signer, certificates))
    }
}
