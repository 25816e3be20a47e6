//! The device's certificate: read from files, or what is needed to read it from the chip.

use crate::{file, pem};
use atecc608::x509::Certificate;
use std::path::Path;

/// What certificates may have together, in bytes: as much as goes into the transmit buffer of the firmware's TLS.
const CHAIN_MAX: usize = 1241;
/// The chip in the example of a fleet.
const EXAMPLE_CHIP: &str = "sn0123456789ABCDEF01";

/// Where the device's certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody has said.
    Unknown,
    /// On the chip, from Microchip.
    Trust,
    /// Here: DER, the device's own first.
    Chain(Vec<Vec<u8>>),
    /// On the chip, from a fleet's station.
    Fleet {
        /// An example of a device's.
        device: Vec<u8>,
        /// The signer's, in DER.
        signer: Vec<u8>,
        /// The signer's id.
        signer_id: String,
        /// The root's public key.
        root: [u8; 64],
    },
}

/// The files of a fleet.
const FLEET: [&str; 3] = ["device-example.pem", "signer.pem", "root.pem"];

/// The files that are read.
pub(crate) fn files(certificate: &file::Certificate) -> Vec<String> {
    let chain = certificate.chain.iter().flatten().cloned();
    let fleet = certificate.fleet.iter().flat_map(|folder| FLEET.map(|name| format!("{folder}/{name}")));
    chain.chain(fleet).collect()
}

/// Reads and checks them. What is wrong comes with the field's name.
pub(crate) fn read(folder: &Path, certificate: &file::Certificate) -> Result<Source, (String, String)> {
    let wrong = |field: &str, problem: String| (format!("certificate.{field}"), problem);
    match (certificate.trust, &certificate.chain, &certificate.fleet) {
        (false, None, None) => Ok(Source::Unknown),
        (true, None, None) => Ok(Source::Trust),
        (false, Some(names), None) => chain(folder, names).map_err(|problem| wrong("chain", problem)),
        (false, None, Some(name)) => fleet(folder, name).map_err(|problem| wrong("fleet", problem)),
        _ => Err(("certificate".into(), "has more than one of trust, chain and fleet; leave one".into())),
    }
}

fn chain(folder: &Path, names: &[String]) -> Result<Source, String> {
    let mut ders = Vec::new();
    for name in names {
        ders.extend(pem::certificates(folder, name).map_err(|problem| format!("{name:?} {problem}"))?);
    }
    let parsed = ders.iter().map(|der| Certificate::parse(der)).collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|error| format!("holds something that is no certificate: {error}"))?;
    let own = parsed.first().ok_or("names no certificate; the device's own comes first")?;
    own.public_key().map_err(|error| {
        format!(
            "the first certificate, which must be the device's own, has no key of the chip's kind: {error}"
        )
    })?;
    let broken = parsed.windows(2).position(|pair| match pair {
        [one, next] => one.issuer() != next.subject(),
        _ => false,
    });
    if let Some(place) = broken {
        return Err(format!(
            "certificate {} was not issued by the one after it; the device's own comes first, then its issuer's, and \
             so on",
            place + 1
        ));
    }
    match ders.iter().map(Vec::len).sum() {
        0..=CHAIN_MAX => Ok(Source::Chain(ders)),
        bytes => Err(format!(
            "has {bytes} bytes of certificates; there is room for {CHAIN_MAX}; leave out issuers that the server knows, \
             the root first"
        )),
    }
}

fn fleet(folder: &Path, name: &str) -> Result<Source, String> {
    let read = |file: &str| -> Result<Vec<u8>, String> {
        let path = format!("{name}/{file}");
        let ders = pem::certificates(folder, &path).map_err(|problem| format!("{path:?} {problem}"))?;
        let der = ders.into_iter().next().unwrap_or_default();
        Certificate::parse(&der).map_err(|error| format!("{path:?} is no certificate: {error}"))?;
        Ok(der)
    };
    let [device, signer, root] = FLEET;
    let (device, signer, root) = (read(device)?, read(signer)?, read(root)?);
    let unfit = |error| format!("{name:?} holds no authority whose certificates fit the chip: {error}");
    let (example, by) =
        (Certificate::parse(&device).map_err(unfit)?, Certificate::parse(&signer).map_err(unfit)?);
    let root = Certificate::parse(&root).map_err(unfit)?.public_key().map_err(unfit)?;
    by.public_key().map_err(unfit)?;
    if example.issuer() != by.subject() || example.common_name() != Some(EXAMPLE_CHIP) {
        return Err(format!(
            "{name:?} is no authority of the example `fleet`: its device-example.pem must be named {EXAMPLE_CHIP} and \
             issued by its signer"
        ));
    }
    let digits = by.common_name().and_then(|name| name.get(name.len().checked_sub(4)?..));
    let is_id = |digits: &&str| digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    let Some(signer_id) = digits.filter(is_id).map(str::to_owned) else {
        return Err(format!("the name of the signer in {name:?} does not end in its id, four digits 0 to F"));
    };
    Ok(Source::Fleet { device, signer, signer_id, root: *root.as_bytes() })
}
