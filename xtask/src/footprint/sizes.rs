//! Flash and static RAM, and where they are written down.

use super::program::Program;
use super::{Build, CRATE, TARGETS};
use crate::process::{Result, files, root};
use crate::text::grouped;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// In the order of the tables.
const PROGRAMS: [(&str, &str); 8] = [
    ("blocking", "blocking"),
    ("asynch", "async"),
    ("peer", "at-cryptoauth 0.6.0, blocking"),
    ("csr_blocking", "CSR, blocking"),
    ("csr_asynch", "CSR, async"),
    ("csr_peer", "CSR, at-cryptoauth 0.6.0, blocking"),
    ("certificate_blocking", "certificate, blocking"),
    ("trust_blocking", "Trust&GO certificate, blocking"),
];
/// By the features that they need, as none may add to another's size.
const BUILDS: [(&str, &[&str]); 3] = [
    ("", &["baseline", "blocking", "asynch"]),
    ("csr", &["csr_blocking", "csr_asynch", "certificate_blocking", "trust_blocking"]),
    ("peer", &["peer", "csr_peer"]),
];
/// Functions that copy and clear memory.
const MEMORY: [&str; 5] = ["memcpy", "memset", "memmove", "memclr", "memcmp"];
/// Growth that is let pass, in per cent.
const GROWTH: u32 = 3;
const MARKS: [&str; 2] = ["<!-- footprint -->\n", "\n<!-- /footprint -->"];
const PARTS: [&str; 4] = ["text", "mem", "data", "bss"];

/// A program's `PARTS`.
type Size = [u32; 4];

/// By target, then by program.
#[derive(PartialEq)]
pub(super) struct Sizes(BTreeMap<&'static str, BTreeMap<&'static str, Size>>);

fn is_memory(name: &str) -> bool {
    let plain = name.strip_suffix(|letter: char| letter.is_ascii_digit()).unwrap_or(name);
    MEMORY.iter().any(|function| plain.ends_with(function) || name.ends_with(function))
}

fn size(program: &Program) -> Result<Size> {
    let text = program.ask("size")?;
    let line = text.lines().nth(1).ok_or("size says nothing")?;
    let mut numbers = line.split_whitespace().map(str::parse);
    let mut next = || -> Result<u32> { Ok(numbers.next().ok_or("size says too little")??) };
    let (text, data, bss) = (next()?, next()?, next()?);
    // What the compiler brings to copy and clear memory, once for all of a firmware.
    let functions = program.functions()?;
    let memory = functions.iter().filter(|function| is_memory(&function.mangled));
    Ok([text, memory.map(|function| function.end - function.start).sum(), data, bss])
}

/// Of all programs for both targets, less what a program has that does nothing.
pub(super) fn measure() -> Result<Sizes> {
    let mut sizes = BTreeMap::new();
    for target in TARGETS {
        let mut programs = Vec::new();
        for (features, names) in BUILDS {
            programs.extend(Build::new(target, features).programs(names)?);
        }
        let [empty, ..] = size(&programs[0])?;
        let mut of_target = BTreeMap::new();
        for (name, _) in PROGRAMS {
            let program =
                programs.iter().find(|program| program.name == name).ok_or("a program is missing")?;
            let mut size = size(program)?;
            size[0] -= empty;
            of_target.insert(name, size);
        }
        sizes.insert(target, of_target);
    }
    Ok(Sizes(sizes))
}

impl Sizes {
    /// As the documentation shows it.
    pub(super) fn table(&self) -> String {
        let columns = TARGETS.map(|target| format!("`{}`", target.split('-').next().unwrap_or(target)));
        let mut lines = vec![format!("| Program | {} | static RAM |", columns.join(" | "))];
        lines.push(format!("|---|{}---:|", "---:|".repeat(TARGETS.len())));
        for (name, title) in PROGRAMS {
            let sizes = TARGETS.map(|target| self.0[target][name]);
            let cells = sizes.map(|[text, mem, ..]| format!("{} B ({})", grouped(text), grouped(text - mem)));
            let ram = sizes.iter().flat_map(|[_, _, data, bss]| [*data, *bss]).max().unwrap_or(0);
            lines.push(format!("| {title} | {} | {ram} B |", cells.join(" | ")));
        }
        lines.join("\n")
    }

    /// Writes them down, with the documentation's table.
    pub(super) fn update(&self) -> Result {
        let mut text = "# Bytes; cargo xtask footprint compares with them and writes them.\n".to_owned();
        for target in TARGETS {
            text += &format!("\n[{target}]\n");
            for (name, _) in PROGRAMS {
                let size = self.0[target][name];
                let parts: Vec<String> =
                    PARTS.iter().zip(size).map(|(part, bytes)| format!("{part} = {bytes}")).collect();
                text += &format!("{name} = {{ {} }}\n", parts.join(", "));
            }
        }
        fs::write(written(), text)?;
        let (path, document) = document()?;
        let (head, _, tail) = split(&document)?;
        Ok(fs::write(path, format!("{head}{}{tail}", self.table()))?)
    }

    /// Differences that matter: anything that grows by more than `GROWTH`, and static RAM.
    pub(super) fn compare(&self) -> Result {
        let before = read()?;
        let (path, document) = document()?;
        if split(&document)?.1 != before.table() {
            let path = path.display();
            return Err(format!(
                "{path} and sizes.toml differ: cargo xtask footprint --update, and look at the difference"
            )
            .into());
        }
        let mut grown = false;
        for target in TARGETS {
            for (name, _) in PROGRAMS {
                let pairs = before.0[target][name].into_iter().zip(self.0[target][name]);
                for ((old, new), part) in pairs.zip(PARTS).filter(|((old, new), _)| old != new) {
                    let peer = name.ends_with("peer");
                    let note = match (grew(old, new), peer) {
                        (true, true) => "(the peer)".to_owned(),
                        (true, false) => format!("grew by more than {GROWTH}%"),
                        (false, _) => "cargo xtask footprint --update keeps it".to_owned(),
                    };
                    grown |= grew(old, new) && !peer;
                    let more = i64::from(new) - i64::from(old);
                    println!("{target} {name} {part}: {old} -> {new} ({more:+})  {note}");
                }
            }
        }
        if grown { Err("the driver grew".into()) } else { Ok(()) }
    }
}

fn grew(old: u32, new: u32) -> bool {
    u64::from(new) * 100 > u64::from(old) * u64::from(100 + GROWTH)
}

fn written() -> PathBuf {
    root().join(CRATE).join("sizes.toml")
}

fn read() -> Result<Sizes> {
    let table: toml::Table = toml::from_str(&fs::read_to_string(written())?)?;
    let part = |target: &str, name: &str, part: &str| {
        let bytes = table.get(target)?.get(name)?.get(part)?.as_integer()?;
        u32::try_from(bytes).ok()
    };
    let mut sizes = BTreeMap::new();
    for target in TARGETS {
        let mut of_target = BTreeMap::new();
        for (name, _) in PROGRAMS {
            let mut size = Size::default();
            for (place, what) in size.iter_mut().zip(PARTS) {
                *place = part(target, name, what).ok_or(format!("sizes.toml: no {target} {name} {what}"))?;
            }
            of_target.insert(name, size);
        }
        sizes.insert(target, of_target);
    }
    Ok(Sizes(sizes))
}

/// The one document with the table.
fn document() -> Result<(PathBuf, String)> {
    let mut found = Vec::new();
    for file in files()?.iter().filter(|file| file.ends_with(".md")) {
        let path = root().join(file);
        let text = fs::read_to_string(&path)?;
        if text.contains(MARKS[0]) {
            found.push((path, text));
        }
    }
    let count = found.len();
    found.pop().filter(|_| count == 1).ok_or_else(|| format!("the table is in {count} documents").into())
}

fn split(document: &str) -> Result<(&str, &str, &str)> {
    let start = document.find(MARKS[0]).ok_or("no table")? + MARKS[0].len();
    let end = start + document[start..].find(MARKS[1]).ok_or("no end of the table")?;
    Ok((&document[..start], &document[start..end], &document[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_what_is_shown() {
        let (_, text) = document().unwrap();
        assert_eq!(split(&text).unwrap().1, read().unwrap().table());
    }

    #[test]
    fn growth() {
        assert!(!grew(1000, 1030) && grew(1000, 1031) && grew(0, 1) && !grew(1000, 900));
        assert!(is_memory("__aeabi_memcpy4") && is_memory("memset") && !is_memory("memory"));
    }
}
