//! What became of a chip, for people and for scripts.

use std::fmt;

use atecc608::{PublicKey, SerialNumber};
use atecc608_fleet::report::Report;
use atecc608_fleet::station::Outcome;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::parse::hex;

/// What became of a chip.
#[derive(Debug, Serialize)]
pub struct Told {
    /// Which chip, if it said so.
    #[serde(serialize_with = "shown")]
    pub serial: Option<SerialNumber>,
    /// `done`, `seen`, `failed`, `refused` or `not-agreed`.
    pub outcome: &'static str,
    /// It was finished already, and the report did not know of it.
    found: bool,
    /// Its keys, if it is done.
    keys: Vec<Key>,
    /// SHA-256 of its certificate, if it has one.
    certificate_sha256: Option<String>,
    /// At which step it failed.
    step: Option<String>,
    /// Why it is not done.
    error: Option<String>,
    /// So often it was tried.
    tries: u32,
    /// Why nothing could be tried.
    #[serde(skip)]
    failure: Option<Failure>,
}

#[derive(Debug, Serialize)]
struct Key {
    slot: u8,
    public_key: String,
    key_id: String,
}

// The parameter is what `serde` hands over.
fn shown<S: serde::Serializer>(serial: &Option<SerialNumber>, serializer: S) -> Result<S::Ok, S::Error> {
    match serial {
        Some(serial) => serializer.collect_str(serial),
        None => serializer.serialize_none(),
    }
}

impl Told {
    pub(super) fn new(outcome: &Outcome, report: &Report, tries: u32) -> Self {
        let (name, serial, found, step, error) = match outcome {
            Outcome::Done { serial, found, .. } => ("done", Some(*serial), *found, None, None),
            Outcome::Seen { serial, .. } => ("seen", Some(*serial), false, None, None),
            Outcome::Failed { serial, step, error } => {
                ("failed", *serial, false, Some(step.to_string()), Some(error.clone()))
            }
            Outcome::Refused { serial, reason } => ("refused", *serial, false, None, Some(reason.clone())),
            other => ("failed", None, false, None, Some(format!("{other:?}"))),
        };
        let done = serial.and_then(|serial| report.history(serial)?.done.clone()).filter(|_| error.is_none());
        let done = done.unwrap_or_default();
        let keys = done.keys.iter().map(|key| {
            let public = PublicKey::from(key.public_key);
            Key { slot: key.slot, public_key: hex(public.as_bytes()), key_id: public.key_id().to_string() }
        });
        Self {
            serial,
            outcome: name,
            found,
            keys: keys.collect(),
            certificate_sha256: done.certificate_sha256.map(|hash| hex(&hash)),
            step,
            error,
            tries,
            failure: None,
        }
    }

    pub(super) fn not_agreed(serial: Option<SerialNumber>, failure: Failure) -> Self {
        Self::of("not-agreed", serial, failure)
    }

    pub(super) fn gone(serial: Option<SerialNumber>, failure: Failure) -> Self {
        Self::of("failed", serial, failure)
    }

    fn of(outcome: &'static str, serial: Option<SerialNumber>, failure: Failure) -> Self {
        Self {
            serial,
            outcome,
            found: false,
            keys: Vec::new(),
            certificate_sha256: None,
            step: None,
            error: Some(failure.to_string()),
            tries: 0,
            failure: Some(failure),
        }
    }

    /// Whether the chip is as it should be.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.outcome, "done" | "seen")
    }

    /// The failure of a run for this chip alone.
    pub(super) fn failure(&self) -> Option<Failure> {
        if self.failure.is_some() {
            return self.failure.clone();
        }
        let error = self.error.as_ref()?;
        let chip = self.serial.map_or_else(|| String::from("a chip"), |serial| format!("chip {serial}"));
        Some(match &self.step {
            Some(step) => Failure::new(
                Kind::Contact,
                format!("{chip} was provisioned, and that failed at the step {step}"),
                error,
                "check wiring, supply and contact, then run it again: what is done already is found",
            ),
            None => no_device(&chip, error),
        })
    }

    /// The failure of a chip that can't become what the profile says.
    pub(super) fn no_device(serial: SerialNumber, why: &str) -> Failure {
        no_device(&format!("chip {serial}"), why)
    }
}

fn no_device(chip: &str, why: &str) -> Failure {
    Failure::new(
        Kind::NoChip,
        format!("{chip} was to be provisioned, and is none for this profile; nothing was changed"),
        why,
        "take a blank chip, or the profile and the report by which this one was provisioned",
    )
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serial = self.serial.map_or_else(|| String::from("a chip"), |serial| serial.to_string());
        match self.outcome {
            "done" if self.found => {
                write!(f, "{serial}  done; it was finished before, and is in the report now")?
            }
            "done" => write!(f, "{serial}  done")?,
            "seen" => write!(f, "{serial}  was done before; nothing was changed")?,
            "refused" => write!(f, "{serial}  REFUSED, nothing was changed")?,
            "not-agreed" => write!(f, "{serial}  left as it is")?,
            _ => write!(f, "{serial}  FAILED")?,
        }
        if let Some(step) = &self.step {
            write!(f, " at the step {step}, tried {} times", self.tries)?;
        }
        for key in &self.keys {
            write!(f, "\n  slot {:<2} key {}", key.slot, key.key_id)?;
        }
        if let Some(hash) = &self.certificate_sha256 {
            write!(f, "\n  certificate {hash}")?;
        }
        if let Some(error) = &self.error {
            write!(f, "\n  {}", error.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}
