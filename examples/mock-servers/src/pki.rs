//! Certificate authorities and certificates, good ones and every kind of bad one.
//!
//! All are valid from 2026 to 2032, so that nothing here depends on the day it runs: [`NOW`] is in between.

use std::process::Command;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension, DistinguishedName,
    DnType, GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, NameConstraints, RevokedCertParams,
    SerialNumber, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

pub use rcgen::{Error, ExtendedKeyUsagePurpose as ExtendedUsage, KeyUsagePurpose as Usage};

/// 15 January 2028, in Unix seconds: a time at which these certificates are valid.
pub const NOW: u64 = 1_831_507_200;

/// Year, month, day.
pub type Day = (i32, u8, u8);

/// What certificates are valid from and to, unless they are made to be bad.
const VALID: (Day, Day) = ((2026, 1, 1), (2032, 1, 1));

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// ECDSA on P-256, with SHA-256.
    P256,
    /// ECDSA on P-384, with SHA-384.
    P384,
    /// RSA of 2048 bits, made by openssl, with SHA-256.
    Rsa,
}

impl Key {
    fn generate(self) -> Result<KeyPair, Error> {
        match self {
            Self::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
            Self::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
            Self::Rsa => {
                let made = Command::new("openssl")
                    .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
                    .output()
                    .map_err(|_| Error::KeyGenerationUnavailable)?;
                let key = PrivatePkcs8KeyDer::from_pem_slice(&made.stdout)
                    .map_err(|_| Error::KeyGenerationUnavailable)?;
                KeyPair::from_pkcs8_der_and_sign_algo(&key, &rcgen::PKCS_RSA_SHA256)
            }
        }
    }
}

/// What a certificate says. Change what is to be bad.
#[derive(Debug, Clone)]
pub struct Request {
    /// Common name of the subject.
    pub subject: String,
    /// Host names and addresses.
    pub names: Vec<String>,
    /// Kind of the key.
    pub key: Key,
    /// First and last day.
    pub valid: (Day, Day),
    /// By how many seconds it ends before the last day begins.
    pub ends_before: u64,
    /// An authority's: `CA:TRUE`.
    pub authority: bool,
    /// How many authorities may follow, if it is limited.
    pub path_length: Option<u8>,
    /// Below which names it may issue (name constraints); none: unrestricted.
    pub only_below: Vec<String>,
    /// Key usage; none: unrestricted.
    pub usages: Vec<Usage>,
    /// Extended key usage; none: unrestricted.
    pub extended_usages: Vec<ExtendedUsage>,
    /// Numbers of critical extensions that nobody knows.
    pub unknown_extensions: Vec<Vec<u64>>,
}

impl Request {
    /// A server's certificate; its subject is the first name.
    pub fn server(names: &[&str]) -> Self {
        Self {
            subject: names.first().copied().unwrap_or("nobody").to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            key: Key::P256,
            valid: VALID,
            ends_before: 0,
            authority: false,
            path_length: None,
            only_below: Vec::new(),
            usages: vec![Usage::DigitalSignature],
            extended_usages: vec![ExtendedUsage::ServerAuth],
            unknown_extensions: Vec::new(),
        }
    }

    /// A device's certificate.
    pub fn device(name: &str) -> Self {
        Self {
            subject: name.to_owned(),
            extended_usages: vec![ExtendedUsage::ClientAuth],
            ..Self::server(&[])
        }
    }

    /// An authority's certificate.
    pub fn authority(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            authority: true,
            usages: vec![Usage::KeyCertSign, Usage::CrlSign],
            extended_usages: Vec::new(),
            ..Self::server(&[])
        }
    }

    fn params(&self) -> Result<CertificateParams, Error> {
        let mut params = CertificateParams::new(self.names.clone())?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.subject.clone());
        let day = |(year, month, day)| date_time_ymd(year, month, day);
        let end = day(self.valid.1) - std::time::Duration::from_secs(self.ends_before);
        (params.not_before, params.not_after) = (day(self.valid.0), end);
        params.is_ca = match (self.authority, self.path_length) {
            (false, _) => IsCa::ExplicitNoCa,
            (true, None) => IsCa::Ca(BasicConstraints::Unconstrained),
            (true, Some(length)) => IsCa::Ca(BasicConstraints::Constrained(length)),
        };
        params.name_constraints = (!self.only_below.is_empty()).then(|| NameConstraints {
            permitted_subtrees: self.only_below.iter().cloned().map(GeneralSubtree::DnsName).collect(),
            excluded_subtrees: Vec::new(),
        });
        params.key_usages.clone_from(&self.usages);
        params.extended_key_usages.clone_from(&self.extended_usages);
        params.custom_extensions.extend(self.unknown_extensions.iter().map(|number| {
            // NULL.
            let mut extension = CustomExtension::from_oid_content(number, vec![5, 0]);
            extension.set_criticality(true);
            extension
        }));
        Ok(params)
    }
}

/// Somebody with a certificate and its key, who can issue others; whether he may is another matter.
#[derive(Debug)]
pub struct Holder {
    issuer: Issuer<'static, KeyPair>,
    /// His own certificate first, then those that lead to the root, without the root.
    chain: Vec<CertificateDer<'static>>,
    root: bool,
}

impl Holder {
    /// An authority at the top: signs its certificate itself.
    ///
    /// # Errors
    /// The request makes no certificate.
    pub fn root(request: &Request) -> Result<Self, Error> {
        let (params, key) = (request.params()?, request.key.generate()?);
        let certificate = params.self_signed(&key)?;
        let chain = vec![certificate.der().clone()];
        Ok(Self { issuer: Issuer::new(params, key), chain, root: true })
    }

    /// Issues a certificate.
    ///
    /// # Errors
    /// The request makes no certificate.
    pub fn issue(&self, request: &Request) -> Result<Self, Error> {
        let key = request.key.generate()?;
        let params = request.params()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let chain = self.followed_by(certificate.der().clone());
        Ok(Self { issuer: Issuer::new(params, key), chain, root: false })
    }

    /// Issues a certificate for a key that somebody else has: a P-256 public key, as in SEC1.
    ///
    /// # Errors
    /// The request makes no certificate.
    pub fn certify(&self, request: &Request, public_key: &[u8]) -> Result<CertificateDer<'static>, Error> {
        struct Public<'a>(&'a [u8]);
        impl rcgen::PublicKeyData for Public<'_> {
            fn der_bytes(&self) -> &[u8] {
                self.0
            }
            fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
                &rcgen::PKCS_ECDSA_P256_SHA256
            }
        }
        Ok(request.params()?.signed_by(&Public(public_key), &self.issuer)?.der().clone())
    }

    /// A list of certificates, by serial number, that he has issued and revoked (a CRL), in DER. Good for a century.
    ///
    /// # Errors
    /// rcgen can't make it.
    pub fn revoke(&self, serial_numbers: &[&[u8]]) -> Result<Vec<u8>, Error> {
        let revoked = serial_numbers.iter().map(|number| RevokedCertParams {
            serial_number: SerialNumber::from_slice(number),
            revocation_time: date_time_ymd(2026, 1, 2),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2000, 1, 1),
            next_update: date_time_ymd(2099, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(list.signed_by(&self.issuer)?.der().to_vec())
    }

    fn followed_by(&self, own: CertificateDer<'static>) -> Vec<CertificateDer<'static>> {
        let above = if self.root { &[][..] } else { &self.chain[..] };
        std::iter::once(own).chain(above.iter().cloned()).collect()
    }

    /// His own certificate, in DER.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.chain[0]
    }

    /// His own certificate and those that lead to the root.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// His key, in PKCS #8.
    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.issuer.key().serialize_der()).into()
    }
}
