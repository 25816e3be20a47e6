//! The questions.

use std::fmt;

use atecc608::config::{ConfigZone, Difference};
use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::probe::Probe;
use atecc608_doctor::probes;
use atecc608_doctor::run::{Questions, spend};
use serde::Serialize;

use crate::failure::{Failure, Kind};

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// What would be written for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<String>,
    questions: Vec<Question>,
}

#[derive(Debug, Serialize)]
struct Question {
    name: &'static str,
    points: &'static [&'static str],
    level: Level,
    stage: Stage,
    plan: Option<Plan>,
    question: &'static str,
    /// The first is what the chip reference recommends.
    answers: Vec<&'static str>,
}

impl Question {
    fn new(probe: &'static Probe) -> Self {
        let Probe { name, points, level, stage, plan, question, answers, .. } = *probe;
        Self {
            name,
            points,
            level,
            stage,
            plan,
            question,
            answers: answers.iter().map(|answer| answer.says).collect(),
        }
    }
}

impl Answer {
    /// All of them.
    pub(super) fn all() -> Self {
        Self { spent: None, questions: probes::all().map(Question::new).collect() }
    }

    /// Those that a chip with this configuration would be asked.
    pub(super) fn dry(
        level: Level,
        plan: Option<Plan>,
        only: Option<&str>,
        config: &[u8; 128],
    ) -> Result<Self, Failure> {
        let questions = Questions { level, plan, only };
        let first = Stage::of(config);
        let Some(plan) = plan else {
            return Ok(Self { spent: None, questions: questions.of(first).map(Question::new).collect() });
        };
        let tried = "a chip was to be spent";
        let refused = |why: String| {
            Failure::new(Kind::Refused, tried, why, "take a blank chip, as it leaves the factory")
        };
        spend::suits(config, plan).map_err(|stop| refused(stop.to_string()))?;
        let spent = (first == Stage::Unlocked).then(|| {
            let (present, wanted) =
                (ConfigZone::from_bytes(*config), ConfigZone::from_bytes(plan.design().layout.on(config)));
            let changes = wanted.difference(&present).map(|Difference { offset, left, right }| {
                let field = ConfigZone::field_name(offset);
                format!("\n  byte {offset} ({field}): {right:02x} becomes {left:02x}")
            });
            let changes: Vec<_> = changes.collect();
            format!(
                "Chip {} would be locked with plan {}, for ever. {} bytes of its configuration change:{}",
                present.serial_number(),
                plan.name(),
                changes.len(),
                changes.concat()
            )
        });
        let stages = [Stage::Unlocked, Stage::ConfigLocked, Stage::DataLocked].into_iter();
        let probes = stages.filter(|stage| *stage >= first).flat_map(|stage| questions.of(stage));
        Ok(Self { spent, questions: probes.map(Question::new).collect() })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(spent) = &self.spent {
            writeln!(f, "{spent}\n")?;
        }
        for Question { name, points, level, stage, plan, question, answers } in &self.questions {
            write!(f, "{name} ({}): level {}", points.join(", "), level.name())?;
            if *stage != Stage::Any {
                write!(f, ", {}", stage.name())?;
            }
            if let Some(plan) = plan {
                write!(f, ", plan {}", plan.name())?;
            }
            writeln!(f, "\n  {question}")?;
            for (index, answer) in answers.iter().enumerate() {
                writeln!(f, "  {} {answer}", if index == 0 { "*" } else { "-" })?;
            }
        }
        write!(f, "Questions: {}; * is the answer that the chip reference recommends", self.questions.len())
    }
}

/// The name of a probe.
pub(super) fn known(text: &str) -> Result<String, String> {
    match probes::all().any(|probe| probe.name == text) {
        true => Ok(text.to_owned()),
        false => Err("no such question; `atecc doctor --list` has them".into()),
    }
}
