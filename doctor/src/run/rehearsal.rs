//! First on a chip in software, with the same code.

use super::{Attend, Halt, Loss, Order, examine};
use crate::level::Level;
use crate::line::Line;
use crate::plan::Plan;
use crate::report::{Host, Outcome, Report};

/// A line with a blank chip in software at its end, and nothing else. What is said to be one is locked without asking.
#[derive(Debug)]
pub struct Simulated<L> {
    line: L,
    address: u8,
}

impl<L: Line> Simulated<L> {
    /// The chip behind this line, at this 7-bit address, is made of software and of no use to anybody.
    pub fn chip_in_software(line: L, address: u8) -> Self {
        Self { line, address }
    }
}

/// A plan was gone through on a chip in software, and all its answers were the recommended ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    plan: Plan,
}

struct Alone;

impl Attend for Alone {
    fn agree(&mut self, _: Loss, _: &[u8; 9]) -> bool {
        true
    }
}

impl Rehearsal {
    /// Goes through the plan.
    ///
    /// # Errors
    ///
    /// Why it came to no end; [`Halt::Rehearsal`] names the answers that are not the recommended ones.
    pub fn new<L: Line>(mut chip: Simulated<L>, plan: Plan) -> Result<Self, Halt> {
        let rehearsal = Self { plan };
        let order = Order { plan: Some(plan), rehearsal: Some(&rehearsal), ..Order::new(Level::Spend) };
        let mut report = Report::new(Level::Spend, Some(plan));
        examine(&mut chip.line, chip.address, Host::default(), order, &mut report, &mut Alone)?;
        let clean = |outcome| matches!(outcome, Outcome::AsRecommended | Outcome::NotHere);
        let other: Vec<_> = report.findings.iter().filter(|finding| !clean(finding.outcome)).collect();
        match other.as_slice() {
            [] => Ok(rehearsal),
            [first, ..] => Err(Halt::Rehearsal(format!(
                "on a simulated chip {} of {} questions were not answered as they should be, the first of them {}: {}",
                other.len(),
                report.findings.len(),
                first.probe,
                first.observed
            ))),
        }
    }

    /// Which one.
    #[must_use]
    pub const fn plan(&self) -> Plan {
        self.plan
    }
}
