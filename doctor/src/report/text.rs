//! A report for people.

use core::fmt;

use super::{Finding, Host, Outcome, Report, Session};
use crate::level::Stage;

/// All of it.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        for session in &self.sessions {
            session.noticed(f)?;
        }
        list(f, self.findings.iter())?;
        self.foot(f)
    }
}

/// A report without what is as recommended, and without what was noticed on the way.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a>(pub &'a Report);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = *self;
        report.head(f)?;
        let expected = |outcome| matches!(outcome, Outcome::AsRecommended | Outcome::NotHere);
        list(f, report.findings.iter().filter(|finding| !expected(finding.outcome)))?;
        report.foot(f)
    }
}

impl Report {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Level {}", self.level.name())?;
        if let Some(plan) = self.plan {
            write!(f, ", plan {}", plan.name())?;
        }
        if let Some(chip) = &self.chip {
            write!(f, "\nChip {} at {}, serial number {}, ", chip.revision, chip.address, chip.serial)?;
            f.write_str(match chip.stage {
                Stage::ConfigLocked => "configuration locked",
                Stage::DataLocked => "configuration and data locked",
                _ => "nothing locked",
            })?;
            if !chip.not_as_factory.is_empty() {
                write!(f, "\nNot as it left the factory (byte: value): {}", chip.not_as_factory.join(", "))?;
            }
        }
        self.sessions.iter().try_for_each(|session| session.host.fmt(f))
    }

    fn foot(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\n\nQuestions: {}. {} answered as the chip reference recommends, {} otherwise, {} as no reading \
             predicts; {} can't be asked here, {} got no answer",
            self.findings.len(),
            self.count(Outcome::AsRecommended),
            self.count(Outcome::Otherwise),
            self.count(Outcome::Unforeseen),
            self.count(Outcome::NotHere),
            self.count(Outcome::Failed),
        )?;
        if let Some(signed) = &self.signed {
            write!(f, "\n\n{}", signed.statement)?;
            if let Some(by) = &signed.by {
                write!(f, "\n  {by}")?;
            }
            write!(f, "\nSHA-256 {}", signed.sha256)?;
        }
        writeln!(f)
    }
}

fn list<'a>(f: &mut fmt::Formatter<'_>, findings: impl Iterator<Item = &'a Finding>) -> fmt::Result {
    let mut stage = None;
    for finding in findings {
        if stage.replace(finding.stage) != Some(finding.stage) {
            write!(f, "\n\nAsked in {}:", finding.stage.name())?;
        }
        fmt::Display::fmt(finding, f)?;
    }
    Ok(())
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.outcome {
            Outcome::AsRecommended => "as recommended",
            Outcome::Otherwise => "OTHERWISE",
            Outcome::Unforeseen => "UNFORESEEN",
            Outcome::NotHere => "not here",
            Outcome::Failed => "NO ANSWER",
        };
        write!(f, "\n  {:<14} {} ({})", mark, self.probe, self.points.join(", "))?;
        if !self.says.is_empty() {
            write!(f, ": {}", self.says)?;
        }
        write!(f, "\n                 {}", self.observed)?;
        if !self.change.is_empty() {
            write!(f, "\n                 to change: {}", self.change)?;
        }
        Ok(())
    }
}

impl Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{} on {}, {}", self.program, self.bus, self.date)?;
        for part in [&self.adapter, &self.kernel].into_iter().flatten() {
            write!(f, ", {part}")?;
        }
        match self.clock_hz {
            Some(hz) => write!(f, ", {} kHz", hz / 1_000),
            None => Ok(()),
        }
    }
}

impl Session {
    fn noticed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = |map: &std::collections::BTreeMap<String, u64>| {
            let counts: Vec<_> = map.iter().map(|(what, times)| format!("{what} ({times})")).collect();
            if counts.is_empty() { "none".into() } else { counts.join(", ") }
        };
        write!(f, "\n  wake responses: {}", counts(&self.wakes))?;
        write!(f, "\n  while asleep or busy: {}", counts(&self.nacks))?;
        write!(f, "\n  faults: {}; retries: {}", counts(&self.faults), self.retries)?;
        for times in &self.times {
            let how = if times.done { "" } else { ", refused" };
            let ms = |us: u64| format!("{}.{:02}", us / 1_000, us % 1_000 / 10);
            write!(
                f,
                "\n  {}{how}: {} ms ({} to {}, {} times)",
                times.command,
                ms(times.median_us),
                ms(times.min_us),
                ms(times.max_us),
                times.number
            )?;
        }
        Ok(())
    }
}
