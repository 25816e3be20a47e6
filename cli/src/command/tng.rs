//! `atecc tng`.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::{MessageSource, ReadBlock, SignExternal};
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::x509::trust::{self, Identity, Kind as Part, Trust, TrustAnchor, TrustError};
use atecc608::x509::{Certificate, P256};
use atecc608::{PublicKey, Slot};
use atecc608_linux::{BusError, Location};
use atecc608_sim::preset::demo_root;
use clap::{Args, ValueEnum};
use p256::elliptic_curve::Generate as _;
use serde::Serialize;

use crate::app::App;
use crate::certificates::{self, Shown};
use crate::failure::{Failure, Kind};
use crate::{files, signature};

/// Trust&GO and TrustFLEX: which part it is, and its certificates from the factory, verified up to Microchip's root. On
/// simulated chips up to the root of the demo, whose key everybody has. [changes nothing]
#[derive(Debug, Args)]
#[command(name = "tng")]
pub struct Tng {
    /// What is wanted. Without it: which part it is.
    #[arg(value_enum)]
    what: Option<What>,
    /// Another root than Microchip's.
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Writes the certificate to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The device's certificate, as PEM.
    Device,
    /// Its signer's certificate, as PEM.
    Signer,
    /// The root's certificate, as PEM.
    Root,
    /// The device's and its signer's, as TLS sends them, as PEM.
    Chain,
    /// Verifies all of it, and has the chip prove that the key is there.
    Verify,
}

/// Every part whose certificates are known.
const PARTS: [&Part; 5] =
    [&trust::TNGTLS, &trust::TNGTLS_LEGACY, &trust::TFLXTLS, &trust::TNGLORA, &trust::TNGLORA_LEGACY];

/// What was read and verified.
struct Found {
    identity: Identity,
    device: Vec<u8>,
    signer: Vec<u8>,
    root: Vec<u8>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    part: String,
    serial: String,
    /// The signer's id.
    signer_id: String,
    /// MAC address or EUI-64, if it has one.
    hardware_address: Option<String>,
    /// The slot of the device's key.
    key_slot: Option<u8>,
    /// Whether the chip has proved that the key is there; null if it was not asked.
    has_key: Option<bool>,
    device: Shown,
    signer: Shown,
    root: Shown,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "part          {}", self.part)?;
        writeln!(f, "serial number {}", self.serial)?;
        if let Some(address) = &self.hardware_address {
            writeln!(f, "address       {address}")?;
        }
        if let Some(slot) = self.key_slot {
            writeln!(f, "key           slot {slot}")?;
        }
        writeln!(f, "device        {}", self.device.subject)?;
        writeln!(f, "signer        {}", self.signer.subject)?;
        writeln!(f, "root          {}", self.root.subject)?;
        write!(f, "verified up to the root, by the chip and on this machine")?;
        if self.has_key == Some(true) { f.write_str("; the chip proved that it has the key") } else { Ok(()) }
    }
}

impl Tng {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = "the certificates of a Trust&GO chip were read";
        let found = self.found(app, tried)?;
        let slot = PARTS.iter().find(|part| part.part() == found.identity.part).map(|part| part.device_key());
        let wanted: &[&[u8]] = match self.what {
            None | Some(What::Verify) => &[],
            Some(What::Device) => &[&found.device],
            Some(What::Signer) => &[&found.signer],
            Some(What::Root) => &[&found.root],
            Some(What::Chain) => &[&found.device, &found.signer],
        };
        let has_key = match (self.what, slot) {
            (Some(What::Verify), Some(slot)) => Some(proves(app, slot, &found.device)?),
            _ => None,
        };
        let Identity { part, serial, signer, address, .. } = found.identity;
        let shown = |der: &[u8]| Shown::new(&certificates::parse(der, tried)?);
        let answer = Answer {
            part: part.to_string(),
            serial: serial.to_string(),
            signer_id: signer.to_string(),
            hardware_address: address.map(|address| address.to_string()),
            key_slot: slot.map(Slot::number),
            has_key,
            device: shown(&found.device)?,
            signer: shown(&found.signer)?,
            root: shown(&found.root)?,
        };
        if has_key == Some(false) {
            app.note("the certificates are good, and may be a copy: the key is not in this chip");
            return Err(Failure::no("the chip's signature does not fit to its certificate"));
        }
        if wanted.is_empty() {
            return app.answer(&answer);
        }
        files::give(app, self.out.as_deref(), certificates::pem(wanted.iter().copied())?.as_bytes(), &answer)
    }

    /// The chain, up to the root that is to be trusted here.
    fn found(&self, app: &mut App, tried: &str) -> Result<Found, Failure> {
        if let Some(path) = &self.root {
            let root = certificates::first(path)?;
            let key = certificates::parse(&root, tried)?.public_key();
            let key = key.map_err(|error| certificates::failed(tried, &error))?;
            return read(app, tried, key, root)?.map_err(|error| untrusted(&error));
        }
        let microchip = read(app, tried, *trust::ROOT.key(), trust::ROOT_DER.to_vec())?;
        let simulated = matches!(
            app.chip()?.location(),
            Location::Preset(_) | Location::Simulator | Location::SimulatorFile(_)
        );
        match microchip {
            Err(TrustError::NotByRoot(_)) if simulated => {
                let root = demo_root();
                app.note("a simulated chip: its root is that of the demo, whose key everybody has");
                let key = PublicKey::from_bytes(root.public_key);
                read(app, tried, key, root.certificate.clone())?
            }
            other => other,
        }
        .map_err(|error| untrusted(&error))
    }
}

/// Read, verified by the chip, and once more here: somebody on the bus could have answered in the chip's place.
fn read(
    app: &mut App,
    tried: &str,
    key: PublicKey,
    root: Vec<u8>,
) -> Result<Result<Found, TrustError<BusError>>, Failure> {
    let trusted: Trust<'_> = trust::MICROCHIP.with_root(TrustAnchor::new(key));
    let place = Block::data(trust::TNGTLS.device().certificate().slot(), 0).map(ReadBlock);
    let commands: Vec<&dyn crate::Refusable> =
        place.iter().map(|read| read as &dyn crate::Refusable).collect();
    let read =
        app.explained(tried, &commands, Seen::new(), |chip| -> Result<_, atecc608_linux::Failure> {
            let (mut one, mut other) = ([0; trust::MAX_LEN], [0; trust::MAX_LEN]);
            let chain = chip.identify_trust(&trusted).and_then(|identity| {
                let chain = chip.read_trust_chain(&trusted, &mut one, &mut other)?;
                Ok((identity, chain.device.der().to_vec(), chain.signer.der().to_vec()))
            });
            match chain {
                Err(TrustError::Chip(error)) => Err(error.into()),
                other => Ok(other),
            }
        })?;
    let (identity, device, signer) = match read {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let verified = || {
        let (device, signer) = (Certificate::parse(&device)?, Certificate::parse(&signer)?);
        signer.verify(&key, &P256)?;
        device.verify(&signer.public_key()?, &P256)
    };
    Ok(match verified() {
        Ok(()) => Ok(Found { identity, device, signer, root }),
        Err(error) => Err(TrustError::X509(error)),
    })
}

/// Whether the key of the certificate is in the slot: it signs what nobody has signed before.
fn proves(app: &mut App, slot: Slot, device: &[u8]) -> Result<bool, Failure> {
    let tried = format!("the chip was to prove that it has the key in {slot}");
    let key = certificates::parse(device, &tried)?.public_key();
    let key = key.map_err(|error| certificates::failed(&tried, &error))?;
    let question = <[u8; 32]>::generate();
    let command = SignExternal { slot, source: MessageSource::MessageDigest };
    let answer = app.explained(&tried, &[&command], Seen::new(), |chip| chip.sign_digest(slot, &question))?;
    Ok(signature::fits(key, &question, &answer))
}

/// What is not to be believed.
fn untrusted(error: &TrustError<BusError>) -> Failure {
    let help = match error {
        TrustError::NotTrust(_) => "`atecc info` tells which chip it is; own certificates: `atecc cert read`",
        TrustError::NoCertificate { .. } => {
            "a TrustFLEX part without certificates: `atecc csr`, then `atecc cert write`"
        }
        TrustError::NotByRoot(_) => "if it is to have another root than Microchip's, name that with --root",
        _ => "do not trust this chip: what it holds does not belong together",
    };
    Failure::new(
        Kind::No,
        "no certificates of a Trust&GO or TrustFLEX chip were found that can be trusted",
        error,
        help,
    )
}
