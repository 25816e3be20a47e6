//! The certificates that a station issues by: a root, a signer, and an example of a device's.

mod error;
mod folder;
mod issuer;
mod kind;

pub use error::IssueError;
pub use folder::{Folder, FolderError, FolderErrorKind};
pub use issuer::Issuer;
pub use kind::{Kind, Names};

use crate::chain::Roots;
use crate::key_file;
use atecc608::blocking::{CertificateSigner, issue};
use atecc608::x509::{
    Attribute, Certificate, Compressed, DateTime, Dates, Field, Name, Parts, Place, Profile, SerialSource,
    SignerId, TbsCertificate, Template, Term, Validity,
};
use atecc608::{PublicKey, SerialNumber};
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// A root, a signer below it, and the example from which the devices' certificates are made: what firmware and servers
/// have to know, too. The keys are elsewhere.
///
/// Chain: root, signer, device. Devices are named `sn` and the chip's serial number, 18 upper-case hexadecimal digits.
/// The compressed form says template 0 for a device and 1 for a signer, chain 0, and serial numbers by hash of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    root: Vec<u8>,
    signer: Vec<u8>,
    example: Vec<u8>,
    id: SignerId,
    /// The id as names have it.
    digits: String,
    /// How long the example is valid.
    term: Term,
}

/// The chip in the example.
const EXAMPLE_CHIP: &str = "0123456789ABCDEF01";
/// What devices' common names begin with.
const PREFIX: &str = "sn";
const DEVICE_TEMPLATE: u8 = 0;
const SIGNER_TEMPLATE: u8 = 1;
const CHAIN: u8 = 0;

impl Certificates {
    /// Years until a signer's certificate ends, as Microchip has it.
    pub const SIGNER_YEARS: u8 = 31;
    /// The same for a root.
    pub const ROOT_YEARS: u8 = 40;

    /// From DER that was made before.
    ///
    /// # Errors
    ///
    /// If they are no certificates, the signer is not the root's, or the example not the signer's.
    pub fn new(root: Vec<u8>, signer: Vec<u8>, example: Vec<u8>) -> Result<Self, IssueError> {
        let signer_id = Certificate::parse(&signer)?
            .common_name()
            .and_then(|name| name.get(name.len().checked_sub(4)?..))
            .filter(|digits| digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or(IssueError::NoSignerId)?;
        let id = SignerId(signer_id);
        let term = term_of(&Certificate::parse(&example)?)?;
        let certificates = Self { root, signer, example, id, digits: id.to_string(), term };
        certificates.roots()?.verify(&[&certificates.signer])?;
        if Certificate::parse(&certificates.example)?.issuer()
            != Certificate::parse(&certificates.signer)?.subject()
        {
            return Err(IssueError::OtherExample);
        }
        certificates.with_device_template(|template| template.check())?;
        certificates.with_signer_template(|template| template.check())?;
        certificates.compressed_signer()?;
        Ok(certificates)
    }

    /// New ones: a root that signs itself, a signer with this key, and devices of this kind, beginning with the hour of
    /// `now`.
    ///
    /// # Errors
    ///
    /// If a name can't be written, or `root` does not sign.
    pub fn make<R: CertificateSigner<Error: Display>>(
        root: &mut R,
        signer_key: PublicKey,
        names: &Names,
        id: SignerId,
        devices: Kind,
        now: DateTime,
    ) -> Result<Self, IssueError> {
        let Names { organization, root: root_name, signer: signer_name } = names;
        let begin = hour_of(now);
        let organization = Attribute::organization(organization);
        let root_names = [organization, Attribute::common_name(root_name)];
        let signer_name = format!("{signer_name} {id}");
        let signer_names = [organization, Attribute::common_name(&signer_name)];
        let (root_name, signer_name) = (Name::Attributes(&root_names), Name::Attributes(&signer_names));
        let root_key = root.public_key();
        let mut buffer = vec![0; BUFFER];

        let validity = validity(begin, Term::Years(Self::ROOT_YEARS))?;
        let serial = random_serial(&root_key);
        let tbs = TbsCertificate::self_signed(&serial, root_name, validity, root_key, Profile::ROOT);
        let root_der = signed(&tbs, root, &mut buffer)?;

        // Examples are signed by a key that is then forgotten: what counts is all but key, dates and signature.
        let mut nobody = key_file::generate();
        let somebody = CertificateSigner::public_key(&nobody);
        let example = |issuer, subject, term, profile| -> Result<TbsCertificate<'_>, IssueError> {
            Ok(TbsCertificate {
                serial: &EXAMPLE_SERIAL,
                issuer,
                validity: self::validity(begin, term)?,
                subject,
                subject_key: somebody,
                issuer_key: somebody,
                profile,
                alternative_names: &[],
            })
        };
        let tbs = example(root_name, signer_name, Term::Years(Self::SIGNER_YEARS), Profile::SIGNER)?;
        let signer_example = signed(&tbs, &mut nobody, &mut buffer)?;
        let device_name = format!("{PREFIX}{EXAMPLE_CHIP}");
        let device_names = [organization, Attribute::common_name(&device_name)];
        let tbs = example(signer_name, Name::Attributes(&device_names), devices.term, devices.profile)?;
        let device_example = signed(&tbs, &mut nobody, &mut buffer)?;

        let digits = id.to_string();
        let dates = Dates::new(begin, Term::Years(Self::SIGNER_YEARS))?;
        let fields = signer_fields(&digits);
        let parts = Parts::new(signer_key, root_key);
        let unsigned = signer_template(&signer_example, &fields).issue(&parts, id, &dates, &mut buffer)?;
        let signature =
            root.sign(unsigned.message()).map_err(|error| IssueError::NotSigned(error.to_string()))?;
        let signer = unsigned.finish(&signature)?.to_vec();
        Self::new(root_der, signer, device_example)
    }

    /// The root in DER.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// The signer's in DER.
    #[must_use]
    pub fn signer(&self) -> &[u8] {
        &self.signer
    }

    /// The example of a device's in DER. Its signature is nobody's.
    #[must_use]
    pub fn example(&self) -> &[u8] {
        &self.example
    }

    /// How long devices' certificates are valid.
    #[must_use]
    pub const fn term(&self) -> Term {
        self.term
    }

    /// The signer's id.
    #[must_use]
    pub const fn signer_id(&self) -> SignerId {
        self.id
    }

    /// The root, to verify by.
    ///
    /// # Errors
    ///
    /// None: the root was read before.
    pub fn roots(&self) -> Result<Roots, IssueError> {
        let mut roots = Roots::new();
        roots.add(&self.root)?;
        Ok(roots)
    }

    /// The signer's key.
    ///
    /// # Errors
    ///
    /// None: the signer's certificate was read before.
    pub fn signer_key(&self) -> Result<PublicKey, IssueError> {
        Ok(Certificate::parse(&self.signer)?.public_key()?)
    }

    /// The signer's certificate as it is written to chips.
    ///
    /// # Errors
    ///
    /// None: it was done once before.
    pub fn compressed_signer(&self) -> Result<Compressed, IssueError> {
        let root_key = Certificate::parse(&self.root)?.public_key()?;
        let parts = Parts::new(self.signer_key()?, root_key);
        Ok(self.with_signer_template(|template| template.compress(&self.signer, self.id, &parts))?)
    }

    /// Runs `work` with the template of devices' certificates.
    pub fn with_device_template<T>(&self, work: impl FnOnce(&Template<'_>) -> T) -> T {
        let fields =
            [Field::signer_id(Place::Issuer, &self.digits), Field::chip_serial(Place::Subject, EXAMPLE_CHIP)];
        let template = Template::new(&self.example, DEVICE_TEMPLATE, CHAIN, SerialSource::PublicKeyHash);
        work(&template.with_fields(&fields))
    }

    /// Runs `work` with the template of signers' certificates, whose example is the signer's.
    pub fn with_signer_template<T>(&self, work: impl FnOnce(&Template<'_>) -> T) -> T {
        work(&signer_template(&self.signer, &signer_fields(&self.digits)))
    }

    /// What a device's certificate has of its own.
    ///
    /// # Errors
    ///
    /// None: the signer's certificate was read before.
    pub fn parts(&self, chip: SerialNumber, key: PublicKey) -> Result<Parts<'static>, IssueError> {
        Ok(Parts::new(key, self.signer_key()?).with_chip_serial(chip))
    }
}

/// A certificate of a key by itself, for a station to sign its manifests with.
///
/// # Errors
///
/// If the name can't be written, or the key does not sign.
pub fn manifest_certificate<M: CertificateSigner<Error: Display>>(
    signer: &mut M,
    organization: &str,
    name: &str,
    now: DateTime,
) -> Result<Vec<u8>, IssueError> {
    let key = signer.public_key();
    let names = [Attribute::organization(organization), Attribute::common_name(name)];
    let serial = random_serial(&key);
    let validity = validity(hour_of(now), Kind::default().term)?;
    let profile = Profile::DEVICE;
    let tbs = TbsCertificate::self_signed(&serial, Name::Attributes(&names), validity, key, profile);
    signed(&tbs, signer, &mut vec![0; BUFFER])
}

/// More than any certificate here.
const BUFFER: usize = 2048;
/// As long as those that come by hash.
const EXAMPLE_SERIAL: [u8; 16] = [0x40; 16];

fn signer_fields(digits: &str) -> [Field<'_>; 1] {
    [Field::signer_id(Place::Subject, digits)]
}

const fn signer_template<'a>(example: &'a [u8], fields: &'a [Field<'a>]) -> Template<'a> {
    Template::new(example, SIGNER_TEMPLATE, CHAIN, SerialSource::PublicKeyHash).with_fields(fields)
}

fn signed<S: CertificateSigner<Error: Display>>(
    tbs: &TbsCertificate<'_>,
    signer: &mut S,
    buffer: &mut [u8],
) -> Result<Vec<u8>, IssueError> {
    issue(tbs, signer, buffer).map(<[u8]>::to_vec).map_err(|error| IssueError::NotSigned(error.to_string()))
}

/// 16 bytes, positive: a key signs itself once.
fn random_serial(key: &PublicKey) -> [u8; 16] {
    let digest = Sha256::digest(key.as_bytes());
    let mut serial = [0; 16];
    serial.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    serial[0] = serial[0] & 0x3F | 0x40;
    serial
}

/// The hour of this time; of the day before a 29 February, whose end may be a day that its year has not.
fn hour_of(time: DateTime) -> DateTime {
    let day = if time.month() == 2 && time.day() == 29 { 28 } else { time.day() };
    // There is such a date.
    DateTime::new(time.year(), time.month(), day, time.hour(), 0, 0).unwrap_or(time)
}

/// How long a certificate is valid, if that can be said in whole years.
fn term_of(certificate: &Certificate<'_>) -> Result<Term, IssueError> {
    let Validity { not_before, not_after } = certificate.validity()?;
    if not_after == DateTime::MAX {
        return Ok(Term::Forever);
    }
    let years = not_after.year().checked_sub(not_before.year()).and_then(|years| u8::try_from(years).ok());
    let term = Term::Years(years.unwrap_or(0));
    match Dates::new(not_before, term)?.ends() {
        Some(end) if end == not_after => Ok(term),
        _ => Err(IssueError::ExampleTerm),
    }
}

fn validity(not_before: DateTime, term: Term) -> Result<Validity, IssueError> {
    let dates = Dates::new(not_before, term)?;
    let not_after = dates.ends().unwrap_or(DateTime::MAX);
    Ok(Validity { not_before, not_after })
}
