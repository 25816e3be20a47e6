//! Certificates in files, and what they say.

use std::fmt;
use std::path::Path;

use atecc608::x509::{self, AlternativeName, Attributes, Certificate, Oid, Validity};
use atecc608_fleet::export::{certificate_der, certificate_pem};
use atecc608_linux::BusError;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::files;
use crate::parse::hex;
use crate::public_key::Told;

/// All certificates of a file, in DER: one or more as PEM, or one as DER.
///
/// # Errors
///
/// [`Kind::File`], [`Kind::Usage`].
pub(crate) fn read(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    of_bytes(&files::read(path)?, path)
}

/// The same, of what was read already.
///
/// # Errors
///
/// [`Kind::Usage`].
pub(crate) fn of_bytes(bytes: &[u8], path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    find(bytes).map_err(|cause| {
        let tried = format!("certificates were looked for in {}", path.display());
        Failure::new(Kind::Usage, tried, cause, "give certificates as PEM, or one as DER")
    })
}

/// The first of a file.
///
/// # Errors
///
/// As [`read`].
pub(crate) fn first(path: &Path) -> Result<Vec<u8>, Failure> {
    // There is one at least.
    Ok(read(path)?.into_iter().next().unwrap_or_default())
}

fn find(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    if Certificate::parse(bytes).is_ok() {
        return Ok(vec![bytes.to_vec()]);
    }
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN ")) else {
        return Err("there is none".into());
    };
    let parts: Vec<&str> = text.split(BEGIN).skip(1).collect();
    if parts.is_empty() {
        return Err("this is PEM of something else".into());
    }
    let der = |(index, part): (usize, &&str)| {
        let end = part.find("-----END CERTIFICATE-----").map_or(part.len(), |end| end + 25);
        certificate_der(&format!("{BEGIN}{}\n", part.get(..end).unwrap_or(part)))
            .map_err(|error| format!("certificate {}: {error}", index + 1))
    };
    parts.iter().enumerate().map(der).collect()
}

/// As PEM, one after the other.
///
/// # Errors
///
/// None but for sizes that no certificate has.
pub(crate) fn pem<'c>(ders: impl IntoIterator<Item = &'c [u8]>) -> Result<String, Failure> {
    ders.into_iter()
        .map(certificate_pem)
        .collect::<Result<_, _>>()
        .map_err(|error| failed("certificates were written as PEM", &error))
}

/// Parsed.
///
/// # Errors
///
/// [`Kind::Usage`].
pub(crate) fn parse<'c>(der: &'c [u8], tried: &str) -> Result<Certificate<'c>, Failure> {
    Certificate::parse(der).map_err(|error| failed(tried, &error))
}

/// What is wrong with requests and certificates.
pub(crate) fn failed(tried: impl fmt::Display, error: &x509::Error) -> Failure {
    let no = |help: &str| Failure::new(Kind::No, error, "", help);
    match error {
        x509::Error::Blank(_) => no("`atecc cert write` puts certificates there"),
        x509::Error::NotVerified => {
            no("these certificates do not belong together: give those of the device's own signer and root")
        }
        _ => Failure::new(Kind::Usage, tried, error, "`atecc cert show` tells what a certificate says"),
    }
}

/// What the chip or the bus failed with apart from what is wrong with certificates.
pub(crate) fn apart<T>(
    result: Result<T, x509::ChipError<BusError>>,
) -> Result<Result<T, x509::Error>, atecc608_linux::Failure> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(x509::ChipError::X509(error)) => Ok(Err(error)),
        Err(error) => Err(error.into()),
    }
}

/// A certificate, told.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// In hexadecimal.
    pub(crate) serial: String,
    pub(crate) not_before: Option<String>,
    pub(crate) not_after: Option<String>,
    /// May sign other certificates.
    pub(crate) ca: bool,
    pub(crate) key_usage: Vec<String>,
    /// As numbers.
    pub(crate) extended_key_usage: Vec<String>,
    pub(crate) alternative_names: Vec<String>,
    /// None if it is not one of P-256.
    pub(crate) public_key: Option<Told>,
    /// AWS calls the certificate by it.
    pub(crate) sha256: String,
    /// Azure calls it by this one.
    pub(crate) sha1: String,
    pub(crate) pem: String,
}

impl Shown {
    pub(crate) fn new(certificate: &Certificate<'_>) -> Result<Self, Failure> {
        let validity = certificate.validity().ok();
        let shown =
            |pick: fn(&Validity) -> x509::DateTime| validity.as_ref().map(|both| pick(both).to_string());
        let usage =
            certificate.key_usage().map(|usage| usage.iter_names().map(|(name, _)| words(name)).collect());
        Ok(Self {
            subject: name(certificate.subject_attributes()),
            issuer: name(certificate.issuer_attributes()),
            serial: hex(certificate.serial()),
            not_before: shown(|both| both.not_before),
            not_after: shown(|both| both.not_after),
            ca: certificate.basic_constraints().is_some_and(|constraints| constraints.ca),
            key_usage: usage.unwrap_or_default(),
            extended_key_usage: certificate
                .extended_key_usage()
                .map(|usages| usages.map(|oid| oid.to_string()).collect())
                .unwrap_or_default(),
            alternative_names: certificate.alternative_names().map(alternative_name).collect(),
            public_key: certificate.public_key().ok().as_ref().map(Told::new),
            sha256: hex(&certificate.sha256()),
            sha1: hex(&certificate.sha1()),
            pem: pem([certificate.der()])?,
        })
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: &Option<String>| time.clone().unwrap_or_else(|| "a day that there is not".into());
        writeln!(f, "subject       {}", self.subject)?;
        writeln!(f, "issuer        {}", self.issuer)?;
        writeln!(f, "serial number {}", self.serial)?;
        writeln!(f, "valid         {} to {}", time(&self.not_before), time(&self.not_after))?;
        if self.ca {
            writeln!(f, "authority     yes: it may sign certificates")?;
        }
        for (what, values) in [
            ("key usage", &self.key_usage),
            ("also for", &self.extended_key_usage),
            ("other names", &self.alternative_names),
        ] {
            if !values.is_empty() {
                writeln!(f, "{what:<13} {}", values.join(", "))?;
            }
        }
        match &self.public_key {
            Some(key) => writeln!(f, "public key    P-256, SHA-256 {}", key.sha256)?,
            None => writeln!(f, "public key    not one of P-256")?,
        }
        writeln!(f, "SHA-256       {}", self.sha256)?;
        write!(f, "SHA-1         {}", self.sha1)
    }
}

/// `DIGITAL_SIGNATURE` in words.
fn words(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

/// The usual letters, or the number.
fn name(attributes: Attributes<'_>) -> String {
    let short = |oid: Oid<'_>| match oid.as_bytes() {
        [0x55, 4, 3] => "CN".into(),
        [0x55, 4, 5] => "serialNumber".into(),
        [0x55, 4, 6] => "C".into(),
        [0x55, 4, 7] => "L".into(),
        [0x55, 4, 8] => "ST".into(),
        [0x55, 4, 10] => "O".into(),
        [0x55, 4, 11] => "OU".into(),
        _ => oid.to_string(),
    };
    let part = |attribute: x509::NameAttribute<'_>| {
        let value = attribute.text().map_or_else(|| format!("#{}", hex(attribute.value)), str::to_owned);
        format!("{}={value}", short(attribute.oid))
    };
    let parts: Vec<String> = attributes.map(part).collect();
    parts.join(", ")
}

fn alternative_name(name: AlternativeName<'_>) -> String {
    match name {
        AlternativeName::Dns(text) => format!("DNS:{text}"),
        AlternativeName::Email(text) => format!("email:{text}"),
        AlternativeName::Uri(text) => format!("URI:{text}"),
        AlternativeName::Ip(bytes) => format!("IP:{}", hex(bytes)),
        AlternativeName::Directory(der) => match Attributes::parse(der) {
            Ok(attributes) => format!("name:{}", self::name(attributes)),
            Err(_) => format!("name:{}", hex(der)),
        },
        _ => "another kind".into(),
    }
}
