//! Certificates of the shape that NervesKey has: an issuer's name that the reader must know, serial numbers from the
//! chip's, key usages of its own, and no key id of the device's.

use crate::common::{Pieces, der, extension, finish, hour, name, sequence};
use atecc608::x509::{
    Compressed, Dates, Error, Field, Oid, P256, Parts, SerialSource, SignerId, Template, TemplateError, Term,
};
use atecc608::{PublicKey, SerialNumber};
use testkit::{known_public_key, published};

/// clientAuth, with serverAuth before it for signers.
fn usages(server: bool) -> Vec<u8> {
    let usage = |last| der(0x06, &[0x2B, 6, 1, 5, 5, 7, 3, last]);
    let server = if server { usage(1) } else { Vec::new() };
    extension(37, false, &sequence(&[&server, &usage(2)]))
}

fn authority() -> Vec<u8> {
    extension(35, false, &sequence(&[&der(0x80, &[1; 20])]))
}

fn device_example() -> Vec<u8> {
    let mut pieces = Pieces::new(&known_public_key()).with_extensions(&[
        extension(19, false, &sequence(&[])),
        extension(15, true, &der(0x03, &[5, 0xA0])),
        usages(false),
        authority(),
    ]);
    pieces.serial = der(0x02, &[0x44; 16]);
    pieces.der()
}

fn signer_example() -> Vec<u8> {
    let ca = sequence(&[&der(0x01, &[0xFF]), &der(0x02, &[0])]);
    let mut pieces = Pieces::new(&known_public_key()).with_extensions(&[
        extension(19, true, &ca),
        extension(15, true, &der(0x03, &[1, 0x86])),
        usages(true),
        extension(14, false, &der(0x04, &[1; 20])),
        authority(),
    ]);
    pieces.serial = der(0x02, &[0x44; 16]);
    pieces.der()
}

#[test]
fn a_signer_and_its_device() {
    let (signer_example, device_example) = (signer_example(), device_example());
    let fields = [Field::issuer(), Field::subject()];
    let signers = Template::new(&signer_example, 1, 0, SerialSource::PublicKeyHash).with_fields(&fields);
    let devices = Template::new(&device_example, 0, 0, SerialSource::ChipSerialHash).with_fields(&fields);
    assert_eq!((signers.check(), devices.check()), (Ok(()), Ok(())));
    let dates = Dates::new(hour(2024, 3, 4, 5), Term::Years(31)).unwrap();
    let signer_key = known_public_key();
    let device_key = PublicKey::from_bytes(published::device_key());

    // The signer signs itself.
    let signer_name = name(3, 0x0C, "Signer of some fleet");
    let texts = [&signer_name[..], &signer_name];
    let parts = Parts::new(signer_key, signer_key).with_texts(&texts);
    let mut buffer = [0; 700];
    let (signer, _) = finish(signers.issue(&parts, SignerId(0), &dates, &mut buffer).unwrap());
    let compressed = signers.compress(&signer, SignerId(0), &parts).unwrap();
    assert_eq!(compressed.as_bytes()[67..], [0, 0, 0x10, 0xA0, 0]);
    let mut buffer = [0; 700];
    let signer = signers.rebuild(&compressed, &parts, &mut buffer).unwrap().verify(&P256).unwrap();
    let [server, client] = [Oid::SERVER_AUTH, Oid::CLIENT_AUTH];
    assert_eq!(signer.extended_key_usage().unwrap().collect::<Vec<_>>(), [server, client]);

    // Names of any length, which the reader knows.
    for device_name in ["x", "a name that is longer than that of the example: 1234567890"] {
        let device_name = name(3, 0x0C, device_name);
        let texts = [signer.subject(), &device_name];
        let parts = Parts::new(device_key, signer_key)
            .with_chip_serial(SerialNumber(published::SERIAL))
            .with_texts(&texts);
        let mut buffer = [0; 700];
        let (device, _) = finish(devices.issue(&parts, SignerId(0), &dates, &mut buffer).unwrap());
        let compressed = devices.compress(&device, SignerId(0), &parts).unwrap();
        assert_eq!(compressed.as_bytes()[67..], [0, 0, 0x00, 0xB0, 0]);
        let mut buffer = [0; 700];
        let rebuilt = devices.rebuild(&compressed, &parts, &mut buffer).unwrap();
        let certificate = rebuilt.verify(&P256).unwrap();
        assert_eq!(certificate.der(), device);
        assert_eq!((certificate.issuer(), certificate.subject()), (signer.subject(), &device_name[..]));
        assert_eq!(certificate.subject_key_id(), None);
        assert_eq!(certificate.authority_key_id(), signer.subject_key_id());
        refuses_other_names(&devices, &compressed, &parts);
    }
}

fn refuses_other_names(template: &Template<'_>, compressed: &Compressed, parts: &Parts<'_>) {
    let other = name(3, 0x0C, "Signer of some fleeT");
    let longer = [&other[..], &[0]].concat();
    for (names, error) in [
        ([&other[..], &other], Error::NotVerified),
        ([&longer, &other], TemplateError::NoName { field: 0 }.into()),
        ([&other, &other[..4]], TemplateError::NoName { field: 1 }.into()),
        ([&other, b""], TemplateError::NoName { field: 1 }.into()),
    ] {
        let mut buffer = [0; 700];
        let rebuilt = template.rebuild(compressed, &parts.with_texts(&names), &mut buffer);
        assert_eq!(rebuilt.and_then(|unverified| unverified.verify(&P256)).map(|_| ()), Err(error));
    }
}
