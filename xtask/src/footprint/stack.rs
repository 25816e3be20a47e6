//! The deepest stack below each operation of the program `stack`, and the size of its future; that of the whole of the
//! programs that sign a request, a peer's among them.

use super::program::{Program, at, hex, number};
use super::{Build, TARGETS};
use crate::process::{Result, Run, command};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most that these operations may take, in bytes, blocking.
const LIMITS: [(&str, u32); 2] = [("sign_digest", 600), ("read_certificate", 2048)];
/// Of the stubs of `memcpy` and `memcmp` for RISC-V nothing is noted: one step of the stack.
const UNKNOWN: u32 = 16;

/// Programs with their features, and what they are called in the table.
const REQUESTS: [(&str, &str, &str); 2] =
    [("csr_blocking", "csr", "CSR, blocking"), ("csr_peer", "peer", "CSR, at-cryptoauth 0.6.0, blocking")];

/// Measured for both targets.
pub(super) struct Stacks([Vec<Operation>; 2]);

/// Prints the table.
pub(super) fn print() -> Result<Stacks> {
    let [arm, riscv] = TARGETS.map(measure);
    let rows = [arm?, riscv?];
    let titles =
        TARGETS.map(|target| format!("{} stack | future", target.split('-').next().unwrap_or(target)));
    println!("| Operation | {} |\n|---|{}", titles.join(" | "), "---:|---:|".repeat(rows.len()));
    for (name, _, _) in &rows[0] {
        let cell = |row: &Vec<Operation>| {
            row.iter()
                .find(|(other, ..)| other == name)
                .map(|(_, stack, future)| format!("{stack} B | {future} B"))
        };
        let cells =
            rows.iter().map(cell).collect::<Option<Vec<_>>>().ok_or("an operation for one target only")?;
        println!("| {name} | {} |", cells.join(" | "));
    }
    Ok(Stacks(rows))
}

impl Stacks {
    /// Fails if one takes too much.
    pub(super) fn small_enough(&self) -> Result {
        for (target, row) in TARGETS.iter().zip(&self.0) {
            for (operation, most) in LIMITS {
                let found = row.iter().find(|(name, ..)| name == operation);
                let (_, stack, _) = found.ok_or(format!("no {operation}"))?;
                if *stack > most {
                    let problem = format!("{operation} takes {stack} B of stack, more than {most}");
                    return Err(format!("{target}: {problem}").into());
                }
            }
        }
        Ok(())
    }
}

/// Name, stack, future.
type Operation = (String, u32, u32);

fn measure(target: &'static str) -> Result<Vec<Operation>> {
    let build = Build { option: Some("-Zemit-stack-sizes"), ..Build::new(target, "every") };
    let program = build.programs(&["stack"])?.pop().ok_or("no program")?;
    let graph = Graph::new(&program)?;
    let mut operations = Vec::new();
    for line in program.ask("readelf -sW")?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(name) = words.get(7).and_then(|name| name.strip_prefix("future_")) else { continue };
        let future = number(words[2]).ok_or("the size of a future")?;
        operations.push((name.to_owned(), graph.depth_of(name)?, future));
    }
    Ok(operations)
}

/// Prints the table of the programs that sign a request.
pub(super) fn print_requests() -> Result {
    let titles = TARGETS.map(|target| target.split('-').next().unwrap_or(target));
    println!("| Request | {} |\n|---|{}", titles.join(" | "), "---:|".repeat(titles.len()));
    for (name, features, title) in REQUESTS {
        let mut cells = Vec::new();
        for target in TARGETS {
            let build = Build { option: Some("-Zemit-stack-sizes"), ..Build::new(target, features) };
            let program = build.programs(&[name])?.pop().ok_or("no program")?;
            cells.push(format!("{} B", Graph::new(&program)?.depth_of("_start")?));
        }
        println!("| {title} | {} |", cells.join(" | "));
    }
    Ok(())
}

/// Which function calls which, and the stack of each.
#[derive(Default)]
struct Graph {
    starts: HashMap<String, u32>,
    own: HashMap<u32, u32>,
    calls: BTreeMap<u32, BTreeSet<u32>>,
}

impl Graph {
    fn new(program: &Program) -> Result<Graph> {
        let functions = program.functions()?;
        let mut graph = Graph { own: frames(program)?, ..Graph::default() };
        graph.starts = functions.iter().map(|function| (function.mangled.clone(), function.start)).collect();
        for reference in program.references()? {
            if let (Some(caller), Some(callee)) =
                (at(&functions, reference.place), graph.starts.get(&reference.mangled))
            {
                graph.calls.entry(caller.start).or_default().insert(*callee);
            }
        }
        Ok(graph)
    }

    fn depth_of(&self, name: &str) -> Result<u32> {
        let start = self.starts.get(name).ok_or(format!("no function {name}"))?;
        self.depth(*start, &mut Vec::new())
    }

    fn depth(&self, start: u32, above: &mut Vec<u32>) -> Result<u32> {
        if above.contains(&start) {
            return Err(format!("recursion at {start:#x}").into());
        }
        above.push(start);
        let mut deepest = 0;
        for callee in self.calls.get(&start).into_iter().flatten() {
            deepest = deepest.max(self.depth(*callee, above)?);
        }
        above.pop();
        Ok(self.own.get(&start).copied().unwrap_or(UNKNOWN) + deepest)
    }
}

/// Bytes of stack of each function, by its start, as the compiler notes them; of the few functions that came compiled
/// (`memcpy`), what their unwind table says.
fn frames(program: &Program) -> Result<HashMap<u32, u32>> {
    let mut sizes = HashMap::new();
    let mut start = None;
    for line in program.ask("readelf --debug-dump=frames-interp")?.lines() {
        if let Some((_, place)) = line.split_once(" FDE ").and_then(|(_, rest)| rest.split_once("pc=")) {
            start = place.split("..").next().and_then(hex).map(|place| place & !1);
        } else if let Some(start) = start
            && let Some(size) = canonical(line)
        {
            let known = sizes.entry(start).or_insert(0);
            *known = size.max(*known);
        }
    }
    let dump = command("readelf -x .stack_sizes").arg(&program.path).text()?;
    let mut notes = dump.lines().filter_map(dumped).flatten().collect::<Vec<u8>>().into_iter();
    while let Some(first) = notes.next() {
        let mut word = [first, 0, 0, 0];
        for byte in &mut word[1..] {
            *byte = notes.next().ok_or("a note of the stack is cut off")?;
        }
        let (mut size, mut shift) = (0_u32, 0);
        for byte in notes.by_ref() {
            size |= u32::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        sizes.insert(u32::from_le_bytes(word) & !1, size);
    }
    Ok(sizes)
}

/// `0000abcd r13+16 ...`: the distance of the frame's top.
fn canonical(line: &str) -> Option<u32> {
    let mut words = line.split(' ');
    let place = words.next().filter(|place| place.len() == 8)?;
    hex(place)?;
    words.next()?.split_once('+')?.1.parse().ok()
}

/// `  0x00000000 d0000100 08...  text`: up to four words.
fn dumped(line: &str) -> Option<Vec<u8>> {
    let rest = line.strip_prefix("  0x")?;
    let (_, rest) = rest.split_once(' ')?;
    // Nine columns a word, then the same as text.
    let words = rest.get(..36.min(rest.len()))?;
    let digits: String = words.chars().filter(|letter| *letter != ' ').collect();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

#[test]
fn what_readelf_says() {
    assert_eq!(canonical("00000104 r13+24  c-8   c-4"), Some(24));
    assert_eq!(canonical("   LOC   CFA      ra"), None);
    assert_eq!(
        dumped("  0x00000000 d0000100 0810                              ......"),
        Some(vec![0xD0, 0, 1, 0, 8, 0x10])
    );
    assert_eq!(dumped("Hex dump of section"), None);
    let starts = HashMap::from([("first".to_owned(), 1)]);
    let calls = BTreeMap::from([(1, BTreeSet::from([2, 3])), (2, BTreeSet::from([3]))]);
    let graph = Graph { starts, own: HashMap::from([(1, 10), (2, 20), (3, 5)]), calls };
    assert_eq!(graph.depth_of("first").unwrap(), 35);
    let circle = Graph { calls: BTreeMap::from([(1, BTreeSet::from([1]))]), ..graph };
    assert!(circle.depth_of("first").is_err());
}
