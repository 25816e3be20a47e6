//! A linked program, by what the binutils say.

use crate::process::{Result, Run, command};
use std::path::PathBuf;

pub(super) struct Program {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// A function's place and names.
pub(super) struct Function {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) mangled: String,
    pub(super) name: String,
}

/// Something in the code that names a symbol.
pub(super) struct Reference {
    pub(super) place: u32,
    pub(super) mangled: String,
}

pub(super) fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

/// readelf's sizes: decimal, or hexadecimal with `0x`.
pub(super) fn number(text: &str) -> Option<u32> {
    if text.starts_with("0x") { hex(text) } else { text.parse().ok() }
}

impl Program {
    pub(super) fn new(name: &str, path: PathBuf) -> Program {
        Program { name: name.to_owned(), path }
    }

    /// What a tool says about the program.
    pub(super) fn ask(&self, tool: &str) -> Result<String> {
        command(tool).arg(&self.path).text()
    }

    /// All functions that have a size, by place.
    pub(super) fn functions(&self) -> Result<Vec<Function>> {
        let mut functions = Vec::new();
        for line in self.ask("readelf -sW")?.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, place, size, "FUNC", _, _, _, mangled, ..] = words[..] else { continue };
            let (Some(start), Some(size)) = (hex(place), number(size)) else { continue };
            if size > 0 {
                let start = start & !1;
                functions.push(Function {
                    start,
                    end: start + size,
                    mangled: mangled.to_owned(),
                    name: String::new(),
                });
            }
        }
        functions.sort_by_key(|function| function.start);
        // Of two names for one place, the one that readelf says last.
        functions.reverse();
        functions.dedup_by_key(|function| function.start);
        functions.reverse();
        let plain = command("c++filt").args(functions.iter().map(|function| &function.mangled)).text()?;
        for (function, name) in functions.iter_mut().zip(plain.lines()) {
            function.name = name.to_owned();
        }
        Ok(functions)
    }

    pub(super) fn references(&self) -> Result<Vec<Reference>> {
        let text = self.ask("readelf -rW")?;
        let reference = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [place, _, _, _, mangled, ..] = words[..] else { return None };
            let place = Some(place).filter(|place| place.len() == 8).and_then(hex)?;
            Some(Reference { place, mangled: mangled.to_owned() })
        };
        Ok(text.lines().filter_map(reference).collect())
    }
}

/// The function that has a place.
pub(super) fn at(functions: &[Function], place: u32) -> Option<&Function> {
    let behind = functions.partition_point(|function| function.start <= place);
    functions.get(behind.checked_sub(1)?).filter(|function| place < function.end)
}

#[test]
fn the_function_at_a_place() {
    let function = |start, end| Function { start, end, mangled: String::new(), name: String::new() };
    let functions = [function(0, 4), function(8, 12)];
    assert_eq!(at(&functions, 3).map(|found| found.start), Some(0));
    assert!(at(&functions, 4).is_none());
    assert_eq!(at(&functions, 8).map(|found| found.start), Some(8));
    assert_eq!([number("0x10"), number("10"), hex("10")], [Some(16), Some(10), Some(16)]);
}
