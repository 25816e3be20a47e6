//! `atecc info`.

use std::fmt;

use atecc608::Slot;
use atecc608::command::Revision;
use atecc608::x509::trust::OtpCode;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parse::hex;

/// The chip: model, serial number, whether Microchip set it up, locks. [changes nothing]
#[derive(Debug, Args)]
pub struct Info {}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    bus: String,
    address: String,
    model: String,
    /// 4 bytes, in hexadecimal.
    revision: String,
    serial: String,
    /// What it is sold as, by the code in its OTP zone; null if that is none, or can't be read yet.
    sold_as: Option<&'static str>,
    config_locked: bool,
    data_locked: bool,
    /// On their own, beside the lock of the data zone.
    locked_slots: Vec<u8>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lock = |locked| if locked { "locked" } else { "open" };
        writeln!(f, "chip          {} ({}) at {} on {}", self.model, self.revision, self.address, self.bus)?;
        writeln!(f, "serial number {}", self.serial)?;
        if let Some(part) = self.sold_as {
            writeln!(f, "sold as       {part}, by its OTP zone; `atecc tng` verifies its certificates")?;
        }
        writeln!(f, "configuration {}", lock(self.config_locked))?;
        writeln!(f, "data and OTP  {}", lock(self.data_locked))?;
        let slots: Vec<String> = self.locked_slots.iter().map(u8::to_string).collect();
        match slots.as_slice() {
            [] => write!(f, "slots         none locked on its own"),
            slots => write!(f, "slots         locked on their own: {}", slots.join(", ")),
        }
    }
}

/// The chip's name, as it is printed on it.
pub(super) fn model(revision: Revision) -> String {
    let text = revision.to_string();
    text.split_once(" (").map_or_else(|| text.clone(), |(name, _)| name.to_owned())
}

impl Info {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let (bus, chip) = (app.bus()?, app.chip()?);
        let (revision, zone, otp) =
            app.ask("the chip was asked what it is", |chip| -> Result<_, atecc608_linux::Failure> {
                let (revision, zone) = (chip.revision()?, chip.read_config()?);
                // Before the lock the chip gives nothing of it.
                let otp = if zone.is_data_locked() { Some(chip.read_otp()?) } else { None };
                Ok((revision, zone, otp))
            })?;
        if !revision.is_608() {
            app.note(format_args!("{revision} is no ATECC608, which is what this program is for"));
        }
        let code = otp.and_then(|otp| Some(OtpCode(*otp.first_chunk()?)));
        let locks = atecc608::LockState::of(&zone);
        app.answer(&Answer {
            bus,
            address: chip.address().to_string(),
            model: model(revision),
            revision: hex(&revision.0),
            serial: zone.serial_number().to_string(),
            sold_as: code.and_then(|code| code.parts().first().map(|part| part.name())),
            config_locked: locks.config,
            data_locked: locks.data,
            locked_slots: Slot::all().filter(|slot| locks.slot(*slot)).map(Slot::number).collect(),
        })
    }
}
