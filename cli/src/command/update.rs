//! `atecc update`.

use std::fmt;

use atecc608::Address;
use atecc608::command::{ExtraByte, ReadWord, UpdateExtra};
use atecc608::config::ConfigZone;
use atecc608::irreversible::ByteIsFixed;
use atecc608::memory::Word;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::refusal;

/// The two bytes of the configuration that can be set once, also after the locks (chip reference 5.20). Without a value
/// it says what they are. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub struct Update {
    /// Which byte.
    #[arg(requires = "value")]
    byte: Option<Byte>,

    /// Its value, 1 to 255, or 0x01 to 0xff.
    #[arg(value_parser = value)]
    value: Option<u8>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Byte {
    /// Byte 84: yours.
    UserExtra,
    /// Byte 85: the I2C address, if ChipMode says so.
    UserExtraAdd,
}

fn value(text: &str) -> Result<u8, String> {
    let byte = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    byte.ok()
        .filter(|byte| *byte != 0)
        .ok_or_else(|| "a value is 1 to 255, or 0x01 to 0xff; 0 is not set".into())
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    user_extra: u8,
    user_extra_add: u8,
    /// Set now.
    set: bool,
    #[serde(skip)]
    dry_run: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |byte| if byte == 0 { "not set" } else { "set, for ever" };
        writeln!(f, "byte 84 (UserExtra)    {:#04x}  {}", self.user_extra, word(self.user_extra))?;
        write!(f, "byte 85 (UserExtraAdd) {:#04x}  {}", self.user_extra_add, word(self.user_extra_add))?;
        if self.dry_run {
            f.write_str("\nThat is how it would be; nothing was done")?;
        }
        Ok(())
    }
}

impl Answer {
    fn new(zone: &ConfigZone) -> Self {
        let (user_extra, user_extra_add) = (zone.user_extra(), zone.user_extra_add());
        Self { user_extra, user_extra_add, set: false, dry_run: false }
    }
}

impl Update {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let mut zone = app.ask("the chip's configuration was read", |chip| chip.read_config())?;
        let Some((byte, value)) = self.byte.zip(self.value) else { return app.answer(&Answer::new(&zone)) };
        let (extra, offset) = match byte {
            Byte::UserExtra => (ExtraByte::UserExtra, 84),
            Byte::UserExtraAdd => (ExtraByte::UserExtraAdd, 85),
        };
        let name = format!("byte {offset} ({})", ConfigZone::field_name(offset));
        let tried = format!("{name} was to be set to {value:#04x}");
        if zone.byte(offset) == value {
            app.note(format_args!("{name} was {value:#04x} before: nothing was done"));
            return app.answer(&Answer::new(&zone));
        }
        let command = UpdateExtra { byte: extra, value, fixed: ByteIsFixed };
        refusal::permitted(&tried, &zone, &command)?;
        let moves = moves(&zone, extra, value, &tried)?;
        let moved =
            moves.map_or_else(String::new, |to| format!("; from its next sleep on the chip answers at {to}"));
        if app.dry_run() {
            zone.set_byte(offset, value);
            return app.answer(&Answer { dry_run: true, ..Answer::new(&zone) });
        }
        let consent = app
            .consent(format_args!("{name} will be {value:#04x}, and no other value any more{}", moved))?
            .for_chip(zone.serial_number(), &tried)?;
        // In one session: behind it the chip may answer elsewhere.
        let word = Word::config(21).expect("bytes 84 to 87");
        let found = app.consented(&consent, &tried, &[&command], |chip| {
            chip.session(|chip| -> Result<_, atecc608::Error<atecc608_linux::BusError>> {
                chip.execute(&command)?;
                chip.execute(&ReadWord(word))
            })
        })?;
        (84..).zip(found).for_each(|(offset, byte)| zone.set_byte(offset, byte));
        if zone.byte(offset) != value {
            let cause = format!("the chip took the command, and the byte is {:#04x}", zone.byte(offset));
            return Err(Failure::new(Kind::Contact, tried, cause, "look again: atecc update"));
        }
        if let Some(to) = moves {
            app.note(format_args!("from its next sleep on the chip answers at {to}"));
        }
        app.answer(&Answer { set: true, ..Answer::new(&zone) })
    }
}

/// Where the chip answers from then on, if that is elsewhere (chip reference 1.1).
///
/// # Errors
///
/// [`Kind::Usage`]: nobody could call it there.
fn moves(zone: &ConfigZone, byte: ExtraByte, value: u8, tried: &str) -> Result<Option<Address>, Failure> {
    if !matches!(byte, ExtraByte::UserExtraAdd) || !zone.chip_mode().alternate_address() {
        return Ok(None);
    }
    Address::from_config_byte(value).map(Some).ok_or_else(|| {
        let cause = format!(
            "the chip would answer at {:#04x} (7 bits), which I2C reserves: nobody could call it",
            value >> 1
        );
        Failure::new(Kind::Usage, tried, cause, "give an address in its 8-bit form, 0x10 to 0xee")
    })
}
