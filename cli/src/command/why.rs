//! `atecc why`.

mod slot;
mod verb;

use std::fmt;

use atecc608::Slot;
use atecc608::config::{ConfigZone, LockState};
use atecc608::diagnose::{Rule, Seen, diagnose_request};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::advice;
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse;
use crate::refusal;
use crate::source::{Source, source};
pub(crate) use slot::SlotWhy;
use verb::Verb;

/// Why the chip refuses something, and what would help: `atecc why sign --slot 2`. With a slot's number, all that the
/// slot permits after both locks, and why it does not permit the rest: `atecc why 5 my-config.toml`. Exit code 1: the
/// chip would refuse. [changes nothing]
#[derive(Debug, Args)]
pub struct Why {
    /// What is to be done; or a slot, 0 to 15.
    #[arg(value_parser = what)]
    what: What,

    /// A chip (that of --bus if nothing is said), as it is now; or a file or preset, as it would be after both locks.
    #[arg(default_value = "chip", value_parser = source)]
    source: Source,

    /// The slot it is done with.
    #[arg(long, value_name = "SLOT", value_parser = parse::slot)]
    slot: Option<Slot>,

    /// The slot whose key is used with it: to read or write encrypted.
    #[arg(long, value_name = "SLOT", value_parser = parse::slot)]
    key: Option<Slot>,

    /// How far a file or preset is locked.
    #[arg(long, value_enum, value_name = "STAGE")]
    stage: Option<Stage>,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Slot(Slot),
    Verb(Verb),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Stage {
    /// Nothing is.
    Open,
    /// The configuration only.
    ConfigLocked,
    /// Both zones.
    Locked,
}

fn what(text: &str) -> Result<What, String> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return parse::slot(text).map(What::Slot);
    }
    Verb::from_str(text, true).map(What::Verb).map_err(|_| {
        let names = Verb::value_variants()
            .iter()
            .filter_map(|verb| Some(verb.to_possible_value()?.get_name().to_owned()));
        format!("a slot, 0 to 15, or one of: {}", names.collect::<Vec<_>>().join(", "))
    })
}

/// The answer about one command.
#[derive(Debug, Serialize)]
struct Answer {
    command: String,
    slot: Option<u8>,
    locks: String,
    /// Nothing that is known forbids it.
    permitted: bool,
    rule: Option<Reason>,
    /// What it needs besides.
    needs: Vec<Reason>,
    reference: &'static str,
}

#[derive(Debug, Serialize)]
struct Reason {
    rule: &'static str,
    cause: String,
    help: String,
}

impl Reason {
    fn new(rule: Rule) -> Self {
        Self { rule: rule.name(), cause: rule.cause().to_string(), help: advice::help(rule) }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, locks, reference, .. } = self;
        match (&self.rule, self.needs.as_slice()) {
            (Some(reason), _) => {
                write!(f, "{command} would be refused: {}\n  what to do: {}", reason.cause, reason.help)?;
            }
            (None, []) => {
                write!(f, "{command} is permitted: configuration and locks have nothing against it")?
            }
            (None, needs) => {
                write!(
                    f,
                    "{command} is permitted by configuration and locks. What can still stand against it:"
                )?;
                for need in needs {
                    write!(f, "\n- {}\n  what to do: {}", need.cause, need.help)?;
                }
            }
        }
        write!(f, "\n  {locks}; chip reference {reference}")
    }
}

impl Why {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let zone = self.staged(self.source.alone(app)?);
        let verb = match self.what {
            What::Slot(slot) => return app.answer(&SlotWhy::new(&zone, slot)),
            What::Verb(verb) => verb,
        };
        let slot = match self.slot {
            None if verb.needs_slot() => {
                return Err(Failure::new(
                    Kind::Usage,
                    format!("it was asked why {verb} is refused"),
                    "no slot was named",
                    format!("say which: atecc why {verb} --slot 0"),
                ));
            }
            slot => slot.unwrap_or(Slot::S0),
        };
        let seen = self.key.map_or_else(Seen::new, |key| Seen::new().with_gen_dig(key));
        let command = verb.command(slot, self.key.is_some());
        let request = command.fields();
        let diagnosis = match self.source {
            Source::Chip => app.ask("the chip was asked why", |chip| refusal::ask(chip, request, seen))?,
            _ => diagnose_request(&zone, &seen, &request),
        };
        let rule = diagnosis.rule();
        app.answer(&Answer {
            command: if verb.needs_slot() { format!("{verb} with {slot}") } else { verb.to_string() },
            slot: verb.needs_slot().then_some(slot.number()),
            locks: LockState::of(&zone).to_string(),
            permitted: rule.is_none(),
            rule: rule.map(Reason::new),
            needs: match rule {
                Some(_) => Vec::new(),
                None => refusal::open(&[diagnosis]).into_iter().map(Reason::new).collect(),
            },
            reference: refusal::section(request.opcode),
        })?;
        match rule {
            Some(_) => Err(Failure::no("the chip would refuse")),
            None => Ok(()),
        }
    }

    /// With the locks that are asked for. Those of a file or preset are of no meaning.
    fn staged(&self, mut zone: ConfigZone) -> ConfigZone {
        let stage = match (self.stage, self.source.is_chip()) {
            (None, true) => return zone,
            (stage, _) => stage.unwrap_or(Stage::Locked),
        };
        let (data, config) = match stage {
            Stage::Open => (0x55, 0x55),
            Stage::ConfigLocked => (0x55, 0x00),
            Stage::Locked => (0x00, 0x00),
        };
        zone.set_byte(86, data);
        zone.set_byte(87, config);
        zone
    }
}
