//! The certificate authority: a root and a signer, in software. A fleet's root lies in a safe, and its signer's key in a
//! chip or an HSM (`examples/fleet`).

use crate::Failure;
use atecc608::blocking::{CertificateSigner, issue, issue_from_template};
use atecc608::x509::{
    Attribute, Compressed, DateTime, Dates, Field, Name, Parts, Place, Profile, SerialSource, SignerId,
    TbsCertificate, Template, Term, Validity,
};
use atecc608::{PublicKey, SerialNumber};
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use std::time::SystemTime;

/// Which signer of the fleet. It stands in the signer's name.
const SIGNER_ID: SignerId = SignerId(0x0001);
const ROOT_NAME: &[Attribute<'_>] =
    &[Attribute::organization("Example"), Attribute::common_name("Demo Root")];
const SIGNER_NAME: &[Attribute<'_>] =
    &[Attribute::organization("Example"), Attribute::common_name("Demo Signer 0001")];
const DEVICE_NAME: &[Attribute<'_>] =
    &[Attribute::organization("Example"), Attribute::common_name("sn0123456789ABCDEF01")];
const SIGNER_FIELDS: &[Field<'_>] = &[Field::signer_id(Place::Subject, "0001")];
const DEVICE_FIELDS: &[Field<'_>] =
    &[Field::signer_id(Place::Issuer, "0001"), Field::chip_serial(Place::Subject, "0123456789ABCDEF01")];

/// Root, signer, and what their certificates look like.
pub(crate) struct Authority {
    root: SigningKey,
    signer: SigningKey,
    dates: Dates,
    examples: Examples,
    pub(crate) root_der: Vec<u8>,
    /// The signer's certificate, as it goes onto every device.
    pub(crate) signer_compressed: Compressed,
}

/// From which templates are made. In firmware they are files: `include_bytes!("device.der")`.
struct Examples {
    signer: Vec<u8>,
    device: Vec<u8>,
}

impl Authority {
    /// A new one: this hour's, for 20 years.
    pub(crate) fn new() -> Result<Self, Failure> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        // Compressed certificates have no minutes.
        let issued = DateTime::from_unix(now - now % 3600).ok_or("the clock is set to a year far away")?;
        let dates = Dates::new(issued, Term::Years(20))?;
        let validity = Validity { not_before: issued, not_after: dates.ends().ok_or("no end")? };

        let (mut root, signer) = (SigningKey::generate(), SigningKey::generate());
        let name = Name::Attributes(ROOT_NAME);
        // Whoever issues few certificates takes random serial numbers.
        let mut serial: [u8; 16] = Generate::generate();
        serial[0] = serial[0] & 0x7F | 0x40;
        let tbs = TbsCertificate::self_signed(&serial, name, validity, root.public_key(), Profile::ROOT);
        let root_der = issue(&tbs, &mut root, &mut [0; 1024])?.to_vec();

        let mut example = |issuer, subject, profile| -> Result<Vec<u8>, Failure> {
            let tbs = TbsCertificate {
                serial: &[0x40; 16],
                issuer: Name::Attributes(issuer),
                validity,
                subject: Name::Attributes(subject),
                subject_key: signer.public_key(),
                issuer_key: root.public_key(),
                profile,
                alternative_names: &[],
            };
            Ok(issue(&tbs, &mut root, &mut [0; 1024])?.to_vec())
        };
        let examples = Examples {
            signer: example(ROOT_NAME, SIGNER_NAME, Profile::SIGNER)?,
            device: example(SIGNER_NAME, DEVICE_NAME, Profile::DEVICE)?,
        };

        let template = signers(&examples);
        let parts = Parts::new(signer.public_key(), root.public_key());
        let mut buffer = [0; 1024];
        let (_, signer_compressed) =
            issue_from_template(&template, &parts, SIGNER_ID, &dates, &mut root, &mut buffer)?;
        Ok(Self { root, signer, dates, examples, root_der, signer_compressed })
    }

    pub(crate) fn root_key(&self) -> PublicKey {
        self.root.public_key()
    }

    pub(crate) fn signer_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    /// The template of signers' certificates.
    pub(crate) fn signers(&self) -> Template<'_> {
        signers(&self.examples)
    }

    /// The template of devices' certificates.
    pub(crate) fn devices(&self) -> Template<'_> {
        devices(&self.examples)
    }

    /// A certificate for a device's key.
    pub(crate) fn certify(&mut self, key: PublicKey, serial: SerialNumber) -> Result<Compressed, Failure> {
        let parts = Parts::new(key, self.signer.public_key()).with_chip_serial(serial);
        let template = devices(&self.examples);
        let mut buffer = [0; 1024];
        let (_, compressed) =
            issue_from_template(&template, &parts, SIGNER_ID, &self.dates, &mut self.signer, &mut buffer)?;
        Ok(compressed)
    }
}

fn signers(examples: &Examples) -> Template<'_> {
    Template::new(&examples.signer, 0, 0, SerialSource::PublicKeyHash).with_fields(SIGNER_FIELDS)
}

fn devices(examples: &Examples) -> Template<'_> {
    Template::new(&examples.device, 1, 0, SerialSource::PublicKeyHash).with_fields(DEVICE_FIELDS)
}
