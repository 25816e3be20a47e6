//! `atecc cert verify`.

use std::fmt;
use std::path::PathBuf;

use atecc608::x509::{DateTime, Validity};
use atecc608_fleet::chain::Roots;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::certificates::{self, Shown};
use crate::failure::{Failure, Kind};
use crate::parse;

/// Whether certificates lead to a root, each issued by the one behind it, and hold now; exit status 1 if not. Needs no
/// chip. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The certificates, the device's first: one file with all, or several.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A root that is trusted; may be given several times.
    #[arg(long, value_name = "FILE", required = true)]
    root: Vec<PathBuf>,
    /// Whether they hold then instead of now: 2026-11-30T05:00:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    time: Option<DateTime>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    verified: bool,
    time: String,
    certificates: Vec<Shown>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, certificate) in self.certificates.iter().enumerate() {
            let issued = if index == 0 { "" } else { "issued by " };
            writeln!(f, "{issued}{}", certificate.subject)?;
        }
        if self.verified {
            write!(f, "verified up to a trusted root; they hold at {}", self.time)
        } else {
            Ok(())
        }
    }
}

impl Verify {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let time = parse::time_or_now(self.time)?;
        let mut chain = Vec::new();
        for path in &self.files {
            chain.extend(certificates::read(path)?);
        }
        let mut roots = Roots::new();
        for path in &self.root {
            for der in certificates::read(path)? {
                roots.add(&der).map_err(|error| {
                    Failure::new(Kind::Usage, format!("{} was taken as a root", path.display()), error, "")
                })?;
            }
        }
        let tried = "the certificates were verified";
        let mut shown = Vec::new();
        let mut late = None;
        for (index, der) in chain.iter().enumerate() {
            let certificate = certificates::parse(der, tried)?;
            shown.push(Shown::new(&certificate)?);
            match certificate.validity() {
                Ok(validity) if validity.contains(time) => {}
                Ok(validity) => late = late.or(Some(out_of_time(index, validity, time))),
                Err(error) => late = late.or(Some(format!("certificate {index}: {error}"))),
            }
        }
        let why = roots.verify(&chain).err().map(|error| error.to_string()).or(late);
        app.answer(&Answer { verified: why.is_none(), time: time.to_string(), certificates: shown })?;
        match why {
            None => Ok(()),
            Some(why) => Err(Failure::no(format!("not verified: {why}"))),
        }
    }
}

fn out_of_time(index: usize, validity: Validity, time: DateTime) -> String {
    let Validity { not_before, not_after } = validity;
    format!("certificate {index} holds from {not_before} to {not_after}, not at {time}")
}
