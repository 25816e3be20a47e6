//! Leave to do something to a chip.

use crate::level::Level;
use crate::plan::Plan;

/// What a run allows. Only a run makes it: a probe can't allow itself more than its level.
#[derive(Debug)]
pub struct Warrant {
    level: Level,
    plan: Option<Plan>,
}

impl Warrant {
    pub(super) fn new(level: Level, plan: Option<Plan>) -> Self {
        Self { level, plan }
    }

    /// To write a configuration back.
    pub(super) fn restoring() -> Self {
        Self::new(Level::Blank, None)
    }

    /// How far it goes.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// For the questions of which plan.
    #[must_use]
    pub fn plan(&self) -> Option<Plan> {
        self.plan
    }
}
