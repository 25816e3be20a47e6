//! The fuzz targets without a fuzzer: over the committed corpora and crashes, and over bytes that are the
//! same every time. `fuzz/README.md` tells how to look further.

#[path = "../../../fuzz/src/lib.rs"]
#[allow(
    unreachable_pub,
    missing_docs,
    missing_debug_implementations,
    reason = "a crate of its own elsewhere"
)]
mod bodies;

use std::path::{Path, PathBuf};
use testkit::Random;

/// Inputs for each body.
const STREAM: u64 = 300;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn files(folder: &str, name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join(folder).join(name);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths.map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file"))).collect()
}

/// Bytes with structure: runs, small numbers, pieces of the corpus.
fn bytes(random: &mut Random, corpus: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !corpus.is_empty() && random.below(2) == 0 {
        bytes.extend(&corpus[random.below(corpus.len())].1);
    }
    for _ in 0..random.below(12) {
        let place = random.below(bytes.len() + 1);
        match random.below(4) {
            0 => bytes.insert(place, random.next() as u8),
            1 => {
                bytes.splice(place..place, vec![random.next() as u8 & 0x1F; random.below(40)]).for_each(drop)
            }
            2 => bytes.truncate(place),
            _ => bytes.extend((0..random.below(60)).map(|_| random.next() as u8)),
        }
    }
    bytes
}

fn check(name: &str) {
    let (_, body) = bodies::BODIES.into_iter().find(|(body, _)| *body == name).expect("a body");
    let corpus = files("corpus", name);
    assert!(corpus.len() >= 3, "the corpus of {name} is missing");
    let crashes = files("crashes", name);
    for (path, input) in corpus.iter().chain(&crashes) {
        println!("{path}");
        body(input);
    }
    for seed in 0..STREAM {
        println!("seed {seed}");
        body(&bytes(&mut Random(seed), &corpus));
    }
}

macro_rules! checks {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

checks! { chip compressed differential jwt lint manifest mqtt pem response wire x509 zone }

/// Claims of every kind that serde knows, compared with `serde_json`: enough of them are written, and enough
/// are refused.
#[test]
fn claims_of_every_kind() {
    let (mut written, mut refused) = (0, 0);
    for seed in 0..20_000 {
        let mut random = Random(seed);
        let bytes: Vec<u8> = (0..40 + random.below(400)).map(|_| random.next() as u8).collect();
        match bodies::jwt::any(&bytes) {
            true => written += 1,
            false => refused += 1,
        }
    }
    println!("{written} written, {refused} refused");
    assert!(written > 2_000 && refused > 2_000, "{written} written, {refused} refused");
}

/// Every target is run here and by the script.
#[test]
fn no_target_is_forgotten() {
    let targets = std::fs::read_dir(fuzz().join("fuzz_targets")).expect("targets").count();
    assert_eq!(targets, bodies::BODIES.len());
}
