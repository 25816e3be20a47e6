//! `chain`: the certificates of a preset's chip.

use std::process::{Command, Output};

fn chain(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_atecc608-sim"));
    program.arg("chain").args(arguments).output().unwrap()
}

#[test]
fn three_certificates_for_a_part_and_two_for_a_signer() {
    let printed = |arguments: &[&str]| {
        let output = chain(arguments);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let part = printed(&["tngtls", "--seed", "7"]);
    assert_eq!(part.matches("-----BEGIN CERTIFICATE-----\nMII").count(), 3);
    let signer = printed(&["demo-signer", "--seed", "8"]);
    assert!(part.ends_with(&signer), "its signer is that of all seeds up to 255");
    assert!(!part.ends_with(&printed(&["demo-signer", "--seed", "256"])));
    assert_ne!(part, printed(&["tngtls"]));
}

#[test]
fn others_have_none() {
    for (preset, message) in [("helium", "issued no certificate for helium"), ("tng", "there are tngtls")] {
        let output = chain(&[preset]);
        assert!(!output.status.success() && output.stdout.is_empty());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(message), "{said}");
    }
}
