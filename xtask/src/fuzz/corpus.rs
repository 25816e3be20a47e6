//! Files of a corpus: several cases each, so that few files hold what many reach. `fuzz/src/lib.rs` runs them one by
//! one.

use crate::process::Result;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The same as in `fuzz/src/lib.rs`.
const BETWEEN: &[u8] = b"\0next\0";
/// The most files that a target's corpus may have.
const FILES: usize = 30;

fn contents(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    paths.iter().filter(|path| path.is_file()).map(|path| Ok(fs::read(path)?)).collect()
}

fn cases(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut cases = Vec::new();
    while let Some(at) = input.windows(BETWEEN.len()).position(|part| part == BETWEEN) {
        cases.push(input[..at].to_vec());
        input = &input[at + BETWEEN.len()..];
    }
    cases.push(input.to_vec());
    cases
}

/// Adds a file for each case.
pub(crate) fn unpack(from: &Path, to: &Path) -> Result {
    let cases: BTreeSet<Vec<u8>> = contents(from)?.iter().flat_map(|file| cases(file)).collect();
    let taken = fs::read_dir(to)?.count();
    for (number, case) in cases.into_iter().enumerate() {
        fs::write(to.join(format!("{:05}", taken + number)), case)?;
    }
    Ok(())
}

/// Replaces what is there by files of several cases, of which none is much longer than another. Returns how many of
/// both there are.
pub(super) fn pack(from: &Path, to: &Path) -> Result<(usize, usize)> {
    let mut cases = contents(from)?;
    cases.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let files = cases.len().min(FILES);
    fs::remove_dir_all(to)?;
    fs::create_dir_all(to)?;
    for number in 0..files {
        let some: Vec<Vec<u8>> = cases.iter().skip(number).step_by(files).cloned().collect();
        fs::write(to.join(format!("{number:02}")), some.join(BETWEEN))?;
    }
    Ok((cases.len(), files))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn cases_come_back() {
        let [from, packed, to] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let all: Vec<Vec<u8>> = (0..100_u8).map(|number| vec![number; usize::from(number) % 40]).collect();
        for (number, case) in all.iter().enumerate() {
            fs::write(from.path().join(number.to_string()), case).unwrap();
        }
        assert_eq!(pack(from.path(), packed.path()).unwrap(), (100, FILES));
        unpack(packed.path(), to.path()).unwrap();
        let set = |cases: Vec<Vec<u8>>| cases.into_iter().collect::<BTreeSet<_>>();
        assert_eq!(set(contents(to.path()).unwrap()), set(all));
    }

    #[test]
    fn the_bodies_know_the_same_mark() {
        let bodies = fs::read_to_string(root().join("fuzz/src/lib.rs")).unwrap();
        let mark = String::from_utf8(BETWEEN.to_vec()).unwrap().replace('\0', "\\0");
        assert!(bodies.contains(&format!("BETWEEN: &[u8] = b\"{mark}\";")), "{mark}");
    }

    #[test]
    fn the_corpora_are_small() {
        for entry in fs::read_dir(root().join("fuzz/corpus")).unwrap() {
            let path = entry.unwrap().path();
            let files = fs::read_dir(&path).unwrap().count();
            assert!((1..=FILES).contains(&files), "{}: {files} files", path.display());
        }
    }
}
