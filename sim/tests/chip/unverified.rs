//! `docs/unverified.md` lists every point of chip reference 9, and names code that is there.

use atecc608_sim::chip::Alternative;
use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The rows of all tables, without heads.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #"));
    rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

#[test]
fn every_point_is_there() {
    let text = read("docs/unverified.md");
    let numbers: Vec<&str> = rows(&text).into_iter().map(|row| row[0]).collect();
    let wanted =
        (1..=56).map(|number| format!("U{number}")).chain((1..=30).map(|number| format!("D{number}")));
    for number in wanted {
        assert_eq!(numbers.iter().filter(|found| **found == number).count(), 1, "{number}");
    }
}

/// A point, or the first words of a question that the reference is silent about.
fn is_of(row: &[&str], point: &str) -> bool {
    let words = row[0].split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(8).map(str::to_ascii_lowercase).collect();
    row[0] == point || words.join("-") == point
}

#[test]
fn every_other_answer_is_there() {
    let text = read("docs/unverified.md");
    let rows = rows(&text);
    for alternative in Alternative::ALL {
        let row = rows.iter().find(|row| is_of(row, alternative.point()));
        let row = row.unwrap_or_else(|| panic!("no row {}", alternative.point()));
        let name = format!("`Alternative::{alternative:?}`");
        assert!(row.iter().any(|cell| cell.contains(&name)), "{name} is not in row {}", row[0]);
    }
}

#[test]
fn places_exist() {
    let text = read("docs/unverified.md");
    let mut places = 0;
    for row in rows(&text) {
        let place = row.last().unwrap();
        if *place == "Where" {
            continue;
        }
        let names: Vec<&str> = place.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty() && names.len().is_multiple_of(2), "{place}");
        for pair in names.chunks(2) {
            let source = read(&format!("src/chip/{}", pair[0]));
            let item = pair[1];
            let found = ["fn ", "struct ", "enum ", "const ", "mod ", "pub ", "pub(crate) "];
            assert!(
                found.iter().any(|kind| source.match_indices(&format!("{kind}{item}")).any(|(at, found)| {
                    let after = source[at + found.len()..].chars().next();
                    after.is_some_and(|next| !next.is_alphanumeric() && next != '_')
                })),
                "no {item} in {}",
                pair[0]
            );
            places += 1;
        }
    }
    assert!(places > 100);
}
