//! The table of commands in the guide says what is so: every command has its rows, every cell is filled, and
//! the calls of Microchip's library that it names are calls that CI runs and that pass.

use atecc608::wire::Opcode;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::{aliases, linked, names, root};

const OPCODES: [Opcode; 22] = [
    Opcode::Aes,
    Opcode::CheckMac,
    Opcode::Counter,
    Opcode::DeriveKey,
    Opcode::Ecdh,
    Opcode::GenDig,
    Opcode::GenKey,
    Opcode::Info,
    Opcode::Kdf,
    Opcode::Lock,
    Opcode::Mac,
    Opcode::Nonce,
    Opcode::PrivWrite,
    Opcode::Random,
    Opcode::Read,
    Opcode::SecureBoot,
    Opcode::SelfTest,
    Opcode::Sha,
    Opcode::Sign,
    Opcode::UpdateExtra,
    Opcode::Verify,
    Opcode::Write,
];
const COLUMNS: [&str; 7] =
    ["Command", "Mode", "Type", "Blocking", "Async", "Simulator", "Microchip's library"];

/// The cells of the table, header first, rule left out.
fn table() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/guide/commands.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let from = text.lines().skip_while(|line| !line.starts_with("| Command |"));
    let rows = from.take_while(|line| line.starts_with('|')).map(cells);
    rows.filter(|row| !row[0].starts_with("---")).collect()
}

/// Names of calls: `atcab_` and what follows.
fn calls(text: &str) -> BTreeSet<String> {
    names(text, &["atcab_"])
}

/// The calls that the vendor run needs to succeed: those its scenarios make, but for those it lists as ones
/// that can't. The run fails if one of them does not, or is never refused without a reason.
fn passing() -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for entry in fs::read_dir(root().join("interop/vendor")).unwrap() {
        let path = entry.unwrap().path();
        let python = path.extension().is_some_and(|extension| extension == "py");
        if python && path.file_stem().is_some_and(|name| name != "known") {
            made.extend(calls(&fs::read_to_string(path).unwrap()));
        }
    }
    let known = fs::read_to_string(root().join("interop/vendor/known.py")).unwrap();
    let (cannot, _) = known.split_once("NO_REFUSAL").unwrap();
    let cannot = calls(cannot);
    assert!(made.len() > 100 && !cannot.is_empty(), "{} and {}", made.len(), cannot.len());
    &made - &cannot
}

#[test]
fn every_command_and_every_cell() {
    let rows = table();
    assert_eq!(rows[0], COLUMNS);
    let mut commands = Vec::new();
    for row in &rows[1..] {
        assert_eq!(row.len(), COLUMNS.len(), "{row:?}");
        if !row[0].is_empty() {
            commands.push(row[0].clone());
        }
        assert!(row[1..].iter().all(|cell| !cell.is_empty()), "an empty cell: {row:?}");
    }
    assert_eq!(commands.len(), OPCODES.len());
    for (cell, opcode) in commands.iter().zip(OPCODES) {
        let byte = format!("({:02X})", opcode.to_byte());
        let name = format!("[{}]", opcode.name());
        assert!(cell.ends_with(&byte), "{cell} {byte}");
        assert!(cell.to_lowercase().starts_with(&name.to_lowercase()), "{cell} {name}");
    }
}

/// Both drivers have the same operations.
#[test]
fn both_drivers() {
    for row in &table()[1..] {
        assert_eq!(row[3].replace("blocking::", "asynch::"), row[4], "{}", row[1]);
    }
}

#[test]
fn the_calls_of_the_library_pass() {
    let passing = passing();
    for row in &table()[1..] {
        let named = calls(&row[6]);
        for call in &named {
            assert!(passing.contains(call), "{call} of \"{}\" is not one that passes", row[1]);
        }
        let said = row[6].starts_with("no call") || !named.is_empty();
        assert!(said, "neither a call nor that there is none: {row:?}");
    }
}

/// Who comes from Microchip's library finds each command and operation by the name it has there.
#[test]
fn search_knows_the_names_of_the_library() {
    let types = aliases("command", &["atcab_"]);
    for half in ["driver/asynch", "driver/blocking"] {
        let operations = aliases(half, &["atcab_"]);
        let of = |names: &BTreeMap<String, BTreeSet<String>>, item: &str| {
            names.get(item.split("::").next().unwrap()).cloned().unwrap_or_default()
        };
        for row in &table()[1..] {
            let wanted = calls(&row[6]);
            if row[2] == "–" || wanted.is_empty() {
                continue;
            }
            let mut found = BTreeSet::new();
            for item in linked(&row[2]) {
                let names = of(&types, item);
                assert!(!names.is_empty(), "{item} has no alias");
                found.extend(names);
            }
            for item in linked(&row[3]) {
                let names = if item == "Cmac" { of(&operations, "aes_cmac") } else { of(&operations, item) };
                assert!(!names.is_empty(), "{half}: {item} has no alias");
                found.extend(names);
            }
            // What streams do is in the streams' methods.
            for method in ["update", "finish"] {
                found.extend(of(&operations, method));
            }
            let missing = &wanted - &found;
            assert!(missing.is_empty(), "{half}: {missing:?} of \"{}\" {}", row[0], row[1]);
        }
    }
}
