//! Locking a configuration in two steps: look at what would happen, then have just that happen.
//!
//! ```
//! use atecc608::{blocking::Atecc608, config::preset, irreversible::NoMoreConfigWrites};
//!
//! # let bus = atecc608_sim::Bus::with_blank_chip(1);
//! let mut chip = Atecc608::new(bus.i2c(), bus.delay());
//! let wanted = preset::gcp_device(&chip.read_config()?);
//!
//! let plan = chip.plan(&wanted)?;
//! println!("{plan}"); // a person reads it, or a test compares it
//! assert_eq!(plan.errors(), 0);
//!
//! chip.commit(&plan, NoMoreConfigWrites)?;
//! # assert!(chip.read_config()?.is_config_locked());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod error;

pub use error::{CommitError, PlanError};

use crate::config::explain::{Action, Permitted, Stage};
use crate::config::lint::Findings;
use crate::config::{ConfigZone, Difference};
use crate::memory::Slot;
use crate::wire::frame::crc16;
use core::fmt;

/// What committing a configuration would do to one chip. `{}` shows it all: bytes that change, findings,
/// what becomes impossible, the CRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Plan {
    present: ConfigZone,
    wanted: ConfigZone,
    despite_errors: bool,
}

impl Plan {
    /// From what the chip holds to what it should hold.
    ///
    /// # Errors
    /// [`PlanError`], if the chip could not be brought there.
    pub fn new(present: &ConfigZone, wanted: &ConfigZone) -> Result<Self, PlanError> {
        if present.is_config_locked() {
            return Err(PlanError::AlreadyLocked);
        }
        match wanted.difference(present).find(|byte| !ConfigZone::is_writable(byte.offset)) {
            Some(Difference { offset, .. }) => Err(PlanError::NotWritable { offset }),
            None => Ok(Self { present: *present, wanted: *wanted, despite_errors: false }),
        }
    }

    /// The same, but `commit` does not stop at findings that are errors. For those who know better.
    #[must_use]
    pub const fn despite_errors(mut self) -> Self {
        self.despite_errors = true;
        self
    }

    /// What the chip held when the plan was made.
    #[must_use]
    pub const fn present(&self) -> &ConfigZone {
        &self.present
    }

    /// What it is to hold for ever.
    #[must_use]
    pub const fn wanted(&self) -> &ConfigZone {
        &self.wanted
    }

    /// The bytes that change: the new one on the left, the present one on the right.
    pub fn changes(&self) -> impl Iterator<Item = Difference> + '_ {
        self.wanted.difference(&self.present)
    }

    /// What lint says about the wanted configuration.
    #[must_use]
    pub const fn findings(&self) -> Findings<'_> {
        self.wanted.lint()
    }

    /// How many of the findings are errors.
    #[must_use]
    pub const fn errors(&self) -> usize {
        self.wanted.lint_errors()
    }

    /// What works between the locks and never again after the data lock.
    pub fn lost(&self) -> impl Iterator<Item = (Slot, Action)> + '_ {
        let between = Permitted::new(&self.wanted, Stage::ConfigLocked);
        let after = Permitted::new(&self.wanted, Stage::Locked);
        let all = Slot::all().flat_map(|slot| Action::ALL.map(|action| (slot, action)));
        all.filter(move |(slot, action)| {
            between.possible(*slot, *action).is_some() && after.possible(*slot, *action).is_none()
        })
    }

    /// What works after both locks and never again once this slot is locked, too; nothing if it can't be.
    pub fn lost_to_slot_lock(&self, slot: Slot) -> impl Iterator<Item = Action> + '_ {
        let mut locked = self.wanted;
        let byte = 88 + slot.number() / 8;
        locked.set_byte(byte, locked.byte(byte) & !(1 << (slot.number() % 8)));
        let lockable = self.wanted.permission(slot, Action::LockSlot, Stage::Locked).is_some();
        Action::ALL.into_iter().filter(move |action| {
            let works = |zone: &ConfigZone| zone.permission(slot, *action, Stage::Locked).is_some();
            lockable && works(&self.wanted) && !works(&locked)
        })
    }

    /// CRC of the wanted bytes, low byte first: the chip locks only if its own is the same.
    #[must_use]
    pub fn crc(&self) -> [u8; 2] {
        crc16([&self.wanted.as_bytes()[..]])
    }

    /// Why `commit` would not begin.
    pub(crate) fn refusal(&self) -> Option<usize> {
        Some(self.errors()).filter(|errors| *errors > 0 && !self.despite_errors)
    }

    /// Whether a chip with these bytes is the plan's chip, on its way or not yet: each byte is the present
    /// or the wanted one.
    pub(crate) fn covers(&self, found: &ConfigZone) -> bool {
        let bytes = found.as_bytes().iter().zip(self.present.as_bytes().iter().zip(self.wanted.as_bytes()));
        bytes.into_iter().all(|(found, (present, wanted))| found == present || found == wanted)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Chip {}", self.present.serial_number())?;
        writeln!(f, "\n{} bytes change:", self.changes().count())?;
        for Difference { offset, left, right } in self.changes() {
            let field = ConfigZone::field_name(offset);
            writeln!(f, "  byte {offset} ({field}): {right:02x} becomes {left:02x}")?;
        }
        writeln!(f, "\nFindings:\n{}", self.findings())?;
        writeln!(f, "\nImpossible after the config lock: any change of these bytes.")?;
        write!(f, "Impossible after the data lock, and possible between the locks:")?;
        let mut last = None;
        for (slot, action) in self.lost() {
            if last == Some(slot) {
                write!(f, "; {action}")?;
            } else {
                write!(f, "\n  {slot}: {action}")?;
            }
            last = Some(slot);
        }
        if Slot::all().any(|slot| self.lost_to_slot_lock(slot).next().is_some()) {
            write!(f, "\nImpossible once a slot is locked on its own, and possible until then:")?;
        }
        for slot in Slot::all() {
            let mut separator = "";
            for action in self.lost_to_slot_lock(slot).filter(|action| *action != Action::LockSlot) {
                if separator.is_empty() {
                    write!(f, "\n  {slot}: ")?;
                }
                write!(f, "{separator}{action}")?;
                separator = "; ";
            }
        }
        let [low, high] = self.crc();
        write!(f, "\n\nCRC of the configuration to lock: {low:02x} {high:02x}")
    }
}
