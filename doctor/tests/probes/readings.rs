//! The simulator with one of the readings that matter for security, which have names of their own.

use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::{Finding, Outcome};
use atecc608_sim::chip::{Readings, SecondNonce};

use crate::chip::{blank, spent};

/// The probes that see it, and all the others see nothing.
fn seen_by(readings: Readings) -> Vec<(String, usize)> {
    let mut seen = Vec::new();
    for finding in spent(&blank(readings), Plan::A) {
        match finding {
            Finding { outcome: Outcome::AsRecommended | Outcome::NotHere, .. } => {}
            Finding { answer: Some(answer), probe, .. } => seen.push((probe, answer)),
            finding => panic!("{finding:#?}"),
        }
    }
    seen.sort_unstable();
    seen.dedup();
    seen
}

fn answers(probes: &[&str]) -> Vec<(String, usize)> {
    probes.iter().map(|probe| ((*probe).to_owned(), 1)).collect()
}

#[test]
fn no_mac_keys_may_encrypt() {
    let readings = Readings { no_mac_encrypts: true, ..Readings::default() };
    let probes = ["no-mac-derive-key", "no-mac-priv-write", "no-mac-read", "no-mac-write"];
    assert_eq!(seen_by(readings), answers(&probes));
}

#[test]
fn a_challenge_may_authorise() {
    let readings = Readings { challenge_authorises: true, ..Readings::default() };
    assert_eq!(seen_by(readings), answers(&["challenge-authorises"]));
}

#[test]
fn the_second_nonce_may_change_flags() {
    let with = |second_nonce| Readings { second_nonce, ..Readings::default() };
    assert_eq!(seen_by(with(SecondNonce::BecomesRandom)), answers(&["source-after-second-nonce"]));
    assert_eq!(seen_by(with(SecondNonce::Forgets)), answers(&["gen-dig-data-after-second-nonce"]));
}
