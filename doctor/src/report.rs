//! What was found out, without secrets.

mod finding;
mod session;
mod signed;
mod text;

use serde::{Deserialize, Serialize};

pub use finding::{Finding, Outcome};
pub use session::{Host, Session, Times};
pub use signed::{Changed, STATEMENT, Signed};
pub use text::Summary;

use crate::level::{Level, Stage};
use crate::plan::{FACTORY, Plan};

/// The version of the file: it changes when a field goes or gets another meaning.
pub const FORMAT: u32 = 1;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of the file.
    pub format: u32,
    /// How far the run may go.
    pub level: Level,
    /// The plan that the chip is spent on.
    pub plan: Option<Plan>,
    /// The chip.
    pub chip: Option<ChipFacts>,
    /// The runs it took: one, unless it was stopped.
    pub sessions: Vec<Session>,
    /// The states of the locks of which all questions were asked.
    pub stages: Vec<Stage>,
    /// What came of the questions.
    pub findings: Vec<Finding>,
    /// Bytes 16 to 127 of a configuration that is being changed, in hexadecimal: if a run dies, the next one restores
    /// them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unrestored: Option<String>,
    /// Who stands for it, and a checksum.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signed: Option<Signed>,
}

/// What is told of the chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipFacts {
    /// What Info says it is, in hexadecimal.
    pub revision: String,
    /// The serial number: all of it, or its first two bytes and its last, which all chips of a kind have in common.
    pub serial: String,
    /// 16 bits of a hash of the serial number: enough to notice that another chip was put in, too few to find the serial
    /// number by trying.
    pub mark: String,
    /// Its address.
    pub address: String,
    /// The state of its locks when it was first seen.
    pub stage: Stage,
    /// Byte and value, in hexadecimal, where a blank chip is not as the chip reference says that it leaves the factory
    /// (4.14).
    pub not_as_factory: Vec<String>,
}

impl ChipFacts {
    pub(crate) fn new(revision: &[u8], address: u8, config: &[u8; 128], with_serial: bool) -> Self {
        let serial = serial(config);
        let stage = Stage::of(config);
        let factory = FACTORY.on(config);
        let blank = stage == Stage::Unlocked;
        let differs = |place: &usize| blank && config[*place] != factory[*place];
        Self {
            revision: hex(revision),
            serial: match with_serial {
                true => hex(&serial),
                false => format!("{}..{}", hex(&serial[..2]), hex(&serial[8..])),
            },
            mark: mark(config),
            address: format!("{address:#04x}"),
            stage,
            not_as_factory: (16..128)
                .filter(differs)
                .map(|place| format!("{place}: {:02x}", config[place]))
                .collect(),
        }
    }
}

impl Report {
    /// Nothing is found out yet.
    #[must_use]
    pub fn new(level: Level, plan: Option<Plan>) -> Self {
        Self {
            format: FORMAT,
            level,
            plan,
            chip: None,
            sessions: Vec::new(),
            stages: Vec::new(),
            findings: Vec::new(),
            unrestored: None,
            signed: None,
        }
    }

    /// How many questions ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.findings.iter().filter(|finding| finding.outcome == outcome).count()
    }

    /// The findings that the chip reference does not recommend.
    pub fn surprises(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| matches!(finding.outcome, Outcome::Otherwise | Outcome::Unforeseen))
    }
}

/// The nine bytes of the serial number.
pub(crate) fn serial(config: &[u8; 128]) -> [u8; 9] {
    let [a, b, c, d, _, _, _, _, e, f, g, h, i, ..] = *config;
    [a, b, c, d, e, f, g, h, i]
}

/// See [`ChipFacts::mark`].
pub(crate) fn mark(config: &[u8; 128]) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::new().chain_update("atecc608-doctor").chain_update(serial(config)).finalize();
    hex(&digest[..2])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
