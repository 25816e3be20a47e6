//! Any 72 bytes with any keys: what they say is read a second way, and the certificates that they stand for under Microchip's
//! templates are made a second way. What comes out can be compressed again; without a right signature nothing
//! comes out.

mod model;

use super::Source;
use atecc608::x509::{
    Certificate, CertificateSerial, Compressed, Error, Field, Parts, Place, SerialSource, SignerId, Template,
    Term, Verifier,
};
use atecc608::{PublicKey, SerialNumber, Signature};
use model::{Dates, Given, Layout};
use std::sync::LazyLock;
use testkit::published;

static EXAMPLES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| [published::signer(), published::device()]);
const OF_SIGNER: [Field<'static>; 1] = [Field::signer_id(Place::Subject, "2C00")];
const OF_DEVICE: [Field<'static>; 3] = [
    Field::signer_id(Place::Issuer, "2C00"),
    Field::chip_serial(Place::Subject, "0123A23F29F9366A01"),
    Field::text(Place::AlternativeNames, published::MAC),
];

/// Takes any signature, or none.
struct Always(bool);

impl Verifier for Always {
    fn verify(&self, _: &PublicKey, _: &[u8], _: &Signature) -> bool {
        self.0
    }
}

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let bytes = source.array();
    let given = Given {
        subject_key: source.array(),
        issuer_key: source.array(),
        chip: source.array(),
        mac: source.array(),
    };
    let compressed = Compressed::from_bytes(bytes);
    said(&compressed, &bytes);
    numbered(&compressed, &bytes, &given, usize::from(source.byte()));
    let texts = [&given.mac[..]];
    let [device, signer] = [&model::DEVICE, &model::SIGNER].map(|layout| {
        let parts =
            Parts::new(PublicKey::from_bytes(given.subject_key), PublicKey::from_bytes(given.issuer_key));
        let parts = parts.with_chip_serial(SerialNumber(given.chip));
        (layout, if layout.mac.is_some() { parts.with_texts(&texts) } else { parts })
    });
    let source = SerialSource::PublicKeyHash;
    let device_template = Template::new(&EXAMPLES[1], 3, 0, source).with_fields(&OF_DEVICE);
    let signer_template = Template::new(&EXAMPLES[0], 1, 0, source).with_fields(&OF_SIGNER);
    rebuilt(&device_template, device, &compressed, &given);
    rebuilt(&signer_template, signer, &compressed, &given);
}

/// What the 72 bytes say by themselves.
fn said(compressed: &Compressed, bytes: &[u8; 72]) {
    let version = compressed.version();
    assert_eq!(
        version.map(|version| version.nibble()).ok(),
        Some(bytes[70] & 0xF).filter(|version| *version < 3)
    );
    let read = compressed.dates().ok().map(|dates| {
        let at = dates.issued();
        assert_eq!((at.minute(), at.second()), (0, 0));
        let years = match dates.term() {
            Term::Forever => 0,
            Term::Years(years) => years.into(),
        };
        Dates { year: at.year(), month: at.month(), day: at.day(), hour: at.hour(), years }
    });
    assert_eq!(read, model::dates(bytes));
    assert_eq!(compressed.signer().0, u16::from(bytes[67]) << 8 | u16::from(bytes[68]));
    assert_eq!([compressed.template(), compressed.chain()], [bytes[69] >> 4, bytes[69] & 0xF]);
    assert_eq!(compressed.signature().as_bytes(), &bytes[..64]);
    assert_eq!(compressed.with_signature(&Signature::from_bytes([7; 64])).as_bytes()[64..], bytes[64..]);
}

/// The serial number by every rule and of every length.
fn numbered(compressed: &Compressed, bytes: &[u8; 72], given: &Given, len: usize) {
    let key = PublicKey::from_bytes(given.subject_key);
    let parts = Parts::new(key, key).with_chip_serial(SerialNumber(given.chip));
    let made = CertificateSerial::new(compressed, len, &parts).ok();
    assert_eq!(made.map(|serial| serial.as_bytes().to_vec()), model::serial(bytes, len, given));
    if let Some(serial) = made {
        let (whole, short) = (serial.as_bytes(), serial.as_der());
        assert!(whole.ends_with(short) && !short.is_empty());
        let negative = |bytes: &[u8]| bytes[0] >= 0x80;
        let left = &whole[..whole.len() - short.len()];
        assert!(left.iter().all(|byte| *byte == if negative(whole) { 0xFF } else { 0 }));
        assert_eq!(negative(whole), negative(short));
    }
}

fn rebuilt(
    template: &Template<'_>,
    (layout, parts): (&Layout, Parts<'_>),
    compressed: &Compressed,
    given: &Given,
) {
    let bytes = compressed.as_bytes();
    let expected = model::rebuilt(layout, template.example(), bytes, given);
    let mut buffer = vec![0xEE; template.max_len()];
    let made = template.rebuild(compressed, &parts, &mut buffer);
    let Some(expected) = expected else {
        assert!(made.is_err(), "made what it can't say");
        return;
    };
    let unverified = match made {
        Ok(unverified) => unverified,
        // A text that makes it no certificate.
        Err(Error::Malformed { .. }) if layout.mac.is_some() && !given.mac.is_ascii() => return,
        Err(error) => panic!("{error}"),
    };
    // Without the algorithm behind it.
    let tbs = expected[4..expected.len() - 12].to_vec();
    assert_eq!(unverified.message(), tbs);
    assert_eq!(unverified.signature().as_bytes(), &bytes[..64]);
    assert_eq!(unverified.issuer_key().as_bytes(), &given.issuer_key);
    let whole = model::signed(expected, bytes[..64].try_into().expect("64 bytes"));
    let certificate = unverified.verify(&Always(true)).expect("verified");
    assert_eq!(certificate.der(), whole);
    again(template, &parts, compressed, &whole, &tbs);

    let mut buffer = vec![0; template.max_len()];
    let unverified = template.rebuild(compressed, &parts, &mut buffer).expect("as before");
    assert_eq!(unverified.verify(&Always(false)).map(|_| ()), Err(Error::NotVerified));
}

/// Compressed again, and issued again.
fn again(template: &Template<'_>, parts: &Parts<'_>, compressed: &Compressed, whole: &[u8], tbs: &[u8]) {
    let signer = compressed.signer();
    let dates = compressed.dates().expect("dates");
    // The version that Microchip's library takes, and no end that there is not.
    let usual = compressed.version() == Ok(dates.version());
    let ends = dates.term() == Term::Forever || dates.ends().is_some();
    match template.compress(whole, signer, parts) {
        Ok(packed) => {
            let mut buffer = vec![0; template.max_len()];
            let back =
                template.rebuild(&packed, parts, &mut buffer).and_then(|made| made.verify(&Always(true)));
            assert_eq!(back.expect("what was compressed").der(), whole);
            assert!(!usual || packed == *compressed);
        }
        Err(error) => assert!(!usual || !ends, "{error}"),
    }
    if usual && ends {
        let mut buffer = vec![0; template.max_len()];
        let issued = template.issue(parts, signer, &dates, &mut buffer).expect("issued");
        assert_eq!(issued.message(), tbs);
        assert_eq!(issued.finish(&compressed.signature()).expect("signed"), whole);
        // Another key, signer or chip is another certificate.
        let other = Parts::new(PublicKey::from_bytes([0x5A; 64]), parts.issuer_key());
        assert!(template.compress(whole, signer, &other).is_err());
        let other = SignerId(signer.0 ^ 1);
        assert!(template.compress(whole, other, parts).is_err());
    }
    assert!(Certificate::parse(whole).is_ok());
}
