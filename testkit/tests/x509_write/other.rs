//! The same names, extensions and certificates by the types of `x509-cert`.

use crate::Failure;
use atecc608::PublicKey;
use atecc608::x509::{
    Attribute, AttributeType, BasicConstraints, DateTime, ExtendedKeyUsage, GeneralName, KeyUsage, Name,
    TbsCertificate,
};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::der::asn1::{Any, Ia5String, OctetString, PrintableString, SetOfVec, Utf8StringRef};
use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName as General;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints as Basic, ExtendedKeyUsage as Extended, KeyUsage as Usage,
    KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{CertReqInfo, ExtensionReq, Version};
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// RFC 5280, RFC 4519, RFC 2985.
const OIDS: [(AttributeType, &str); 15] = [
    (AttributeType::CommonName, "2.5.4.3"),
    (AttributeType::Surname, "2.5.4.4"),
    (AttributeType::SerialNumber, "2.5.4.5"),
    (AttributeType::Country, "2.5.4.6"),
    (AttributeType::Locality, "2.5.4.7"),
    (AttributeType::State, "2.5.4.8"),
    (AttributeType::Organization, "2.5.4.10"),
    (AttributeType::OrganizationalUnit, "2.5.4.11"),
    (AttributeType::Title, "2.5.4.12"),
    (AttributeType::GivenName, "2.5.4.42"),
    (AttributeType::DnQualifier, "2.5.4.46"),
    (AttributeType::Pseudonym, "2.5.4.65"),
    (AttributeType::UserId, "0.9.2342.19200300.100.1.1"),
    (AttributeType::DomainComponent, "0.9.2342.19200300.100.1.25"),
    (AttributeType::Email, "1.2.840.113549.1.9.1"),
];

/// All of them.
pub(crate) fn kinds() -> impl Iterator<Item = AttributeType> {
    OIDS.iter().map(|(kind, _)| *kind)
}

pub(crate) fn name(attributes: &[Attribute<'_>]) -> Result<x509_cert::name::Name, Failure> {
    let mut sequence = RdnSequence::default();
    for Attribute { kind, value } in attributes {
        let (_, oid) = OIDS.iter().find(|(of, _)| of == kind).expect("an OID");
        let value = match kind {
            AttributeType::Country | AttributeType::SerialNumber | AttributeType::DnQualifier => {
                Any::encode_from(&PrintableString::new(value)?)?
            }
            AttributeType::DomainComponent | AttributeType::Email => {
                Any::encode_from(&Ia5String::new(value)?)?
            }
            _ => Any::encode_from(&Utf8StringRef::new(value)?)?,
        };
        let oid = ObjectIdentifier::new(oid)?;
        let mut set = SetOfVec::new();
        set.insert(x509_cert::attr::AttributeTypeAndValue { oid, value })?;
        sequence.push(RelativeDistinguishedName::from(set));
    }
    Ok(x509_cert::name::Name::from_der(&sequence.to_der()?)?)
}

/// Of a name that is given by its attributes.
fn of(given: Name<'_>) -> Result<x509_cert::name::Name, Failure> {
    match given {
        Name::Attributes(attributes) => name(attributes),
        Name::Der(der) => Ok(x509_cert::name::Name::from_der(der)?),
    }
}

fn extension<E: AssociatedOid + Encode>(value: &E, critical: bool) -> Result<Extension, Failure> {
    Ok(Extension { extn_id: E::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}

pub(crate) fn alternative_names(names: &[GeneralName<'_>], critical: bool) -> Result<Extension, Failure> {
    let general = |given: &GeneralName<'_>| -> Result<General, Failure> {
        Ok(match given {
            GeneralName::Dns(host) => General::DnsName(Ia5String::new(host)?),
            GeneralName::Uri(uri) => General::UniformResourceIdentifier(Ia5String::new(uri)?),
            GeneralName::Directory(name) => General::DirectoryName(of(*name)?),
            other => return Err(format!("{other:?}").into()),
        })
    };
    extension(&SubjectAltName(names.iter().map(general).collect::<Result<_, _>>()?), critical)
}

pub(crate) fn key_usage(usage: KeyUsage) -> Result<Extension, Failure> {
    const FLAGS: [(KeyUsage, KeyUsages); 9] = [
        (KeyUsage::DIGITAL_SIGNATURE, KeyUsages::DigitalSignature),
        (KeyUsage::CONTENT_COMMITMENT, KeyUsages::NonRepudiation),
        (KeyUsage::KEY_ENCIPHERMENT, KeyUsages::KeyEncipherment),
        (KeyUsage::DATA_ENCIPHERMENT, KeyUsages::DataEncipherment),
        (KeyUsage::KEY_AGREEMENT, KeyUsages::KeyAgreement),
        (KeyUsage::KEY_CERT_SIGN, KeyUsages::KeyCertSign),
        (KeyUsage::CRL_SIGN, KeyUsages::CRLSign),
        (KeyUsage::ENCIPHER_ONLY, KeyUsages::EncipherOnly),
        (KeyUsage::DECIPHER_ONLY, KeyUsages::DecipherOnly),
    ];
    let mut flags = Usage(Default::default());
    for (_, flag) in FLAGS.iter().filter(|(bit, _)| usage.contains(*bit)) {
        flags.0 |= *flag;
    }
    extension(&flags, true)
}

pub(crate) fn extended_key_usage(usage: ExtendedKeyUsage) -> Result<Extension, Failure> {
    use x509_cert::der::oid::db::rfc5280::*;
    let purposes = [
        (ExtendedKeyUsage::SERVER_AUTH, ID_KP_SERVER_AUTH),
        (ExtendedKeyUsage::CLIENT_AUTH, ID_KP_CLIENT_AUTH),
        (ExtendedKeyUsage::CODE_SIGNING, ID_KP_CODE_SIGNING),
        (ExtendedKeyUsage::EMAIL_PROTECTION, ID_KP_EMAIL_PROTECTION),
        (ExtendedKeyUsage::TIME_STAMPING, ID_KP_TIME_STAMPING),
        (ExtendedKeyUsage::OCSP_SIGNING, ID_KP_OCSP_SIGNING),
    ];
    let wanted = purposes.iter().filter(|(bit, _)| usage.contains(*bit)).map(|(_, oid)| *oid);
    extension(&Extended(wanted.collect()), false)
}

/// The extensions of a certificate.
fn extensions(
    tbs: &TbsCertificate<'_>,
    key: SubjectPublicKeyInfoRef<'_>,
    issuer: SubjectPublicKeyInfoRef<'_>,
) -> Result<Vec<Extension>, Failure> {
    let BasicConstraints { ca, path_len } = tbs.profile.basic_constraints();
    let mut list = vec![
        extension(&Basic { ca, path_len_constraint: path_len }, true)?,
        key_usage(tbs.profile.key_usage())?,
    ];
    if !tbs.profile.extended_key_usage().is_empty() {
        list.push(extended_key_usage(tbs.profile.extended_key_usage())?);
    }
    if !tbs.alternative_names.is_empty() {
        list.push(alternative_names(tbs.alternative_names, tbs.subject.is_empty())?);
    }
    list.push(extension(&SubjectKeyIdentifier::try_from(key)?, false)?);
    list.push(extension(&AuthorityKeyIdentifier::try_from(issuer)?, false)?);
    Ok(list)
}

struct Profile<'a>(&'a TbsCertificate<'a>);

impl BuilderProfile for Profile<'_> {
    fn get_issuer(&self, _: &x509_cert::name::Name) -> x509_cert::name::Name {
        of(self.0.issuer).expect("the issuer's name")
    }

    fn get_subject(&self) -> x509_cert::name::Name {
        of(self.0.subject).expect("the subject's name")
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        _: &x509_cert::TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(extensions(self.0, key, issuer).expect("the extensions"))
    }
}

/// From 1970 on.
fn time(time: DateTime) -> Result<Time, Failure> {
    let time = x509_cert::der::DateTime::new(
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
    )?;
    // The builder makes UTCTime of it, where that is what it should be.
    Ok(Time::GeneralTime(x509_cert::der::asn1::GeneralizedTime::from_date_time(time)))
}

pub(crate) fn spki(key: &PublicKey) -> Result<SubjectPublicKeyInfoOwned, Failure> {
    Ok(SubjectPublicKeyInfoOwned::try_from(&key.to_spki_der()[..])?)
}

/// The TBSCertificate.
pub(crate) fn tbs(tbs: &TbsCertificate<'_>, signer: &p256::ecdsa::SigningKey) -> Result<Vec<u8>, Failure> {
    let validity = Validity::new(time(tbs.validity.not_before)?, time(tbs.validity.not_after)?);
    let serial = x509_cert::serial_number::SerialNumber::new(tbs.serial)?;
    let mut builder = CertificateBuilder::new(Profile(tbs), serial, validity, spki(&tbs.subject_key)?)?;
    Ok(builder.finalize(signer)?)
}

/// The CertificationRequestInfo.
pub(crate) fn request(
    subject: &[Attribute<'_>],
    key: &PublicKey,
    extensions: Vec<Extension>,
) -> Result<Vec<u8>, Failure> {
    let mut attributes = SetOfVec::new();
    if !extensions.is_empty() {
        attributes.insert(ExtensionReq(extensions).try_into()?)?;
    }
    let info =
        CertReqInfo { version: Version::V1, subject: name(subject)?, public_key: spki(key)?, attributes };
    Ok(info.to_der()?)
}
