//! What a run notices on the way: times, wake responses, retries, what the bus said.

use std::collections::BTreeMap;

use atecc608::wire::Opcode;

/// Counts of what was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Execution times in nanoseconds, by opcode: of commands that were done, then of those that were refused.
    pub times: BTreeMap<u8, [Vec<u64>; 2]>,
    /// How often each wake response came, in hexadecimal.
    pub wakes: BTreeMap<String, u64>,
    /// How often the bus said what when the chip was asleep or busy.
    pub nacks: BTreeMap<String, u64>,
    /// How often the bus said what when the chip should have answered.
    pub faults: BTreeMap<String, u64>,
    /// How often something was sent or read again.
    pub retries: u64,
}

impl Record {
    pub(crate) fn count(map: &mut BTreeMap<String, u64>, what: String) {
        *map.entry(what).or_default() += 1;
    }

    pub(crate) fn time(&mut self, opcode: u8, refused: bool, nanos: u64) {
        self.times.entry(opcode).or_default()[usize::from(refused)].push(nanos);
    }
}

/// A command's name, if it has one.
#[must_use]
pub fn name(opcode: u8) -> String {
    Opcode::from_byte(opcode)
        .map_or_else(|| format!("opcode {opcode:#04x}"), |opcode| opcode.name().to_owned())
}
