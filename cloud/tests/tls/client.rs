//! TLS: the device's own certificate, against servers of rustls.

use crate::device::SoftKey;
use crate::memory::{Cut, Failure, World, ping, visit, visit_then};
use atecc608::blocking::Atecc608;
use atecc608::{Signature, Slot};
use atecc608_cloud::signer::{BlockingChipSigner, TokenSigner};
use atecc608_cloud::tls::{Alert, ClientAuthentication, ClientIdentity, TRANSMIT_BUFFER, TlsFailure};
use atecc608_sim::Bus;
use embedded_io_async::Read;
use mock_servers::pki::{Holder, Request};
use mock_servers::tls::Offer;

/// The server asks for a certificate of the world's devices, and is shown this one's.
fn log_in(world: &World, device: &Holder) -> Result<(), Failure> {
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(device) };
    visit(&world.line(Cut::Never), world.settings().with_client(client))
}

#[test]
fn client_certificate() {
    let world = World::new();
    log_in(&world, &world.devices.issue(&Request::device("device-1")).unwrap()).unwrap();
}

/// The server knows the root only.
#[test]
fn chains_of_one_two_and_three() {
    let world = World::new();
    let mut issuer = &world.devices;
    let between = [issuer.issue(&Request::authority("First")).unwrap()];
    let second = between[0].issue(&Request::authority("Second")).unwrap();
    for (index, next) in [None, Some(&between[0]), Some(&second)].into_iter().enumerate() {
        issuer = next.unwrap_or(issuer);
        let device = issuer.issue(&Request::device("device-1")).unwrap();
        let chain: Vec<&[u8]> = device.chain().iter().map(|der| &der[..]).collect();
        assert_eq!(chain.len(), index + 1);
        let line = world.line(Cut::Never);
        let settings = world.settings();
        let settings = settings.with_client(ClientIdentity { chain: &chain, signer: SoftKey::of(&device) });
        visit(&line, settings).unwrap();
        assert_eq!(line.shown(), chain);

        // What lies between is missed by the server, and only then.
        if index > 0 {
            let failure = log_in(&world, &device).unwrap_err();
            assert!(matches!(failure, TlsFailure::Alert(Alert(48))), "{failure}");
        }
    }
}

/// As AWS IoT Core does: the CA's certificate may be sent along, and does no harm.
#[test]
fn the_root_may_be_sent_too() {
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let chain: &[&[u8]] = &[device.der(), world.devices.der()];
    let line = world.line(Cut::Never);
    visit(&line, world.settings().with_client(ClientIdentity { chain, signer: SoftKey::of(&device) }))
        .unwrap();
    assert_eq!(line.shown(), chain);
}

/// In TLS 1.3 the server's no comes after the handshake: at the first read.
#[test]
fn client_certificates_that_are_refused() {
    let world = World::new();
    let no_client = visit(&world.line(Cut::Never), world.settings()).unwrap_err();
    assert!(matches!(no_client, TlsFailure::ClientCertificate(Some(Alert(116)))), "{no_client}");
    assert!(no_client.to_string().contains("certificate_required"), "{no_client}");

    let other = Holder::root(&Request::authority("Others")).unwrap();
    let device = other.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(&device) };
    let settings = world.settings().with_client(client);
    let failure = visit_then(&world.line(Cut::Never), settings, TRANSMIT_BUFFER, async |mut connection| {
        // All seems well.
        assert_eq!(connection.client_authentication(), ClientAuthentication::Shown);
        let error = connection.read(&mut [0; 8]).await.unwrap_err();
        assert!(matches!(connection.read(&mut [0; 8]).await, Err(TlsFailure::Broken)));
        Err::<(), _>(error)
    })
    .unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(48))), "{failure}");
    assert!(
        failure.to_string().contains("does not know who has issued this device's certificate"),
        "{failure}"
    );

    // The key of another certificate.
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(&other) };
    let failure = visit(&world.line(Cut::Never), world.settings().with_client(client)).unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(51))), "{failure}");
    assert!(failure.to_string().contains("does not fit this device's certificate"), "{failure}");

    // One that is over, by the server's clock.
    let old = Request { valid: ((2026, 1, 1), (2027, 1, 1)), ..Request::device("device-1") };
    let failure = log_in(&world, &world.devices.issue(&old).unwrap()).unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(45))), "{failure}");
    assert!(failure.to_string().contains("this device's certificate has expired"), "{failure}");
}

/// Some say nothing, as AWS IoT Core when it has only just registered a certificate.
#[test]
fn server_that_hangs_up_after_the_certificate() {
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: SoftKey::of(&device) };
    let failure = visit(&world.line(Cut::BeforeAnswer), world.settings().with_client(client)).unwrap_err();
    assert!(matches!(failure, TlsFailure::ClosedAfterCertificate), "{failure}");
    assert!(failure.to_string().contains("registered and active"), "{failure}");
}

#[test]
fn server_that_does_not_ask() {
    let world = World::asking(Offer::default());
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer };
    let line = world.line(Cut::Never);
    let settings = world.settings().with_client(client);
    visit_then(&line, settings, TRANSMIT_BUFFER, async |connection| {
        assert_eq!(connection.client_authentication(), ClientAuthentication::NotAsked);
        ping(connection).await
    })
    .unwrap();
    assert!(line.shown().is_empty());
    assert_eq!(bus.counters().transactions, 0, "the chip was asked");
}

#[test]
fn server_that_asks_a_device_without() {
    let world = World::new();
    visit_then(&world.line(Cut::Never), world.settings(), TRANSMIT_BUFFER, async |connection| {
        assert_eq!(connection.client_authentication(), ClientAuthentication::Declined);
        Ok(())
    })
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
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let client = ClientIdentity { chain: &[device.der()], signer: Gone };
    let line = world.line(Cut::Never);
    let failure = world.visit(line.clone(), client).await.unwrap_err();
    assert!(
        matches!(&failure, TlsFailure::ClientSignature(reason) if reason == "no chip answers"),
        "{failure}"
    );
    assert!(failure.to_string().contains("no chip answers"), "{failure}");
    // The server is not left waiting: internal_error.
    assert_eq!(line.alert(), Some(80));
    log_in(&world, &device).unwrap();
}
