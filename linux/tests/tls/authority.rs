//! A certificate authority by rcgen, with keys in software, for certificates of servers and of the chip's key.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Somebody with a certificate, and those above it.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own first, the root's last.
    pub(crate) chain: Vec<CertificateDer<'static>>,
}

/// A public key whose private one is elsewhere.
pub(crate) struct Point(pub(crate) [u8; 65]);

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

/// From 2020 to 2080.
fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2080, 1, 1));
    params
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.subject_alt_names.clear();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let chain = vec![params.self_signed(&key).unwrap().der().clone()];
        Self { issuer: Issuer::new(params, key), chain }
    }

    /// Another authority below this one.
    pub(crate) fn below(&self, name: &str) -> Self {
        let (mut params, key) = (authority_params(name), KeyPair::generate().unwrap());
        params.use_authority_key_identifier_extension = true;
        let chain = self.followed_by(params.signed_by(&key, &self.issuer).unwrap().der().clone());
        Self { issuer: Issuer::new(params, key), chain }
    }

    /// A device's certificate, valid from 2020 to 2080, and the chain up to the root.
    pub(crate) fn device(&self, key: &impl PublicKeyData) -> Vec<CertificateDer<'static>> {
        self.device_named(key, "sensor-1")
    }

    /// The same for a device that is a server of this name.
    pub(crate) fn device_named(&self, key: &impl PublicKeyData, name: &str) -> Vec<CertificateDer<'static>> {
        let mut params = params(name);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        self.followed_by(params.signed_by(key, &self.issuer).unwrap().der().clone())
    }

    /// A server of this name, with a key in software: its chain without the root, its key.
    pub(crate) fn server(&self, name: &str) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let mut chain = self.followed_by(params(name).signed_by(&key, &self.issuer).unwrap().der().clone());
        chain.pop();
        (chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
    }

    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.issuer.key().serialize_der()).into()
    }

    /// The root, to be trusted.
    pub(crate) fn roots(&self) -> RootCertStore {
        roots([self.chain.last().unwrap().clone()])
    }

    fn followed_by(&self, own: CertificateDer<'static>) -> Vec<CertificateDer<'static>> {
        std::iter::once(own).chain(self.chain.iter().cloned()).collect()
    }
}

pub(crate) fn roots(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> RootCertStore {
    let mut store = RootCertStore::empty();
    for certificate in certificates {
        store.add(certificate).unwrap();
    }
    store
}
