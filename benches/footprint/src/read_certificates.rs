//! What reads certificates and needs no chip.

use atecc608::x509::{
    Attributes, Certificate, CertificateSerial, Compressed, DateTime, Dates, Field, Parts, Place,
    SerialSource, SignerId, Template, Term, Verifier,
};
use atecc608::{PublicKey, SerialNumber, Signature};
use core::hint::black_box;

/// A verifier of which the optimizer knows nothing.
struct Unknown;

impl Verifier for Unknown {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
        black_box((key, message, signature));
        black_box(true)
    }
}

/// Everything that a certificate is asked.
fn certificate(bytes: &[u8], key: &PublicKey) {
    let Ok(certificate) = Certificate::parse(bytes) else { return };
    black_box((certificate.der(), certificate.tbs(), certificate.version(), certificate.serial()));
    black_box((certificate.issuer(), certificate.subject(), certificate.common_name()));
    black_box(certificate.validity()).ok();
    black_box(certificate.public_key()).ok();
    black_box(certificate.signature()).ok();
    black_box(certificate.verify(key, &Unknown)).ok();
    black_box((certificate.public_key_info(), certificate.range_of(bytes)));
    black_box((certificate.subject_key_id(), certificate.authority_key_id(), certificate.key_usage()));
    black_box((certificate.basic_constraints(), certificate.sha1(), certificate.sha256()));
    for usage in certificate.extended_key_usage().into_iter().flatten() {
        black_box(usage.as_bytes());
    }
    for attribute in certificate.issuer_attributes().chain(certificate.subject_attributes()) {
        black_box(attribute.text());
    }
    for name in certificate.alternative_names() {
        black_box(name);
    }
    for extension in certificate.extensions() {
        black_box((certificate.extension(extension.oid), extension.value));
    }
    if let Ok(attributes) = Attributes::parse(bytes) {
        black_box(attributes.count());
    }
}

/// All of it, with bytes, room and a key of which the optimizer knows nothing.
pub fn read_certificates(bytes: &[u8], room: &mut [u8], key: PublicKey) {
    certificate(bytes, &key);
    let fields = [
        Field::signer_id(black_box(Place::Issuer), black_box("2C00")),
        Field::chip_serial(Place::Subject, black_box("0123")),
        Field::text(Place::AlternativeNames, black_box("text")),
        Field::issuer(),
    ];
    let Some(source) = SerialSource::from_nibble(black_box(3)) else { return };
    let fields = black_box(&fields[..]);
    let template = Template::new(bytes, black_box(1), black_box(0), source).with_fields(fields);
    let texts = [bytes; 2];
    let parts = Parts::new(key, key)
        .with_chip_serial(SerialNumber(black_box([0; 9])))
        .with_serial(bytes)
        .with_texts(texts.get(..black_box(1)).unwrap_or_default());
    black_box(template.check()).ok();
    black_box(template.max_len());
    let signer = SignerId(black_box(7));
    black_box(template.compress(bytes, signer, &parts)).ok();
    if let Ok(compressed) = Compressed::try_from(bytes) {
        black_box((compressed.signature(), compressed.signer(), compressed.template(), compressed.chain()));
        black_box(compressed.dates()).ok();
        black_box(CertificateSerial::new(&compressed, black_box(16), &parts)).ok();
        if let Ok(unverified) = template.rebuild(&compressed, &parts, room) {
            black_box(unverified.verify(&Unknown)).ok();
        }
    }
    let Some(hour) = DateTime::new(black_box(2026), 1, 1, 0, 0, 0) else { return };
    if let Ok(dates) = Dates::new(hour, Term::Years(black_box(9))) {
        black_box(dates.ends());
        black_box(template.compressed(signer, &dates, &Signature::from_bytes([0; 64]))).ok();
    }
}
