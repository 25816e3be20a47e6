//! Tables that are not what they seem: shifted, with bytes too many or too few, or made for another chip. All
//! else that lint says hangs on this, so it is said first, with the table as it looks when put right.

mod align;
mod likely;

use atecc608::config::{ConfigZone, SIZE};
use std::fmt;

pub use align::Slip;

/// What is wrong with a table as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// Bytes too many and too few, in order.
    pub slips: Vec<Slip>,
    /// Whether it was made for an ATECC508A.
    pub for_508a: bool,
    /// The table as given.
    given: [u8; SIZE],
    /// Each byte where it belongs, as an ATECC608 wants it; `None` for what was lost.
    pub right: [Option<u8>; SIZE],
}

/// `None` for a table that is in place and made for this chip.
///
/// ```
/// use atecc608::config::{ConfigZone, preset};
/// use atecc608_config::layout;
///
/// let mut bytes = preset::TNGTLS.to_vec();
/// assert!(layout::verdict(&ConfigZone::from_bytes(preset::TNGTLS)).is_none());
///
/// bytes.splice(16..16, [0x20; 4]); // four spaces, taken for bytes
/// bytes.truncate(128);
/// let verdict = layout::verdict(&ConfigZone::from_bytes(bytes.try_into().unwrap())).unwrap();
/// assert!(verdict.to_string().contains("4 bytes too many from byte 16 on (20)"));
/// ```
#[must_use]
pub fn verdict(zone: &ConfigZone) -> Option<Verdict> {
    let given = *zone.as_bytes();
    let (slips, mut right) = align::align(&given);
    // Reserved, and 0 in every table that is known.
    right[17] = right[17].or(Some(0));
    // The chip's own bytes tell where a part came from, wherever the others are.
    let put_right = ConfigZone::from_bytes(right.map(Option::unwrap_or_default));
    let for_508a = put_right.is_for_508a() || (slips.is_empty() && zone.is_for_508a());
    if for_508a {
        for byte in std::iter::once(18).chain(68..84) {
            right[byte] = Some(0);
        }
    }
    (for_508a || !slips.is_empty()).then_some(Verdict { slips, for_508a, given, right })
}

impl Verdict {
    /// The table put right, if nothing was lost.
    #[must_use]
    pub fn zone(&self) -> Option<ConfigZone> {
        let bytes: Vec<u8> = self.right.iter().copied().collect::<Option<_>>()?;
        Some(ConfigZone::from_bytes(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "First of all:")?;
        if !self.slips.is_empty() {
            writeln!(f, "* The table is shifted: it reads sensibly when bytes are moved.")?;
            let mut moved = 0;
            for slip in &self.slips {
                moved += slip.moves();
                writeln!(f, "  - {slip}")?;
                if moved != 0 && !slip.is_last() {
                    writeln!(
                        f,
                        "    what follows reads sensibly when moved by {} {}",
                        moved.abs(),
                        way(moved)
                    )?;
                }
            }
            let spaces = self.slips.iter().any(|slip| slip.is_spaces());
            if spaces {
                writeln!(f, "  20 is a space: text between the bytes has been taken for bytes.")?;
            }
            as_it_is(&ConfigZone::from_bytes(self.given), f)?;
        }
        if self.for_508a {
            writeln!(
                f,
                "* The table was made for an ATECC508A. On an ATECC608 byte 18 and bytes 68 to 83 mean something \
                 else and should be 00; slots and keys mean the same on both."
            )?;
        }
        writeln!(f, "Put right:")?;
        for (row, bytes) in self.right.chunks(16).enumerate() {
            let hex = bytes.iter().map(|byte| byte.map_or("??".into(), |byte| format!("{byte:02x}")));
            writeln!(f, "  {:02x}: {}", row * 16, hex.collect::<Vec<_>>().join(" "))?;
        }
        match self.zone() {
            Some(zone) => {
                let summary = zone.lint().to_string();
                write!(f, "  lint says of that: {}", summary.lines().last().unwrap_or_default())?;
            }
            None => write!(f, "  ?? was lost: nothing can be said of that before it is there again")?,
        }
        writeln!(f, "\n\nThe table as it was given:")
    }
}

/// What writing and locking the table as it was given would come to.
fn as_it_is(zone: &ConfigZone, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use atecc608::Slot;
    use atecc608::config::explain::{Action, Permitted, Stage};
    let after = Permitted::new(zone, Stage::Locked);
    let signs = Slot::all().any(|slot| after.possible(slot, Action::SignExternal).is_some());
    match zone.i2c_address() {
        Some(address) => writeln!(f, "  Locked as it is, the chip would answer at {address}")?,
        None => writeln!(f, "  Locked as it is, the chip would answer at an address that I2C reserves")?,
    }
    if !signs {
        writeln!(f, "  and no slot would hold a key that can sign.")?;
    }
    Ok(())
}

fn way(moved: i32) -> &'static str {
    if moved > 0 { "towards the front" } else { "towards the end" }
}
