//! The table against Microchip's certificate library: every row says what does the job here or why nothing does, and
//! who searches the docs for a name of that library finds the operation. That no function is missing is
//! checked where the library is (`interop/vendor/table.py`).

use crate::{aliases, linked, names, root};
use std::fs;

const PREFIXES: [&str; 2] = ["atcacert_", "tng_"];

/// The cells of all its tables, headers and rules left out.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/guide/atcacert.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        let line = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).unwrap();
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with('|')).map(cells);
    rows.filter(|row| row[0] != "cryptoauthlib" && !row[0].starts_with("---")).collect()
}

#[test]
fn every_row_names_what_does_the_job() {
    let mut count = 0;
    for row in rows() {
        let [theirs, ours, otherwise] = &row[..] else { panic!("not three cells: {row:?}") };
        let calls = names(theirs, &PREFIXES);
        assert!(!calls.is_empty(), "{row:?}");
        count += calls.len();
        match ours.as_str() {
            "none" => assert!(!otherwise.is_empty(), "none, but why? {row:?}"),
            ours => assert!(!linked(ours).is_empty(), "{row:?}"),
        }
    }
    assert!(count > 100, "{count}");
}

/// Types and functions of the room carry aliases for the search, as operations do.
#[test]
fn search_knows_the_names() {
    for half in ["driver/asynch", "driver/blocking"] {
        let (operations, types) = (aliases(half, &PREFIXES), aliases("x509", &PREFIXES));
        let known: Vec<&String> = operations.values().chain(types.values()).flatten().collect();
        let mut missing = Vec::new();
        for row in rows().iter().filter(|row| row[1] != "none") {
            missing.extend(names(&row[0], &PREFIXES).into_iter().filter(|name| !known.contains(&name)));
        }
        assert!(missing.is_empty(), "{half}: no alias for {missing:?}");
    }
}
