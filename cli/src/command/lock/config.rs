//! `atecc lock config`.

use atecc608::command::{Lock, LockTarget, Summary};
use atecc608::config::{ConfigZone, plan::Plan, preset};
use atecc608::irreversible::NoMoreConfigWrites;
use clap::Args;

use super::Locked;
use crate::app::App;
use crate::command::config::{Differences, Linted, Planned};
use crate::failure::{Failure, Kind};
use crate::source::{Source, source};

/// Locks the configuration as it is on the chip, for ever: no byte of it can be changed any more. It is shown first,
/// with what the locks end. Run again, it does nothing. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct LockConfig {
    /// What the chip should hold: a file or a preset. Anything else is not locked.
    #[arg(long, value_name = "SOURCE", value_parser = source)]
    config: Option<Source>,

    /// Locks it although lint finds errors.
    #[arg(long)]
    despite_lint: bool,
}

impl LockConfig {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let zone = app.ask("the chip's configuration was read", |chip| chip.read_config())?;
        let serial = zone.serial_number().to_string();
        let tried = format!("the configuration of chip {serial} was to be locked");
        self.compare(app, &zone, &tried)?;
        let answer = |locked_now, locked| Locked {
            serial: serial.clone(),
            target: "configuration".into(),
            locked_now,
            locked,
        };
        if zone.is_config_locked() {
            return app.answer(&answer(false, true));
        }
        let plan = Plan::new(&zone, &zone).map_err(|error| Failure::new(Kind::Refused, &tried, error, ""))?;
        app.show(&Planned::new(&plan));
        let linted = Linted::new(&zone);
        if linted.errors > 0 && !self.despite_lint {
            let cause = format!("lint found {}; nothing was locked", linted.in_words());
            let help = "correct it (`atecc config apply`); --despite-lint locks it all the same";
            return Err(Failure::new(Kind::No, tried, cause, help));
        }
        if app.dry_run() {
            return app.answer(&answer(false, false));
        }
        let consent = app
            .consent("its configuration will be locked as it is shown above")?
            .for_chip(zone.serial_number(), &tried)?;
        let lock = Lock(LockTarget::Config(Summary::Crc(plan.crc()), NoMoreConfigWrites));
        app.consented(&consent, &tried, &[&lock], |chip| chip.lock_config(&zone, NoMoreConfigWrites))?;
        app.answer(&answer(true, true))
    }

    /// The chip has to hold what is expected, if that is said.
    fn compare(&self, app: &mut App, zone: &ConfigZone, tried: &str) -> Result<(), Failure> {
        let Some(expected) = &self.config else { return Ok(()) };
        let given = expected.read(app, zone)?;
        let wanted = preset::on_chip(given.as_bytes(), zone);
        if wanted == *zone {
            return Ok(());
        }
        let differences = Differences::new(&wanted, zone, &expected.to_string(), "the chip");
        let (cause, help) = if zone.is_config_locked() {
            ("it is locked already, with another configuration", "take another chip")
        } else {
            ("it holds another configuration; nothing was locked", "`atecc config apply` writes it")
        };
        let cause = format!("{cause}\ndifferent: {}", differences.places());
        Err(Failure::new(
            Kind::No,
            tried,
            cause,
            format!("{help}; `atecc config diff` shows the differences"),
        ))
    }
}
