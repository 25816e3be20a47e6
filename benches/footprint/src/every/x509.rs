//! What reads and writes requests and certificates without a chip: all of it, with bytes that may be any.

use atecc608::x509::{
    Attribute, AttributeType, Certificate, CertificateSerial, Compressed, Csr, DateTime, Dates,
    ExtendedKeyUsage, Field, GeneralName, KeyUsage, Name, Oid, Parts, PemLabel, Place, Profile, SerialSource,
    SignerId, TbsCertificate, Template, Term, Validity, Verifier,
};
use atecc608::{PublicKey, SerialNumber, Signature};
use core::hint::black_box;

/// Any text of which nothing is known.
fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(black_box(bytes)).unwrap_or_default()
}

/// Software that says whatever it likes.
struct Anybody;

impl Verifier for Anybody {
    fn verify(&self, _: &PublicKey, message: &[u8], _: &Signature) -> bool {
        black_box(message.len()) > 300
    }
}

/// A request with all that one may have.
fn csr<'a>(names: &'a [GeneralName<'a>], subject: Name<'a>) -> Csr<'a> {
    Csr::new(subject)
        .with_alternative_names(names)
        .with_key_usage(black_box(KeyUsage::DIGITAL_SIGNATURE))
        .with_extended_key_usage(black_box(ExtendedKeyUsage::CLIENT_AUTH))
}

/// A certificate with all that one may have.
fn tbs<'a>(bytes: &'a [u8], subject: Name<'a>, names: &'a [GeneralName<'a>]) -> TbsCertificate<'a> {
    let key = || black_box(PublicKey::from_bytes([0; 64]));
    let at = |seconds| DateTime::from_unix(black_box(seconds)).unwrap_or(DateTime::MAX);
    TbsCertificate {
        serial: bytes.get(..black_box(16)).unwrap_or_default(),
        issuer: Name::Der(bytes),
        validity: Validity { not_before: at(1_700_000_000), not_after: at(1_800_000_000) },
        subject,
        subject_key: key(),
        issuer_key: key(),
        profile: black_box(if bytes.len() > 100 { Profile::DEVICE } else { Profile::SIGNER }),
        alternative_names: names,
    }
}

/// Calls it all.
pub fn run(bytes: &[u8], room: &mut [u8]) {
    let kinds = [AttributeType::CommonName, AttributeType::Country, AttributeType::SerialNumber];
    let attributes = kinds.map(|kind| Attribute { kind: black_box(kind), value: text(bytes) });
    let subject = Name::Attributes(&attributes);
    let names =
        [GeneralName::Dns(text(bytes)), GeneralName::Uri(text(bytes)), GeneralName::Directory(subject)];
    let key = black_box(PublicKey::from_bytes([0; 64]));
    let signature = black_box(Signature::from_bytes([0; 64]));
    let csr = csr(&names, subject);
    black_box((csr.max_der_len(), csr.max_pem_len(), key.key_id()));
    if let Ok(unsigned) = csr.write(&key, room) {
        black_box(unsigned.message());
        black_box(unsigned.finish(&signature)).ok();
    }
    let tbs = tbs(bytes, subject, &names);
    black_box((tbs.max_der_len(), tbs.max_pem_len()));
    black_box(tbs.write(room)).ok();
    let _ = black_box(PemLabel::Certificate.encode(bytes, room));
    let _ = black_box(PemLabel::Certificate.decode(bytes, room));
    if let Ok(certificate) = Certificate::parse(bytes) {
        read(&certificate);
        black_box(certificate.verify(&key, &Anybody)).ok();
    }
    template(bytes, room, &key);
}

fn read(certificate: &Certificate<'_>) {
    black_box((certificate.der(), certificate.tbs(), certificate.version(), certificate.serial()));
    black_box((certificate.issuer(), certificate.subject(), certificate.common_name()));
    for attribute in certificate.issuer_attributes().chain(certificate.subject_attributes()) {
        black_box((attribute, attribute.text()));
    }
    black_box(certificate.validity()).ok();
    if let Ok(validity) = certificate.validity() {
        black_box((validity.not_before.to_unix(), validity.contains(validity.not_after)));
    }
    black_box(certificate.public_key()).ok();
    black_box(certificate.signature()).ok();
    black_box((certificate.public_key_info(), certificate.range_of(certificate.tbs())));
    for extension in certificate.extensions() {
        black_box(extension);
    }
    black_box(certificate.extension(black_box(Oid::KEY_USAGE)));
    black_box((certificate.subject_key_id(), certificate.authority_key_id()));
    black_box((certificate.key_usage(), certificate.basic_constraints()));
    for usage in certificate.extended_key_usage().into_iter().flatten() {
        black_box(usage);
    }
    for name in certificate.alternative_names() {
        black_box(name);
    }
    black_box((certificate.sha256(), certificate.sha1()));
}

fn template(bytes: &[u8], room: &mut [u8], key: &PublicKey) {
    let fields = [
        Field::signer_id(black_box(Place::Issuer), text(bytes)),
        Field::chip_serial(black_box(Place::Subject), text(bytes)),
        Field::text(black_box(Place::AlternativeNames), text(bytes)),
        Field::bytes(black_box(Place::Extension(Oid::BASIC_CONSTRAINTS)), bytes),
        Field::issuer(),
        Field::subject(),
    ];
    let fields = fields.get(..black_box(3)).unwrap_or_default();
    let number = black_box(3);
    let source = black_box(SerialSource::PublicKeyHash);
    let template = Template::new(black_box(bytes), number, number, source).with_fields(fields);
    let texts = [bytes, bytes];
    let parts = Parts::new(*key, *key).with_chip_serial(SerialNumber(*black_box(&[0; 9])));
    let parts = parts.with_serial(bytes).with_texts(texts.get(..black_box(1)).unwrap_or_default());
    let compressed = Compressed::from_bytes(*black_box(&[0; 72]));
    let signer = black_box(SignerId(0));
    black_box((template.max_len(), template.check().is_ok()));
    black_box((compressed.version(), compressed.dates(), compressed.signer(), compressed.template())).0.ok();
    black_box(compressed.with_signature(&compressed.signature()));
    if let Ok(serial) = CertificateSerial::new(&compressed, black_box(20), &parts) {
        black_box((serial.as_bytes(), serial.as_der()));
    }
    black_box(template.compress(bytes, signer, &parts)).ok();
    let issued = DateTime::new(black_box(2026), 1, 1, 0, 0, 0).unwrap_or(DateTime::MAX);
    if let Ok(dates) = Dates::new(issued, black_box(Term::Years(7))) {
        black_box(dates.ends());
        black_box(template.compressed(signer, &dates, &compressed.signature())).ok();
        if let Ok(unsigned) = template.issue(&parts, signer, &dates, room) {
            black_box(unsigned.message());
        }
    }
    if let Ok(unverified) = template.rebuild(&compressed, &parts, room) {
        black_box((unverified.message(), unverified.signature(), unverified.issuer_key()));
        black_box(unverified.verify(&Anybody)).ok();
    }
}
