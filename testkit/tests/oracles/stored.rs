//! A chip provisioned by the driver: what is read from its slots, to OpenSSL and GnuTLS.

use atecc608::blocking::Atecc608;
use testkit::{fleet, oracle};

#[test]
fn a_provisioned_chips_chain() -> Result<(), String> {
    let bus = fleet::enrolled_chip();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let (mut one, mut other) = ([0; 1024], [0; 1024]);
    let (device, signer) = (fleet::device(), fleet::signer_of_device());
    let chain = chip.read_chain(&device, &signer, &fleet::ROOT_KEY, &mut one, &mut other);
    let chain = chain.map_err(|error| error.to_string())?;
    let root = &fleet::root_certificate()[..];
    for der in [chain.device.der(), chain.signer.der(), root] {
        oracle::certificate(der)?;
    }
    oracle::chain(&[chain.device.der(), chain.signer.der(), root])?;
    // Not without the signer, and not with a bit that differs.
    assert!(oracle::chain(&[chain.device.der(), root]).is_err());
    let mut broken = chain.device.der().to_vec();
    *broken.last_mut().expect("some bytes") ^= 1;
    assert!(oracle::chain(&[&broken, chain.signer.der(), root]).is_err());
    Ok(())
}
