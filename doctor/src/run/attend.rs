//! Who attends a run: sees it go on, keeps the report, agrees to what can't be undone.

use core::fmt;

use super::Rehearsal;
use crate::level::{Level, Stage};
use crate::plan::Plan;
use crate::probe::{Probe, Stop};
use crate::report::Report;

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// How far it may go.
    pub level: Level,
    /// The plan that the chip is to be spent on.
    pub plan: Option<Plan>,
    /// Only the probe of this name.
    pub only: Option<&'a str>,
    /// Whether the report has the whole serial number.
    pub with_serial: bool,
    /// The same on a chip in software, without which no chip is spent.
    pub rehearsal: Option<&'a Rehearsal>,
}

impl Order<'_> {
    /// A run that changes nothing for good.
    #[must_use]
    pub const fn new(level: Level) -> Self {
        Self { level, plan: None, only: None, with_serial: false, rehearsal: None }
    }
}

/// Whoever attends a run.
pub trait Attend {
    /// A question comes, one of so many in this state of the locks.
    fn before(&mut self, probe: &Probe, stage: Stage, index: usize, total: usize) {
        let _ = (probe, stage, index, total);
    }

    /// Keeps what is known so far, so that a run that dies can go on.
    ///
    /// # Errors
    ///
    /// It can't; the run ends before anything is changed.
    fn keep(&mut self, report: &Report) -> Result<(), String> {
        let _ = report;
        Ok(())
    }

    /// Agrees that the chip with this serial number loses something for ever.
    fn agree(&mut self, loss: Loss, serial: &[u8; 9]) -> bool;
}

/// What is lost for ever. A blank chip loses all three, one after the other, and whoever attends is asked each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The chip.
    Chip,
    /// Its configuration.
    Config(Plan),
    /// Its slots and OTP zone.
    Data(Plan),
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chip => f.write_str(
                "the chip itself is lost. It is locked with a configuration made for questions, \
                 and will never serve a device; its keys are published",
            ),
            Self::Config(plan) => write!(
                f,
                "its configuration is lost. What all 16 slots are for becomes that of plan {}, \
                 and no byte of it can ever be changed again",
                plan.name()
            ),
            Self::Data(plan) => write!(
                f,
                "the state between the locks is lost. Slots and OTP zone of plan {} are locked, \
                 and what is asked in this state can never be asked of this chip again",
                plan.name()
            ),
        }
    }
}

/// Why a run ended before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// The chip can't be reached, does not suit, or does not do what it should.
    Chip(Stop),
    /// Another chip is there than the report is about.
    AnotherChip,
    /// The report can't be gone on with.
    Unusable(String),
    /// The report can't be kept.
    NotKept(String),
    /// A chip is to be spent, and nobody said on which plan.
    NoPlan,
    /// The plan was not gone through on a chip in software.
    NotRehearsed,
    /// It was, and the answers were not the recommended ones.
    Rehearsal(String),
    /// Nobody agreed to this.
    NotAgreed(Loss),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Chip(stop)
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chip(stop) => stop.fmt(f),
            Self::AnotherChip => f.write_str("the report is about another chip"),
            Self::Unusable(why) => write!(f, "the report can't be gone on with: {why}"),
            Self::NotKept(why) => write!(f, "the report can't be kept: {why}"),
            Self::NoPlan => f.write_str("a chip is to be spent, and no plan was named"),
            Self::NotRehearsed => f.write_str("the plan was not gone through on a simulated chip before"),
            Self::Rehearsal(why) => f.write_str(why),
            Self::NotAgreed(loss) => write!(f, "nobody agreed: {loss}"),
        }
    }
}

impl core::error::Error for Halt {}
