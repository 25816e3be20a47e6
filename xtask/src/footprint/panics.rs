//! Every place in a program, outside of `core`, from which a panic can be reached.

use super::program::{Program, at};
use crate::process::{Result, Run, command};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The compiler's own end of every `async fn`: a future polled again after it was done. No executor does.
const POLLED_AGAIN: &str = "panic_const_async_fn_resumed";
/// Other people's code with panics that are not optimized out: writers of base64 and PEM, only with the features `jwt`,
/// `jwk` and `pem`. The writer of JSON is the driver's own, and in the proof.
const OTHERS: [&str; 2] = ["base64ct", "pem-rfc7468"];

/// Panics of the driver, each with its source, and how many others have.
pub(super) struct Panics {
    pub(super) own: Vec<String>,
    others: BTreeMap<&'static str, u32>,
}

impl Panics {
    pub(super) fn others(&self) -> String {
        let counts: Vec<String> =
            self.others.iter().map(|(name, count)| format!("{name}: {count}")).collect();
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    }
}

/// A function of `core`, or one that the compiler makes.
fn is_core(name: &str) -> bool {
    let name = name.strip_prefix('<').unwrap_or(name);
    ["core", "_$LT$core", "__rustc"].iter().any(|prefix| {
        let next = name.strip_prefix(prefix).map(|rest| rest.chars().next());
        next.is_some_and(|next| next.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_'))
    })
}

pub(super) fn find(program: &Program) -> Result<Panics> {
    let functions = program.functions()?;
    let names: HashMap<&str, &str> =
        functions.iter().map(|function| (function.mangled.as_str(), function.name.as_str())).collect();
    let references = program.references()?;
    let edges: Vec<(u32, &str, &str)> = references
        .iter()
        .filter_map(|reference| {
            let caller = at(&functions, reference.place)?;
            Some((reference.place, caller.mangled.as_str(), reference.mangled.as_str()))
        })
        .collect();
    let mut bad: HashSet<&str> =
        names.keys().copied().filter(|name| name.contains("rust_begin_unwind")).collect();
    if bad.is_empty() {
        return Err(format!("{}: no panic handler", program.path.display()).into());
    }
    let mut places = BTreeSet::new();
    loop {
        let mut more = HashSet::new();
        for &(place, caller, callee) in &edges {
            if !bad.contains(callee) || bad.contains(caller) {
                continue;
            }
            if !is_core(names[caller]) {
                places.insert((place, names.get(callee).copied().unwrap_or(callee)));
            } else if !names[caller].contains(POLLED_AGAIN) {
                more.insert(caller);
            }
        }
        if more.is_empty() {
            break;
        }
        bad.extend(more);
    }
    let mut panics = Panics { own: Vec::new(), others: BTreeMap::new() };
    for (place, callee) in places {
        let source = source(program, place)?;
        match OTHERS.iter().find(|name| source.contains(&format!("/{name}-"))) {
            Some(name) => *panics.others.entry(name).or_default() += 1,
            None => panics.own.push(format!("{source}: {callee}")),
        }
    }
    Ok(panics)
}

/// The innermost line that is not of `core`.
fn source(program: &Program, place: u32) -> Result<String> {
    let lines = command("addr2line -ie").arg(&program.path).arg(format!("{place:#x}")).text()?;
    let own = lines.lines().find(|line| !line.contains("/rustc/") && !line.contains("/library/core/"));
    Ok(own.or_else(|| lines.lines().next()).unwrap_or("?").to_owned())
}

#[test]
fn functions_of_core() {
    for name in
        ["core::panicking::panic", "<core::fmt::Error as X>::fmt", "_$LT$core..fmt", "__rustc::x", "core"]
    {
        assert!(is_core(name), "{name}");
    }
    for name in ["corelation::x", "atecc608::core", "<atecc608::X as core::fmt::Debug>::fmt", "core_x::y"] {
        assert!(!is_core(name), "{name}");
    }
}
