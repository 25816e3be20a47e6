//! Asks all questions that fit.

use crate::level::{Level, Stage};
use crate::line::Line;
use crate::patient::Patient;
use crate::plan::Plan;
use crate::probe::{Probe, Seen, Stop};
use crate::probes;
use crate::record::Record;
use crate::report::{Finding, Outcome};
use crate::spend;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Questions<'a> {
    /// How far a probe may go.
    pub level: Level,
    /// The plan that the chip is spent on.
    pub plan: Option<Plan>,
    /// Only the probe of this name.
    pub only: Option<&'a str>,
}

impl Questions<'_> {
    /// Whether this one is asked of a chip in this state.
    #[must_use]
    pub fn include(&self, probe: &Probe, stage: Stage) -> bool {
        let fits = probe.stage == Stage::Any || probe.stage == stage;
        let level = match stage {
            // Only a chip that was spent for it is asked what changes it.
            Stage::ConfigLocked | Stage::DataLocked if self.plan.is_none() => Level::Look,
            _ => self.level,
        };
        fits && probe.level <= level
            && (probe.plan.is_none() || probe.plan == self.plan)
            && self.only.is_none_or(|name| name == probe.name)
    }
}

/// Asks the chip at a 7-bit address what fits the state it is in. `before` hears of each question.
///
/// # Errors
///
/// The chip can't be reached, or what was changed could not be restored.
pub fn ask(
    line: &mut dyn Line,
    record: &mut Record,
    address: u8,
    questions: Questions<'_>,
    before: &mut dyn FnMut(&Probe),
) -> Result<Vec<Finding>, Stop> {
    let mut patient = Patient::new(line, record, address);
    patient.sleep()?;
    patient.read_config()?;
    ask_patient(&mut patient, questions, before)
}

/// Takes a chip through all stages of a plan, each with its questions. For ever.
///
/// # Errors
///
/// The chip does not suit, can't be reached, or does not do what it should.
pub fn spend(
    line: &mut dyn Line,
    record: &mut Record,
    address: u8,
    plan: Plan,
    before: &mut dyn FnMut(&Probe),
) -> Result<Vec<Finding>, Stop> {
    let mut patient = Patient::new(line, record, address);
    let questions = Questions { level: Level::Spend, plan: Some(plan), only: None };
    patient.sleep()?;
    let mut stage = spend::suits(&patient.read_config()?, plan)?;
    let mut findings = Vec::new();
    if stage == Stage::Unlocked {
        findings.extend(ask_patient(&mut patient, questions, before)?);
        spend::lock_config(&mut patient, plan)?;
        stage = Stage::ConfigLocked;
    }
    if stage == Stage::ConfigLocked {
        patient.sleep()?;
        (plan.design().load)(&mut patient)?;
        findings.extend(ask_patient(&mut patient, questions, before)?);
        patient.allow(Level::Spend, Some(plan));
        (plan.design().settle)(&mut patient)?;
        spend::lock_data(&mut patient, plan)?;
    }
    findings.extend(ask_patient(&mut patient, questions, before)?);
    Ok(findings)
}

fn ask_patient(
    patient: &mut Patient<'_>,
    questions: Questions<'_>,
    before: &mut dyn FnMut(&Probe),
) -> Result<Vec<Finding>, Stop> {
    let mut findings = Vec::new();
    let saved = *patient.config();
    let stage = patient.stage();
    for probe in probes::all().filter(|probe| questions.include(probe, stage)) {
        before(probe);
        patient.sleep()?;
        patient.allow(probe.level, questions.plan);
        let seen = match probe.level {
            Level::Blank => patient.restoring(&saved, probe.run),
            _ => (probe.run)(patient),
        };
        findings.push(finding(probe, stage, questions.plan, seen));
    }
    patient.allow(Level::Look, None);
    patient.sleep()?;
    Ok(findings)
}

fn finding(probe: &Probe, stage: Stage, plan: Option<Plan>, seen: Result<Seen, Stop>) -> Finding {
    let (outcome, answer, observed) = match seen {
        Ok(Seen::Answer(0, observed)) => (Outcome::AsRecommended, Some(0), observed),
        Ok(Seen::Answer(answer, observed)) => (Outcome::Otherwise, Some(answer), observed),
        Ok(Seen::Other(observed)) => (Outcome::Unforeseen, None, observed),
        Ok(Seen::NotHere(why)) => (Outcome::NotHere, None, why),
        Err(stop) => (Outcome::Failed, None, stop.to_string()),
    };
    let said = answer.and_then(|answer| probe.answers.get(answer));
    Finding {
        probe: probe.name.into(),
        points: probe.points.iter().map(|point| (*point).into()).collect(),
        level: probe.level,
        stage,
        plan,
        outcome,
        answer,
        says: said.map(|answer| answer.says.into()).unwrap_or_default(),
        observed,
        change: said.map(|answer| answer.change.into()).unwrap_or_default(),
    }
}
