//! `atecc cert read`.

use std::path::PathBuf;

use atecc608::PublicKey;
use atecc608::command::{GenKeyPublic, ReadBlock};
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::x509::{Certificate, Compressed, Definition, Error, KeyPlace, P256, SerialSource, SlotPlace};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::authority::Authority;
use super::example::Example;
use super::seat::Seat;
use crate::app::App;
use crate::certificates::{self, Shown, apart, failed};
use crate::failure::{Failure, Kind};
use crate::files;

/// The certificates of a key, read from the chip, made up again and verified up to the root; as PEM, the device's before
/// its signer's, as TLS sends them. Those of Trust&GO: `atecc tng`. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Read {
    /// A certificate of the same kind, from which what the 72 bytes do not say is taken: any device's of this signer.
    #[arg(long, value_name = "FILE", required_unless_present = "ca")]
    example: Option<PathBuf>,
    #[command(flatten)]
    authority: Authority,
    /// Where: the key and the places of its certificates.
    #[arg(long, value_enum, default_value_t)]
    seat: Seat,
    /// Only one of them.
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// Writes them to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Device,
    Signer,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    device: Shown,
    signer: Shown,
}

impl Read {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = "the certificates were read from the chip";
        let wrong = |error: Error| failed(tried, &error);
        let missing = || {
            let cause = "what the 72 bytes do not say is taken from a signer's certificate of the same kind";
            Failure::new(
                Kind::Usage,
                tried,
                cause,
                "give one with --signer FILE, or the authority's folder with --ca",
            )
        };
        let example = self.example.clone().or_else(|| self.authority.example()).ok_or_else(missing)?;
        let device = Example::device(certificates::first(&example)?).map_err(wrong)?;
        let signer = certificates::first(&self.authority.signer().ok_or_else(missing)?)?;
        let signer = Example::signer(signer).map_err(wrong)?;
        let root = certificates::first(&self.authority.root())?;
        let root_key = certificates::parse(&root, tried)?.public_key().map_err(wrong)?;
        let [device, signer] = chain(app, tried, self.seat, [&device, &signer], &root_key)?;
        let wanted = [(Only::Device, &device), (Only::Signer, &signer)]
            .into_iter()
            .filter(|(which, _)| self.only.is_none_or(|only| only == *which))
            .map(|(_, der)| der.as_slice());
        let text = certificates::pem(wanted)?;
        let answer = Answer {
            device: Shown::new(&certificates::parse(&device, tried)?)?,
            signer: Shown::new(&certificates::parse(&signer, tried)?)?,
        };
        files::give(app, self.out.as_deref(), text.as_bytes(), &answer)
    }
}

/// The device's certificate and its signer's, verified by the chip and here: somebody on the bus could have answered in
/// the chip's place.
pub(super) fn chain(
    app: &mut App,
    tried: &str,
    seat: Seat,
    [device, signer]: [&Example; 2],
    root_key: &PublicKey,
) -> Result<[Vec<u8>; 2], Failure> {
    let [device_place, key_place, signer_place] = seat.places();
    let reads: Vec<ReadBlock> =
        seat.places().iter().filter_map(|place| Block::data(place.slot(), 0)).map(ReadBlock).collect();
    let public = GenKeyPublic { slot: seat.key(), digest: false };
    let mut commands: Vec<&dyn crate::Refusable> = vec![&public];
    commands.extend(reads.iter().map(|read| read as &dyn crate::Refusable));
    let stored =
        app.explained(tried, &commands, Seen::new(), |chip| -> Result<_, atecc608_linux::Failure> {
            let mut two = [[0; Compressed::LEN]; 2];
            for (place, bytes) in [device_place, signer_place].into_iter().zip(&mut two) {
                chip.read_slot(place.slot(), place.offset(), bytes)?;
            }
            Ok(two.map(Compressed::from_bytes))
        })?;
    let [(device_numbers, device_source), (signer_numbers, signer_source)] =
        [numbers(&stored[0], device_place, tried)?, numbers(&stored[1], signer_place, tried)?];
    let read = device.with(device_numbers, device_source, |device| {
        signer.with(signer_numbers, signer_source, |signer| {
            let (mut one, mut other) = (vec![0; device.max_len()], vec![0; signer.max_len()]);
            let from = KeyPlace::Stored(key_place);
            let device = Definition::new(device, device_place, KeyPlace::Private(seat.key()), from);
            let signer = Definition::new(signer, signer_place, from, KeyPlace::Known(*root_key));
            app.explained(tried, &commands, Seen::new(), |chip| {
                let chain = chip.read_chain(&device, &signer, root_key, &mut one, &mut other);
                apart(chain.map(|chain| [chain.device.der().to_vec(), chain.signer.der().to_vec()]))
            })
        })
    })?;
    let [device, signer] = read.map_err(|error| failed(tried, &error))?;
    let verified = || {
        let (device, signer) = (Certificate::parse(&device)?, Certificate::parse(&signer)?);
        signer.verify(root_key, &P256)?;
        device.verify(&signer.public_key()?, &P256)
    };
    verified().map_err(|error: Error| failed(tried, &error))?;
    Ok([device, signer])
}

/// What the 72 bytes say about their template.
fn numbers(
    compressed: &Compressed,
    place: SlotPlace,
    tried: &str,
) -> Result<((u8, u8), SerialSource), Failure> {
    let bytes = compressed.as_bytes();
    if bytes.iter().all(|byte| *byte == 0) || bytes.iter().all(|byte| *byte == 0xFF) {
        return Err(failed(tried, &Error::Blank(place)));
    }
    let source = compressed.serial_source().map_err(|error| failed(tried, &Error::Compressed(error)))?;
    Ok(((compressed.template(), compressed.chain()), source))
}
