//! The questions of one state of the locks.

use super::{Attend, Halt, Warrant};
use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::plan::Plan;
use crate::probe::{Probe, Seen, Stop};
use crate::probes;
use crate::report::{Finding, Outcome, Report, serial};

/// Which questions are asked.
#[derive(Debug, Clone, Copy)]
pub struct Questions<'a> {
    /// How far a probe may go.
    pub level: Level,
    /// The plan that the chip is spent on.
    pub plan: Option<Plan>,
    /// Only the probe of this name.
    pub only: Option<&'a str>,
}

impl<'a> Questions<'a> {
    /// Whether this one is asked of a chip in this state.
    #[must_use]
    pub fn include(&self, probe: &Probe, stage: Stage) -> bool {
        let fits = probe.stage == Stage::Any || probe.stage == stage;
        // Only a chip that was spent for it is asked what changes it.
        let level = match self.plan {
            None if stage != Stage::Unlocked => Level::Look,
            _ => self.level,
        };
        fits && probe.level <= level
            && (probe.plan.is_none() || probe.plan == self.plan)
            && self.only.is_none_or(|name| name == probe.name)
    }

    /// Those that are asked, in their order.
    pub fn of(self, stage: Stage) -> impl Iterator<Item = &'static Probe> + use<'a> {
        probes::all().filter(move |probe| self.include(probe, stage))
    }

    /// Whether one of them may change the configuration.
    pub(super) fn change_config(&self, stage: Stage) -> bool {
        stage == Stage::Unlocked && self.of(stage).any(|probe| probe.level != Level::Look)
    }
}

/// Asks what was not answered before. Each answer is kept at once: some questions can be asked once in a chip's life.
pub(super) fn ask(
    patient: &mut Patient<'_>,
    questions: Questions<'_>,
    report: &mut Report,
    attend: &mut dyn Attend,
) -> Result<(), Halt> {
    let saved = *patient.config();
    let stage = patient.stage();
    report.findings.retain(|finding| finding.stage != stage || finding.outcome != Outcome::Failed);
    let total = questions.of(stage).count();
    for (index, probe) in questions.of(stage).enumerate() {
        if report.findings.iter().any(|finding| finding.stage == stage && finding.probe == probe.name) {
            continue;
        }
        attend.before(probe, stage, index, total);
        let warrant = Warrant::new(probe.level, questions.plan);
        patient.allow(&warrant);
        patient.sleep()?;
        if probe.level != Level::Look {
            patient.is_still(&serial(&saved))?;
            patient.sleep()?;
        }
        let run = |patient: &mut Patient<'_>| match stage {
            Stage::Unlocked if probe.level != Level::Look => patient.restoring(&saved, &warrant, probe.run),
            _ => Ok((probe.run)(patient)),
        };
        let mut asked = run(patient);
        if let Ok(first @ Ok(Seen::Answer(1.., _) | Seen::Other(_))) = &asked
            && probe.level != Level::Spend
        {
            let first = first.clone();
            asked = patient.sleep().and_then(|()| run(patient)).map(|second| believed(first, second));
        }
        patient.allow(&Warrant::new(Level::Look, None));
        // A chip that can't be restored is asked nothing more.
        let seen = asked?;
        report.findings.push(Finding::new(probe, stage, questions.plan, seen));
        if questions.plan.is_some() {
            attend.keep(report).map_err(Halt::NotKept)?;
        }
    }
    Ok(())
}

/// What is not as recommended has to be seen twice: else it says more about the bus than about the chip.
fn believed(first: Result<Seen, Stop>, second: Result<Seen, Stop>) -> Result<Seen, Stop> {
    let said = |seen: &Result<Seen, Stop>| match seen {
        Ok(Seen::Answer(_, observed) | Seen::Other(observed) | Seen::NotHere(observed)) => observed.clone(),
        Err(stop) => stop.to_string(),
    };
    match (&first, &second) {
        (Ok(Seen::Answer(one, _)), Ok(Seen::Answer(other, _))) if one == other => second,
        (Ok(Seen::Other(_)), Ok(Seen::Other(_))) => second,
        _ => Err(Stop::Unready(format!(
            "it was asked twice and answered differently: check the wiring. First: {}. Then: {}",
            said(&first),
            said(&second)
        ))),
    }
}
