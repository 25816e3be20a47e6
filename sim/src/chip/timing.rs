//! How long things take (chip reference 1.3, 1.7, 3.1).

use super::power::Nanos;
use std::collections::BTreeMap;

const MILLISECOND: Nanos = 1_000_000;

/// Opcode and maximum execution time in milliseconds for clock dividers M0, M1, M2.
const MAXIMA: [(u8, [u32; 3]); 22] = [
    (0x51, [27, 27, 27]),
    (0x28, [40, 40, 40]),
    (0x24, [25, 25, 25]),
    (0x1C, [50, 50, 50]),
    (0x43, [75, 172, 531]),
    (0x15, [25, 35, 35]),
    (0x40, [115, 215, 653]),
    (0x30, [5, 5, 5]),
    (0x56, [165, 165, 165]),
    (0x17, [35, 35, 35]),
    (0x08, [55, 55, 55]),
    (0x16, [20, 20, 20]),
    (0x46, [50, 50, 50]),
    (0x1B, [23, 23, 23]),
    (0x02, [5, 5, 5]),
    (0x80, [80, 160, 480]),
    (0x77, [250, 625, 2324]),
    (0x47, [36, 42, 75]),
    (0x41, [115, 220, 665]),
    (0x20, [10, 10, 10]),
    (0x45, [105, 295, 1085]),
    (0x12, [45, 45, 45]),
];

/// The chip's times, all in nanoseconds: a table of every command's execution times at each clock divider,
/// and what else takes time. [`Timing::typical`], the default, [`Timing::slowest`] and [`Timing::instant`]
/// are starting points.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timing {
    /// Execution time in percent of the command's maximum, if no own time is set.
    pub percent: u32,
    /// What counting a use of a limited key adds to a command (chip reference 3.1).
    pub internal_write: Nanos,
    /// Execution time of a command that is refused, which is quick (chip reference 1.4).
    pub refusal: Nanos,
    /// From the end of the wake pulse until the chip listens (tWHI).
    pub wake: Nanos,
    /// The same with the power-on self test (tWHIST).
    pub wake_self_test: Nanos,
    /// The watchdog, from the end of the wake pulse.
    pub watchdog: Nanos,
    /// The watchdog with ChipMode bit 2 set.
    pub watchdog_long: Nanos,
    /// A command is refused with 0xEE if less of the watchdog's time is left than this many percent of
    /// the command's maximum (UNVERIFIED, chip reference U36).
    pub watchdog_margin: u32,
    maxima: BTreeMap<u8, [Nanos; 3]>,
    own: BTreeMap<u8, [Nanos; 3]>,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing::typical()
    }
}

impl Timing {
    /// 40 % of the maxima of chip reference 3.1, as typical times are not public (chip reference U37); 20 ms
    /// for a use counted, 0.5 ms for a refusal; wake delay 1.5 ms, or 20 ms with self test; a watchdog of
    /// 1.3 s, or 10 s; 0xEE if less than a command's maximum is left.
    pub fn typical() -> Timing {
        let maxima = MAXIMA.map(|(opcode, row)| (opcode, row.map(|ms| Nanos::from(ms) * MILLISECOND)));
        Timing {
            percent: 40,
            internal_write: 20 * MILLISECOND,
            refusal: MILLISECOND / 2,
            wake: 3 * MILLISECOND / 2,
            wake_self_test: 20 * MILLISECOND,
            watchdog: 1_300 * MILLISECOND,
            watchdog_long: 10_000 * MILLISECOND,
            watchdog_margin: 100,
            maxima: BTreeMap::from(maxima),
            own: BTreeMap::new(),
        }
    }

    /// Every command takes its maximum, a use counted 50 ms (chip reference 3.1), and the watchdog has the
    /// shortest time it may have, 0.7 s (chip reference 1.7).
    pub fn slowest() -> Timing {
        Timing {
            percent: 100,
            internal_write: 50 * MILLISECOND,
            watchdog: 700 * MILLISECOND,
            ..Timing::typical()
        }
    }

    /// Neither commands nor wakes take time. The watchdog's stays, but it keeps no command from starting.
    pub fn instant() -> Timing {
        Timing {
            percent: 0,
            internal_write: 0,
            refusal: 0,
            wake: 0,
            wake_self_test: 0,
            watchdog_margin: 0,
            ..Timing::typical()
        }
    }

    /// Sets a command's execution times for the clock dividers M0, M1 and M2, instead of a share of the
    /// maximum.
    pub fn set_execution(&mut self, opcode: u8, nanos: [Nanos; 3]) {
        self.own.insert(opcode, nanos);
    }

    /// Replaces a command's maximum execution times for the clock dividers M0, M1 and M2.
    pub fn set_maximum(&mut self, opcode: u8, nanos: [Nanos; 3]) {
        self.maxima.insert(opcode, nanos);
    }

    /// A command's maximum execution time; 0 for an unknown opcode. `divider` is ChipMode bits 7:3, of
    /// which three values are documented (chip reference 3.1); any other counts as the slowest.
    pub fn maximum(&self, opcode: u8, divider: u8) -> Nanos {
        self.maxima.get(&opcode).map_or(0, |row| row[column(divider)])
    }

    /// A command's execution time when it is not refused, without [`Timing::internal_write`].
    pub fn execution(&self, opcode: u8, divider: u8) -> Nanos {
        match self.own.get(&opcode) {
            Some(row) => row[column(divider)],
            None => self.maximum(opcode, divider) * Nanos::from(self.percent) / 100,
        }
    }

    /// What must be left of the watchdog's time for a command to be started.
    pub(crate) fn needed(&self, opcode: u8, divider: u8) -> Nanos {
        self.maximum(opcode, divider) * Nanos::from(self.watchdog_margin) / 100
    }
}

/// The clock dividers' columns in a table.
fn column(divider: u8) -> usize {
    match divider {
        0x00 => 0,
        0x05 => 1,
        _ => 2,
    }
}
