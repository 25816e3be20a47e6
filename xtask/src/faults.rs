//! The fault tests with their figures, in tables. `all` takes every point (some minutes on two cores); a number takes
//! one in so many, none one in 43 as `cargo test` does. `cargo xtask defects faults` shows that they can fail.

use crate::cargo;
use crate::process::{Result, Run, command, root};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// See above.
pub(crate) fn main(arguments: &[String]) -> Result {
    let mut tests = command("cargo test --locked --release --test faults -- --nocapture --test-threads=2");
    if let Some(sweep) = arguments.first() {
        tests.env("FAULT_SWEEP", sweep);
    }
    let (passed, text) = tests.both()?;
    fs::write(cargo::target_directory(root())?.join("faults.log"), &text)?;
    if !passed {
        let lines: Vec<&str> = text.lines().collect();
        return Err(lines[lines.len().saturating_sub(80)..].join("\n").into());
    }
    print!("{}", tables(&text));
    Ok(())
}

/// A line of a test's own, without what the test runner puts before it.
fn own(line: &str) -> &str {
    match line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) {
        Some((_, own)) => own,
        None => line,
    }
}

/// `asynch, Both: 90 operations (80 succeed undisturbed), 1000 fault points, one in 43: 23 runs, 0 violations`.
fn sweep(line: &str) -> Option<[&str; 7]> {
    let (driver, rest) = line.split_once(", ")?;
    let (locks, rest) = rest.split_once(": ")?;
    let (operations, rest) = rest.split_once(" operations (")?;
    let (succeed, rest) = rest.split_once(" succeed undisturbed), ")?;
    let (points, rest) = rest.split_once(" fault points, one in ")?;
    let (_, rest) = rest.split_once(": ")?;
    let (runs, rest) = rest.split_once(" runs, ")?;
    Some([driver, locks, operations, succeed, points, runs, rest.strip_suffix(" violations")?])
}

/// `asynch, Both, a missing acknowledge told as NoAcknowledge: 23 runs`.
fn told(line: &str) -> Option<(&str, u64)> {
    let (_, rest) = line.split_once(", a missing acknowledge told as ")?;
    let (way, runs) = rest.rsplit_once(": ")?;
    Some((way, runs.strip_suffix(" runs")?.parse().ok()?))
}

/// Two spaces, the fault in 22 columns, the outcome, and how often.
fn counted(line: &str) -> Option<(&str, &str, u64)> {
    let rest = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?;
    let (fault, rest) = rest.split_at_checked(rest.char_indices().nth(22)?.0)?;
    let (outcome, times) = rest.strip_prefix(' ')?.rsplit_once(' ')?;
    Some((fault.trim_end(), outcome.trim_end(), times.parse().ok()?))
}

fn tables(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::from(
        "| Driver | Locked | Operations (succeed undisturbed) | Fault points | Taken | Violations |\n|---|---|---:|---:|---:|---:|\n",
    );
    for [driver, locks, operations, succeed, points, runs, violations] in
        lines.iter().filter_map(|line| sweep(own(line))).collect::<BTreeSet<_>>()
    {
        let locks = match locks {
            "Nothing" => "nothing",
            "Config" => "configuration",
            "Both" => "both zones",
            other => other,
        };
        out += &format!(
            "| {driver} | {locks} | {operations} ({succeed}) | {points} | {runs} | {violations} |\n"
        );
    }

    out += "\n| A missing acknowledge told as | Runs |\n|---|---:|\n";
    let mut ways: Vec<(&str, u64)> = Vec::new();
    for (way, runs) in lines.iter().filter_map(|line| told(own(line))) {
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, sum)) => *sum += runs,
            None => ways.push((way, runs)),
        }
    }
    for (way, runs) in ways {
        out += &format!("| {way} | {runs} |\n");
    }

    let mut kinds: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (fault, outcome, times) in lines.iter().filter_map(|line| counted(line)) {
        *kinds.entry(fault).or_default().entry(outcome).or_default() += times;
        *sums.entry(outcome).or_default() += times;
    }
    let mut outcomes: Vec<&str> = sums.keys().copied().collect();
    outcomes.sort_by_key(|outcome| Reverse(sums[outcome]));
    out += &format!("\n| Fault | {} |\n|---|{}\n", outcomes.join(" | "), "---:|".repeat(outcomes.len()));
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, counts)| Reverse(counts.values().sum::<u64>()));
    for (fault, counts) in kinds {
        let cells: Vec<String> = outcomes
            .iter()
            .map(|outcome| counts.get(outcome).map(u64::to_string).unwrap_or_default())
            .collect();
        out += &format!("| {fault} | {} |\n", cells.join(" | "));
    }

    out += "\n";
    let words = ["await points", "storms", "disturbed", "other device", "async functions"];
    for line in lines.iter().map(|line| own(line)).filter(|line| sweep(line).is_none()) {
        if line.starts_with("two faults") || words.iter().any(|word| line.contains(word)) {
            out += &format!("* {line}\n");
        }
    }
    out
}

#[test]
fn tables_of_a_log() {
    let log = "\
test sweep::asynch_locked ... asynch, Both: 90 operations (80 succeed undisturbed), 1000 fault points, one in 43: 23 runs, 0 violations
asynch, Both, a missing acknowledge told as Other: 20 runs
asynch, Both, a missing acknowledge told as Other: 3 runs
  a byte is lost         Ok                 7
  a byte is lost         Err: Timeout       12
two faults: 4 runs
ok
";
    let tables = tables(log);
    assert!(tables.contains("| asynch | both zones | 90 (80) | 1000 | 23 | 0 |\n"), "{tables}");
    assert!(tables.contains("| Other | 23 |\n"), "{tables}");
    assert!(tables.contains("| Fault | Err: Timeout | Ok |\n"), "{tables}");
    assert!(tables.contains("| a byte is lost | 12 | 7 |\n"), "{tables}");
    assert!(tables.ends_with("* two faults: 4 runs\n"), "{tables}");
}
