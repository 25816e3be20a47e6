//! Why the chip refused: the rule behind a status, and what would help.

use std::fmt::Write as _;

use atecc608::command::Command;
use atecc608::command::raw::RawCommand;
use atecc608::config::{ConfigZone, LockState};
use atecc608::diagnose::{Diagnosis, Rule, Seen, diagnose_request};
use atecc608::wire::{Opcode, Reply, Request};
use atecc608::{Error, Slot, Status};
use atecc608_linux::{BusError, Chip, ChipError, SharedChip};

use crate::advice;
use crate::failure::{Failure, Kind};

/// A command that an operation sends, and that the chip may refuse. Every [`Command`] is one.
pub trait Refusable {
    /// The fields on the wire.
    fn fields(&self) -> Request<'_>;
}

impl<C: Command> Refusable for C {
    fn fields(&self) -> Request<'_> {
        self.request()
    }
}

/// The failure, with the reason if the chip refused one of the `commands`. Nothing is sent again but what reads.
pub(crate) fn explained(
    chip: &SharedChip,
    tried: &str,
    error: &ChipError,
    commands: &[&dyn Refusable],
    seen: Seen,
) -> Failure {
    let failure = Failure::of_chip(tried, error);
    let Some(status) = error.refusal() else { return failure };
    if status == Status::Miscompare {
        let cause = "the chip compared, and it does not match";
        return Failure::new(
            Kind::No,
            tried,
            cause,
            "check the key or password, and what was computed with it",
        )
        .with_status(status);
    }
    let (Some(opcode), true) = (error.command(), matches!(status, Status::Execution | Status::Parse)) else {
        return failure;
    };
    // An operation that begins with GenDig has had it done.
    let mixed =
        commands.iter().map(|command| command.fields()).find(|request| request.opcode == Opcode::GenDig);
    let mixed = mixed.and_then(|request| Slot::new(u8::try_from(request.p2).ok()?));
    let seen = match mixed {
        Some(slot) if opcode != Opcode::GenDig => seen.with_gen_dig(slot),
        _ => seen,
    };
    let asked = commands.iter().map(|command| command.fields()).filter(|request| request.opcode == opcode);
    let asked: Vec<_> = asked.collect();
    let Ok((locks, found)) = chip.with(|chip| -> Result<_, Error<BusError>> {
        let mut found = Vec::new();
        for request in asked {
            found.push(ask(chip, request, seen)?);
        }
        Ok((chip.lock_state()?, found))
    }) else {
        // The chip is gone meanwhile: what it said is all there is.
        return failure;
    };
    worded(failure, opcode, status, locks, &found)
}

/// The same in words.
fn worded(
    failure: Failure,
    opcode: Opcode,
    status: Status,
    locks: LockState,
    found: &[Diagnosis],
) -> Failure {
    let rule = found.iter().find_map(Diagnosis::rule);
    let candidates = match rule {
        Some(_) => Vec::new(),
        None => candidates(found),
    };
    let mut cause = format!("the chip refused {opcode} (status {:#04x})", status.to_byte());
    let mut help = String::from("`atecc why` asks the configuration; `atecc config explain` shows all of it");
    match (rule, candidates.as_slice()) {
        (Some(rule), _) | (None, &[rule]) => {
            let _ = write!(cause, ": {}", rule.cause());
            help = advice::help(rule);
        }
        (None, []) => cause.push_str(", though configuration and locks permit it"),
        (None, several) => {
            cause.push_str("; configuration and locks permit it, but it needs all of this, and lacked one:");
            help.clear();
            for rule in several {
                let _ = write!(cause, "\n- {}", rule.cause());
                let _ = write!(help, "{}{}", if help.is_empty() { "" } else { "\n" }, advice::help(*rule));
            }
        }
    }
    let _ = write!(cause, "\n{locks}; chip reference {}", section(opcode));
    let rule = rule.or(candidates.first().copied().filter(|_| candidates.len() == 1));
    failure.because(cause, help, rule)
}

/// Whether configuration and locks permit a command, which is not sent.
pub(crate) fn permitted(tried: &str, zone: &ConfigZone, command: &dyn Refusable) -> Result<(), Failure> {
    let request = command.fields();
    let Some(rule) = diagnose_request(zone, &Seen::new(), &request).rule() else { return Ok(()) };
    let cause = format!(
        "the chip would refuse {}: {}\n{}; chip reference {}",
        request.opcode,
        rule.cause(),
        LockState::of(zone),
        section(request.opcode)
    );
    Err(Failure::new(Kind::Refused, tried, "", "").because(cause, advice::help(rule), Some(rule)))
}

/// Why the chip would refuse a command, which is not sent.
pub(crate) fn ask(chip: &mut Chip, request: Request<'_>, seen: Seen) -> Result<Diagnosis, Error<BusError>> {
    chip.diagnose(&RawCommand { request, reply: Reply::Status }, seen)
}

/// What a command may have lacked. What was in a register does not count if there is something else: the driver fills
/// those itself, just before.
fn candidates(found: &[Diagnosis]) -> Vec<Rule> {
    let others = open(found);
    if others.is_empty() { all(found) } else { others }
}

/// What is left open, but for registers.
pub(crate) fn open(found: &[Diagnosis]) -> Vec<Rule> {
    all(found).into_iter().filter(|rule| !is_filled(*rule)).collect()
}

fn all(found: &[Diagnosis]) -> Vec<Rule> {
    let mut all: Vec<Rule> = Vec::new();
    for rule in found.iter().flat_map(Diagnosis::candidates) {
        if !all.contains(rule) {
            all.push(*rule);
        }
    }
    all
}

fn is_filled(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::TempKey
            | Rule::TempKeySource
            | Rule::TempKeyUpper
            | Rule::DigestBuffer
            | Rule::TempKeyNoMac
            | Rule::ReadRandom { .. }
            | Rule::AlternateKey
            | Rule::ShaContext
    )
}

/// The section of the chip reference about a command.
pub(crate) fn section(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Aes => "5.1",
        Opcode::CheckMac => "5.2",
        Opcode::Counter => "5.3",
        Opcode::DeriveKey => "5.4",
        Opcode::Ecdh => "5.5",
        Opcode::GenDig => "5.6",
        Opcode::GenKey => "5.7",
        Opcode::Info => "5.9",
        Opcode::Kdf => "5.10",
        Opcode::Lock => "5.11",
        Opcode::Mac => "5.12",
        Opcode::Nonce => "5.13",
        Opcode::PrivWrite => "5.14",
        Opcode::Random => "5.15",
        Opcode::Read => "5.16",
        Opcode::SecureBoot => "5.17",
        Opcode::SelfTest => "5.18",
        Opcode::Sha => "5.19",
        Opcode::UpdateExtra => "5.20",
        Opcode::Sign => "5.21",
        Opcode::Verify => "5.22",
        Opcode::Write => "5.23",
        // Not one of the 22.
        _ => "5",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_those_of_the_chip_reference() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/chip-reference.md");
        let text = std::fs::read_to_string(path).unwrap();
        for opcode in (0..=0xFF).filter_map(Opcode::from_byte) {
            let section = section(opcode);
            let heading = text.lines().find(|line| line.starts_with(&format!("### {section} "))).unwrap();
            let names = heading.to_lowercase().contains(&opcode.name().to_lowercase());
            assert!(
                names && heading.ends_with(&format!("0x{:02X}", opcode.to_byte())),
                "{opcode}: {heading}"
            );
        }
    }
}
