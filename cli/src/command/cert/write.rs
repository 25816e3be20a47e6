//! `atecc cert write`.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::{GenKeyPublic, ReadBlock, WriteBlock};
use atecc608::config::explain::Action;
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::x509::{Compressed, P256, Parts, Stored};
use clap::Args;
use serde::Serialize;

use super::authority::Authority;
use super::example::Example;
use super::seat::Seat;
use crate::app::App;
use crate::certificates::{self, failed};
use crate::failure::{Failure, Kind};
use crate::parse::hex;
use crate::slots;

/// Writes a device's certificate to the chip, in 72 bytes, with its signer's key and certificate beside it. What lies
/// there is overwritten. [can be undone while the slots can be written]
#[derive(Debug, Args)]
pub(super) struct Write {
    /// The device's certificate, as PEM or DER; its signer's may stand behind it.
    certificate: PathBuf,
    #[command(flatten)]
    authority: Authority,
    /// Where: the key and the places of its certificates.
    #[arg(long, value_enum, default_value_t)]
    seat: Seat,
    /// The number that stands in the 72 bytes for the device's template.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..16))]
    template: u8,
    /// The same for the signer's template.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..16))]
    signer_template: u8,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// False in a dry run.
    written: bool,
    /// Read back and made up again: the data zone is locked.
    read_back: bool,
    device: Place,
    signer_key: u8,
    signer: Place,
}

#[derive(Debug, Serialize)]
struct Place {
    slot: u8,
    offset: usize,
    /// As the chip keeps it, in hexadecimal.
    compressed: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.written { "written" } else { "would be written" };
        for (what, place) in [("device's", &self.device), ("signer's", &self.signer)] {
            let Place { slot, offset, compressed } = place;
            writeln!(f, "slot {slot} at {offset}: the {what} certificate, {word}\n  {compressed}")?;
        }
        write!(f, "the signer's key beside them, {word}")?;
        match (self.written, self.read_back) {
            (true, true) => f.write_str("; read back, made up again and verified"),
            (true, false) => f.write_str("; they can be read back once the data zone is locked"),
            (false, _) => Ok(()),
        }
    }
}

impl Write {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = format!("{} was to be written to the chip", self.certificate.display());
        let (device, signer, root) = self.examples(&tried)?;
        let wrong = |error: atecc608::x509::Error| failed(&tried, &error);
        let key = certificates::parse(device.der(), &tried)?.public_key().map_err(wrong)?;
        let signer_certificate = certificates::parse(signer.der(), &tried)?;
        let signer_key = signer_certificate.public_key().map_err(wrong)?;
        let root_key = certificates::parse(&root, &tried)?.public_key().map_err(wrong)?;
        certificates::parse(device.der(), &tried)?.verify(&signer_key, &P256).map_err(wrong)?;
        signer_certificate.verify(&root_key, &P256).map_err(wrong)?;

        let slot = self.seat.key();
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        let serial = zone.serial_number();
        let public = GenKeyPublic { slot, digest: false };
        let found = app.explained(&tried, &[&public], Seen::new(), |chip| chip.public_key(slot))?;
        if found != key {
            let cause = format!("the certificate is for another key than that in {slot} of chip {serial}");
            let help = "`atecc csr` makes the request for the key that is there; --seat names another one";
            return Err(Failure::new(Kind::Usage, tried, cause, help));
        }
        let parts = Parts::new(key, signer_key).with_chip_serial(serial);
        let device_compressed =
            device.compress((self.template, 0), &parts).map_err(|error| short(&tried, &error))?;
        let signer_compressed = signer
            .compress((self.signer_template, 0), &Parts::new(signer_key, root_key))
            .map_err(|error| short(&tried, &error))?;
        let places = self.seat.places();
        for place in places {
            slots::permits(&zone, place.slot(), Action::Write, &tried)?;
        }
        let answer = |written, read_back| Answer {
            written,
            read_back,
            device: Place::new(places[0], &device_compressed),
            signer_key: places[1].slot().number(),
            signer: Place::new(places[2], &signer_compressed),
        };
        if app.dry_run() {
            return app.answer(&answer(false, false));
        }
        let contents = [
            (places[0], Stored::Certificate(&device_compressed)),
            (places[1], Stored::Key(&signer_key)),
            (places[2], Stored::Certificate(&signer_compressed)),
        ];
        let blocks: Vec<Block> = places.iter().filter_map(|place| Block::data(place.slot(), 0)).collect();
        let writes: Vec<WriteBlock<'_>> = blocks.iter().map(|block| WriteBlock(*block, &[0; 32])).collect();
        let reads: Vec<ReadBlock> = blocks.iter().map(|block| ReadBlock(*block)).collect();
        let commands = writes.iter().map(|write| write as &dyn crate::Refusable);
        let commands: Vec<_> =
            commands.chain(reads.iter().map(|read| read as &dyn crate::Refusable)).collect();
        let seats = places.map(|place| place.slot());
        slots::overwrite(app, &zone, &seats, &tried, (&commands, Seen::new()), |chip| {
            chip.write_places(&contents)
        })?;
        let read_back = zone.is_data_locked();
        if read_back {
            let [back, _] = super::read::chain(app, &tried, self.seat, [&device, &signer], &root_key)?;
            if back != device.der() {
                let cause = "another certificate was read back than was written";
                return Err(Failure::new(Kind::Contact, tried, cause, "check the wiring; write it again"));
            }
        }
        app.answer(&answer(true, read_back))
    }

    /// The device's, the signer's, the root.
    fn examples(&self, tried: &str) -> Result<(Example, Example, Vec<u8>), Failure> {
        let mut chain = certificates::read(&self.certificate)?.into_iter();
        let device = chain.next().unwrap_or_default();
        let signer = match (chain.next(), self.authority.signer()) {
            (Some(behind), _) => Some(behind),
            (None, Some(path)) => Some(certificates::first(&path)?),
            (None, None) => None,
        };
        let signer = signer.ok_or_else(|| {
            let cause = "the signer's certificate is not there: the chip keeps it and its key, too";
            Failure::new(Kind::Usage, tried, cause, "give it with --signer FILE, or behind the device's")
        })?;
        let wrong = |error: atecc608::x509::Error| failed(tried, &error);
        let (device, signer) =
            (Example::device(device).map_err(wrong)?, Example::signer(signer).map_err(wrong)?);
        Ok((device, signer, certificates::first(&self.authority.root())?))
    }
}

impl Place {
    fn new(place: atecc608::x509::SlotPlace, compressed: &Compressed) -> Self {
        Self { slot: place.slot().number(), offset: place.offset(), compressed: hex(compressed.as_bytes()) }
    }
}

/// 72 bytes do not hold everything.
fn short(tried: &str, error: &atecc608::x509::Error) -> Failure {
    let cause = format!("this certificate does not fit into 72 bytes: {error}");
    let help = "have it issued with full hours, an end the same day in whole years, and a serial number by hash of the \
                key (`atecc provision` does); or keep it in a file: it is public, and useless without the chip";
    Failure::new(Kind::Usage, tried, cause, help)
}
