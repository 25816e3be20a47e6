//! One run: when, where, and what was noticed on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::{Record, name};

/// The machine and the bus. Whoever calls knows; nothing of it says who the user is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// The day, as 2026-11-30.
    pub date: String,
    /// The program and its version.
    pub program: String,
    /// The bus: its device file, or that it is simulated.
    pub bus: String,
    /// Whether the chip is one in software.
    pub simulated: bool,
    /// What the adapter calls itself.
    pub adapter: Option<String>,
    /// The bus's clock, if it is known.
    pub clock_hz: Option<u32>,
    /// The kernel's release and machine.
    pub kernel: Option<String>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Where it ran.
    pub host: Host,
    /// Each wake response, and how often it came.
    pub wakes: BTreeMap<String, u64>,
    /// What the bus said of a chip that was asleep or busy, and how often.
    pub nacks: BTreeMap<String, u64>,
    /// What the bus said when the chip should have answered, and how often.
    pub faults: BTreeMap<String, u64>,
    /// How often something was sent or read again.
    pub retries: u64,
    /// Execution times.
    pub times: Vec<Times>,
}

/// Execution times of a command, in microseconds, as the host saw them: a question whether it is done takes 0.2 ms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// The command.
    pub command: String,
    /// Whether it was done, or answered with a status other than success.
    pub done: bool,
    /// How many.
    pub number: usize,
    /// The shortest.
    pub min_us: u64,
    /// The middle one.
    pub median_us: u64,
    /// The longest.
    pub max_us: u64,
}

impl Session {
    pub(crate) fn new(host: Host, record: &Record) -> Self {
        let times = record.times.iter().flat_map(|(opcode, kinds)| {
            let kinds = [true, false].into_iter().zip(kinds);
            kinds.filter_map(|(done, nanos)| Times::new(*opcode, done, nanos))
        });
        Self {
            host,
            wakes: record.wakes.clone(),
            nacks: record.nacks.clone(),
            faults: record.faults.clone(),
            retries: record.retries,
            times: times.collect(),
        }
    }
}

impl Times {
    fn new(opcode: u8, done: bool, nanos: &[u64]) -> Option<Self> {
        let mut us: Vec<u64> = nanos.iter().map(|nanos| nanos / 1_000).collect();
        us.sort_unstable();
        let (min_us, max_us) = (*us.first()?, *us.last()?);
        Some(Self {
            command: name(opcode),
            done,
            number: us.len(),
            min_us,
            median_us: us[us.len() / 2],
            max_us,
        })
    }
}
