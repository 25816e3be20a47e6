//! What the examples have in common: a chip with its certificates, and how a failure is told.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use atecc608::x509::Certificate;
use atecc608::{Address, Slot};
use atecc608_linux::SharedChip;
use atecc608_linux::rustls::{ChipKey, advice};
use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// What stands on the command line.
pub(crate) struct Arguments {
    chip: String,
    address: Option<Address>,
    slot: Slot,
    chain: Option<PathBuf>,
    /// The other end, `HOST:PORT`; for a server, where it listens. None: on this machine, and the other end as well.
    pub(crate) place: Option<String>,
    ca: Option<PathBuf>,
}

/// A chip and what it shows of itself.
pub(crate) struct Device {
    pub(crate) key: ChipKey,
    /// Its own certificate first.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// Its certificate's common name.
    pub(crate) name: String,
}

impl Arguments {
    pub(crate) fn parse(usage: &str) -> Result<Self, Failure> {
        use lexopt::prelude::*;
        let slot = Slot::S0;
        let mut arguments =
            Self { chip: "sim:tngtls".into(), address: None, slot, chain: None, place: None, ca: None };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("chip") => arguments.chip = parser.value()?.string()?,
                Long("address") => arguments.address = Some(parser.value()?.parse_with(address)?),
                Long("slot") => {
                    arguments.slot = parser.value()?.parse_with(|text| {
                        text.parse().ok().and_then(Slot::new).ok_or("a slot is a number from 0 to 15")
                    })?;
                }
                Long("chain") => arguments.chain = Some(parser.value()?.into()),
                Long("ca") => arguments.ca = Some(parser.value()?.into()),
                Value(place) if arguments.place.is_none() => arguments.place = Some(place.string()?),
                Long("help") => {
                    println!("{usage}");
                    std::process::exit(0);
                }
                _ => return Err(format!("{}\n{usage}", argument.unexpected()).into()),
            }
        }
        Ok(arguments)
    }

    /// The chip, with the chain of `--chain` or else this one.
    pub(crate) fn device(
        &self,
        else_chain: impl FnOnce(&ChipKey) -> Result<Vec<CertificateDer<'static>>, Failure>,
    ) -> Result<Device, Failure> {
        let chip = SharedChip::open(&self.chip, self.address)?;
        println!("chip: {} at {}, serial number {}", chip.location(), chip.address(), chip.serial_number()?);
        let key = ChipKey::new(chip, self.slot)?;
        let chain = match &self.chain {
            Some(path) => certificates(path)?,
            None => else_chain(&key)?,
        };
        let name = common_name(chain.first().ok_or("there is no certificate in that file")?)?;
        println!("certificate: {name}, {} in its chain", chain.len());
        Ok(Device { key, chain, name })
    }

    /// The authorities in `--ca`; without it, this one.
    pub(crate) fn authorities(&self, own: &CertificateDer<'static>) -> Result<RootCertStore, Failure> {
        let mut store = RootCertStore::empty();
        match &self.ca {
            Some(path) => certificates(path)?.into_iter().try_for_each(|root| store.add(root))?,
            None => store.add(own.clone())?,
        }
        Ok(store)
    }
}

fn address(text: &str) -> Result<Address, String> {
    let number = u8::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    number.and_then(Address::from_7bit).ok_or_else(|| format!("{text} is no address; write it as 0x60"))
}

fn certificates(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    certificates.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Whose certificate it is.
pub(crate) fn common_name(certificate: &CertificateDer<'_>) -> Result<String, Failure> {
    let certificate = Certificate::parse(certificate)?;
    Ok(certificate.common_name().ok_or("the certificate has no common name")?.to_owned())
}

/// Any of rustls' providers will do.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// A failure with its causes, and what helps if it is for TLS.
pub(crate) fn report(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else { return ExitCode::SUCCESS };
    let mut said = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        // Some errors say what their causes say, some do not.
        let text = error.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        cause = error.source();
    }
    eprintln!("{said}");
    if let Some(advice) = advice(&*failure) {
        eprintln!("{advice}");
    }
    ExitCode::FAILURE
}
