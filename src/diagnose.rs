//! Why the chip refused a command, and what would do.
//!
//! The chip has one word for most refusals, status 0x0F
//! ([`Status::Execution`](crate::Status::Execution)), and one for commands that are malformed, 0x03. Which
//! rule stands behind it follows from the configuration, the locks and the command:
//!
//! ```
//! use atecc608::command::ReadBlock;
//! use atecc608::config::{ConfigZone, preset};
//! use atecc608::diagnose::{Seen, diagnose};
//! use atecc608::memory::Block;
//! use atecc608::Slot;
//!
//! let mut zone = ConfigZone::from_bytes(preset::FACTORY);
//! zone.set_byte(86, 0); // Both zones
//! zone.set_byte(87, 0); // are locked.
//! let read = ReadBlock(Block::data(Slot::S3, 0).unwrap());
//! let diagnosis = diagnose(&zone, &Seen::new().with_gen_dig(Slot::S6), &read);
//! let rule = diagnosis.rule().unwrap();
//! assert_eq!(rule.cause().to_string(), "the read key of slot 3 is slot 4, not slot 6");
//! assert_eq!(rule.help().to_string(), "use read_encrypted with the key in slot 4");
//! ```
//!
//! [`Atecc608::diagnose`](crate::blocking::Atecc608::diagnose) asks the chip for all that it tells.
//!
//! Whether a *certain* rule is named or *candidates* depends on what is known. Configuration, locks, counters,
//! the existence of keys and the latch can be read after the fact. What TempKey held, which authorisation was
//! in force and whether a MAC was right can't: what the command needs of these is listed, and the chip lacked
//! one of them. [`Seen`] takes what the caller knows.
//!
//! The rules are those of [`explain`](crate::config::explain), in the order in which the simulated chip asks
//! them, and are compared with it, refusal by refusal. Where the chip reference says UNVERIFIED, they are guesses.

mod ecc;
mod kdf;
mod memory;
mod other;
mod seen;
mod symmetric;
mod walk;

pub use crate::config::rule::{Rule, Words};
pub use seen::Seen;

use crate::command::Command;
use crate::config::ConfigZone;
use crate::wire::Request;
use core::fmt;
use walk::Walk;

/// More than any command has.
const CANDIDATES: usize = 16;

/// What a configuration has to say against a command. `{}` shows it in a few lines.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Diagnosis {
    rule: Option<Rule>,
    candidates: heapless::Vec<Rule, CANDIDATES, u8>,
}

impl Diagnosis {
    const NOTHING: Self = Self { rule: None, candidates: heapless::Vec::new() };

    /// The rule that forbids the command as things stand, whatever is not known; the first in the chip's
    /// order.
    #[must_use]
    pub const fn rule(&self) -> Option<Rule> {
        self.rule
    }

    /// What the command needs besides, as far as it is not known to be there, in the chip's order. Without a
    /// [`rule`](Self::rule), a chip that refused the command lacked one of these.
    #[must_use]
    pub fn candidates(&self) -> &[Rule] {
        &self.candidates
    }

    /// Whether the chip may refuse the command by this rule.
    #[must_use]
    pub fn names(&self, rule: Rule) -> bool {
        self.rule == Some(rule) || self.candidates.contains(&rule)
    }

    fn certain(&mut self, rule: Rule) {
        if self.rule.is_none() {
            self.rule = Some(rule);
        } else {
            self.candidate(rule);
        }
    }

    fn candidate(&mut self, rule: Rule) {
        if !self.names(rule) {
            // There is room for more than any command has.
            self.candidates.push(rule).ok();
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rule, self.candidates.as_slice()) {
            (Some(rule), _) => return rule.fmt(f),
            (None, []) => return f.write_str("configuration and locks permit this command"),
            (None, [rule]) => return write!(f, "permitted, if it is not this: {rule}"),
            (None, _) => f.write_str(
                "configuration and locks permit this command; it also needs all of this, and lacked one:",
            )?,
        }
        for rule in &self.candidates {
            write!(f, "\n- {rule}")?;
        }
        Ok(())
    }
}

/// What speaks against a command on a chip with this configuration, in which lock bytes, slot locks, counters
/// and revision stand, too.
#[must_use]
pub fn diagnose<C: Command>(zone: &ConfigZone, seen: &Seen, command: &C) -> Diagnosis {
    diagnose_request(zone, seen, &command.request())
}

/// The same for a command's bytes.
#[must_use]
pub fn diagnose_request(zone: &ConfigZone, seen: &Seen, request: &Request<'_>) -> Diagnosis {
    let mut walk = Walk::new(zone, seen, request);
    let Err(rule) = walk.command() else { return walk.diagnosis };
    // What no state can make good goes first.
    let mut diagnosis = walk.diagnosis;
    if let Some(other) = diagnosis.rule.replace(rule) {
        diagnosis.candidate(other);
    }
    diagnosis
}
