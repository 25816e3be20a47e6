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
//! | write contents and certificates, and lock the data zone | `issued`, with the certificate | the same certificate is written; it is **not** signed again |
//! | lock slots | | as locked: what is open is locked |
//! | read back, verify, have the chip prove its key | | as locked: it is read back again |
//! | sign the manifest's entry | | it is signed again; the manifest takes only what is in `done` |
//! | | `done`, with the entry | the chip is recognised, and left alone |
//!
//! So a certificate that might be in a chip is always in the report, and a chip has one certificate. A chip that was
//! begun with and did not come again is one of [`Report::open_chips`]. A chip that is locked with a certificate of
//! this signer and unknown to the report (another's, or a lost one's) is written down as found.
//!
//! What chips get is a [`Recipe`]; [`Station::open`] has one that suits devices with certificates, [`Station::by`] takes
//! any, also one without certificates.

mod about;
mod check;
mod contents;
mod outcome;
mod recipe;
mod socket;

pub use about::{About, Agreed, Way};
pub use outcome::{Outcome, Step};
pub use recipe::{Contents, Recipe, RecipeError};

use crate::authority::Issuer;
use crate::manifest::{Device, Entry, Key, SigningCertificate};
use crate::report::{
    Done, DoneBefore, DoneKey, Event, Failed, GivenUp, History, Issued, Line, Opened, Refused, Report,
    ReportError, Started,
};
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::config::ConfigZone;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{Compressed, DateTime};
use atecc608::{PublicKey, SerialNumber, Slot};
use check::Read;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use outcome::Trouble;
use sha2::{Digest, Sha256};
use socket::Found;
use std::fmt::{self, Display};

/// Provisions one chip after the other. `S` signs certificates, `M` the manifest.
#[derive(Debug)]
pub struct Station<S, M> {
    report: Report,
    recipe: Recipe,
    issuer: Option<Issuer<S>>,
    manifest: Option<(M, SigningCertificate)>,
    about: About,
    way: Way,
    clock: fn() -> DateTime,
}

/// A station can't be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// No chip can be made by the recipe.
    Recipe(RecipeError),
    /// The report can't be written.
    Report(ReportError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recipe(error) => error.fmt(f),
            Self::Report(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Recipe(error) => Some(error),
            Self::Report(error) => Some(error),
        }
    }
}

impl<S: CertificateSigner<Error: Display>, M: CertificateSigner<Error: Display>> Station<S, M> {
    /// Opens a station for devices with certificates, and writes that to the report.
    ///
    /// The chips get the configuration [`x509_device`](atecc608::config::preset::x509_device): a key in slot 0 and its
    /// certificate in slot 10, the signer's key in slot 11 and its certificate in slot 12, room for a second identity.
    /// Both zones are locked.
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
        let manifest = Some((manifest_signer, manifest_certificate));
        Self::opened(report, Recipe::x509(), Some(issuer), manifest, about, clock)
    }

    /// Opens a station for chips by this recipe. Without an issuer they get no certificates; without a signer and its
    /// certificate there are no entries for a manifest, and the report alone has the public keys.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; nothing is written if the recipe is wrong.
    pub fn by(
        report: Report,
        recipe: Recipe,
        issuer: Option<Issuer<S>>,
        manifest: Option<(M, SigningCertificate)>,
        about: About,
        clock: fn() -> DateTime,
    ) -> Result<Self, OpenError> {
        match issuer {
            Some(_) => recipe.check_certificates(),
            None => recipe.check(),
        }
        .map_err(OpenError::Recipe)?;
        Self::opened(report, recipe, issuer, manifest, about, clock).map_err(OpenError::Report)
    }

    fn opened(
        report: Report,
        recipe: Recipe,
        issuer: Option<Issuer<S>>,
        manifest: Option<(M, SigningCertificate)>,
        about: About,
        clock: fn() -> DateTime,
    ) -> Result<Self, ReportError> {
        let sha256 = |der: &[u8]| <[u8; 32]>::from(Sha256::digest(der));
        let opened = Opened {
            recipe: Some(recipe.name().to_owned()),
            signer_sha256: issuer.as_ref().map(|issuer| sha256(issuer.certificates().signer())),
            manifest_signer_sha256: manifest.as_ref().map(|(_, certificate)| sha256(certificate.der())),
        };
        let mut station = Self { report, recipe, issuer, manifest, about, way: Way::default(), clock };
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

    /// What signs certificates, if chips get some.
    #[must_use]
    pub const fn issuer(&self) -> Option<&Issuer<S>> {
        self.issuer.as_ref()
    }

    /// What chips are made by.
    #[must_use]
    pub const fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Whether the chip with this configuration would be changed. Not if the report has it as done, if it is finished,
    /// or if it is locked with another configuration.
    #[must_use]
    pub fn would_change(&self, chip: &ConfigZone) -> bool {
        let history = self.report.history(chip.serial_number());
        if history.is_some_and(|history| history.done.is_some())
            || chip.is_config_locked() && !self.recipe.is_configuration_of(chip)
        {
            return false;
        }
        !chip.is_data_locked() || !self.recipe.open_slots(chip).is_empty()
    }

    /// Makes a device of the chip in the socket, by the recipe, and writes it down. **What the recipe locks is locked for
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
        self.provision_agreed(chip, Agreed::Any, config_lock, data_lock)
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
        self.provision_agreed(chip, Agreed::Only(agreed), config_lock, data_lock)
    }

    /// The same for those chips for which somebody has agreed to it. Another one in the socket is refused before it is
    /// changed.
    ///
    /// # Errors
    ///
    /// As [`provision`](Self::provision).
    pub fn provision_agreed<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        agreed: Agreed,
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
        agreed: Agreed,
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<Outcome, Trouble> {
        let found = socket::look(chip, serial)?;
        let history = self.report.history(found.serial).cloned().unwrap_or_default();
        match agreed {
            Agreed::Only(agreed) if agreed != found.serial => {
                let reason = format!("it is another chip than {agreed}, which was agreed to");
                return Err(Trouble::Refused(reason));
            }
            Agreed::Nothing if self.would_change(&found.zone) => {
                return Err(Trouble::Refused("nobody has agreed to what can't be undone".to_owned()));
            }
            Agreed::Blank
                if self.would_change(&found.zone) && !history.is_open() && !socket::is_blank(&found.zone) =>
            {
                return Err(Trouble::Refused(
                    "it is not blank as from the factory, and this report has not begun with it: agree to it by its \
                     serial number"
                        .to_owned(),
                ));
            }
            _ => {}
        }
        if let Some(done) = &history.done {
            return self.seen(chip, &found, done);
        }
        let wanted = socket::wanted(&found, &self.recipe)?;
        if found.zone.is_data_locked() {
            // A stop came behind the lock, or somebody else was here.
            return self.finish(chip, &found, &history);
        }
        if !history.started || history.given_up {
            self.say(Some(found.serial), Event::Started(Started { revision: found.revision }))?;
        }
        if let Some(to) = socket::configure(chip, &found, &wanted, &self.recipe, config_lock)? {
            return Ok(Outcome::Moved { serial: found.serial, to });
        }
        let keys = socket::keys(chip, &self.recipe)?;
        let issued = match &self.issuer {
            Some(_) => self.certificate(chip, &found, &history, &check::key_of(&keys)?)?,
            None => None,
        };
        let certificate = issued.as_ref().map(|issued| Compressed::from_bytes(issued.compressed));
        let signer = self.issuer.as_ref().map(|issuer| (issuer.public_key(), issuer.compressed()));
        let places = match (&certificate, &signer) {
            (Some(certificate), Some((key, compressed))) => {
                Some(socket::places(certificate, key, compressed))
            }
            _ => None,
        };
        socket::store(chip, found.serial, &self.recipe, places.as_ref(), data_lock)?;
        self.finish(chip, &found, &History { issued, ..history })
    }

    /// A chip that the report has as done.
    fn seen<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        found: &Found,
        done: &DoneBefore,
    ) -> Result<Outcome, Trouble> {
        let other = "the report has this serial number as done, and this is another chip with it, or a report of \
                     another signer";
        let (config, data) = self.recipe.locks();
        if config && !found.zone.is_config_locked() || data && !found.zone.is_data_locked() {
            return Err(Trouble::Refused(format!("{other}: it is not locked")));
        }
        let issuer = self.issuer.as_ref();
        let read = check::read_back(chip, found, &self.recipe, issuer).map_err(|trouble| match trouble {
            Trouble::Refused(reason) => Trouble::Refused(format!("{other}: {reason}")),
            trouble => trouble,
        })?;
        if done.certificate_sha256 != read.certificate.as_ref().map(|read| Sha256::digest(&read.der).into()) {
            return Err(Trouble::Refused(format!("{other}: it has another certificate")));
        }
        if done.keys != told(&read.keys) {
            return Err(Trouble::Refused(format!("{other}: it has other keys")));
        }
        self.say(Some(found.serial), Event::Seen)?;
        Ok(Outcome::Seen { serial: found.serial, certificate: read.der().to_vec() })
    }

    /// The certificate for this key: the one that was issued for it and may be in the chip, or a new one.
    fn certificate<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        found: &Found,
        history: &History,
        key: &PublicKey,
    ) -> Result<Option<Issued>, Trouble> {
        let Some(issuer) = &mut self.issuer else { return Ok(None) };
        if let Some(issued) = &history.issued
            && issuer.vouches_for(issued, found.serial, key)
        {
            return Ok(Some(issued.clone()));
        }
        if self.way == Way::Request {
            socket::request(chip, found.serial, key)?;
        }
        let issued = issuer
            .issue(found.serial, key, (self.clock)())
            .map_err(|error| Trouble::Failed(Step::Issue, error.to_string()))?;
        self.say(Some(found.serial), Event::Issued(issued.clone()))?;
        Ok(Some(issued))
    }

    /// Both zones are as they should be: slots are locked, and what the chip has is verified and written down.
    fn finish<I: I2c, D: DelayNs>(
        &mut self,
        chip: &mut Atecc608<I, D>,
        found: &Found,
        history: &History,
    ) -> Result<Outcome, Trouble> {
        socket::lock_slots(chip, found.serial, &self.recipe)?;
        let read = check::read_back(chip, found, &self.recipe, self.issuer.as_ref())?;
        check::proves_its_keys(chip, &read, &self.recipe, found.serial, &(self.clock)())?;
        let known = match &read.certificate {
            Some(read) => history.issued.as_ref().is_some_and(|issued| issued.certificate == read.der),
            None => history.started || !found.zone.is_data_locked(),
        };
        let keys = told(&read.keys);
        let done = Done {
            revision: found.revision,
            configuration_crc: read.configuration_crc,
            public_key: keys.first().map(|key| key.public_key),
            keys,
            compressed: read.certificate.as_ref().map(|read| read.compressed),
            certificate_sha256: read.certificate.as_ref().map(|read| Sha256::digest(&read.der).into()),
            found: !known,
            manifest: self.entry(found, &read)?,
        };
        self.say(Some(found.serial), Event::Done(Box::new(done)))?;
        Ok(Outcome::Done { serial: found.serial, certificate: read.der().to_vec(), found: !known })
    }

    /// The chip's entry of the manifest.
    fn entry(&mut self, found: &Found, read: &Read) -> Result<Option<Entry>, Trouble> {
        let Some((signer, certificate)) = &mut self.manifest else { return Ok(None) };
        let About { part_number, manufacturer, provisioner, distributor, group, .. } = self.about.clone();
        let chain = match (&read.certificate, &self.issuer) {
            (Some(read), Some(issuer)) => {
                let issued_by = [issuer.certificates().signer(), issuer.certificates().root()];
                [&[read.der.as_slice()][..], &issued_by].concat().into_iter().map(<[u8]>::to_vec).collect()
            }
            _ => Vec::new(),
        };
        let keys = read.keys.iter().map(|(slot, key)| Key {
            slot: slot.number(),
            public_key: *key,
            certificates: if *slot == socket::KEY { chain.clone() } else { Vec::new() },
        });
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
            keys: keys.collect(),
            public_data: Vec::new(),
        };
        let entry = Entry::sign(&device, certificate, signer);
        entry.map(Some).map_err(|error| Trouble::Failed(Step::Manifest, error.to_string()))
    }

    fn say(&mut self, serial: Option<SerialNumber>, event: Event) -> Result<(), ReportError> {
        let About { station, operator, .. } = &self.about;
        let line =
            Line { at: (self.clock)(), station: station.clone(), operator: operator.clone(), serial, event };
        self.report.append(&line)
    }
}

/// Keys as the report tells them.
fn told(keys: &[(Slot, PublicKey)]) -> Vec<DoneKey> {
    let told = keys.iter().map(|(slot, key)| DoneKey { slot: slot.number(), public_key: (*key).into() });
    told.collect()
}
