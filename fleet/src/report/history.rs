//! What a report says, all lines together.

use super::error::Contradiction;
use super::line::{DoneKey, Event, Issued, Line};
use atecc608::SerialNumber;
use atecc608::x509::Certificate;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What the report says of a chip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct History {
    /// It was changed, or is about to be.
    pub started: bool,
    /// The certificate that was issued last.
    pub issued: Option<Issued>,
    /// With what it is done.
    pub done: Option<DoneBefore>,
    /// So many times it failed.
    pub failures: u32,
    /// Why it was refused last.
    pub refused: Option<String>,
    /// It was given up, and has not come again since.
    pub given_up: bool,
}

/// What a chip has that is done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DoneBefore {
    /// SHA-256 of its certificate, if it has one.
    pub certificate_sha256: Option<[u8; 32]>,
    /// Its public keys.
    pub keys: Vec<DoneKey>,
}

impl History {
    /// Whether the station began with it and has not ended: it must come again.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.started && self.done.is_none()
    }
}

/// The chips of a report, and the serial numbers of certificates.
#[derive(Debug, Default)]
pub(super) struct Histories {
    chips: BTreeMap<[u8; 9], History>,
    /// SHA-256 of the certificate that has it, and the chip.
    serials: BTreeMap<Vec<u8>, ([u8; 32], SerialNumber)>,
}

impl Histories {
    pub(super) fn get(&self, chip: SerialNumber) -> Option<&History> {
        self.chips.get(&<[u8; 9]>::from(chip))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (SerialNumber, &History)> {
        self.chips.iter().map(|(serial, history)| (SerialNumber(*serial), history))
    }

    /// Takes a line in, if it does not contradict those before it.
    pub(super) fn take(&mut self, line: &Line) -> Result<(), Contradiction> {
        self.check(line)?;
        let Some(serial) = line.serial else { return Ok(()) };
        let history = self.chips.entry(serial.into()).or_default();
        match &line.event {
            Event::Started(_) => (history.started, history.given_up) = (true, false),
            Event::Issued(issued) => {
                history.issued = Some(issued.clone());
                if let Ok(certificate) = Certificate::parse(&issued.certificate) {
                    let hash = Sha256::digest(&issued.certificate).into();
                    self.serials.insert(certificate.serial().to_vec(), (hash, serial));
                }
            }
            Event::Done(done) => {
                history.started = true;
                history.given_up = false;
                let keys = done.keys.clone();
                history.done = Some(DoneBefore { certificate_sha256: done.certificate_sha256, keys });
            }
            Event::Failed(_) => history.failures = history.failures.saturating_add(1),
            Event::Refused(refused) => history.refused = Some(refused.reason.clone()),
            Event::GivenUp(_) => history.given_up = true,
            Event::Opened(_) | Event::Seen => {}
        }
        Ok(())
    }

    /// See above.
    pub(super) fn check(&self, line: &Line) -> Result<(), Contradiction> {
        let serial = match (line.serial, &line.event) {
            (Some(serial), _) => serial,
            // A chip that does not answer has no number.
            (None, Event::Opened(_) | Event::Failed(_) | Event::Refused(_) | Event::GivenUp(_)) => {
                return Ok(());
            }
            (None, _) => return Err(Contradiction::NoChip),
        };
        let history = self.get(serial);
        let is_done = history.is_some_and(|history| history.done.is_some());
        match &line.event {
            Event::Started(_) | Event::Issued(_) | Event::Done(_) if is_done => {
                Err(Contradiction::DoneBefore(serial))
            }
            Event::Issued(issued) => {
                let certificate = Certificate::parse(&issued.certificate)
                    .map_err(|_| Contradiction::NoCertificate(serial))?;
                let hash: [u8; 32] = Sha256::digest(&issued.certificate).into();
                match self.serials.get(certificate.serial()) {
                    Some((other, chip)) if (*other, *chip) != (hash, serial) => {
                        Err(Contradiction::SerialReused(*chip))
                    }
                    _ => Ok(()),
                }
            }
            Event::Done(done) if !done.found => {
                let issued = history.and_then(|history| history.issued.as_ref());
                let fits = match issued {
                    Some(issued) => {
                        let hash = Sha256::digest(&issued.certificate).into();
                        done.compressed == Some(issued.compressed)
                            && done.public_key == Some(issued.public_key)
                            && done.certificate_sha256 == Some(hash)
                    }
                    None => done.compressed.is_none() && done.certificate_sha256.is_none(),
                };
                if fits { Ok(()) } else { Err(Contradiction::NotIssued(serial)) }
            }
            _ => Ok(()),
        }
    }
}
