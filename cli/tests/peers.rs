//! The page for those who come from another tool: every command in it is one of this program.
#![cfg(target_os = "linux")]

use atecc608_cli::cli::Cli;
use clap::Parser as _;
use clap::error::ErrorKind;

const PAGE: &str = include_str!("../docs/peers.md");

/// What stands between backquotes and begins with the program's name.
fn lines() -> Vec<&'static str> {
    PAGE.split('`').skip(1).step_by(2).filter(|code| code.starts_with("atecc ")).collect()
}

/// The rows of a section's table, without its head.
fn rows(section: &str) -> Vec<Vec<&'static str>> {
    let begin = PAGE.find(&format!("\n## {section}")).unwrap_or_else(|| panic!("no section {section}"));
    let rest = &PAGE[begin + 4..];
    let section = &rest[..rest.find("\n## ").unwrap_or(rest.len())];
    let rows = section.lines().filter(|line| line.starts_with("| "));
    rows.skip(1).map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

#[test]
fn every_line_is_a_command_of_this_program() {
    let lines = lines();
    assert!(lines.len() > 70, "{}", lines.len());
    for line in lines {
        match Cli::try_parse_from(line.split_whitespace()) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::DisplayVersion => {}
            Err(error) => panic!("{line}: {error}"),
        }
    }
    assert!(Cli::try_parse_from(["atecc", "key", "invent", "0"]).is_err());
}

#[test]
fn every_command_of_the_others_has_its_row() {
    for (section, count) in [
        // 31, one of them with two meanings.
        ("atec-util", 32),
        ("gateway-mfr-rs", 9),
        ("NervesKey", 13),
        ("esp_cryptoauth_utility", 14),
        ("cryptoauthtools", 8),
        ("Sketches", 7),
    ] {
        let rows = rows(section);
        assert_eq!(rows.len(), count, "{section}");
        for row in rows {
            let [theirs, ours, differences] = row[..] else { panic!("{row:?}") };
            assert!(!theirs.is_empty());
            // Ours, or why not.
            let why_not = ours == "none" && !differences.is_empty();
            assert!(ours.starts_with("`atecc ") || why_not, "{row:?}");
        }
    }
}

const ATEC_UTIL: [&str; 31] = [
    "serial",
    "info",
    "read-config",
    "write-config",
    "dump-config",
    "lock-config",
    "lock-data",
    "lock-slot",
    "config-is-locked",
    "data-is-locked",
    "slot-is-locked",
    "ecc-gen",
    "ecc-gen-pub",
    "ecc-read-pub",
    "ecc-write",
    "ecc-sign",
    "ecc-verify",
    "write-data",
    "read-data",
    "write-data-block",
    "hmac-write-key",
    "hmac-dgst",
    "counter-read",
    "counter-inc",
    "counter-init",
    "extra-set",
    "extra-get",
    "ecdh",
    "auth-passwd",
    "auth-make-passwd",
    "auth-check-gendig",
];

#[test]
fn none_of_atec_utils_is_missing() {
    let rows = rows("atec-util");
    for command in ATEC_UTIL {
        let is_it = |row: &Vec<&str>| row[0].trim_matches('`').split(' ').next() == Some(command);
        assert!(rows.iter().any(is_it), "{command}");
    }
}
