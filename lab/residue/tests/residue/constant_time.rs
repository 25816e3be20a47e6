//! Time and secrets. The emulated processor takes a cycle an instruction; a real one takes as long for the same
//! instructions on the same addresses. So that is what is compared: each address that is executed, read, written.

use crate::firmware::{self, BOTH, OPERATIONS, profile};
use residue::{Half, Job, Op, Outcome, Secrets, run};
use std::collections::BTreeSet;

const PROFILES: [&str; 3] = [profile::SMALL, profile::MIDDLE, profile::FAST];

/// How many times and ways there were.
fn count<T: Ord>(outcomes: &[Outcome], of: impl Fn(&Outcome) -> T) -> usize {
    outcomes.iter().map(of).collect::<BTreeSet<_>>().len()
}

#[test]
fn no_secret_decides_what_is_executed_or_where_memory_is_touched() {
    for profile in PROFILES {
        let program = firmware::program(profile);
        let ways = |op, half| {
            let runs = [1, 2, 3].map(|seed| run(&program, Job::new(op, half), &Secrets::new(seed)));
            [count(&runs, |run| run.way), count(&runs, |run| run.instructions)]
        };
        for (op, halves) in OPERATIONS {
            for half in *halves {
                assert_eq!(ways(*op, *half), [1, 1], "{profile}, {op:?}, {half:?}");
            }
        }
        // It would be seen.
        assert!(ways(Op::Branch, Half::Blocking)[1] > 1, "{profile}");
        assert!(ways(Op::LookUp, Half::Blocking)[0] > 1, "{profile}");
    }
}

/// Runs with a value that differs from another in each of its bytes, and in none.
fn comparisons(profile: &str, op: Op) -> Vec<Outcome> {
    let program = firmware::program(profile);
    let mut all = vec![run(&program, Job::new(op, Half::Blocking), &Secrets::new(1))];
    for at in 0..32 {
        let mut secrets = Secrets::new(1);
        secrets.same[at] ^= 0x10;
        all.push(run(&program, Job::new(op, Half::Blocking), &secrets));
    }
    all
}

#[test]
fn secrets_are_compared_in_the_same_time_wherever_they_differ() {
    for profile in PROFILES {
        for op in [Op::Compare, Op::CompareCommands] {
            let runs = comparisons(profile, op);
            assert_eq!(count(&runs, |run| run.marked.clone()), 1, "{profile}, {op:?}");
            assert_eq!(count(&runs, |run| run.way), 1, "{profile}, {op:?}");
            assert!(runs[0].marked[0] > 32, "{profile}, {op:?}");
        }
        // `==` of arrays is not.
        assert!(count(&comparisons(profile, Op::CompareInHaste), |run| run.marked.clone()) > 2, "{profile}");
    }
}

#[test]
fn proofs_are_compared_in_the_same_time_wherever_they_differ() {
    for profile in PROFILES {
        let program = firmware::program(profile);
        let halves: &[Half] = if profile == profile::SMALL { BOTH } else { &[Half::Blocking] };
        for op in [Op::VerifyProtected, Op::VerifyStoredProtected, Op::SecureBootProtected] {
            for half in halves {
                let forged =
                    |at| run(&program, Job { forge: Some(at), ..Job::new(op, *half) }, &Secrets::new(1));
                let runs: Vec<Outcome> = (0..32).map(forged).collect();
                assert!(runs.iter().all(|run| run.result != 0), "{profile}, {op:?}, {half:?}");
                assert_eq!(count(&runs, |run| run.instructions), 1, "{profile}, {op:?}, {half:?}");
                assert_eq!(count(&runs, |run| run.way), 1, "{profile}, {op:?}, {half:?}");
            }
        }
    }
}

#[test]
fn tags_are_compared_in_the_same_time_wherever_they_differ() {
    for profile in PROFILES {
        let program = firmware::program(profile);
        for half in [Half::Blocking, Half::Async] {
            let forged = |at| {
                let mut secrets = Secrets::new(1);
                secrets.bytes[0] = at;
                run(&program, Job::new(Op::AesGcmOpen, half), &secrets)
            };
            let runs: Vec<Outcome> = (0..16).map(forged).collect();
            assert!(runs.iter().all(|run| run.result == 0), "{profile}, {half:?}");
            assert_eq!(count(&runs, |run| run.marked.clone()), 1, "{profile}, {half:?}");
        }
    }
}
