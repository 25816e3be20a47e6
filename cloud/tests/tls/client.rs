//! TLS: the device's own certificate, against servers of rustls.

use crate::device::{Device, Failure, NAME, connect_with, root, roots};
use atecc608::Signature;
use atecc608::blocking::Atecc608;
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Slot};
use atecc608_cloud::signer::{BlockingChipSigner, TokenSigner};
use atecc608_cloud::tls::{Alert, ClientIdentity, TlsFailure};
use atecc608_sim::Bus;
use mock_servers::pki::{Holder, Request};
use mock_servers::tls::{Offer, acceptor};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::DecodePrivateKey;
use rustls::pki_types::PrivateKeyDer;
use std::convert::Infallible;

/// The key of a certificate, in software.
pub(crate) struct SoftKey(SigningKey);

impl SoftKey {
    pub(crate) fn of(holder: &Holder) -> Self {
        let PrivateKeyDer::Pkcs8(key) = holder.key() else { panic!() };
        Self(SigningKey::from_pkcs8_der(key.secret_pkcs8_der()).unwrap())
    }
}

impl TokenSigner for SoftKey {
    type Error = Infallible;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Infallible> {
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(digest).unwrap();
        Ok(Signature::from_bytes(signature.to_bytes().into()))
    }
}

/// A device visits a server that lets in devices of `authority` only.
async fn visit_with<S: TokenSigner<Error: std::fmt::Display>>(
    authority: &Holder,
    client: Option<ClientIdentity<'_, S>>,
) -> Result<(), Failure> {
    let root = root();
    let holder = root.issue(&Request::server(&[NAME])).unwrap();
    let roots = roots(&[&root]);
    let offer = Offer { clients_of: Some(authority.der().clone()), ..Offer::default() };
    let acceptor = acceptor(&holder, &offer).unwrap();
    match client {
        Some(ClientIdentity { chain, signer }) => {
            connect_with(Device::new(&roots).with(ClientIdentity { chain, signer }), acceptor).await.0
        }
        None => connect_with(Device::new(&roots), acceptor).await.0,
    }
    .map(|_| ())
}

#[tokio::test]
async fn client_certificate() {
    let authority = Holder::root(&Request::authority("Devices")).unwrap();
    let device = authority.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(&device) };
    visit_with(&authority, Some(client)).await.unwrap();
}

#[tokio::test]
async fn client_certificates_that_are_refused() {
    let authority = Holder::root(&Request::authority("Devices")).unwrap();
    let failure = visit_with(&authority, None::<ClientIdentity<'_, SoftKey>>).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::ClientCertificate(Some(Alert(116)))), "{failure}");
    assert!(failure.to_string().contains("certificate_required"), "{failure}");

    let other = Holder::root(&Request::authority("Others")).unwrap();
    let device = other.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(&device) };
    let failure = visit_with(&authority, Some(client)).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(48))), "{failure}");

    let device = authority.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(&other) };
    let failure = visit_with(&authority, Some(client)).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(51))), "{failure}");
}

/// The key is in a chip, which also has a say in the random numbers.
#[tokio::test]
async fn client_certificate_of_a_chip() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let (public, _) = chip.ensure_key(Slot::S0).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();

    let authority = Holder::root(&Request::authority("Devices")).unwrap();
    let certificate = authority.certify(&Request::device("device-1"), &public.to_sec1()).unwrap();
    let signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    let client = ClientIdentity { chain: &[&certificate], signer };
    visit_with(&authority, Some(client)).await.unwrap();
    let chips = chip.random().unwrap();
    atecc608_cloud::tls::Entropy::new(&[1, 2, 3, 4, 5, 6, 7, 8].repeat(4).try_into().unwrap(), &chips)
        .unwrap();
}

/// A chip that was pulled out.
struct Gone;

impl TokenSigner for Gone {
    type Error = &'static str;

    async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<Signature, &'static str> {
        Err("no chip answers")
    }
}

#[tokio::test]
async fn client_key_that_does_not_sign() {
    let authority = Holder::root(&Request::authority("Devices")).unwrap();
    let device = authority.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: Gone };
    let failure = visit_with(&authority, Some(client)).await.unwrap_err();
    assert!(
        matches!(&failure, TlsFailure::ClientSignature(reason) if reason == "no chip answers"),
        "{failure}"
    );
}
