//! What a run found out, without secrets.

use serde::{Deserialize, Serialize};

use crate::level::{Level, Stage};
use crate::plan::Plan;

/// What one question came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The probe's name.
    pub probe: String,
    /// The points it settles.
    pub points: Vec<String>,
    /// Its level.
    pub level: Level,
    /// The state of the locks in which it was asked.
    pub stage: Stage,
    /// The configuration on which it was asked, if it is one of the plans.
    pub plan: Option<Plan>,
    /// What came.
    pub outcome: Outcome,
    /// The place of the answer among the probe's, if it is one of them; 0 is what the chip reference recommends.
    pub answer: Option<usize>,
    /// The answer in words.
    pub says: String,
    /// What it was read from.
    pub observed: String,
    /// What to change in the chip reference and the simulator.
    pub change: String,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As the chip reference recommends.
    AsRecommended,
    /// As another reading predicts.
    Otherwise,
    /// As no reading predicts.
    Unforeseen,
    /// The chip can't be asked.
    NotHere,
    /// No answer was got.
    Failed,
}
