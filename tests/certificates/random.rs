//! Certificates at random, there and back.

use crate::common::{Pieces, der, extension, finish, name, sequence};
use atecc608::x509::{
    Certificate, DateTime, Dates, Error, Field, P256, Parts, Place, SerialSource, SignerId, Template, Term,
};
use atecc608::{PublicKey, SerialNumber};
use testkit::{Random, known_public_key};

fn random_bytes<const N: usize>(random: &mut Random) -> [u8; N] {
    std::array::from_fn(|_| random.next() as u8)
}

#[test]
fn there_and_back() {
    let mut random = Random(77);
    let directory = der(0xA4, &name(5, 0x13, "id_AAAAAAAA"));
    let key_id = |tag| der(tag, &[9; 20]);
    let mut pieces = Pieces::new(&known_public_key()).with_extensions(&[
        extension(17, false, &sequence(&[&directory])),
        extension(14, false, &key_id(0x04)),
        extension(35, false, &sequence(&[&key_id(0x80)])),
    ]);
    pieces.subject = name(3, 0x0C, "0123456789abcdef01 of fleet A1B2");
    pieces.serial = der(0x02, &[0x40; 19]);
    let example = pieces.der();
    let fields = [
        Field::text(Place::AlternativeNames, "AAAAAAAA"),
        Field::signer_id(Place::Subject, "A1B2"),
        Field::issuer(),
        Field::chip_serial(Place::Subject, "0123456789abcdef01"),
    ];
    let all = [0x0, 0x7, 0x8, 0x9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF];
    let (mut issued, mut refused) = (0, 0);
    for _ in 0..1500 {
        let source = SerialSource::from_nibble(random.pick(&all)).unwrap();
        let [numbers, years, day] = [16, 128, 28].map(|bound| random.below(bound) as u8);
        let template = Template::new(&example, numbers, 15 - numbers, source).with_fields(&fields);
        assert_eq!(template.check(), Ok(()));
        let text: [u8; 4] = random_bytes(&mut random);
        let text: String = text.iter().map(|byte| format!("{byte:02X}")).collect();
        let issuer = name(3, 0x0C, &"Signer of a fleet "[..random.below(18) + 1]);
        let texts = [text.as_bytes(), &issuer];
        let mut serial: [u8; 19] = random_bytes(&mut random);
        serial[0] = serial[0] & 0x7F | 0x20;
        let len = if source == SerialSource::Stored { 19 } else { random.below(19) + 1 };
        let chip_serial = SerialNumber(random_bytes(&mut random));
        let parts = Parts::new(PublicKey::from_bytes(random_bytes(&mut random)), known_public_key())
            .with_chip_serial(chip_serial)
            .with_serial(&serial[..len])
            .with_texts(&texts);
        let (year, month) = (2000 + random.below(50) as u16, 1 + random.below(12) as u8);
        let at = DateTime::new(year, month, day + 1, random.below(24) as u8, 0, 0).unwrap();
        let term = if years == 0 { Term::Forever } else { Term::Years(years) };
        let dates = Dates::new(at, term).unwrap();
        let signer = SignerId(random.next() as u16);

        let mut buffer = [0; 800];
        let unsigned = match template.issue(&parts, signer, &dates, &mut buffer) {
            // A negative number by a deprecated rule.
            Err(Error::Template(_)) if matches!(source.nibble(), 0xE | 0xF) => {
                refused += 1;
                continue;
            }
            other => other.unwrap(),
        };
        let (whole, signature) = finish(unsigned);
        let compressed = template.compressed(signer, &dates, &signature).unwrap();
        assert_eq!(template.compress(&whole, signer, &parts), Ok(compressed));
        let mut buffer = [0; 800];
        let rebuilt = template.rebuild(&compressed, &parts, &mut buffer).unwrap();
        let certificate = rebuilt.verify(&P256).unwrap();
        assert_eq!(certificate.der(), whole);
        says(&certificate, &parts, &chip_serial, signer, at, term);
        assert_eq!(certificate.issuer(), issuer);
        issued += 1;

        // Another signer's id, when it is shown or makes the number, and another hour always.
        let other = SignerId(signer.0 ^ 0x0100);
        assert!(template.compress(&whole, other, &parts).is_err());
        let mut bytes = *compressed.as_bytes();
        bytes[66] ^= 0x20;
        let mut buffer = [0; 800];
        if let Ok(unverified) = template.rebuild(&bytes.into(), &parts, &mut buffer) {
            assert_eq!(unverified.verify(&P256).map(|_| ()), Err(Error::NotVerified));
        }
    }
    assert!(issued > 1200 && refused > 50, "{issued} {refused}");
}

fn says(
    certificate: &Certificate<'_>,
    parts: &Parts<'_>,
    chip_serial: &SerialNumber,
    signer: SignerId,
    at: DateTime,
    term: Term,
) {
    let validity = certificate.validity().unwrap();
    assert_eq!(validity.not_before, at);
    match term {
        Term::Forever => assert_eq!(validity.not_after, DateTime::MAX),
        Term::Years(years) => assert_eq!(validity.not_after.year(), at.year() + u16::from(years)),
    }
    assert_eq!(certificate.public_key(), Ok(parts.subject_key()));
    assert_eq!(certificate.subject_key_id(), Some(&parts.subject_key().key_id().as_bytes()[..]));
    assert_eq!(certificate.authority_key_id(), Some(&parts.issuer_key().key_id().as_bytes()[..]));
    assert_eq!(certificate.common_name(), Some(&*format!("{chip_serial} of fleet {signer}")));
}
