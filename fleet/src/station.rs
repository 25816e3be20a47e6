//! A station: blank chips one after the other, each provisioned, certified, and written down.
//!
//! [`Station::provision`] does one chip. What it does can be stopped at any point, by a fault, a missing chip, or the
//! end of the process; the same chip then comes again, to this run or to a later one with the same report:
//!
//! | Step | Written before it | What a stop behind it leaves, and what happens when the chip comes again |
//! |---|---|---|
//! | identify | | nothing was changed |
//! | configure: write and lock the configuration | `started` | the report has the chip as open; what is locked is compared, the rest is done |
//! | make the key | | a key that is there is kept |
//! | issue: have the certificate signed | | nobody has the certificate; it is signed again, with the same serial number if the hour is the same |
//! | write certificates and lock the data zone | `issued`, with the certificate | the same certificate is written; it is **not** signed again |
//! | read back, verify, have the chip prove its key | | as locked: it is read back again |
//! | sign the manifest's entry | | it is signed again; the manifest takes only what is in `done` |
//! | | `done`, with the entry | the chip is recognised, and left alone |
//!
//! So a certificate that might be in a chip is always in the report, and a chip has one certificate. A chip that was
//! begun with and did not come again is one of [`Report::open_chips`]. A chip that is locked with a certificate of
//! this signer and unknown to the report (another's, or a lost one's) is written down as found.

mod about;
mod check;
mod outcome;
mod socket;

pub use about::{About, Way};
pub use outcome::{Outcome, Step};

use crate::authority::Issuer;
use crate::manifest::{Device, Entry, Key, SigningCertificate};
use crate::report::{
    Done, Event, Failed, GivenUp, History, Issued, Line, Opened, Refused, Report, ReportError, Started,
};
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{Compressed, DateTime};
use atecc608::{PublicKey, SerialNumber, Slot};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use outcome::Trouble;
use sha2::{Digest, Sha256};
use socket::Found;
use std::fmt::Display;

/// Provisions one chip after the other. `S` signs certificates, `M` the manifest.
///
/// The chips get the configuration [`x509_device`](atecc608::config::preset::x509_device): a key in slot 0 and its
/// certificate in slot 10, the signer's key in slot 11 and its certificate in slot 12, room for a second identity. Both
/// zones are locked.
#[derive(Debug)]
pub struct Station<S, M> {
    report: Report,
    issuer: Issuer<S>,
    manifest_signer: M,
    manifest_certificate: SigningCertificate,
    about: About,
    way: Way,
    clock: fn() -> DateTime,
}

impl<S: CertificateSigner<Error: Display>, M: CertificateSigner<Error: Display>> Station<S, M> {
    /// Opens the station and writes that to the report.
    ///
    /// `manifest_certificate` is that of `manifest_signer`; whoever reads the manifest needs it, by another way.
    /// `clock` says the time, in UTC; certificates begin with its hour.
    ///
    /// # Errors
    ///
    /// As [`Report::append`].
    pub fn open(
        report: Report,
        issuer: Issuer<S>,
        manifest_signer: M,
        manifest_certificate: SigningCertificate,
        about: About,
        clock: fn() -> DateTime,
    ) -> Result<Self, ReportError> {
        let mut station =
            Self { report, issuer, manifest_signer, manifest_certificate, about, way: Way::default(), clock };
        let opened = Opened {
            signer_sha256: Sha256::digest(station.issuer.certificates().signer()).into(),
            manifest_signer_sha256: Sha256::digest(station.manifest_certificate.der()).into(),
        };
        station.say(None, Event::Opened(opened))?;
        Ok(station)
    }

    /// The same station, another [`Way`].
    #[must_use]
    pub const fn with_way(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// The report.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// What signs certificates.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer<S> {
        &self.issuer
    }

    /// Makes a device with a certificate of the chip in the socket, and writes it down. **Both zones are locked for
    /// ever.** A chip that is done, or comes again after a stop, is recognised; see the [module](self).
    ///
    /// # Errors
    ///
    /// Only if the report can't be written: stop then. What goes wrong with a chip or a signer is an [`Outcome`].
    pub fn provision<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<Outcome, ReportError> {
        self.provision_if(chip, None, config_lock, data_lock)
    }

    /// The same for one chip and no other: for whom somebody has agreed to, by its serial number. Another one in the
    /// socket is refused before it is changed.
    ///
    /// # Errors
    ///
    /// As [`provision`](Self::provision).
    pub fn provision_only<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        agreed: SerialNumber,
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<Outcome, ReportError> {
        self.provision_if(chip, Some(agreed), config_lock, data_lock)
    }

    fn provision_if<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        agreed: Option<SerialNumber>,
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<Outcome, ReportError> {
        let mut serial = None;
        match self.attempt(chip, &mut serial, agreed, config_lock, data_lock) {
            Ok(outcome) => Ok(outcome),
            Err(Trouble::Report(error)) => Err(error),
            Err(Trouble::Failed(step, error)) => {
                let failed = Failed { step: step.name().to_owned(), error: error.clone() };
                self.say(serial, Event::Failed(failed))?;
                Ok(Outcome::Failed { serial, step, error })
            }
            Err(Trouble::Refused(reason)) => {
                self.say(serial, Event::Refused(Refused { reason: reason.clone() }))?;
                Ok(Outcome::Refused { serial, reason })
            }
        }
    }

    /// Writes down that a chip is not tried any more. It may come again all the same.
    ///
    /// # Errors
    ///
    /// As [`Report::append`].
    pub fn give_up(&mut self, serial: Option<SerialNumber>, failures: u32) -> Result<(), ReportError> {
        self.say(serial, Event::GivenUp(GivenUp { failures }))
    }

    fn attempt<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        serial: &mut Option<SerialNumber>,
        agreed: Option<SerialNumber>,
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<Outcome, Trouble> {
        let found = socket::look(chip, serial)?;
        if let Some(agreed) = agreed.filter(|agreed| *agreed != found.serial) {
            return Err(Trouble::Refused(format!("it is another chip than {agreed}, which was agreed to")));
        }
        let history = self.report.history(found.serial).cloned().unwrap_or_default();
        if let Some((certificate, _)) = history.done {
            return self.seen(chip, &found, certificate);
        }
        if found.zone.is_data_locked() {
            // Nothing can be changed any more: a stop came behind the lock, or somebody else was here.
            return self.finish(chip, &found, &history);
        }
        let wanted = socket::wanted(&found)?;
        if !history.started || history.given_up {
            self.say(Some(found.serial), Event::Started(Started { revision: found.revision }))?;
        }
        let key = socket::configure(chip, &found, &wanted, config_lock)?;
        let issued = self.certificate(chip, &found, &history, &key)?;
        let compressed = self.issuer.compressed();
        let certificate = Compressed::from_bytes(issued.compressed);
        socket::store(chip, found.serial, &certificate, &self.issuer.public_key(), &compressed, data_lock)?;
        let history = History { issued: Some(issued), ..history };
        self.finish(chip, &found, &history)
    }

    /// A chip that the report has as done.
    fn seen<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        found: &Found,
        certificate: [u8; 32],
    ) -> Result<Outcome, Trouble> {
        let other = "the report has this serial number as done, and this is another chip with it, or a report of \
                     another signer";
        if !found.zone.is_data_locked() {
            return Err(Trouble::Refused(format!("{other}: it is not locked")));
        }
        let read = check::read_back(chip, found, &self.issuer).map_err(|trouble| match trouble {
            Trouble::Refused(reason) => Trouble::Refused(format!("{other}: {reason}")),
            trouble => trouble,
        })?;
        if certificate != <[u8; 32]>::from(Sha256::digest(&read.certificate)) {
            return Err(Trouble::Refused(format!("{other}: it has another certificate")));
        }
        self.say(Some(found.serial), Event::Seen)?;
        Ok(Outcome::Seen { serial: found.serial, certificate: read.certificate })
    }

    /// The certificate for this key: the one that was issued for it and may be in the chip, or a new one.
    fn certificate<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        found: &Found,
        history: &History,
        key: &PublicKey,
    ) -> Result<Issued, Trouble> {
        if let Some(issued) = &history.issued
            && self.issuer.vouches_for(issued, found.serial, key)
        {
            return Ok(issued.clone());
        }
        if self.way == Way::Request {
            socket::request(chip, found.serial, key)?;
        }
        let issued = self
            .issuer
            .issue(found.serial, key, (self.clock)())
            .map_err(|error| Trouble::Failed(Step::Issue, error.to_string()))?;
        self.say(Some(found.serial), Event::Issued(issued.clone()))?;
        Ok(issued)
    }

    /// A locked chip: what it has is verified and written down.
    fn finish<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        found: &Found,
        history: &History,
    ) -> Result<Outcome, Trouble> {
        let read = check::read_back(chip, found, &self.issuer)?;
        check::proves_its_key(chip, &read.public_key, found.serial, &(self.clock)())?;
        let known = history.issued.as_ref().is_some_and(|issued| issued.certificate == read.certificate);
        let entry = self.entry(found, &read.public_key, &read.certificate)?;
        let done = Done {
            revision: found.revision,
            configuration_crc: read.configuration_crc,
            public_key: read.public_key.into(),
            compressed: read.compressed,
            certificate_sha256: Sha256::digest(&read.certificate).into(),
            found: !known,
            manifest: entry,
        };
        self.say(Some(found.serial), Event::Done(Box::new(done)))?;
        Ok(Outcome::Done { serial: found.serial, certificate: read.certificate, found: !known })
    }

    /// The chip's entry of the manifest.
    fn entry(&mut self, found: &Found, key: &PublicKey, certificate: &[u8]) -> Result<Entry, Trouble> {
        let About { part_number, manufacturer, provisioner, distributor, group, .. } = self.about.clone();
        let certificates = self.issuer.certificates();
        let key = Key {
            slot: Slot::S0.number(),
            public_key: *key,
            certificates: vec![
                certificate.to_vec(),
                certificates.signer().to_vec(),
                certificates.root().to_vec(),
            ],
        };
        let device = Device {
            serial: found.serial,
            model: found.model().to_owned(),
            part_number,
            manufacturer,
            provisioner,
            distributor,
            group,
            provisioned: (self.clock)(),
            revision: Some(crate::text::hex(&found.revision)),
            keys: vec![key],
            public_data: Vec::new(),
        };
        Entry::sign(&device, &self.manifest_certificate, &mut self.manifest_signer)
            .map_err(|error| Trouble::Failed(Step::Manifest, error.to_string()))
    }

    fn say(&mut self, serial: Option<SerialNumber>, event: Event) -> Result<(), ReportError> {
        let About { station, operator, .. } = &self.about;
        let line =
            Line { at: (self.clock)(), station: station.clone(), operator: operator.clone(), serial, event };
        self.report.append(&line)
    }
}
