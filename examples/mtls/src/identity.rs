//! Who the device is: the chip, the slot of its key, and the certificates that go with it.

mod authority;
mod found;
mod own;
mod trust;

use atecc608::x509::{Attribute, Certificate, Csr, Name};
use atecc608::{PublicKey, Slot, Status};
use atecc608_linux::rustls::ChipKey;
use atecc608_linux::{ChipError, SharedChip};
use demo::Failure;
use rustls::pki_types::CertificateDer;

use crate::cli::{Onboard, Options};
use crate::pem;
use crate::report::Report;
use crate::tls::Credentials;

/// The slot of the key, if nothing else is said.
const KEY: Slot = Slot::S0;

/// Who the device is.
pub(crate) struct Identity {
    pub(crate) chip: SharedChip,
    pub(crate) slot: Slot,
    /// Its own certificate first, then those of its issuers, without the root.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// The root that they lead to, if it is known.
    pub(crate) root: Option<CertificateDer<'static>>,
    /// The common name of its certificate.
    pub(crate) name: String,
}

/// Finds the chip, and certificates for its key, which are made if it is blank and may be locked.
pub(crate) fn find(options: &Options, report: &mut Report) -> Result<Identity, Failure> {
    let chip = found::look_for(options, report)?;
    let identity = match (&options.chip.certificate, options.chip.tng) {
        (Some(file), _) => {
            let chain = pem::certificates(file, "--certificate")?;
            Identity::new(chip, options.chip.slot.unwrap_or(KEY), chain, None)?
        }
        (None, true) => trust::chain(chip, report)?,
        (None, false) => match own::certified(&chip, options, report)? {
            Some((chain, root)) => Identity::new(chip, KEY, chain, Some(root))?,
            // A claim asks for the certificate.
            None if options.aws.onboard == Some(Onboard::Claim) => {
                let name = common_name(&chip)?;
                let slot = options.chip.slot.unwrap_or(KEY);
                Identity { name, ..Identity::new(chip, slot, Vec::new(), None)? }
            }
            // Somebody else set it up: perhaps Microchip.
            None => trust::chain(chip, report)?,
        },
    };
    identity.tell(report)?;
    Ok(identity)
}

/// A request for a certificate of the key in a slot, as PEM.
pub(crate) fn request(options: &Options, report: &mut Report) -> Result<String, Failure> {
    let chip = found::look_for(options, report)?;
    let slot = options.chip.slot.unwrap_or(KEY);
    let name = options.client_id.clone().map_or_else(|| common_name(&chip), Ok)?;
    sign_request(&chip, slot, &name)
}

/// A request for this name.
pub(crate) fn sign_request(chip: &SharedChip, slot: Slot, name: &str) -> Result<String, Failure> {
    let name = [Attribute::common_name(name)];
    chip.sign_csr_pem(slot, &Csr::new(Name::Attributes(&name))).map_err(|error| {
        let failure =
            of_chip(format_args!("a certificate was to be requested for the key in {slot}"), &error);
        match error.refusal() {
            Some(Status::Execution) => failure.advising(NO_KEY),
            _ => failure,
        }
    })
}

const NO_KEY: &str = "--slot must name a slot with a private key that may sign. A blank chip has none: with --authority and \
                      --lock-chip-for-ever, instead of --csr, this program configures it, makes its key and issues its \
                      certificate, which can NEVER be undone. To try without hardware: --i2c sim:tngtls --csr";

/// As this program's authority names devices.
fn common_name(chip: &SharedChip) -> Result<String, Failure> {
    let serial = chip.serial_number().map_err(|error| of_chip("the serial number was read", &error))?;
    Ok(format!("sn{}", serial.to_string().to_uppercase()))
}

impl Identity {
    fn new(
        chip: SharedChip,
        slot: Slot,
        chain: Vec<CertificateDer<'static>>,
        root: Option<CertificateDer<'static>>,
    ) -> Result<Self, Failure> {
        let mut chain = chain;
        let unreadable = |error| {
            Failure::new("the device's certificate was read", error, "give --certificate another one")
        };
        let parse = |der: &CertificateDer<'_>| {
            Certificate::parse(der).map(|read| read.common_name().map(str::to_owned))
        };
        let name = chain.first().map(parse).transpose().map_err(unreadable)?.flatten().unwrap_or_default();
        // A root at the end is what the other side has.
        let is_root = |der: &CertificateDer<'_>| {
            Certificate::parse(der).is_ok_and(|read| read.issuer() == read.subject())
        };
        let last = chain.len() > 1 && chain.last().is_some_and(is_root);
        let root = root.or(if last { chain.pop() } else { None });
        Ok(Self { chip, slot, chain, root, name })
    }

    /// The last certificate that is known: whoever trusts that one trusts the device.
    pub(crate) fn anchor(&self) -> Option<&CertificateDer<'static>> {
        self.root.as_ref().or(self.chain.last())
    }

    /// The key in the chip, with the chain.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        self.credentials_with(self.chain.clone())
    }

    /// The key in the chip, with another chain.
    pub(crate) fn credentials_with(
        &self,
        chain: Vec<CertificateDer<'static>>,
    ) -> Result<Credentials, Failure> {
        let key = ChipKey::new(self.chip.clone(), self.slot)
            .map_err(|error| of_chip(format_args!("the public key of {} was read", self.slot), &error))?;
        Credentials::of_chip(key, chain)
    }

    /// The public key, as the chip gives it.
    pub(crate) fn public_key(&self) -> Result<PublicKey, Failure> {
        let key = self.chip.public_key(self.slot);
        key.map_err(|error| of_chip(format_args!("the public key of {} was read", self.slot), &error))
    }

    /// Fills in the report's part on the certificates.
    fn tell(&self, report: &mut Report) -> Result<(), Failure> {
        report.chip.slot = self.slot.number();
        let chain = self.chain.iter().map(|der| pem::certificate(der)).collect::<Result<Vec<_>, _>>()?;
        report.device_pem = chain.first().cloned().unwrap_or_default();
        report.chain_pem = chain.concat();
        report.root_pem = self.root.as_ref().map(|der| pem::certificate(der)).transpose()?;
        Ok(())
    }
}

/// The chip failed; what the kernel has to say about it comes first.
pub(crate) fn of_chip(tried: impl std::fmt::Display, error: &ChipError) -> Failure {
    let failure = Failure::new(
        format_args!("{tried}, and that failed"),
        error.failure(),
        "check chip, wiring, supply and --address; then run again: what is done already is found",
    );
    match error.trouble() {
        Some(trouble) => failure.explained(trouble.cause(), trouble.advice()),
        None => failure,
    }
}

/// The common name of a certificate.
fn name_of(der: &[u8]) -> String {
    let name = Certificate::parse(der).ok().and_then(|read| read.common_name().map(str::to_owned));
    name.unwrap_or_default()
}
