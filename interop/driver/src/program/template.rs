//! Templates, and what is made by them.

use super::dates::{dates, moment};
use super::failure::Failure;
use super::hex::{Hex, digits};
use super::trust_templates::TEMPLATES;
use atecc608::SerialNumber;
use atecc608::x509::{
    Certificate, CertificateSerial, Compressed, Field, P256, Parts, Place, SerialSource, SignerId, Template,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// A template under a name.
#[derive(Debug, Deserialize)]
pub(crate) struct Define {
    name: String,
    example: Hex,
    number: u8,
    chain: u8,
    source: u8,
    fields: Vec<Shown>,
}

/// A field, and what the example has there.
#[derive(Debug, Deserialize)]
struct Shown {
    kind: Kind,
    place: Where,
    shown: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SignerId,
    ChipSerial,
    Text,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Where {
    Issuer,
    Subject,
    AlternativeNames,
}

/// What a certificate has of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Own {
    subject_key: Hex,
    issuer_key: Hex,
    chip_serial: Hex,
    #[serde(default)]
    serial: Option<Hex>,
    #[serde(default)]
    texts: Vec<String>,
}

/// A certificate, to be compressed.
#[derive(Debug, Deserialize)]
pub(crate) struct Compress {
    template: String,
    certificate: Hex,
    signer_id: u16,
    own: Own,
}

/// 72 bytes, to be made a certificate.
#[derive(Debug, Deserialize)]
pub(crate) struct Rebuild {
    template: String,
    compressed: Hex,
    own: Own,
}

/// What a new certificate is to say.
#[derive(Debug, Deserialize)]
pub(crate) struct Issue {
    template: String,
    signer_id: u16,
    issued: (u16, u8, u8, u8),
    years: u8,
    own: Own,
}

/// 72 bytes, and the length of the serial number.
#[derive(Debug, Deserialize)]
pub(crate) struct Serial {
    compressed: Hex,
    length: usize,
    own: Own,
}

/// The driver's own, and those that were defined.
#[derive(Debug)]
pub(crate) struct Templates(HashMap<String, Template<'static>>);

impl Templates {
    /// The driver's own.
    pub(crate) fn new() -> Self {
        Self(TEMPLATES.iter().map(|(name, template)| ((*name).to_owned(), **template)).collect())
    }

    /// How long its certificates are at most.
    pub(crate) fn max_len(&self, name: &str) -> Result<Value, Failure> {
        Ok(json!(self.get(name)?.max_len()))
    }

    /// One more. It lives as long as the program.
    pub(crate) fn define(&mut self, request: Define) -> Result<Value, Failure> {
        let source = SerialSource::from_nibble(request.source)
            .ok_or_else(|| Failure::misuse("no such rule for serial numbers"))?;
        let fields: Vec<Field<'static>> = request.fields.into_iter().map(field).collect();
        let template = Template::new(request.example.bytes()?.leak(), request.number, request.chain, source)
            .with_fields(fields.leak());
        template.check()?;
        self.0.insert(request.name, template);
        Ok(json!(template.max_len()))
    }

    pub(super) fn get(&self, name: &str) -> Result<&Template<'static>, Failure> {
        self.0.get(name).ok_or_else(|| Failure::misuse(format_args!("no template {name}")))
    }

    /// 72 bytes.
    pub(crate) fn compress(&self, request: &Compress) -> Result<Value, Failure> {
        let template = self.get(&request.template)?;
        let (der, signer) = (request.certificate.bytes()?, SignerId(request.signer_id));
        let compressed = request.own.with(|parts| Ok(template.compress(&der, signer, parts)?))?;
        Ok(json!(digits(compressed.as_bytes())))
    }

    /// The certificate, verified, as far as it is read.
    pub(crate) fn rebuild(&self, request: &Rebuild) -> Result<Value, Failure> {
        let template = self.get(&request.template)?;
        let compressed = Compressed::from_bytes(request.compressed.array()?);
        request.own.with(|parts| {
            let mut buffer = [0; 1024];
            let certificate = template.rebuild(&compressed, parts, &mut buffer)?.verify(&P256)?;
            describe(&certificate)
        })
    }

    /// What is signed of a new one.
    pub(crate) fn issue(&self, request: &Issue) -> Result<Value, Failure> {
        let template = self.get(&request.template)?;
        let dates = dates(request.issued, request.years)?;
        request.own.with(|parts| {
            let mut buffer = [0; 1024];
            let unsigned = template.issue(parts, SignerId(request.signer_id), &dates, &mut buffer)?;
            Ok(json!(digits(unsigned.message())))
        })
    }
}

/// The serial number that 72 bytes stand for.
pub(crate) fn serial(request: &Serial) -> Result<Value, Failure> {
    let compressed = Compressed::from_bytes(request.compressed.array()?);
    request.own.with(|parts| {
        Ok(json!(digits(CertificateSerial::new(&compressed, request.length, parts)?.as_bytes())))
    })
}

/// What a certificate says.
pub(crate) fn parse(der: &Hex) -> Result<Value, Failure> {
    describe(&Certificate::parse(&der.bytes()?)?)
}

pub(super) fn describe(certificate: &Certificate<'_>) -> Result<Value, Failure> {
    let validity = certificate.validity()?;
    Ok(json!({
        "certificate": digits(certificate.der()),
        "tbs": digits(certificate.tbs()),
        "serial": digits(certificate.serial()),
        "issuer": digits(certificate.issuer()),
        "subject": digits(certificate.subject()),
        "from": moment(validity.not_before),
        "until": moment(validity.not_after),
        "key": digits(certificate.public_key()?.as_bytes()),
        "subject_key_id": certificate.subject_key_id().map(digits),
        "authority_key_id": certificate.authority_key_id().map(digits),
        "signature": digits(certificate.signature()?.as_bytes()),
    }))
}

impl Own {
    /// They borrow from here.
    fn with<T>(&self, then: impl FnOnce(&Parts<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let serial = self.serial.as_ref().map(Hex::bytes).transpose()?;
        let texts: Vec<&[u8]> = self.texts.iter().map(String::as_bytes).collect();
        let mut parts = Parts::new(self.subject_key.public()?, self.issuer_key.public()?)
            .with_chip_serial(SerialNumber(self.chip_serial.array()?))
            .with_texts(&texts);
        if let Some(serial) = &serial {
            parts = parts.with_serial(serial);
        }
        then(&parts)
    }
}

fn field(Shown { kind, place, shown }: Shown) -> Field<'static> {
    let shown = shown.leak();
    let place = match place {
        Where::Issuer => Place::Issuer,
        Where::Subject => Place::Subject,
        Where::AlternativeNames => Place::AlternativeNames,
    };
    match kind {
        Kind::SignerId => Field::signer_id(place, shown),
        Kind::ChipSerial => Field::chip_serial(place, shown),
        Kind::Text => Field::text(place, shown),
    }
}
