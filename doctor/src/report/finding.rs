//! What one question came to.

use serde::{Deserialize, Serialize};

use crate::level::{Level, Stage};
use crate::plan::Plan;
use crate::probe::{Probe, Seen, Stop};

/// What one question came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// How it ended.
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

impl Finding {
    pub(crate) fn new(probe: &Probe, stage: Stage, plan: Option<Plan>, seen: Result<Seen, Stop>) -> Self {
        let (outcome, answer, observed) = match seen {
            Ok(Seen::Answer(0, observed)) => (Outcome::AsRecommended, Some(0), observed),
            Ok(Seen::Answer(answer, observed)) => (Outcome::Otherwise, Some(answer), observed),
            Ok(Seen::Other(observed)) => (Outcome::Unforeseen, None, observed),
            Ok(Seen::NotHere(why)) => (Outcome::NotHere, None, why),
            Err(stop) => (Outcome::Failed, None, stop.to_string()),
        };
        let said = answer.and_then(|answer| probe.answers.get(answer));
        let change = match outcome {
            Outcome::Unforeseen => format!(
                "{}: no reading predicts this; see what was observed, and add an answer to the probe.",
                probe.points.join(", ")
            ),
            _ => said.map(|answer| answer.change.into()).unwrap_or_default(),
        };
        Self {
            probe: probe.name.into(),
            points: probe.points.iter().map(|point| (*point).into()).collect(),
            level: probe.level,
            stage,
            plan,
            outcome,
            answer,
            says: said.map(|answer| answer.says.into()).unwrap_or_default(),
            observed,
            change,
        }
    }
}
