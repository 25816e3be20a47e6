//! Questions, and the answers each reading of the sources predicts.

use core::fmt;

use crate::level::{Level, Stage};
use crate::line::BusFault;
use crate::patient::Patient;
use crate::plan::Plan;

/// A question that a chip can be asked.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Its name, in lower case with hyphens.
    pub name: &'static str,
    /// The points it settles: rows of the chip reference (`U5`, `D9`), or what [`slug`] makes of a row that the
    /// simulator had to decide because the reference is silent.
    pub points: &'static [&'static str],
    /// How much it does to the chip. [`guard`](crate::guard) holds it to that.
    pub level: Level,
    /// The state of the locks in which it can be asked.
    pub stage: Stage,
    /// On which configuration, if it has to be one of the plans.
    pub plan: Option<Plan>,
    /// The question.
    pub question: &'static str,
    /// What the chip may answer; the first is what the chip reference recommends and the simulator does.
    pub answers: &'static [Answer],
    /// Asks.
    pub run: fn(&mut Patient<'_>) -> Result<Seen, Stop>,
}

/// An answer that a reading of the sources predicts.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Half a sentence.
    pub says: &'static str,
    /// What to change in the chip reference and the simulator if a chip answers so; nothing for the first.
    pub change: &'static str,
}

/// What was seen. No secrets and no keys: it goes into the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// One of the probe's answers, by its place, and what it was read from.
    Answer(usize, String),
    /// None of them.
    Other(String),
    /// This chip can't be asked: why.
    NotHere(String),
}

/// Why a probe came to no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The bus failed.
    Bus {
        /// What was done.
        doing: String,
        /// What the bus said.
        fault: BusFault,
    },
    /// No answer came in the command's time.
    Silent {
        /// What was done.
        doing: String,
        /// What the bus said last.
        last: String,
    },
    /// An answer came damaged every time.
    Damaged {
        /// What was done.
        doing: String,
    },
    /// It was not sent: the level does not allow it.
    Forbidden(String),
    /// What the question needs could not be made ready.
    Unready(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus { doing, fault } => write!(f, "{doing}: the bus failed: {}", fault.name),
            Self::Silent { doing, last } => {
                write!(f, "{doing}: no answer in time; the bus said last: {last}")
            }
            Self::Damaged { doing } => write!(f, "{doing}: the answer arrived damaged, again and again"),
            Self::Forbidden(what) => write!(f, "not sent: {what}"),
            Self::Unready(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for Stop {}

/// A point that no probe can tell.
#[derive(Debug, Clone, Copy)]
pub struct Untold {
    /// The point, as in [`Probe::points`].
    pub point: &'static str,
    /// Why, and what it would take.
    pub why: &'static str,
}

/// The name of a row of the table of what the reference is silent about: the first eight words of its question, in
/// lower case, with hyphens.
#[must_use]
pub fn slug(question: &str) -> String {
    let words =
        question.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.take(8).map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
