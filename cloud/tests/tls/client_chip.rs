//! TLS: the device's key is in a chip. How often that signs, how long it takes, and whose certificate is shown.

use crate::chip::{ChipDevice, SLOT};
use crate::device::NAME;
use crate::memory::{Cut, World, visit};
use atecc608::blocking::Atecc608;
use atecc608::x509::trust::{self, TrustAnchor};
use atecc608::{Address, PublicKey, Slot};
use atecc608_cloud::signer::{BlockingChipSigner, ChipSigner};
use atecc608_cloud::tls::{CertificateRefusal, ClientIdentity, Entropy, Settings, TlsFailure};
use atecc608_sim::preset::{Preset, demo_root};
use atecc608_sim::{Bus, ChipId};
use mock_servers::pki::NOW;
use mock_servers::tls::Offer;
use rustls::pki_types::CertificateDer;

/// The opcode of Sign (chip reference 5.21).
const SIGN: u8 = 0x41;

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
