//! `atecc selftest`.

use std::fmt;

use atecc608::command::Tests;
use atecc608::diagnose::Seen;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// Has the chip test itself; exit status 1 if it fails. [changes nothing]
///
/// Takes a quarter of a second, and over 2 s on a chip that is configured to run slowly.
#[derive(Debug, Args)]
pub struct Selftest {
    /// Only these: rng, ecdsa, ecdh, aes, sha.
    #[arg(long, value_name = "TEST,...", value_delimiter = ',', value_parser = test)]
    only: Vec<Tests>,
}

const NAMES: [(Tests, &str); 5] = [
    (Tests::RNG, "rng"),
    (Tests::ECDSA, "ecdsa"),
    (Tests::ECDH, "ecdh"),
    (Tests::AES, "aes"),
    (Tests::SHA, "sha"),
];

fn test(name: &str) -> Result<Tests, String> {
    NAMES
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(test, _)| *test)
        .ok_or_else(|| "there are rng, ecdsa, ecdh, aes and sha".into())
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    passed: Vec<&'static str>,
    failed: Vec<&'static str>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (names, what) in [(&self.passed, "passed"), (&self.failed, "failed")] {
            if !names.is_empty() {
                writeln!(f, "{what}: {}", names.join(", "))?;
            }
        }
        Ok(())
    }
}

fn names(tests: Tests) -> Vec<&'static str> {
    NAMES.iter().filter(|(test, _)| tests.contains(*test)).map(|(_, name)| *name).collect()
}

impl Selftest {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tests = match self.only.as_slice() {
            [] => Tests::all(),
            some => some.iter().fold(Tests::empty(), |all, test| all | *test),
        };
        let command = atecc608::command::SelfTest(tests);
        let failed =
            app.explained("the chip was asked to test itself", &[&command], Seen::new(), |chip| {
                chip.self_test(tests)
            })?;
        let answer = Answer { passed: names(tests - failed), failed: names(failed) };
        app.answer(&answer)?;
        match answer.failed.is_empty() {
            true => Ok(()),
            false => Err(Failure::no("the chip failed its self test: do not use it")),
        }
    }
}
