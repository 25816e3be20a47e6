//! `atecc doctor`.

mod attendant;
mod file;
mod list;
mod sign;

use std::fmt;
use std::path::PathBuf;

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::line::Wires;
use atecc608_doctor::plan::Plan;
use atecc608_doctor::probe::Stop;
use atecc608_doctor::report::{Host, Report, Summary};
use atecc608_doctor::run::{Halt, Order, Rehearsal, Simulated, examine};
use atecc608_linux::{BusError, Location};
use atecc608_sim::Bus;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::app::App;
use crate::bus::Place;
use crate::failure::{Failure, Kind};
use crate::parse;
use attendant::Attendant;
use file::ReportFile;

/// Asks the chip what no public source says about it, and writes a report to send in: docs/doctor.md has what it is
/// for. Level `look` [changes nothing]; `blank`, for a chip of which nothing is locked, [can be undone] and is, before
/// it ends; `spend` locks the chip for ever [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub struct Doctor {
    /// How far it may go.
    #[arg(long, value_enum, default_value = "look")]
    level: LevelOption,
    /// The configuration on which a chip is spent: each has other questions.
    #[arg(long, value_enum, required_if_eq("level", "spend"))]
    plan: Option<PlanOption>,
    /// Where the report goes. If the file has the report of a run that was stopped, that run goes on.
    #[arg(long, value_name = "FILE", required_if_eq("level", "spend"))]
    report: Option<PathBuf>,
    /// Puts the whole serial number into the report, not only the bytes that all chips of its kind have.
    #[arg(long)]
    with_serial: bool,
    /// Signs the report off with this name or handle, or with none: --signed-by ''. Without it you are asked, if there
    /// is a terminal.
    #[arg(long, value_name = "NAME", requires = "report")]
    signed_by: Option<String>,
    /// Asks only this question.
    #[arg(long, value_name = "NAME", value_parser = list::known)]
    probe: Option<String>,
    /// Shows each answer, also those that are as recommended. (The report has them all, and --check shows them.)
    #[arg(long)]
    all: bool,
    /// Lists the questions, those of all levels and plans, and asks none.
    #[arg(long, conflicts_with_all = ["report", "probe", "plan", "level", "check"])]
    list: bool,
    /// Shows a report that somebody sent, and whether it is as it was when it was signed off.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["report", "probe", "plan", "level"])]
    check: Option<PathBuf>,
    /// With --yes-serial, at level `spend`: nobody is asked, and the chip is spent. (A simulated chip needs only
    /// --yes-serial.)
    #[arg(long, requires = "yes_serial")]
    spend_chip_for_ever: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelOption {
    Look,
    Blank,
    Spend,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlanOption {
    A,
    B,
}

impl Doctor {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        if self.list {
            return app.answer(&list::Answer::all());
        }
        if let Some(path) = &self.check {
            return sign::check(app, path);
        }
        if app.dry_run() {
            return self.dry(app);
        }
        self.permitted(app)?;
        let (level, plan) = (self.level(), self.plan());
        let mut file = ReportFile::open(self.report.as_deref(), level, plan)?;
        let rehearsal = plan.map(|plan| rehearse(app, plan)).transpose()?;
        let mut report = file.taken();
        self.examined(app, &mut report, &mut file, rehearsal.as_ref())?;
        if report.chip.as_ref().is_some_and(|chip| chip.stage != Stage::Unlocked) && level == Level::Blank {
            app.note("the configuration of this chip is locked: only what changes nothing was asked");
        }
        let report = sign::off(app, report, self.signed_by.as_deref(), self.report.is_some())?;
        file.write(&report)?;
        if let Some(path) = &self.report {
            app.note(format_args!(
                "{} written: read it, then send it in with the project's issue form `doctor`",
                path.display()
            ));
        }
        match self.all || self.probe.is_some() {
            true => app.answer(&report),
            false => app.answer(&Short(report)),
        }
    }

    fn level(&self) -> Level {
        match self.level {
            LevelOption::Look => Level::Look,
            LevelOption::Blank => Level::Blank,
            LevelOption::Spend => Level::Spend,
        }
    }

    fn plan(&self) -> Option<Plan> {
        let plan = self.plan.filter(|_| self.level == LevelOption::Spend)?;
        Some(match plan {
            PlanOption::A => Plan::A,
            PlanOption::B => Plan::B,
        })
    }

    /// What is wrong before anything is opened.
    fn permitted(&self, app: &mut App) -> Result<(), Failure> {
        let wrong =
            |cause: &str, help: &str| Err(Failure::new(Kind::Usage, "the doctor was called", cause, help));
        if self.level != LevelOption::Spend {
            return match self.plan {
                Some(_) => {
                    wrong("only a chip that is spent has a plan", "leave --plan out, or add --level spend")
                }
                None => Ok(()),
            };
        }
        if self.probe.is_some() {
            return wrong(
                "a chip is spent for all questions of its plan, not for one",
                "leave --probe out, or ask at level look or blank",
            );
        }
        let real = !Place::is_simulated(app.chip()?.location());
        if real && app.global().yes_serial.is_some() && !self.spend_chip_for_ever {
            return Err(Failure::new(
                Kind::Consent,
                "a chip was to be spent",
                "--yes-serial alone does not spend a chip that is no simulated one; nothing was changed",
                "leave it out and answer three times, or add --spend-chip-for-ever",
            ));
        }
        Ok(())
    }

    fn examined(
        &self,
        app: &mut App,
        report: &mut Report,
        file: &mut ReportFile,
        rehearsal: Option<&Rehearsal>,
    ) -> Result<(), Failure> {
        let (chip, host) = (app.chip()?, host(app)?);
        let order = Order {
            plan: self.plan(),
            only: self.probe.as_deref(),
            with_serial: self.with_serial,
            rehearsal,
            ..Order::new(self.level())
        };
        let mut attendant = Attendant::new(app, &chip, file);
        let ended = chip.with_bus(|bus, delay, clock| -> Result<_, atecc608_linux::Failure> {
            let mut line = Wires::new(bus, delay, clock, BusError::name);
            match examine(&mut line, chip.address().to_7bit(), host, order, report, &mut attendant) {
                // So that it is explained with what the kernel said.
                Err(Halt::Chip(stop @ (Stop::Bus { .. } | Stop::Silent { .. } | Stop::Damaged { .. }))) => {
                    Err(atecc608_linux::Failure::Other(Box::new(stop)))
                }
                other => Ok(other),
            }
        });
        let refused = attendant.refused();
        let halt = match ended.map_err(|error| Failure::of_chip("the chip was examined", &error))? {
            Ok(()) => return Ok(()),
            Err(halt) => halt,
        };
        Err(refused.unwrap_or_else(|| halted(&halt)))
    }

    /// What would be asked, and what would be written.
    fn dry(&self, app: &mut App) -> Result<(), Failure> {
        let config = app.ask("the chip was asked for its configuration", |chip| chip.read_config())?;
        app.answer(&list::Answer::dry(self.level(), self.plan(), self.probe.as_deref(), config.as_bytes())?)
    }
}

/// Without the answers that are as recommended; with --json all.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Short(Report);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Summary(&self.0).fmt(f)
    }
}

/// A failure that is none of the bus.
fn halted(halt: &Halt) -> Failure {
    let (kind, help) = match halt {
        Halt::AnotherChip => (Kind::NoChip, "put the chip back, or name another file with --report"),
        Halt::Unusable(_) => (Kind::File, "name another file with --report"),
        Halt::NotKept(_) => (Kind::File, "name a file that can be written with --report"),
        Halt::NotAgreed(_) => (Kind::Consent, "run again, and type the serial number"),
        Halt::NotRehearsed | Halt::Rehearsal(_) | Halt::NoPlan => (Kind::Usage, "name the plan with --plan"),
        Halt::Chip(_) => (
            Kind::Refused,
            "a blank chip, as it leaves the factory, can be spent; every chip can be looked at",
        ),
    };
    Failure::new(kind, "the chip was examined", halt, help)
}

/// The plan on a chip in software, with the same code, before the chip is touched.
fn rehearse(app: &App, plan: Plan) -> Result<Rehearsal, Failure> {
    app.note(format_args!("plan {} is gone through on a simulated chip first", plan.name()));
    let bus = Bus::with_blank_chip(0);
    let clock = bus.clone();
    let wires = Wires::new(bus.i2c(), bus.delay(), move || clock.now(), |error| error.to_string());
    Rehearsal::new(Simulated::chip_in_software(wires, 0x60), plan).map_err(|halt| {
        Failure::new(
            Kind::Refused,
            format!("plan {} was gone through on a simulated chip first", plan.name()),
            format!("{halt}; the chip was not touched"),
            "this is a defect of the program: report it",
        )
    })
}

/// What is told of this machine.
fn host(app: &mut App) -> Result<Host, Failure> {
    let chip = app.chip()?;
    let now = parse::time_or_now(None)?;
    let adapter = match chip.location() {
        Location::Device(device) => {
            atecc608_linux::adapters().into_iter().find(|adapter| adapter.device == *device)
        }
        _ => None,
    };
    let bus = match chip.location() {
        Location::Device(device) => device.display().to_string(),
        Location::Tcp(_) => "a simulator behind a connection".into(),
        _ => "a simulated bus".into(),
    };
    Ok(Host {
        date: format!("{:04}-{:02}-{:02}", now.year(), now.month(), now.day()),
        program: format!("atecc {}", env!("CARGO_PKG_VERSION")),
        bus,
        simulated: Place::is_simulated(chip.location()),
        clock_hz: adapter.as_ref().and_then(|adapter| adapter.hz),
        adapter: adapter.and_then(|adapter| adapter.name),
        kernel: atecc608_linux::kernel(),
    })
}
