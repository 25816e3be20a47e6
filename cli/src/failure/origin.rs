//! What the crates below fail with, by kind and with what helps.

use std::fmt;

use atecc608::ErrorKind;
use atecc608_linux::{ChipError, Failure as Cause, OpenError, Trouble};
use atecc608_sim::state::StateError;

use super::{Failure, Kind};
use crate::bus::FORMS;

const SERVER: &str = "start `atecc sim serve` there, and write --bus tcp:HOST:PORT as it says";
const WIRES: &str =
    "check pull-ups, supply and the length of the wires, and that the bus runs at 100 kHz; run again";

impl Failure {
    /// What an operation of the chip failed with.
    pub(crate) fn of_chip(tried: impl fmt::Display, error: &ChipError) -> Self {
        // What a session was ended with by the program itself.
        if let Cause::Other(other) = error.failure()
            && let Some(own) = other.downcast_ref::<Self>()
        {
            return own.clone();
        }
        let tried = tried.to_string();
        if let Some(why) = error.connection() {
            return Self::new(Kind::Bus, tried, why, SERVER);
        }
        let (kind, help) = match error.failure() {
            Cause::Busy(_) => (Kind::Busy, "wait for the other program, or end it; then run again"),
            Cause::Lock(_) => (Kind::Bus, "see to the rights of that file: every user of the bus needs it"),
            Cause::State(error) => return Self::of_state(tried, error),
            Cause::X509(_) => {
                (Kind::No, "`atecc cert show` and `atecc tng` say which certificates a chip has")
            }
            _ => match error.chip() {
                Some(chip) => of_driver(&chip.kind),
                None => (Kind::Usage, ""),
            },
        };
        let failure = match error.trouble() {
            Some(trouble) => {
                let kind = if kind == Kind::NoChip { kind } else { of_trouble(trouble).unwrap_or(kind) };
                let cause = format!("{}\nseen as: {}", trouble.cause(), error.failure());
                Self::new(kind, tried, cause, advice(trouble))
            }
            None => Self::new(kind, tried, error.failure(), help),
        };
        Self { status: error.refusal(), ..failure }
    }

    /// What opening the bus failed with.
    pub(crate) fn of_open(bus: &str, error: &OpenError) -> Self {
        let tried = format!("the chip was looked for on {bus}");
        match error {
            OpenError::Location(error) => Self::new(Kind::Usage, tried, error.why(), FORMS),
            OpenError::Bus(trouble) => {
                Self::new(of_trouble(trouble).unwrap_or(Kind::Bus), tried, trouble.cause(), advice(trouble))
            }
            OpenError::Lock(error) => Self::new(
                Kind::Bus,
                tried,
                error,
                "see to the rights of that file: every user of the bus needs it",
            ),
            OpenError::State(error) => Self::of_state(tried, error),
            OpenError::Tcp(error) => Self::new(Kind::Bus, tried, error, SERVER),
            OpenError::Chip(error) => Self::of_chip(tried, error),
            OpenError::NoChip { addresses, error } => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                let tried = format!("{tried}, at {}", addresses.join(", "));
                Self { kind: Kind::NoChip, ..Self::of_chip(tried, error) }
            }
            other => Self::new(Kind::Bus, tried, other, FORMS),
        }
    }

    /// What the file of a simulated chip failed with.
    pub(crate) fn of_state(tried: impl fmt::Display, error: &StateError) -> Self {
        let (kind, help) = match error {
            StateError::InUse { .. } => (
                Kind::Busy,
                "wait for the other program, or end it. Several at one simulated chip: `atecc sim serve`, and --bus \
                 tcp:HOST:PORT for each",
            ),
            StateError::Contents { .. } => (
                Kind::File,
                "name a file that this program or atecc608-sim has made, or one that does not exist yet",
            ),
            _ => (Kind::File, "name a file in a folder that can be written to: --bus sim:FILE"),
        };
        Self::new(kind, tried, error, help)
    }
}

/// What the driver says.
fn of_driver<E>(kind: &ErrorKind<E>) -> (Kind, &'static str) {
    match kind {
        ErrorKind::NoDevice(_) => {
            (Kind::NoChip, "`atecc scan` looks at all buses and at the usual addresses")
        }
        ErrorKind::NotAwake => {
            (Kind::NoChip, "give the chip's own --address; `atecc scan` looks at the usual ones")
        }
        ErrorKind::WrongChip(_) => {
            (Kind::NoChip, "use an ATECC608; if there are several chips give --address")
        }
        ErrorKind::Status(_) | ErrorKind::Encrypted => {
            (Kind::Refused, "`atecc why` asks the configuration; `atecc config explain` shows all of it")
        }
        ErrorKind::NotRandom => (Kind::Refused, "lock the configuration first (`atecc lock config`)"),
        ErrorKind::Forged => (Kind::No, "check key, nonce and data"),
        ErrorKind::Argument(_) => (Kind::Usage, "write the command as its --help says"),
        ErrorKind::Timeout(_) | ErrorKind::Reset => (
            Kind::Contact,
            "look what the chip holds before the step is repeated, then see to supply and wires",
        ),
        _ => (Kind::Contact, WIRES),
    }
}

/// What the kernel says, if that decides.
fn of_trouble(trouble: &Trouble) -> Option<Kind> {
    match trouble {
        Trouble::NoSuchBus { .. }
        | Trouble::NoPermission { .. }
        | Trouble::Gone { .. }
        | Trouble::NoBus { .. } => Some(Kind::Bus),
        Trouble::Busy { .. } => Some(Kind::Busy),
        Trouble::NoWake { .. } | Trouble::Silent { .. } => Some(Kind::NoChip),
        _ => None,
    }
}

/// The same in this program's options.
fn advice(trouble: &Trouble) -> String {
    trouble.advice().replace("(Options::max_write)", "(--max-write 32)")
}
