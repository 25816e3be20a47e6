//! What the driver reads from Trust&GO and TrustFLEX chips: of the published one, and of simulated ones by the demo root.

use crate::made::reads_the_same;
use crate::webpki::three_ways;
use atecc608::blocking::Atecc608;
use atecc608::x509::trust::{self, MAX_LEN, TrustAnchor};
use atecc608::{Address, PublicKey};
use atecc608_sim::Bus;
use atecc608_sim::preset::{Preset, demo_root};
use testkit::{oracle, published};

fn chain(preset: Preset, seed: u64, root: TrustAnchor) -> [Vec<u8>; 2] {
    let bus = Bus::new();
    bus.add(preset.chip(seed));
    let address = Address::from_7bit(preset.address()).unwrap();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    let (mut device, mut signer) = ([0; MAX_LEN], [0; MAX_LEN]);
    let trust = trust::MICROCHIP.with_root(root);
    let chain = chip.read_trust_chain(&trust, &mut device, &mut signer).unwrap();
    [chain.device.der().to_vec(), chain.signer.der().to_vec()]
}

fn accepted(chain: [&[u8]; 3]) {
    oracle::chain(&chain).unwrap();
    three_ways(chain);
    reads_the_same(chain[0]);
    reads_the_same(chain[1]);
}

#[test]
fn the_published_chip() {
    let [device, signer] = chain(Preset::TngTlsPublished, 0, trust::ROOT);
    assert_eq!((&device, &signer), (&published::device(), &published::signer()));
    accepted([&device, &signer, &trust::ROOT_DER]);
}

#[test]
fn simulated_chips() {
    let root = demo_root();
    let anchor = TrustAnchor::new(PublicKey::from_bytes(root.public_key));
    for preset in [Preset::TngTls, Preset::TngTlsLegacy, Preset::TflxTls, Preset::TngLora, Preset::TngAct] {
        for seed in 0..4 {
            let [device, signer] = chain(preset, seed, anchor);
            accepted([&device, &signer, &root.certificate]);
        }
    }
}
