//! The patches of embedded-tls where `tls` does not go: its blocking connection, and what its users have written already.

use crate::device::{NAME, SoftKey, entropy};
use crate::memory::{Cut, Line, World};
use embassy_futures::block_on;
use embedded_io_async::ErrorKind;
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{
    Aes128GcmSha256, Certificate, CryptoProvider, CryptoRngCore, SignatureScheme, TlsConfig, TlsContext,
    TlsError,
};
use mock_servers::pki::{Holder, Request};
use mock_servers::tls::Offer;
use p256_013::ecdsa::signature::{Error as SignatureError, SignerMut};
use p256_013::ecdsa::{DerSignature, Signature};
use sha2_010::{Digest, Sha256};
use std::ops::Deref;

/// [`Line`] as blocking programs see it.
struct Blocking(Line);

impl embedded_io::ErrorType for Blocking {
    type Error = ErrorKind;
}

impl embedded_io::Read for Blocking {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        block_on(embedded_io_async::Read::read(&mut self.0, buffer))
    }
}

impl embedded_io::Write for Blocking {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        block_on(embedded_io_async::Write::write(&mut self.0, bytes))
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// A key for embedded-tls, that may fail.
struct Key<'a>(Option<&'a Holder>);

impl SignerMut<DerSignature> for Key<'_> {
    fn try_sign(&mut self, message: &[u8]) -> Result<DerSignature, SignatureError> {
        use atecc608_cloud::signer::TokenSigner;
        let mut key = SoftKey::of(self.0.ok_or_else(SignatureError::new)?);
        let Ok(signature) = block_on(key.sign_digest(&Sha256::digest(message).into()));
        Ok(Signature::from_slice(signature.as_bytes())?.to_der())
    }
}

/// A provider as it was written for embedded-tls 0.19: one certificate, a signer.
struct Old<'a> {
    device: &'a Holder,
    signs: bool,
}

impl CryptoProvider for Old<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = DerSignature;

    fn rng(&mut self) -> impl CryptoRngCore {
        entropy(1)
    }

    fn signer(&mut self) -> Result<(impl SignerMut<DerSignature>, SignatureScheme), TlsError> {
        Ok((Key(self.signs.then_some(self.device)), SignatureScheme::EcdsaSecp256r1Sha256))
    }

    fn client_cert(&mut self) -> Option<Certificate<impl AsRef<[u8]>>> {
        Some(Certificate::X509(&self.device.der()[..]))
    }
}

/// The same with a chain.
struct New<'a>(Old<'a>, &'a [&'a [u8]]);

impl CryptoProvider for New<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = DerSignature;

    fn rng(&mut self) -> impl CryptoRngCore {
        entropy(1)
    }

    fn signer(&mut self) -> Result<(impl SignerMut<DerSignature>, SignatureScheme), TlsError> {
        self.0.signer()
    }

    fn client_cert_chain(&mut self) -> impl Deref<Target = [Certificate<impl AsRef<[u8]>>]> {
        self.1.iter().map(|der| Certificate::X509(*der)).collect::<Vec<_>>()
    }
}

/// Opens a blocking connection with a write buffer of so many bytes; which protocol was chosen.
fn open(
    line: &Line,
    transmit: usize,
    provider: impl CryptoProvider<CipherSuite = Aes128GcmSha256>,
) -> Result<Option<usize>, TlsError> {
    let (mut receive, mut transmit) = (vec![0; 17_000], vec![0; transmit]);
    let config = TlsConfig::new().with_server_name(NAME).with_alpn(&[b"other", b"mqtt"]);
    let mut connection = TlsConnection::new(Blocking(line.clone()), &mut receive, &mut transmit);
    assert_eq!(connection.alpn_protocol(), None);
    connection.open(TlsContext::new(&config, provider))?;
    let protocol = connection.alpn_protocol();
    connection.close().map_err(|(_, error)| error)?;
    Ok(protocol)
}

fn world() -> (World, Holder) {
    let world = World::offering(Offer { protocols: vec![b"mqtt".to_vec()], ..Offer::default() });
    let between = world.devices.issue(&Request::authority("Between")).unwrap();
    let device = between.issue(&Request::device("device-1")).unwrap();
    (world, device)
}

#[test]
fn providers_of_before_work_as_before() {
    let (world, device) = world();
    let line = world.line(Cut::Never);
    assert_eq!(open(&line, 2048, Old { device: &device, signs: true }).unwrap(), Some(1));
    // One certificate, of which the server does not know the issuer.
    assert_eq!(line.shown(), Vec::<Vec<u8>>::new());
    let own = world.devices.issue(&Request::device("device-2")).unwrap();
    let line = world.line(Cut::Never);
    open(&line, 2048, Old { device: &own, signs: true }).unwrap();
    assert_eq!(line.shown(), [own.der().to_vec()]);
}

#[test]
fn chain_in_the_blocking_connection() {
    let (world, device) = world();
    let chain: Vec<&[u8]> = device.chain().iter().map(|der| &der[..]).collect();
    let line = world.line(Cut::Never);
    open(&line, 2048, New(Old { device: &device, signs: true }, &chain)).unwrap();
    assert_eq!(line.shown(), chain);
}

/// No panic, and the server is told.
#[test]
fn signer_that_fails_in_the_blocking_connection() {
    let (world, _) = world();
    let device = world.devices.issue(&Request::device("device-2")).unwrap();
    let line = world.line(Cut::Never);
    let error = open(&line, 2048, Old { device: &device, signs: false }).unwrap_err();
    assert!(matches!(error, TlsError::SigningFailed), "{error}");
    assert_eq!(line.alert(), Some(80));
}

/// What does not fit is not sent, neither then nor later; the server is told.
#[test]
fn chain_that_does_not_fit_the_buffer() {
    let (world, device) = world();
    let chain: Vec<&[u8]> = device.chain().iter().map(|der| &der[..]).collect();
    let fits = 5 + 4 + 1 + 3 + 1 + 16 + chain.iter().map(|der| der.len() + 5).sum::<usize>();
    for size in [400, fits - 20, fits - 1] {
        let line = world.line(Cut::Never);
        let error = open(&line, size, New(Old { device: &device, signs: true }, &chain)).unwrap_err();
        assert!(
            matches!(
                error,
                TlsError::InsufficientSpace | TlsError::EncodeError | TlsError::InvalidApplicationData
            ),
            "{size}: {error}"
        );
        assert_eq!(line.alert(), Some(80), "{size}");
    }
    open(&world.line(Cut::Never), fits, New(Old { device: &device, signs: true }, &chain)).unwrap();
}
