//! What templates refuse.

mod times;

use crate::common::{
    DEVICE_FIELDS, Pieces, der, device, device_parts, extension, finish, hour, name, sequence, signer,
};
use atecc608::x509::{
    Certificate, Compressed, CompressedError, DateTime, Dates, Error, Field, Malformed, Oid, Parts, Place,
    SerialSource, SignerId, Template, TemplateError, Term,
};
use atecc608::{PublicKey, SerialNumber};
use testkit::{known_public_key, published};

const SOURCE: SerialSource = SerialSource::PublicKeyHash;

fn dates() -> Dates {
    Dates::new(hour(2024, 7, 1, 12), Term::Years(20)).unwrap()
}

/// Every way to use a template gives this error.
fn refused(template: &Template<'_>, parts: &Parts<'_>, error: TemplateError) {
    let mut buffer = [0; 700];
    let issued = template.issue(parts, SignerId(0), &dates(), &mut buffer);
    assert_eq!(issued.map(|_| ()), Err(error.into()));
    let compressed = template.compressed(SignerId(0), &dates(), &[7; 64].into()).unwrap();
    let rebuilt = template.rebuild(&compressed, parts, &mut buffer);
    assert_eq!(rebuilt.map(|_| ()), Err(error.into()));
    let der = Pieces::new(&known_public_key()).der();
    let dated = Error::Compressed(CompressedError::TermYears(0));
    assert_ne!(template.compress(&der, SignerId(0), parts), Err(dated));
    assert_eq!(template.compress(&der, SignerId(0), parts), Err(error.into()));
}

#[test]
fn fields_must_be_there_once() {
    let example = published::device();
    for (field, error) in [
        (Field::signer_id(Place::Issuer, "2C01"), TemplateError::NotFound { field: 1 }),
        (Field::signer_id(Place::Subject, "2C00"), TemplateError::NotFound { field: 1 }),
        (Field::text(Place::Issuer, "i"), TemplateError::Ambiguous { field: 1 }),
        (Field::signer_id(Place::Issuer, "2C0"), TemplateError::ExampleLength { field: 1 }),
        (Field::chip_serial(Place::Subject, "0123"), TemplateError::ExampleLength { field: 1 }),
        (Field::text(Place::Subject, ""), TemplateError::ExampleLength { field: 1 }),
        (Field::text(Place::Extension(Oid::EXTENDED_KEY_USAGE), "x"), TemplateError::NotFound { field: 1 }),
        (Field::text(Place::Subject, "3F29F9"), TemplateError::Overlap),
        (Field::subject(), TemplateError::Overlap),
        // The key's id is replaced already.
        (Field::bytes(Place::Extension(Oid::SUBJECT_KEY_ID), &[0x97]), TemplateError::Overlap),
    ] {
        let fields = [Field::chip_serial(Place::Subject, "0123A23F29F9366A01"), field];
        let template = Template::new(&example, 3, 0, SOURCE).with_fields(&fields);
        assert_eq!(template.check(), Err(error.into()), "{field:?}");
        let one = [&b"x"[..]];
        let given = format!("{field:?}");
        let texts = if given.contains("Text") || given.contains("Name") { &one[..] } else { &[] };
        // A text of another length is found before the overlap.
        if error != TemplateError::Overlap {
            refused(&template, &device_parts().with_texts(texts), error);
        }
    }
    let digits = ["E8", "EB", "1B20", "2027"].map(|text| Field::text(Place::AlternativeNames, text));
    let template = Template::new(&example, 3, 0, SOURCE).with_fields(&digits);
    assert_eq!(template.check(), Ok(()), "side by side is not in one another");
}

#[test]
fn ten_fields_and_no_more() {
    let mut pieces = Pieces::new(&known_public_key());
    pieces.subject = name(3, 0x0C, "abcdefghijkl");
    let example = pieces.der();
    let letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let fields = letters.map(|text| Field::text(Place::Subject, text));
    let texts = [&b"z"[..]; 12];
    for n in 0..=12 {
        let template = Template::new(&example, 3, 0, SOURCE).with_fields(&fields[..n]);
        let parts = Parts::new(known_public_key(), known_public_key()).with_texts(&texts[..n]);
        let mut buffer = [0; 700];
        let issued = template.issue(&parts, SignerId(0), &dates(), &mut buffer);
        // The example has no key ids, so that there is room for two more.
        match issued {
            Ok(unsigned) => {
                let (der, _) = finish(unsigned);
                let name = Certificate::parse(&der).unwrap().common_name().unwrap().to_owned();
                assert_eq!(name, ["z".repeat(n), letters[n..].concat()].concat());
            }
            Err(error) => {
                assert!(n > 10);
                assert_eq!(error, TemplateError::TooManyFields.into());
            }
        }
    }
}

#[test]
fn parts_must_be_what_the_fields_take() {
    let example = published::device();
    let template = device(&example);
    let keys = Parts::new(known_public_key(), known_public_key());
    let mac = [&b"0123456789AB"[..]];
    refused(&template, &keys.with_texts(&mac), TemplateError::NoChipSerial);
    let parts = keys.with_chip_serial(SerialNumber([1; 9]));
    refused(&template, &parts, TemplateError::Texts { expected: 1, found: 0 });
    let two = [mac[0], mac[0]];
    refused(&template, &parts.with_texts(&two), TemplateError::Texts { expected: 1, found: 2 });
    for text in [&b"0123456789A"[..], b"0123456789ABC", b""] {
        let texts = [text];
        let error = TemplateError::TextLength { field: 2, expected: 12, found: text.len() };
        refused(&template, &parts.with_texts(&texts), error);
    }
}

#[test]
fn the_72_bytes_must_be_for_the_template() {
    let example = published::device();
    let mut buffer = [0; 560];
    for (number, chain, source) in [
        (2, 0, SOURCE),
        (4, 0, SOURCE),
        (3, 1, SOURCE),
        (3, 0, SerialSource::ChipSerialHash),
        (3, 0, SerialSource::PublicKeyHashRaw),
    ] {
        let template = Template::new(&example, number, chain, source).with_fields(DEVICE_FIELDS);
        let compressed = Compressed::from_bytes(published::slot_10());
        let expected = [number, chain, source.nibble()];
        let error = TemplateError::OtherTemplate { expected, found: [3, 0, 0xA] };
        let rebuilt = template.rebuild(&compressed, &device_parts(), &mut buffer);
        assert_eq!(rebuilt.map(|_| ()), Err(error.into()));
    }
    for (number, chain) in [(16, 0), (0, 16), (255, 255)] {
        let template = Template::new(&example, number, chain, SOURCE).with_fields(DEVICE_FIELDS);
        let issued = template.issue(&device_parts(), SignerId(0), &dates(), &mut buffer);
        let wrong = if number > 15 { number } else { chain };
        assert_eq!(issued.map(|_| ()), Err(CompressedError::NoNibble(wrong).into()));
    }
}

#[test]
fn compressing_wants_the_same_bytes() {
    let (device_der, signer_der) = (published::device(), published::signer());
    let (device, signer) = (device(&device_der), signer(&signer_der));
    let id = SignerId(published::SIGNER_ID);
    let other = |offset| Err(TemplateError::OtherCertificate { offset }.into());
    // The serial number tells another key; the name another signer; the key id another issuer.
    let root = PublicKey::from_bytes(published::root_key());
    let parts = |subject, issuer| {
        Parts::new(subject, issuer)
            .with_chip_serial(SerialNumber(published::SERIAL))
            .with_texts(const { &[published::MAC.as_bytes()] })
    };
    let (subject, issuer) = (device_parts().subject_key(), device_parts().issuer_key());
    assert_eq!(device.compress(&device_der, id, &parts(root, issuer)), other(15));
    assert_eq!(device.compress(&device_der, id, &parts(subject, root)), other(441));
    assert_eq!(device.compress(&device_der, SignerId(0x2D00), &parts(subject, issuer)), other(121));
    let eui = parts(subject, issuer).with_texts(&[b"E8EB1B202028"]);
    assert_eq!(device.compress(&device_der, id, &eui), other(366));
    // Another certificate altogether.
    let Err(Error::Template(TemplateError::OtherCertificate { .. })) =
        device.compress(&signer_der, id, &parts(subject, issuer))
    else {
        panic!("the signer's certificate by the device's template")
    };
    let root_der = published::root();
    let root_parts = Parts::new(root, root);
    let minutes = DateTime::new(2018, 11, 8, 19, 12, 19).unwrap();
    let refused = signer.compress(&root_der, id, &root_parts);
    assert_eq!(refused, Err(CompressedError::NotAnHour(minutes).into()));

    // Every byte of what is signed.
    let tbs = Certificate::parse(&device_der).unwrap();
    let tbs = tbs.range_of(tbs.tbs()).unwrap();
    for at in tbs {
        for bit in 0..8 {
            let mut changed = device_der.clone();
            changed[at] ^= 1 << bit;
            assert!(device.compress(&changed, id, &parts(subject, issuer)).is_err(), "byte {at}");
        }
    }
}

#[test]
fn examples_that_do_not_do() {
    let parts = Parts::new(known_public_key(), known_public_key());
    let good = Pieces::new(&known_public_key());
    let check = |der: &[u8], error: TemplateError| {
        let template = Template::new(der, 0, 0, SOURCE);
        assert_eq!(template.check(), Err(error.into()));
        refused(&template, &parts, error);
    };
    let whole = good.der();
    let truncated = TemplateError::Example { offset: 0, why: Malformed::Truncated };
    check(&whole[..whole.len() - 1], truncated);
    check(&[], truncated);

    let mut other_key = good.clone();
    other_key.key[22] ^= 1;
    check(&other_key.der(), TemplateError::ExampleKey);
    let mut other_signature = good.clone();
    let rsa = sequence(&[&der(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0B]), &der(0x05, &[])]);
    (other_signature.inner, other_signature.outer) = (rsa.clone(), rsa);
    check(&other_signature.der(), TemplateError::ExampleKey);
    for len in [0, 19, 21, 32] {
        let id = vec![7; len];
        for extension in
            [extension(14, false, &der(0x04, &id)), extension(35, false, &sequence(&[&der(0x80, &id)]))]
        {
            check(&good.clone().with_extensions(&[extension]).der(), TemplateError::ExampleKeyId);
        }
    }
}

#[test]
fn how_long_they_are() {
    const EXAMPLE: &[u8] = &[0x30, 0x82, 0x01, 0x00, 0x30, 0x7F];
    const TEMPLATE: Template<'_> = Template::new(EXAMPLE, 0, 0, SOURCE);
    const LEN: usize = TEMPLATE.max_len();
    // What is signed, the algorithm, the longest signature, and a header.
    assert_eq!(LEN, 129 + 12 + 75 + 3);
    assert_eq!(Template::new(&[], 0, 0, SOURCE).max_len(), 0);
    // Microchip's: where the signature is in its template, and 75.
    for (example, len) in [(published::device(), 473 + 75), (published::signer(), 446 + 75)] {
        assert_eq!(Template::new(&example, 0, 0, SOURCE).max_len(), len);
    }
}

/// Bytes that make it no certificate are found before anything is handed out, or signed for nothing.
#[test]
fn bytes_that_are_no_extension() {
    let ca = sequence(&[&der(0x01, &[0xFF])]);
    let example = Pieces::new(&known_public_key()).with_extensions(&[extension(19, true, &ca)]).der();
    let fields = [Field::bytes(Place::Extension(Oid::BASIC_CONSTRAINTS), &[0xFF])];
    let template = Template::new(&example, 0, 0, SerialSource::SignerId).with_fields(&fields);
    let keys = Parts::new(known_public_key(), known_public_key());
    let compressed = template.compressed(SignerId(1), &dates(), &[7; 64].into()).unwrap();
    for (byte, right) in [(0xFF, true), (0x00, false), (0x07, false)] {
        let byte = [byte];
        let texts = [&byte[..]];
        let parts = keys.with_texts(&texts);
        let mut buffer = [0; 500];
        let rebuilt = template.rebuild(&compressed, &parts, &mut buffer).map(|_| ());
        let boolean = matches!(rebuilt, Err(Error::Malformed { why: Malformed::Boolean, .. }));
        assert_eq!((rebuilt.is_ok(), boolean), (right, !right));
    }
}
