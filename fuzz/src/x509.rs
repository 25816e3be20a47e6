//! Certificates: any bytes, mostly changed ones of real certificates. What is accepted is what another reader of the
//! project and `x509-cert` see in it; a byte more or less is refused; parts lie where they are said to.

mod model;

use atecc608::x509::{Certificate, DateTime, Error, PemLabel};
use model::Model;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix;

pub fn run(der: &[u8]) {
    let certificate = match Certificate::parse(der) {
        Ok(certificate) => certificate,
        Err(error) => return refused(der, &error),
    };
    let model = Model::read(der).expect("what is accepted is a certificate");
    same(&certificate, &model);
    whole(&certificate, der);
    if let Ok(theirs) = x509_cert::Certificate::from_der(der) {
        agreed(&certificate, &theirs);
    }
}

fn refused(der: &[u8], error: &Error) {
    if let Error::Malformed { offset, .. } = error {
        assert!(*offset <= der.len(), "{offset} of {}", der.len());
    }
    assert!(!error.to_string().is_empty());
}

fn same(certificate: &Certificate<'_>, model: &Model<'_>) {
    assert_eq!(certificate.tbs(), model.tbs);
    assert_eq!(certificate.serial(), model.serial);
    assert_eq!(certificate.issuer(), model.issuer);
    assert_eq!(certificate.subject(), model.subject);
    let times = model.times.map(|time| model::rfc3339(time).expect("a time"));
    match certificate.validity() {
        Ok(validity) => {
            assert_eq!([validity.not_before, validity.not_after].map(|time| time.to_string()), times);
        }
        Err(_) => assert!(times.iter().any(|time| &time[4..10] == "-02-29"), "{times:?}"),
    }
    if let Ok(key) = certificate.public_key() {
        assert_eq!(Some(&key.as_bytes()[..]), model.key);
    }
    if let Ok(signature) = certificate.signature() {
        let numbers = model.signature.expect("two numbers");
        for (half, number) in signature.as_bytes().chunks(32).zip(numbers) {
            let zeros = number.len().saturating_sub(32);
            assert!(zeros <= 1 && number[..zeros].iter().all(|byte| *byte == 0));
            let (padding, rest) = half.split_at(32 - (number.len() - zeros));
            assert!(padding.iter().all(|byte| *byte == 0) && rest == &number[zeros..]);
        }
    }
    let extensions = certificate.extensions().map(|extension| model::Extension {
        oid: extension.oid.as_bytes(),
        critical: extension.critical,
        value: extension.value,
    });
    assert_eq!(extensions.collect::<Vec<_>>(), model.extensions);
}

/// Nothing of it is optional, and its parts are parts of it.
fn whole(certificate: &Certificate<'_>, der: &[u8]) {
    assert_eq!(certificate.der(), der);
    let longer = [der, &[0]].concat();
    for other in [&longer[..], &der[..der.len() - 1]] {
        assert!(Certificate::parse(other).is_err(), "a byte more or less");
    }
    let parts = [certificate.tbs(), certificate.serial(), certificate.issuer(), certificate.subject()];
    for part in parts.into_iter().chain(certificate.extensions().map(|extension| extension.value)) {
        let range = certificate.range_of(part).expect("a part");
        assert_eq!(&der[range], part);
    }
    assert_eq!(certificate.range_of(&longer), None);
    assert_eq!(certificate.sha256(), <[u8; 32]>::from(Sha256::digest(der)));
    assert_eq!(certificate.sha1(), <[u8; 20]>::from(Sha1::digest(der)));
    let mut text = vec![0; PemLabel::Certificate.pem_len(der.len())];
    let text = PemLabel::Certificate.encode(der, &mut text).expect("room");
    let mut back = vec![0; der.len()];
    assert_eq!(PemLabel::Certificate.decode(text.as_bytes(), &mut back).expect("PEM"), der);
    assert!(PemLabel::CertificateRequest.decode(text.as_bytes(), &mut back).is_err());
}

/// What both accept says the same. `x509-cert` encodes some of it otherwise, so that only what is meant is compared.
fn agreed(certificate: &Certificate<'_>, theirs: &x509_cert::Certificate) {
    let tbs = theirs.tbs_certificate();
    assert_eq!(certificate.serial(), tbs.serial_number().as_bytes());
    for (ours, name) in
        [(certificate.issuer_attributes(), tbs.issuer()), (certificate.subject_attributes(), tbs.subject())]
    {
        let ours: Vec<_> = ours.map(|part| (part.oid.as_bytes().to_vec(), part.value.to_vec())).collect();
        let attributes = name.iter();
        let mut theirs: Vec<_> =
            attributes.map(|part| (part.oid.as_bytes().to_vec(), part.value.value().to_vec())).collect();
        // A set has no order.
        let mut sorted = ours.clone();
        sorted.sort();
        theirs.sort();
        assert_eq!(sorted, theirs);
    }
    if let Ok(validity) = certificate.validity() {
        let theirs = [tbs.validity().not_before, tbs.validity().not_after];
        let unix = |time: DateTime| time.to_unix();
        assert_eq!(
            [validity.not_before, validity.not_after].map(unix),
            theirs.map(|time| Some(time.to_unix_duration().as_secs()))
        );
    }
    let info = tbs.subject_public_key_info().to_der().expect("a key");
    assert_eq!(certificate.public_key_info(), info);
    let theirs: Vec<_> = tbs.extensions().map(|all| all.to_vec()).unwrap_or_default();
    let ours: Vec<_> = certificate.extensions().collect();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours.oid.to_string(), theirs.extn_id.to_string());
        assert_eq!((ours.critical, ours.value), (theirs.critical, theirs.extn_value.as_bytes()));
    }
    extensions(certificate, tbs);
}

/// What the known ones say.
fn extensions(certificate: &Certificate<'_>, tbs: &x509_cert::TbsCertificate) {
    if let Ok(Some((_, theirs))) = tbs.get_extension::<pkix::SubjectKeyIdentifier>() {
        assert_eq!(certificate.subject_key_id(), Some(theirs.0.as_bytes()));
    }
    if let Ok(Some((_, theirs))) = tbs.get_extension::<pkix::AuthorityKeyIdentifier>() {
        assert_eq!(certificate.authority_key_id(), theirs.key_identifier.as_ref().map(|id| id.as_bytes()));
    }
    if let Ok(Some((_, theirs))) = tbs.get_extension::<pkix::BasicConstraints>() {
        let ours = certificate.basic_constraints().expect("constraints");
        assert_eq!((ours.ca, ours.path_len), (theirs.ca, theirs.path_len_constraint));
    }
    if let Ok(Some((_, theirs))) = tbs.get_extension::<pkix::KeyUsage>() {
        assert_eq!(certificate.key_usage().map(|ours| ours.bits().reverse_bits()), Some(theirs.0.bits()));
    }
    if let Ok(Some((_, theirs))) = tbs.get_extension::<pkix::ExtendedKeyUsage>() {
        let ours: Vec<String> =
            certificate.extended_key_usage().expect("usages").map(|oid| oid.to_string()).collect();
        assert_eq!(ours, theirs.0.iter().map(|oid| oid.to_string()).collect::<Vec<_>>());
    }
}
