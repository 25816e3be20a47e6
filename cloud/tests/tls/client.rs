//! TLS: the device's own certificate, and protocols, against servers of rustls.

use crate::chip::{ChipDevice, SLOT};
use crate::device::{NAME, entropy};
use crate::memory::{Cut, Line, World, ping};
use atecc608::blocking::Atecc608;
use atecc608::x509::trust::{self, TrustAnchor};
use atecc608::{Address, PublicKey, Signature, Slot};
use atecc608_cloud::signer::{BlockingChipSigner, ChipSigner, TokenSigner};
use atecc608_cloud::tls::{
    self, Alert, Buffers, CertificateRefusal, ClientAuthentication, ClientIdentity, Entropy, RECEIVE_BUFFER,
    Secured, Settings, TRANSMIT_BUFFER, TlsFailure,
};
use atecc608_sim::preset::{Preset, demo_root};
use atecc608_sim::{Bus, ChipId};
use embassy_futures::block_on;
use embedded_io_async::{ErrorKind, Read, Write};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::Offer;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::DecodePrivateKey;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::convert::Infallible;
use std::fmt::Display;

type Failure = TlsFailure<ErrorKind>;

/// The opcode of Sign (chip reference 5.21).
const SIGN: u8 = 0x41;

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

/// Connects, and does `then` with the connection.
fn visit_then<S: TokenSigner<Error: Display>, R>(
    line: &Line,
    settings: Settings<'_, S>,
    transmit: usize,
    then: impl AsyncFnOnce(Secured<'_, Line>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; transmit]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    block_on(async { then(tls::connect(line.clone(), settings, buffers, &mut entropy(1)).await?).await })
}

fn visit<S: TokenSigner<Error: Display>>(line: &Line, settings: Settings<'_, S>) -> Result<(), Failure> {
    visit_then(line, settings, TRANSMIT_BUFFER, ping)
}

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

#[test]
fn chains_that_can_not_be_sent() {
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let own: &[u8] = device.der();
    let long = vec![0x30; 16_000];
    for (chain, bytes) in
        [(vec![], 0), (vec![own; 17], 17 * (own.len() + 5)), (vec![own, &long], own.len() + 16_010)]
    {
        let line = world.line(Cut::Never);
        let settings =
            world.settings().with_client(ClientIdentity { chain: &chain, signer: SoftKey::of(&device) });
        let failure = visit_then(&line, settings, 1 << 15, ping).unwrap_err();
        assert_eq!(line.carried(), (0, 0));
        assert!(
            matches!(failure, TlsFailure::ClientChain { certificates, bytes: all } if (certificates, all) == (chain.len(), bytes)),
            "{failure}"
        );
    }
    // As many as can be.
    let chain: Vec<&[u8]> = std::iter::once(own).chain([&world.devices.der()[..]; 15]).collect();
    let line = world.line(Cut::Never);
    let settings =
        world.settings().with_client(ClientIdentity { chain: &chain, signer: SoftKey::of(&device) });
    visit_then(&line, settings, 1 << 14, ping).unwrap();
    assert_eq!(line.shown(), chain);
}

/// What is needed is told before anything is sent, and is enough.
#[test]
fn transmit_buffer_of_the_size_that_is_asked_for() {
    let world = World::new();
    let between = world.devices.issue(&Request::authority("Between")).unwrap();
    let device = between.issue(&Request::device("device-1")).unwrap();
    let chain: Vec<&[u8]> = device.chain().iter().map(|der| &der[..]).collect();
    let attempt = |size: usize| {
        let line = world.line(Cut::Never);
        let client = ClientIdentity { chain: &chain, signer: SoftKey::of(&device) };
        (visit_then(&line, world.settings().with_client(client), size, ping), line.carried().0)
    };
    let (failure, sent) = attempt(700);
    let Err(TlsFailure::BufferTooSmall { transmit, .. }) = failure else { panic!("{failure:?}") };
    assert_eq!((transmit, sent), (285 + chain.iter().map(|der| der.len() + 5).sum::<usize>(), 0));
    assert!(matches!(attempt(transmit - 1), (Err(TlsFailure::BufferTooSmall { .. }), 0)));
    attempt(transmit).0.unwrap();
    let text = attempt(700).0.unwrap_err().to_string();
    assert!(text.contains(&format!("{transmit} to transmit")), "{text}");
}

/// What the documentation says of the usual one.
#[test]
fn the_usual_transmit_buffer_holds_1241_bytes_of_two_certificates() {
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let attempt = |size: usize| {
        // The last byte that gets through is the first one: it was big enough.
        let line = world.line(Cut::ToServer(1));
        let other = vec![0x30; size - device.der().len()];
        let chain: &[&[u8]] = &[device.der(), &other];
        visit(&line, world.settings().with_client(ClientIdentity { chain, signer: SoftKey::of(&device) }))
            .unwrap_err()
    };
    assert!(matches!(attempt(1241), TlsFailure::Transport(_)));
    assert!(matches!(attempt(1242), TlsFailure::BufferTooSmall { transmit: 1537, .. }));
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
    let chain: &[&[u8]] = &[device.der()];
    let client = || ClientIdentity { chain, signer: SoftKey::of(&device) };
    // All that comes up to the device's Finished.
    let line = world.line(Cut::Never);
    let handshake = visit_then(&line, world.settings().with_client(client()), TRANSMIT_BUFFER, async |_| {
        Ok(line.carried().1)
    })
    .unwrap();
    let failure =
        visit(&world.line(Cut::ToDevice(handshake)), world.settings().with_client(client())).unwrap_err();
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

/// Nothing of the device is shown by a wrong clock, and nothing is signed.
#[test]
fn clock_that_is_wrong() {
    let world = World::new();
    let device = ChipDevice::new(&world.devices);
    device.bus.reset_counters();
    for (now, late) in [(0, false), (1_577_836_800, false), (NOW + 20 * 365 * 86_400, true)] {
        let mut chip = device.blocking();
        let client = ClientIdentity {
            chain: &[&device.certificate],
            signer: BlockingChipSigner::new(&mut chip, SLOT),
        };
        let line = world.line(Cut::Never);
        let failure = visit(&line, Settings::new(NAME, &world.roots, now).with_client(client)).unwrap_err();
        match &failure {
            TlsFailure::Certificate(CertificateRefusal::Expired { .. }) => assert!(late),
            TlsFailure::Certificate(CertificateRefusal::NotYetValid { .. }) => assert!(!late),
            other => panic!("{other}"),
        }
        assert!(failure.to_string().contains("clock"), "{failure}");
        assert!(line.shown().is_empty());
    }
    assert_eq!(device.bus.counters().transactions, 0);
}

/// One signature, and what it takes on the bus, by both drivers.
#[test]
fn client_certificate_of_a_chip() {
    let world = World::new();
    let device = ChipDevice::new(&world.devices);
    let handshake = |asynchronous: bool| {
        device.bus.reset_counters();
        let signatures = || {
            let signed = |chip: &mut atecc608_sim::Chip| {
                chip.executed().iter().filter(|command| command.opcode == SIGN).count()
            };
            device.bus.with_chip(ChipId::FIRST, signed)
        };
        let (before, start) = (signatures(), device.bus.now());
        let chain: &[&[u8]] = &[&device.certificate];
        let line = world.line(Cut::Never);
        if asynchronous {
            let mut chip = device.asynch();
            let signer = ChipSigner::new(&mut chip, SLOT);
            visit(&line, world.settings().with_client(ClientIdentity { chain, signer })).unwrap();
        } else {
            let mut chip = device.blocking();
            let signer = BlockingChipSigner::new(&mut chip, SLOT);
            visit(&line, world.settings().with_client(ClientIdentity { chain, signer })).unwrap();
        }
        assert_eq!(line.shown(), chain);
        (signatures() - before, device.bus.counters(), (device.bus.now() - start) / 1000)
    };
    let both = [handshake(false), handshake(true)];
    for (signatures, counters, us) in both {
        println!(
            "signatures {signatures}, bus: {us} us, of which busy {} us, {} bytes, {} transactions",
            counters.busy / 1000,
            counters.bytes,
            counters.transactions
        );
        assert_eq!(signatures, 1);
        // Wake, digest, Sign, its answer, idle: benches/README.md has the same for `sign_digest`.
        assert!((55_000..=75_000).contains(&us), "{us} us");
        assert!(counters.bytes < 260, "{} bytes", counters.bytes);
    }
    assert_eq!(both[0], both[1], "the drivers differ");
    // The chip has a say in the random numbers, too.
    let random = device.blocking().random().unwrap();
    Entropy::new(&[1, 2, 3, 4, 5, 6, 7, 8].repeat(4).try_into().unwrap(), &random).unwrap();
}

/// A part as Microchip sells it logs in with what the factory has put into it.
#[test]
fn trust_and_go_chip_with_its_own_chain() {
    let root = CertificateDer::from(demo_root().certificate.to_vec());
    let world = World::asking(Offer { clients_of: Some(root), ..Offer::default() });
    let bus = Bus::new();
    bus.add(Preset::TngTls.chip(7));
    let address = Address::from_7bit(Preset::TngTls.address()).unwrap();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    let trust = trust::MICROCHIP.with_root(TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key)));
    let (mut own, mut signer) = ([0; trust::MAX_LEN], [0; trust::MAX_LEN]);
    let chain = chip.read_trust_chain(&trust, &mut own, &mut signer).unwrap();
    let chain = [chain.device.der(), chain.signer.der()];
    let line = world.line(Cut::Never);
    let signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    visit(&line, world.settings().with_client(ClientIdentity { chain: &chain, signer })).unwrap();
    assert_eq!(line.shown(), chain);
    println!("Trust&GO: {} and {} bytes", chain[0].len(), chain[1].len());
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

/// What the server has is chosen, and both sides know.
#[test]
fn protocols() {
    let served = |protocols: &[&str]| {
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        World::asking(Offer { protocols, ..Offer::default() })
    };
    let outcome = |world: &World, offered: &[&str]| {
        let line = world.line(Cut::Never);
        let settings = world.settings().with_protocols(offered);
        let chosen = visit_then(&line, settings, TRANSMIT_BUFFER, async |mut connection| {
            connection.write_all(b"ping").await?;
            assert_eq!(connection.version(), "TLS 1.3");
            Ok(connection.protocol().map(str::to_owned))
        })?;
        assert_eq!(line.protocol(), chosen.clone().map(String::into_bytes));
        Ok::<_, Failure>(chosen)
    };
    let aws = served(&["x-amzn-mqtt-ca", "x-amzn-http-ca"]);
    assert_eq!(outcome(&aws, &["x-amzn-mqtt-ca"]).unwrap().unwrap(), "x-amzn-mqtt-ca");
    assert_eq!(outcome(&aws, &["mqtt", "x-amzn-http-ca"]).unwrap().unwrap(), "x-amzn-http-ca");
    assert_eq!(outcome(&aws, &[]).unwrap(), None);
    assert_eq!(outcome(&served(&[]), &["mqtt"]).unwrap(), None, "a server that knows nothing of it");
    let refused = outcome(&aws, &["mqtt"]).unwrap_err();
    assert!(matches!(refused, TlsFailure::Alert(Alert(120))), "{refused}");
    assert!(refused.to_string().contains("protocol"), "{refused}");

    let long = "x".repeat(256);
    for wrong in ["", &long] {
        let line = aws.line(Cut::Never);
        let failure = visit(&line, aws.settings().with_protocols(&["mqtt", wrong])).unwrap_err();
        assert!(matches!(failure, TlsFailure::ProtocolName), "{failure}");
        assert_eq!(line.carried(), (0, 0));
    }
    assert_eq!(outcome(&served(&[&long[1..]]), &[&long[1..]]).unwrap().unwrap(), long[1..]);
}
