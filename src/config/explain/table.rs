//! The table for terminals.

use super::action::Stage;
use super::column::{COLUMNS, Column, LEGEND, Mark, Terms, holds};
use super::permitted::Permitted;
use crate::config::ConfigZone;
use crate::memory::Slot;
use core::fmt::{self, Write};

/// What a configuration permits, to be shown: `{}` gives a table for terminals, [`Explain::html`]
/// one for browsers.
///
/// ```
/// use atecc608::config::{ConfigZone, explain::Explain, preset};
///
/// let zone = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
/// let text = Explain::new(&zone).to_string();
/// let slot_1 = text.lines().find(|line| line.trim_start().starts_with("1 private key")).unwrap();
/// assert!(slot_1.contains("++"), "made and made anew, between the locks and after both");
/// ```
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Explain<'a> {
    pub(super) zone: &'a ConfigZone,
    between: Permitted<'a>,
    after: Permitted<'a>,
}

impl<'a> Explain<'a> {
    /// Works it out.
    #[must_use]
    pub const fn new(zone: &'a ConfigZone) -> Self {
        Self {
            zone,
            between: Permitted::new(zone, Stage::ConfigLocked),
            after: Permitted::new(zone, Stage::Locked),
        }
    }

    pub(super) fn permitted(&self, stage: Stage) -> &Permitted<'a> {
        if stage == Stage::Locked { &self.after } else { &self.between }
    }

    /// Before the config lock nothing touches a slot, so two stages are shown.
    pub(super) fn marks(&self, column: &Column, slot: Slot) -> [(Stage, Mark); 2] {
        [Stage::ConfigLocked, Stage::Locked]
            .map(|stage| (stage, Mark::of(self.permitted(stage), self.zone, column, slot, stage)))
    }

    /// Both marks, as they stand in a cell.
    fn cell(&self, column: &Column, slot: Slot) -> Cell {
        let mut cell = Cell::new();
        for (_, mark) in self.marks(column, slot) {
            // Two marks of at most four characters fit.
            let _ = write!(cell, "{mark}");
        }
        cell
    }
}

type Cell = heapless::String<8>;

impl fmt::Display for Explain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Each cell: between the locks, then after both. Before the config lock no command")?;
        writeln!(f, "touches a slot.")?;
        for (mark, meaning) in LEGEND {
            writeln!(f, "  {mark:<3} {meaning}")?;
        }
        let widths = COLUMNS.each_ref().map(|column| {
            let cells = Slot::all().map(|slot| self.cell(column, slot).len()).max().unwrap_or(0);
            cells.max(column.heading.len())
        });
        write!(f, "\nslot holds        ")?;
        for (column, width) in COLUMNS.iter().zip(widths) {
            write!(f, " {:<width$}", column.heading)?;
        }
        f.write_str(" terms")?;
        for slot in Slot::all() {
            write!(f, "\n{:>4} {:<13}", slot.number(), holds(self.zone, slot))?;
            for (column, width) in COLUMNS.iter().zip(widths) {
                write!(f, " {:<width$}", self.cell(column, slot))?;
            }
            write!(f, " {}", Terms(self.zone, slot))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::preset;
    use std::string::{String, ToString};
    use std::vec::Vec;

    /// The cells of one slot, under their headings.
    fn row(text: &str, slot: u8, heading: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let head = lines.iter().position(|line| line.starts_with("slot holds")).unwrap();
        let at = lines[head].find(&std::format!(" {heading} ")).unwrap() + 1;
        lines[head + 1 + usize::from(slot)][at..].split(' ').next().unwrap().to_string()
    }

    #[test]
    fn the_factory_configuration_as_the_reference_decodes_it() {
        let zone = ConfigZone::from_bytes(preset::FACTORY);
        let text = Explain::new(&zone).to_string();
        for (slot, heading, cell) in [
            (0, "GenKey", "++"),
            (0, "SignX", "++"),
            (0, "SignI", ".+"),
            (0, "ECDH", ".."),
            (1, "ECDH", "++"),
            (2, "ECDH", "nn"),
            (3, "Read", ".e4"),
            (3, "Write", "+."),
            (4, "MAC", "++"),
            (6, "MAC", "+."),
            (7, "GenDig", "++*"),
            (8, "Read", ".+"),
            (9, "Copy", "k8k8"),
            (15, "Lock", ".."),
        ] {
            assert_eq!(row(&text, slot, heading), cell, "slot {slot} {heading}\n{text}");
        }
        assert!(text.lines().last().unwrap().ends_with("limited use"));
        // Slot 7 is written never; slots 8 to 14 are not secret.
        assert!(!text.contains("writes of 32 bytes"));
    }

    #[test]
    fn secret_slots_take_no_words() {
        let mut zone = ConfigZone::from_bytes(preset::FACTORY);
        zone.set_slot_config(Slot::S15, crate::config::SlotConfig::from_bits(0x0F8F));
        let text = Explain::new(&zone).to_string();
        assert!(text.ends_with("writes of 32 bytes"), "{text}");
    }
}
