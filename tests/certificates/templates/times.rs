//! Dates, as certificates and the compressed form have them.

use super::SOURCE;
use crate::common::{Pieces, der, finish, hour, sequence, sign};
use atecc608::x509::{
    Compressed, CompressedError, DateTime, Dates, Error, P256, Parts, SignerId, Template, TemplateError, Term,
};
use testkit::known_public_key;

/// A certificate with these ends.
fn dated(from: (u8, &str), to: (u8, &str)) -> Vec<u8> {
    let mut pieces = Pieces::new(&known_public_key());
    let [from, to] = [from, to].map(|(tag, digits)| der(tag, digits.as_bytes()));
    pieces.validity = sequence(&[&from, &to]);
    pieces.serial = der(0x02, &[0x44; 16]);
    pieces.der()
}

#[test]
fn ends_that_can_not_be_said() {
    const UTC: u8 = 0x17;
    const GENERALIZED: u8 = 0x18;
    let parts = Parts::new(known_public_key(), known_public_key());
    for (from, to, error) in [
        (
            "200101000000Z",
            "20210101000001Z",
            CompressedError::OtherEnd(DateTime::new(2021, 1, 1, 0, 0, 1).unwrap()),
        ),
        ("200101000000Z", "20210102000000Z", CompressedError::OtherEnd(hour(2021, 1, 2, 0))),
        ("200102000000Z", "20210101000000Z", CompressedError::OtherEnd(hour(2021, 1, 1, 0))),
        ("200101000000Z", "20200101000000Z", CompressedError::TermYears(0)),
        ("200101000000Z", "21480101000000Z", CompressedError::TermYears(128)),
        ("200101000000Z", "24000101000000Z", CompressedError::TermYears(380)),
        ("210101000000Z", "20200101000000Z", CompressedError::OtherEnd(hour(2020, 1, 1, 0))),
        ("990101000000Z", "20200101000000Z", CompressedError::IssueYear(1999)),
    ] {
        let der = dated((UTC, from), (GENERALIZED, to));
        let template = Template::new(&der, 0, 0, SOURCE);
        assert_eq!(template.compress(&der, SignerId(0), &parts), Err(error.into()), "{from} {to}");
    }
    // The last second is for ever only in its own type of time.
    let der = dated((UTC, "200101000000Z"), (GENERALIZED, "20491231235959Z"));
    let end = DateTime::new(2049, 12, 31, 23, 59, 59).unwrap();
    let refused = Template::new(&der, 0, 0, SOURCE).compress(&der, SignerId(0), &parts);
    assert_eq!(refused, Err(CompressedError::OtherEnd(end).into()));
}

/// The type of time is the template's, whatever the year.
#[test]
fn times_are_written_as_the_template_has_them() {
    let parts = Parts::new(known_public_key(), known_public_key());
    let forever = Dates::new(hour(2020, 2, 29, 5), Term::Forever).unwrap();
    let late = Dates::new(hour(2060, 2, 3, 4), Term::Years(1)).unwrap();
    let until_2050 = Dates::new(hour(2019, 2, 3, 4), Term::Years(31)).unwrap();
    for (tags, dates, wanted) in [
        ([0x17, 0x18], forever, Ok(["200229050000Z", "99991231235959Z"])),
        ([0x17, 0x17], forever, Ok(["200229050000Z", "491231235959Z"])),
        ([0x18, 0x17], forever, Ok(["20200229050000Z", "491231235959Z"])),
        ([0x18, 0x18], late, Ok(["20600203040000Z", "20610203040000Z"])),
        ([0x17, 0x18], late, Err(2060)),
        ([0x18, 0x17], late, Err(2061)),
        ([0x17, 0x18], until_2050, Ok(["190203040000Z", "20500203040000Z"])),
        ([0x17, 0x17], until_2050, Err(2050)),
    ] {
        let digits = |tag| if tag == 0x17 { "300101000000Z" } else { "20300101000000Z" };
        let example = dated((tags[0], digits(tags[0])), (tags[1], digits(tags[1])));
        let template = Template::new(&example, 0, 0, SOURCE);
        let mut buffer = [0; 560];
        let issued = template.issue(&parts, SignerId(0), &dates, &mut buffer);
        match (issued, wanted) {
            (Ok(unsigned), Ok(times)) => {
                let (whole, signature) = finish(unsigned);
                let [from, to] = times;
                let validity = sequence(&[&der(tags[0], from.as_bytes()), &der(tags[1], to.as_bytes())]);
                assert!(whole.windows(validity.len()).any(|part| part == validity), "{times:?}");
                let compressed = template.compressed(SignerId(0), &dates, &signature).unwrap();
                assert_eq!(template.compress(&whole, SignerId(0), &parts), Ok(compressed));
                let mut buffer = [0; 560];
                let rebuilt = template.rebuild(&compressed, &parts, &mut buffer).unwrap();
                assert_eq!(rebuilt.verify(&P256).unwrap().der(), whole);
            }
            (issued, Err(year)) => {
                let error = TemplateError::NotInUtcTime { year };
                assert_eq!(issued.map(|_| ()), Err(error.into()));
            }
            (Err(error), _) => panic!("{error}"),
        }
    }
}

/// What Microchip's rule makes of a certificate that was issued on 29 February: read as it was signed, never made.
#[test]
fn a_29_february_without_end() {
    let example = dated((0x17, "200101000000Z"), (0x18, "20300101000000Z"));
    let template = Template::new(&example, 0, 0, SOURCE);
    let parts = Parts::new(known_public_key(), known_public_key());
    let start = Dates::new(hour(2024, 2, 29, 4), Term::Years(4)).unwrap();
    let mut bytes = *template.compressed(SignerId(0), &start, &[1; 64].into()).unwrap().as_bytes();
    bytes[66] += 1;
    let mut buffer = [0; 560];
    let unverified = template.rebuild(&bytes.into(), &parts, &mut buffer).unwrap();
    let signature = sign(unverified.message());
    let compressed = Compressed::from_bytes(bytes).with_signature(&signature);
    let mut buffer = [0; 560];
    let rebuilt = template.rebuild(&compressed, &parts, &mut buffer).unwrap();
    let certificate = rebuilt.verify(&P256).unwrap();
    assert!(certificate.der().windows(15).any(|part| part == b"20290229040000Z"));
    assert_eq!(certificate.validity(), Err(Error::NoSuchDay));
    let der = certificate.der().to_vec();
    assert_eq!(template.compress(&der, SignerId(0), &parts), Err(Error::NoSuchDay));
}
