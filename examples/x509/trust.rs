//! The chain of a Trust&GO chip.

use crate::Failure;
use crate::own::{request, said};
use crate::report::{Report, hex, pem};
use atecc608::blocking::Atecc608;
use atecc608::x509::trust::{self, Kind, Trust, TrustAnchor};
use atecc608::x509::{P256, PemLabel};
use atecc608::{Address, PublicKey};
use atecc608_sim::Bus;
use atecc608_sim::preset::{Preset, demo_root};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

const KINDS: [&Kind; 5] =
    [&trust::TNGTLS, &trust::TNGTLS_LEGACY, &trust::TFLXTLS, &trust::TNGLORA, &trust::TNGLORA_LEGACY];

/// A simulated one: with certificates of a demo root, or the one whose public data is published, whose key nobody can use.
pub(crate) fn run(published: bool) -> Result<Report, Failure> {
    let preset = if published { Preset::TngTlsPublished } else { Preset::TngTls };
    let bus = Bus::new();
    bus.add(preset.chip(1));
    let address = Address::from_7bit(preset.address()).ok_or("no address")?;
    let mut chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    if published {
        return read(&mut chip, &trust::MICROCHIP, &trust::ROOT_DER, false);
    }
    let root = demo_root();
    let anchor = TrustAnchor::new(PublicKey::from_bytes(root.public_key));
    read(&mut chip, &trust::MICROCHIP.with_root(anchor), &root.certificate, true)
}

fn read<I: I2c<Error: 'static>, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    trusted: &Trust<'_>,
    root: &[u8],
    signs: bool,
) -> Result<Report, Failure> {
    let found = chip.identify_trust(trusted).map_err(said("asking which part it is"))?;
    let (mut one, mut other) = ([0; trust::MAX_LEN], [0; trust::MAX_LEN]);
    let chain =
        chip.read_trust_chain(trusted, &mut one, &mut other).map_err(said("reading the certificates"))?;
    // Once more in software: on the bus somebody could have answered in the chip's place.
    chain.device.verify(&chain.signer.public_key()?, &P256)?;
    chain.signer.verify(trusted.root().key(), &P256)?;

    let kind =
        KINDS.iter().find(|kind| kind.part() == found.part).ok_or("a part that is new to this program")?;
    // The factory's certificate ends in decades, and a cloud may want one of its own for the same key.
    let csr_pem = signs.then(|| request(chip, kind.device_key())).transpose()?;
    let mut compressed = [0; 72];
    let place = kind.device().certificate();
    chip.read_slot(place.slot(), place.offset(), &mut compressed).map_err(said("reading the 72 bytes"))?;
    let address = found.address.map(|address| format!(", address {address}")).unwrap_or_default();
    Ok(Report {
        part: format!("{}{address}", found.part),
        serial: found.serial.to_string(),
        name: chain.device.common_name().unwrap_or_default().to_owned(),
        valid: chain.device.validity()?,
        csr_pem,
        device_pem: pem(PemLabel::Certificate, chain.device.der())?,
        signer_pem: pem(PemLabel::Certificate, chain.signer.der())?,
        root_pem: pem(PemLabel::Certificate, root)?,
        compressed_hex: hex(&compressed),
    })
}
