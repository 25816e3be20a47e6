//! The chain that a Trust&GO or TrustFLEX chip has from the factory.

use atecc608::x509::trust::{self, Kind, TrustAnchor, TrustError};
use atecc608::{PublicKey, Slot};
use atecc608_linux::SharedChip;
use atecc608_sim::preset::demo_root;
use demo::Failure;
use rustls::pki_types::CertificateDer;

use super::{Identity, found, name_of, of_chip};
use crate::report::Report;

const KINDS: [&Kind; 5] =
    [&trust::TNGTLS, &trust::TNGTLS_LEGACY, &trust::TFLXTLS, &trust::TNGLORA, &trust::TNGLORA_LEGACY];

/// Reads it; a simulated chip's certificates lead to a root that everybody has the key of.
pub(super) fn chain(chip: SharedChip, report: &mut Report) -> Result<Identity, Failure> {
    let demo = demo_root();
    let (trusted, root) = if found::is_simulated(&chip) {
        let anchor = TrustAnchor::new(PublicKey::from_bytes(demo.public_key));
        (trust::MICROCHIP.with_root(anchor), &demo.certificate[..])
    } else {
        (trust::MICROCHIP, &trust::ROOT_DER[..])
    };
    let (mut one, mut other) = ([0; trust::MAX_LEN], [0; trust::MAX_LEN]);
    let read = chip.with(|chip| {
        let part = chip.identify_trust(&trusted)?.part;
        let chain = chip.read_trust_chain(&trusted, &mut one, &mut other)?;
        Ok::<_, TrustError<_>>((part, [chain.device.der().to_vec(), chain.signer.der().to_vec()]))
    });
    let (part, ders) = read.map_err(|error| {
        let failure = of_chip("the certificates of a Trust&GO or TrustFLEX chip were looked for", &error);
        match error.trouble() {
            Some(_) => failure,
            None => failure.advising(NOT_ONE),
        }
    })?;
    let kind = KINDS.iter().find(|kind| kind.part() == part);
    let slot = kind.map_or(Slot::S0, |kind| kind.device_key());
    let names = ders.each_ref().map(|der| name_of(der));
    let [device, signer] = &names;
    report.say(format_args!(
        "Chain of a {part} chip read and verified: {device}, issued by {signer}, issued by {}",
        name_of(root)
    ));
    let chain = ders.into_iter().map(CertificateDer::from).collect();
    Identity::new(chip, slot, chain, Some(root.to_vec().into()))
}

const NOT_ONE: &str = "the chip is locked with a configuration of its own, and no certificates are known here: give \
                       --certificate the chain for the key in --slot; --csr prints a request for it";
