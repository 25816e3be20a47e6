//! `atecc csr`.

use std::path::PathBuf;

use atecc608::command::{GenKeyPublic, MessageSource, SignExternal};
use atecc608::diagnose::Seen;
use atecc608::x509::{
    Attribute, AttributeType, Csr as Request, ExtendedKeyUsage, GeneralName, KeyUsage, Name, PemLabel,
};
use atecc608::{PublicKey, Slot};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::app::App;
use crate::certificates::{apart, failed};
use crate::failure::Failure;
use crate::{files, parse};

/// A request for a certificate (PKCS#10) for the key in a slot, signed with it, as PEM. Without options it asks for the
/// name that chips of a fleet have: CN=sn and the chip's serial number. [changes nothing]
#[derive(Debug, Args)]
pub struct Csr {
    /// The slot of the key.
    #[arg(long, default_value = "0", value_parser = parse::slot)]
    slot: Slot,
    /// Common name.
    #[arg(long, value_name = "TEXT")]
    cn: Option<String>,
    /// Organisation.
    #[arg(long, value_name = "TEXT")]
    o: Option<String>,
    /// Organisational unit.
    #[arg(long, value_name = "TEXT")]
    ou: Option<String>,
    /// Country: two letters.
    #[arg(long, value_name = "TEXT")]
    c: Option<String>,
    /// State or province.
    #[arg(long, value_name = "TEXT")]
    st: Option<String>,
    /// Locality.
    #[arg(long, value_name = "TEXT")]
    l: Option<String>,
    /// Serial number, as a part of the name.
    #[arg(long, value_name = "TEXT")]
    serial_number: Option<String>,
    /// An alternative name: DNS:sensor-7.example.com or URI:urn:uuid:...; may be given several times.
    #[arg(long, value_name = "KIND:NAME", value_parser = alternative_name)]
    san: Vec<Other>,
    /// What the certificate shall be for; may be given several times.
    #[arg(long, value_enum, value_name = "USAGE")]
    usage: Vec<Usage>,
    /// Gives DER instead of PEM.
    #[arg(long)]
    der: bool,
    /// Writes it to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// An alternative name.
#[derive(Debug, Clone)]
enum Other {
    Dns(String),
    Uri(String),
}

fn alternative_name(text: &str) -> Result<Other, String> {
    match text.split_once(':') {
        Some(("DNS", name)) => Ok(Other::Dns(name.into())),
        Some(("URI", name)) => Ok(Other::Uri(name.into())),
        _ => Err("DNS:NAME or URI:NAME; addresses and others are for the authority to add".into()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Usage {
    /// Logging in by TLS.
    Client,
    /// Being logged in to by TLS.
    Server,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// The request.
    pem: String,
}

impl Csr {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let tried = format!("a request was to be made for the key in {slot}");
        let serial = app.ask(&tried, |chip| chip.serial_number())?;
        let usual = format!("sn{}", serial.to_string().to_uppercase());
        let attributes = self.attributes(&usual);
        let others: Vec<GeneralName<'_>> = self
            .san
            .iter()
            .map(|name| match name {
                Other::Dns(name) => GeneralName::Dns(name),
                Other::Uri(name) => GeneralName::Uri(name),
            })
            .collect();
        let mut request = Request::new(Name::Attributes(&attributes)).with_alternative_names(&others);
        if !self.usage.is_empty() {
            let wanted =
                |usage, flag| if self.usage.contains(&usage) { flag } else { ExtendedKeyUsage::empty() };
            let both = wanted(Usage::Client, ExtendedKeyUsage::CLIENT_AUTH)
                .union(wanted(Usage::Server, ExtendedKeyUsage::SERVER_AUTH));
            request = request.with_key_usage(KeyUsage::DIGITAL_SIGNATURE).with_extended_key_usage(both);
        }
        let mut buffer = vec![0; request.max_der_len()];
        // What can't be written is said before the chip is asked.
        if let Err(error) = request.write(&PublicKey::from_bytes([0; 64]), &mut buffer) {
            return Err(failed(tried, &error).advising("write the name another way"));
        }
        let public = GenKeyPublic { slot, digest: false };
        let sign = SignExternal { slot, source: MessageSource::MessageDigest };
        let der = app.explained(&tried, &[&public, &sign], Seen::new(), |chip| {
            apart(chip.sign_csr(slot, &request, &mut buffer).map(<[u8]>::to_vec))
        })?;
        let der = der.map_err(|error| failed(&tried, &error))?;
        let mut text = vec![0; PemLabel::CertificateRequest.pem_len(der.len())];
        let pem = PemLabel::CertificateRequest
            .encode(&der, &mut text)
            .map_err(|error| failed(&tried, &error.into()))?;
        let bytes = if self.der { &der } else { pem.as_bytes() };
        files::give(app, self.out.as_deref(), bytes, &Answer { slot: slot.number(), pem: pem.to_owned() })
    }

    /// In the order in which names are written.
    fn attributes<'a>(&'a self, usual: &'a str) -> Vec<Attribute<'a>> {
        let given: Vec<Attribute<'a>> = [
            (AttributeType::Country, &self.c),
            (AttributeType::State, &self.st),
            (AttributeType::Locality, &self.l),
            (AttributeType::Organization, &self.o),
            (AttributeType::OrganizationalUnit, &self.ou),
            (AttributeType::SerialNumber, &self.serial_number),
            (AttributeType::CommonName, &self.cn),
        ]
        .into_iter()
        .filter_map(|(kind, value)| Some(Attribute { kind, value: value.as_deref()? }))
        .collect();
        if given.is_empty() && self.san.is_empty() { vec![Attribute::common_name(usual)] } else { given }
    }
}
